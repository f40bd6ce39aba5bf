// Every service of the stack in this process, behind one front door: as `npm start` and the containers' `services` run them.

import { join } from 'node:path';
import { LOCK_FILE } from '../../deploy/provision/index.ts';
import { startWorld } from '../support/world.ts';
import { memoryLeft, startProfile, watchLoop } from './readers-look.ts';
import type { ReadersStack } from './readers-stack.ts';

/** Starts it; whoever does closes it. */
export async function startTogether(): Promise<ReadersStack> {
  const world = await startWorld();
  const { policy, bootstrap, admin, registry, dataDir, gateway } = world;
  return {
    policy,
    bootstrap,
    admin,
    registry,
    lockFile: join(dataDir, LOCK_FILE),
    addressOf: () => gateway,
    named: {},
    isService: (part) => part === 'services',
    memory: memoryLeft,
    async watch(profile) {
      const profiled = profile === undefined ? undefined : await startProfile(profile);
      const watched = watchLoop();
      return async () => {
        const loop = watched();
        await profiled?.();
        return loop;
      };
    },
    close: () => world.close(),
  };
}
