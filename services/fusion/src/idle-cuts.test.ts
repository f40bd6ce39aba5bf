import { expect, test } from '@jest/globals';
import { createState } from './engine/state.ts';
import { step } from './engine/step.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { IdleCuts } from './idle-cuts.ts';
import { aRecord, aService, createBench, loadShipped } from './testing/lane.ts';
import { EVERY_REPORT, NOW, VIEW, anObservation, domain, someRules } from './testing/observations.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const DAYS = 70;

/** Reports with values of short and long lives, linked and alone, of every age. */
function someReports() {
  return Array.from({ length: 12 }, (_, n) =>
    anObservation(n + 1, {
      agency: n % 2 === 0 ? 'cse' : 'gac',
      observedAt: NOW - n * DAY_MS,
      features: [
        { kind: 'url', value: `https://x.example/${n >> 1}` },
        ...(n % 3 === 0 ? [domain(`d${n}.example`)] : []),
      ],
    }),
  );
}

/** Some reports, and then a look a minute; `needsCut` says whether there is a cut. */
function run(needsCut: (state: ReturnType<typeof createState>, seq: number, now: number) => boolean) {
  const state = createState(VIEW, someRules({ ...EVERY_REPORT, lifetimeDays: { default: 60, url: 30, domain: 60 } }));
  const versions = new Map<string, string[]>();
  let seq = 0;
  let idle = 0;
  const cut = (now: number, observations: ReturnType<typeof someReports>) => {
    seq += 1;
    const { assessments } = step(state, { now, observations }).changes;
    for (const { id, contentHash } of assessments) versions.set(id, [...(versions.get(id) ?? []), contentHash]);
    if (assessments.length === 0) idle += 1;
  };
  cut(NOW, someReports());
  for (let now = NOW; now < NOW + DAYS * DAY_MS; now += MINUTE_MS) if (needsCut(state, seq, now)) cut(now, []);
  return { versions, cuts: seq, idle };
}

/** Whether all are there, in their order, up to the last: a cut that is made anyway tells of another's age sooner. */
const isWithin = (some: readonly string[], all: readonly string[]): boolean =>
  some.at(-1) === all.at(-1) && some.every((hash, at) => all.indexOf(hash) >= at);

test('a view to which nothing comes publishes what it would with a cut a minute, and hardly a cut says nothing', () => {
  const always = run(() => true);
  const idleCuts = new IdleCuts();
  const { versions, cuts, idle } = run((...at) => idleCuts.isDue(...at));
  expect([...versions.keys()]).toEqual([...always.versions.keys()]);
  for (const [id, hashes] of always.versions) expect(isWithin(hashes, versions.get(id)!)).toBe(true);
  expect([...versions.values()].flat().length).toBeGreaterThan(30);
  expect(idle).toBeLessThanOrEqual(DAYS);
  expect(cuts).toBeLessThan(2 * DAYS);
});

test('while a hold stands nothing is due by the hour, and at its end it is', () => {
  const holds = [
    { from: new Date(NOW).toISOString(), to: new Date(NOW + 40 * DAY_MS).toISOString(), reason: 'election' },
  ];
  const state = createState(VIEW, someRules({ lifetimeDays: { default: 1, url: 1 }, holds }));
  const ancient = { observedAt: NOW - 1_000 * DAY_MS }; // ages no further
  step(state, { now: NOW, observations: [anObservation(1, ancient)] });
  step(state, { now: NOW + 40 * DAY_MS - HOUR_MS, observations: [] });
  const idleCuts = new IdleCuts();
  expect(idleCuts.isDue(state, 2, NOW + 40 * DAY_MS - 1)).toBe(false);
  expect(idleCuts.isDue(state, 2, NOW + 40 * DAY_MS)).toBe(true);
});

test('what expires at noon is closed at noon, though nothing comes in', async () => {
  const shipped = await loadShipped();
  const bench = createBench(shipped);
  const service = aService(shipped, bench);
  await service.start();
  await bench.publish(
    aRecord(shipped, 1, { domains: ['a.example'], category: 'PHISHING', observedAt: bench.clock.now() - 900 * DAY_MS }),
  );
  const steps = () => bench.cuts().filter(({ kind }) => kind === 'STEP').length;
  await eventually(() => steps() === 1);
  bench.clock.advance(180 * DAY_MS - HOUR_MS);
  await eventually(() => steps() === 2); // a new day
  bench.clock.advance(HOUR_MS);
  await eventually(() => steps() === 3);
  expect([...bench.newest().values()]).toMatchObject([{ status: 'CLOSED', version: 2, members: [] }]);
  expect(bench.cuts().at(-1)).toMatchObject({ records: 0, changes: 1, now: bench.clock.now() });
  await service.stop();
  await bench.bus.close();
});
