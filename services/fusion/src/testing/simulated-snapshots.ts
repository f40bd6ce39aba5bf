// Snapshots in a simulation: in memory, and now and then cut short, damaged or lost.

import type { SnapshotStore } from '../snapshot-files.ts';
import type { Random } from './seeded-random.ts';

/** A store that one snapshot in five does not leave as it came. */
export function createForgetfulStore(random: Random): SnapshotStore {
  const files = new Map<string, Buffer>();
  return {
    list: () => Promise.resolve([...files.keys()].sort().reverse()),
    read: (name) => Promise.resolve(files.get(name)!),
    remove: (name) => Promise.resolve(void files.delete(name)),
    async write(name, pieces) {
      const made: Buffer[] = [];
      for await (const piece of pieces) made.push(piece);
      const whole = Buffer.concat(made);
      const fate = random.int(15);
      if (fate === 0) files.set(name, whole.subarray(0, random.int(whole.length)));
      else if (fate === 1) whole[random.int(whole.length)]! ^= 0x20;
      if (fate !== 0 && fate !== 2) files.set(name, whole);
    },
  };
}
