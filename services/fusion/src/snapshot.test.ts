import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { BusPort } from '@sitebus/sdk';
import { eventually } from '../../../test/support/eventually.ts';
import { createState } from './engine/state.ts';
import { imageOf } from './engine/image.ts';
import { toRules } from './engine/rules.ts';
import { createSnapshotFiles, snapshotName } from './snapshot-files.ts';
import { fromSnapshot, toSnapshot } from './snapshot.ts';
import { versionsOf } from './service.ts';
import { aRecord, aService, createBench, idOf, loadShipped, type Bench, type Shipped } from './testing/lane.ts';
import { faultsOf, liveGroups, replayFaults, writtenBy } from './testing/written.ts';

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sitebus-snapshots-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const versions = () => versionsOf(shipped.policy, shipped.codec.lock, shipped.commonValues);
const PLACE = { seq: 7, now: 1, published: 0, lane: 9, inputs: [] };

function aSnapshot(madeUnder = versions()): Buffer {
  const view = shipped.policy.views.find(({ id }) => id === 'partner')!;
  const place = { ...PLACE, view: 'partner', versions: madeUnder };
  return Buffer.concat([...toSnapshot(place, imageOf(createState(view, toRules(shipped.policy))))]);
}

test('a whole snapshot of this view and these versions says where it stands', () => {
  expect(fromSnapshot(aSnapshot(), 'partner', versions())).toMatchObject({ kind: 'snapshot', place: PLACE });
});

test.each<[string, (whole: Buffer) => Buffer]>([
  ['not a snapshot', () => Buffer.alloc(0)],
  ['not a snapshot', () => Buffer.from('{"format":"sitebus')],
  ['another format', (whole) => Buffer.from(whole.toString().replace('snapshot/2', 'snapshot/9'))],
  ['another view', (whole) => Buffer.from(whole.toString().replace('"view":"partner"', '"view":"ts-can"'))],
  ['truncated', (whole) => whole.subarray(0, whole.length - 3)],
  ['truncated', (whole) => whole.subarray(0, whole.lastIndexOf('{'))],
  ['corrupt', (whole) => Buffer.concat([whole.subarray(0, 300), Buffer.from(' '), whole.subarray(300)])],
  ['corrupt', (whole) => Buffer.from(whole.map((byte, at) => (at === whole.length - 4 ? byte ^ 1 : byte)))],
  ['other versions', () => aSnapshot({ ...versions(), ruleVersion: 999 })],
])('a file that is %s is refused, and says so', (reason, damage) => {
  expect(fromSnapshot(damage(aSnapshot()), 'partner', versions())).toEqual({ kind: 'refused', reason });
});

test('only the newest two are kept, readable for their owner alone', async () => {
  const store = createSnapshotFiles(dir, 'partner');
  for (const seq of [1, 2, 10]) await store.write(snapshotName(seq), [Buffer.from('{}')]);
  expect(await store.list()).toEqual([snapshotName(10), snapshotName(2)]);
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
  expect([await modeOf(join(dir, 'partner')), await modeOf(join(dir, 'partner', snapshotName(2)))]).toEqual([
    0o700, 0o600,
  ]);
});

test('what a killed instance left half written is removed when it is old, and left alone while it may be in use', async () => {
  const store = createSnapshotFiles(dir, 'partner');
  await store.write(snapshotName(1), [Buffer.from('{}')]);
  const folder = join(dir, 'partner');
  for (const name of ['old.part', 'young.part']) await writeFile(join(folder, name), 'half');
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(join(folder, 'old.part'), longAgo, longAgo);
  await store.write(snapshotName(2), [Buffer.from('{}')]);
  expect((await readdir(folder)).sort()).toEqual([snapshotName(1), snapshotName(2), 'young.part']);
});

const readAll = (bench: Bench, count: number) => () =>
  bench.cuts().reduce((sum, { records }) => sum + records, 0) >= count;

/** A bus on which the input of earlier cuts is gone. */
const shortened = (bus: BusPort): BusPort => ({
  ...bus,
  inspect: {
    topics: () => bus.inspect.topics(),
    ends: async (topic) => {
      const ends = await bus.inspect.ends(topic);
      return topic.startsWith('obs.') ? ends.map((end) => ({ ...end, earliest: end.next })) : ends;
    },
  },
});

async function firstRun(bench: Bench): Promise<void> {
  const service = aService(shipped, bench, { snapshotDir: dir, maxCutRecords: 1 });
  await bench.publish(aRecord(shipped, 1, { domains: ['a.example'] }), aRecord(shipped, 2, { domains: ['b.example'] }));
  await service.start();
  await eventually(readAll(bench, 2));
  await service.stop();
}

test('a start goes on from the snapshot of the last stop, with the same ids, though the topics no longer reach back', async () => {
  const bench = createBench(shipped);
  await firstRun(bench);
  const service = aService(shipped, bench, { snapshotDir: dir, bus: shortened(bench.bus.connect.bus) });
  await service.start();
  await bench.publish(aRecord(shipped, 3, { agency: 'gac', domains: ['a.example', 'b.example'] }));
  await eventually(readAll(bench, 3));
  await service.stop();
  const written = writtenBy(bench.bus, shipped, 'partner');
  expect(liveGroups(written)).toEqual([[1, 2, 3].map(idOf)]);
  expect([...faultsOf(written), ...replayFaults(bench.bus, shipped, 'partner')]).toEqual([]);
  await bench.bus.close();
});

test('without a usable snapshot and without the input there is no start, and the gap is named', async () => {
  const bench = createBench(shipped);
  await firstRun(bench);
  for (const name of await readdir(join(dir, 'partner'))) await writeFile(join(dir, 'partner', name), 'damaged');
  const service = aService(shipped, bench, { snapshotDir: dir, bus: shortened(bench.bus.connect.bus) });
  await expect(service.start()).rejects.toMatchObject({ code: 'INPUT_GONE' });
  await service.stop();
  await bench.bus.close();
});

test('a snapshot from the future of a bus that was made anew is not used', async () => {
  const bench = createBench(shipped);
  await firstRun(bench);
  const fresh = createBench(shipped);
  const service = aService(shipped, fresh, { snapshotDir: dir });
  await fresh.publish(aRecord(shipped, 4));
  await service.start();
  await eventually(readAll(fresh, 1));
  await service.stop();
  expect(writtenBy(fresh.bus, shipped, 'partner').steps.map(({ seq }) => seq)).toEqual([1]);
  await Promise.all([bench.bus.close(), fresh.bus.close()]);
});
