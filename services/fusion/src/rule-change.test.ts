import { beforeAll, expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { eventually } from '../../../test/support/eventually.ts';
import { aRecord, aService, createBench, idOf, loadShipped, type Bench, type Shipped } from './testing/lane.ts';
import { faultsOf, liveGroups, writtenBy } from './testing/written.ts';

let shipped: Shipped;
beforeAll(async () => {
  shipped = await loadShipped();
});

const CUT_ALL = (bench: Bench, count: number) => () =>
  bench.cuts().reduce((sum, { records }) => sum + records, 0) >= count;

/** Runs one instance under a policy until it leads, and everything it was given is cut. */
async function run(bench: Bench, policy: Policy, records: number): Promise<void> {
  const service = aService({ ...shipped, policy }, bench);
  await service.start();
  await eventually(CUT_ALL(bench, records));
  await service.stop();
}

const changed = (over: Partial<Policy['detection']>, more: Partial<Policy> = {}): Policy => ({
  ...shipped.policy,
  ...more,
  version: shipped.policy.version + 1,
  detection: { ...shipped.policy.detection, ruleVersion: shipped.policy.detection.ruleVersion + 1, ...over },
});

/** Three that share one value, two that share another, and one alone; severe enough to be assessments without company. */
const story = (category = 'PHISHING') => [
  ...['cse', 'gac', 'rcmp'].map((agency, n) =>
    aRecord(shipped, n + 1, { agency, category, domains: ['three.example'] }),
  ),
  ...['cse', 'gac'].map((agency, n) => aRecord(shipped, n + 4, { agency, category, domains: ['two.example'] })),
  aRecord(shipped, 6, { category, domains: ['one.example'] }),
];

async function written(policy: Policy, category?: string) {
  const bench = createBench(shipped);
  await bench.publish(...story(category));
  await run(bench, shipped.policy, 6);
  const before = writtenBy(bench.bus, shipped, 'partner');
  await run(bench, policy, 6);
  return { bench, before, after: writtenBy(bench.bus, shipped, 'partner') };
}

test('under a lower hub cap what was one falls apart: new versions and origins, one alert, and nothing of the rest', async () => {
  const { bench, before, after } = await written(changed({ hubCap: 2 }));
  expect(liveGroups(before)).toEqual([[1, 2, 3].map(idOf), [4, 5].map(idOf), [idOf(6)]]);
  expect(liveGroups(after)).toEqual([[idOf(1)], [idOf(2)], [idOf(3)], [4, 5].map(idOf), [idOf(6)]]);
  expect(faultsOf(after)).toEqual([]);
  const kept = [...bench.newest().values()].filter(({ members }) => members.some(({ id }) => id >= idOf(4)));
  expect(kept.map(({ id }) => [id, after.assessments.filter((each) => each.id === id)])).toEqual(
    kept.map(({ id }) => [id, before.assessments.filter((each) => each.id === id)]),
  );
  const fell = [...bench.newest().values()].filter(({ members }) => members.every(({ id }) => id <= idOf(3)));
  const [whole] = fell.filter(({ version }) => version > 1);
  expect(fell.filter(({ splitFrom }) => splitFrom === whole!.id)).toHaveLength(2);
  expect(after.alerts.slice(before.alerts.length)).toMatchObject([
    { reason: 'RULE_CHANGE', audience: ['cse', 'gac', 'rcmp'], marking: whole!.marking },
  ]);
  expect(after.steps.at(-1)).toMatchObject({
    records: 0,
    alerts: 1,
    ruleChange: { issued: expect.any(Array) as unknown },
  });
  await bench.bus.close();
});

test('of mild reports that fall apart the one whose id was issued goes on, and no other begins', async () => {
  const { bench, before, after } = await written(changed({ hubCap: 2 }), 'OTHER');
  expect(liveGroups(before)).toEqual([[1, 2, 3].map(idOf), [4, 5].map(idOf)]);
  expect(liveGroups(after)).toEqual([[idOf(1)], [4, 5].map(idOf)]);
  expect(after.assessments.slice(before.assessments.length)).toMatchObject([{ version: 2, splitFrom: null }]);
  expect(faultsOf(after)).toEqual([]);
  await bench.bus.close();
});

test('what a lower threshold makes an assessment is published, and one alert tells of all of it', async () => {
  const { bench, before, after } = await written(changed({ assessAloneFrom: 20 }), 'OTHER');
  expect(liveGroups(before)).toEqual([[1, 2, 3].map(idOf), [4, 5].map(idOf)]);
  expect(liveGroups(after)).toEqual([[1, 2, 3].map(idOf), [4, 5].map(idOf), [idOf(6)]]);
  expect(after.alerts.slice(before.alerts.length)).toMatchObject([
    { reason: 'RULE_CHANGE', version: 1, audience: ['cse'] },
  ]);
  await bench.bus.close();
});

test('what a higher threshold would not have issued stays issued: nothing is closed, and its id goes on', async () => {
  const policy = changed({ assessAloneFrom: 90 });
  const { bench, before, after } = await written(policy);
  expect([after.assessments, after.alerts]).toEqual([before.assessments, before.alerts]);
  await bench.publish(
    aRecord(shipped, 7, { category: 'PHISHING', domains: ['other.example'] }), // begins nothing under these rules
    aRecord(shipped, 8, { agency: 'gac', category: 'PHISHING', domains: ['one.example'] }),
  );
  await run(bench, policy, 8);
  expect(liveGroups(writtenBy(bench.bus, shipped, 'partner'))).toEqual([
    [1, 2, 3].map(idOf),
    [4, 5].map(idOf),
    [6, 8].map(idOf),
  ]);
  expect([...bench.newest().values()].find(({ members }) => members[0]!.id === idOf(6))).toMatchObject({ version: 2 });
  await bench.bus.close();
});

test('an id that was closed before the rules changed goes on with the next version when its record is sent again', async () => {
  const bench = createBench(shipped);
  const record = aRecord(shipped, 1, { category: 'PHISHING', urls: ['https://one.example/'] });
  await bench.publish(record);
  await run(bench, shipped.policy, 1);
  bench.clock.advance(200 * 86_400_000);
  await bench.publish(aRecord(shipped, 2, { category: 'OTHER', domains: ['two.example'] }));
  await run(bench, shipped.policy, 2);
  await bench.publish(aRecord(shipped, 3, { category: 'OTHER', domains: ['three.example'] }));
  await run(bench, changed({}), 3);
  await bench.publish(record);
  await run(bench, changed({}), 4);
  expect(bench.assessments().map(({ version, status }) => [version, status])).toEqual([
    [1, 'LIVE'],
    [2, 'CLOSED'],
    [3, 'LIVE'],
  ]);
  expect(faultsOf(writtenBy(bench.bus, shipped, 'partner'))).toEqual([]);
  await bench.bus.close();
});

test('rules that are only numbered anew publish nothing: every id keeps its version, and nobody is alerted', async () => {
  const { bench, before, after } = await written(changed({}));
  expect(before.assessments.length).toBeGreaterThan(0);
  expect([after.assessments, after.alerts]).toEqual([before.assessments, before.alerts]);
  expect(after.steps.at(-1)).toMatchObject({ changes: 0, ruleVersion: shipped.policy.detection.ruleVersion + 1 });
  await bench.bus.close();
});

test('the id that is merged away by new rules leads to the one that stays', async () => {
  const strict = changed({ hubCap: 1 });
  const bench = createBench(shipped);
  await bench.publish(...story());
  await run(bench, { ...strict, version: shipped.policy.version }, 6);
  const apart = writtenBy(bench.bus, shipped, 'partner');
  expect(liveGroups(apart)).toHaveLength(6);
  await run(bench, changed({ ruleVersion: shipped.policy.detection.ruleVersion + 2 }), 6);
  const newest = [...bench.newest().values()];
  const survivor = newest.find(({ members }) => members.length === 3)!;
  expect(newest.filter(({ redirectTo }) => redirectTo === survivor.id)).toHaveLength(2);
  expect(liveGroups(writtenBy(bench.bus, shipped, 'partner'))).toHaveLength(3);
  expect(faultsOf(writtenBy(bench.bus, shipped, 'partner'))).toEqual([]);
  await bench.bus.close();
});

test('what an agency said that policy no longer has is closed, and its ids still resolve', async () => {
  const agencies = shipped.policy.agencies.filter(({ id }) => id !== 'cse');
  const { bench, after } = await written(changed({}, { agencies }));
  expect(liveGroups(after)).toEqual([[2, 3].map(idOf), [idOf(5)]]);
  const newest = bench.newest();
  const gone = [...newest.values()].filter(({ status }) => status !== 'LIVE');
  expect(gone.map(({ status }) => status).sort()).toEqual(['CLOSED', 'REDIRECTED', 'REDIRECTED']);
  for (const { redirectTo } of gone) if (redirectTo !== null) expect(newest.get(redirectTo)?.status).toBe('LIVE');
  expect(faultsOf(after)).toEqual([]);
  await bench.bus.close();
});

test('a fresh instance follows across a change of rules, and one under the same rules publishes nothing', async () => {
  const policy = changed({ hubCap: 2 });
  const { bench, after } = await written(policy);
  await run(bench, policy, 6);
  const again = writtenBy(bench.bus, shipped, 'partner');
  expect([again.assessments, again.alerts, again.steps]).toEqual([after.assessments, after.alerts, after.steps]);
  await bench.publish(aRecord(shipped, 7, { agency: 'elections', category: 'PHISHING', domains: ['two.example'] }));
  await run(bench, policy, 7);
  expect(liveGroups(writtenBy(bench.bus, shipped, 'partner'))).toContainEqual([idOf(4)]); // now a hub
  expect(faultsOf(writtenBy(bench.bus, shipped, 'partner'))).toEqual([]);
  await bench.bus.close();
});

test('a policy older than the lane has seen is refused', async () => {
  const { bench } = await written(changed({ hubCap: 2 }));
  const service = aService(shipped, bench);
  await expect(service.start()).rejects.toMatchObject({ code: 'POLICY_OUTDATED', retriable: false });
  await service.stop();
  await bench.bus.close();
});
