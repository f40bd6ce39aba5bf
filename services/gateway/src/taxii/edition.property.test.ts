// The promise of a collection: a client that pages while others write gets every object, and no version of one twice.

import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadContract } from '@sitebus/sdk/testing';
import type { Codec, Policy } from '@sitebus/sdk';
import { SETTLE_MS } from '../read-model/journal.ts';
import { anAlert, anAssessment, anIndicatorReport, aRecall, NOW_MS, uuidOf } from '../testing/records.ts';
import { aReader, aStage } from '../testing/stage.ts';
import type { Stage, StagedPage } from '../testing/stage.ts';
import { printAdded, readTime } from './date-added.ts';

let policy: Policy;
let codec: Codec;
beforeAll(async () => void ({ policy, codec } = await loadContract()));

const GROUPS = ['community', 'platforms', 'research'];
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
const DOMAINS = ['one.example', 'two.example', 'three.example'] as const;

/** Something that happens. Times lie close together on purpose: most records share their millisecond with others. */
type Event =
  | { readonly is: 'observe'; readonly name: string; readonly agency: string; readonly domains: readonly string[]; readonly group: boolean; readonly lagMs: number }
  | { readonly is: 'recall'; readonly name: string; readonly agency: string; readonly lagMs: number }
  | { readonly is: 'assess'; readonly version: number; readonly pMicro: number; readonly domains: readonly string[]; readonly status: 'LIVE' | 'CLOSED'; readonly lagMs: number }
  | { readonly is: 'pass'; readonly ms: number }
  | { readonly is: 'page'; readonly limit: number }; // prettier-ignore

const lagMs = fc.oneof(
  { weight: 9, arbitrary: fc.nat({ max: 3 }) },
  { weight: 1, arbitrary: fc.nat({ max: 3 * SETTLE_MS }) },
);
const agency = fc.constantFrom('cse', 'rcmp');
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ is: fc.constant('observe' as const), name: fc.constantFrom(...NAMES), agency, domains: fc.subarray([...DOMAINS]), group: fc.boolean(), lagMs }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('recall' as const), name: fc.constantFrom(...NAMES), agency, lagMs }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('assess' as const), version: fc.integer({ min: 1, max: 6 }), pMicro: fc.constantFrom(400_000, 600_000, 600_000), domains: fc.subarray([...DOMAINS].slice(0, 2)), status: fc.constantFrom('LIVE', 'LIVE', 'LIVE', 'CLOSED'), lagMs }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('pass' as const), ms: fc.constantFrom(1, SETTLE_MS / 2, 2 * SETTLE_MS) }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('page' as const), limit: fc.integer({ min: 1, max: 7 }) }) },
); // prettier-ignore

/** Lets it happen; what the low reader must not see is left out where `withHidden` is false. */
function apply(stage: Stage, happening: Event, withHidden = true): void {
  const now = stage.clock.now();
  switch (happening.is) {
    case 'observe': {
      const { name, agency: by, domains, group } = happening;
      if (group && !withHidden) return;
      // Its name is another's in the other world: what is hidden decides nothing.
      const hidden = group ? { marking: 'SECRET//CANADIAN EYES ONLY', groups: ['panel'] } : {};
      const id = uuidOf(group ? `hidden ${name}` : `${name} ${by}`);
      return stage.observe('IndicatorReport', anIndicatorReport({ id, agency: by, domains, ...hidden }), now - happening.lagMs);
    }
    case 'recall': {
      const { name, agency: by } = happening;
      return stage.observe('Recall', aRecall(uuidOf(`${name} ${by}`), { id: uuidOf(`recall ${name} ${by}`), agency: by }), now - happening.lagMs);
    }
    case 'assess': {
      const { version, pMicro, domains, status } = happening;
      const [a, b] = [uuidOf('a cse'), uuidOf('b rcmp')];
      const likelihood = { pMicro, uMicro: 1, lo: 1, hi: 2, band: 4 };
      const features = domains.map((value) => ({ kind: 'domain', value, dfBucket: 1, weight: 1, contributionMicro: 1 }));
      const links = [{ a, b, scoreMicro: 1, features }];
      const assessment = anAssessment({ version, likelihood, links, status });
      stage.model.addAssessment(assessment, now - happening.lagMs);
      return stage.model.addAlert(anAlert(assessment), stage.model.alertLog.ends().next, now - happening.lagMs);
    }
    case 'pass':
      return stage.clock.advance(happening.ms);
    case 'page':
      return undefined;
  }
} // prettier-ignore

/** A client that remembers what it got, and goes on from the last time it was told. */
function createClient(stage: Stage) {
  const reader = aReader(policy, 's-can', { groups: GROUPS });
  const got: { id: string; version: string; object: object }[] = [];
  let afterMs: number | undefined;
  return {
    got,
    async page(limit: number): Promise<StagedPage> {
      const page = await stage.page(reader, { afterMs, limit });
      got.push(...page.entries.map(({ listed, object }) => ({ id: listed.id, version: JSON.stringify(object['modified']), object })));
      const last = page.entries.at(-1)?.listed.addedMs;
      // Through the text, and cut to milliseconds, as clients do.
      if (last !== undefined) afterMs = readTime(printAdded(last).replace('000Z', 'Z'));
      expect([page.entries.length === limit || !page.more]).toEqual([true]);
      return page;
    },
  };
} // prettier-ignore

/** Paged in the second between a recall and its place in the order: the identity stood on what was recalled, and on the recall. */
const PAGED_BEFORE_A_RECALL_SETTLED: Event[] = [
  { is: 'assess', version: 1, pMicro: 400_000, domains: [], status: 'LIVE', lagMs: 0 },
  { is: 'observe', name: 'a', agency: 'cse', domains: [], group: false, lagMs: 0 },
  { is: 'pass', ms: 2 * SETTLE_MS },
  { is: 'page', limit: 1 },
  { is: 'recall', name: 'a', agency: 'cse', lagMs: 0 },
  { is: 'page', limit: 2 },
  { is: 'observe', name: 'a', agency: 'cse', domains: [], group: false, lagMs: 0 },
  { is: 'page', limit: 4 },
  { is: 'observe', name: 'a', agency: 'cse', domains: [], group: false, lagMs: 0 },
];

/** The tool of two recalled reports was got from the first, whose recall had settled, and comes again with the third. */
const A_TOOL_COMES_AGAIN: Event[] = [
  { is: 'observe', name: 'a', agency: 'cse', domains: ['three.example'], group: false, lagMs: 0 },
  { is: 'recall', name: 'a', agency: 'cse', lagMs: 0 },
  { is: 'pass', ms: 2 * SETTLE_MS },
  { is: 'observe', name: 'c', agency: 'rcmp', domains: ['three.example'], group: false, lagMs: 0 },
  { is: 'recall', name: 'c', agency: 'rcmp', lagMs: 0 },
  { is: 'observe', name: 'a', agency: 'cse', domains: [], group: false, lagMs: 0 },
  { is: 'page', limit: 3 },
  { is: 'page', limit: 5 },
  { is: 'page', limit: 1 },
  { is: 'pass', ms: 1 },
];

test('a client that pages while others write gets every object in its last version, and nothing twice', async () => {
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 60 }), async (events) => {
      const stage = aStage({ policy, codec, view: 's-can' });
      const client = createClient(stage);
      for (const each of events) {
        apply(stage, each);
        if (each.is === 'page') await client.page(each.limit);
      }
      stage.settle();
      while ((await client.page(3)).entries.length > 0);
      const { entries } = await stage.page(aReader(policy, 's-can', { groups: GROUPS }));
      const keys = client.got.map(({ id, version }) => `${id} ${version}`);
      const repeated = client.got.filter(({ id, version }, at) => keys.indexOf(`${id} ${version}`) !== at);
      // A shared object that lost its last record may have been got before: with its next record it comes again.
      const mayRepeat = events.some(({ is }) => is === 'recall') ? ['domain-name', 'software'] : [];
      expect(repeated.map(({ id }) => id.split('--')[0]).filter((type) => !mayRepeat.includes(type ?? ''))).toEqual([]);
      const last = new Map(client.got.map(({ id, object }) => [id, object]));
      for (const { listed, object } of entries) {
        // Whose record stands behind a shared object, and so its marking, may change when the first is recalled.
        const { object_marking_refs: _now, ...rest } = object;
        const { object_marking_refs: _then, ...got } = (last.get(listed.id) ?? {}) as Record<string, unknown>;
        expect(got).toEqual(rest);
      }
      seen += entries.length;
    }),
    { numRuns: 60, examples: [[PAGED_BEFORE_A_RECALL_SETTLED], [A_TOOL_COMES_AGAIN]] },
  );
  expect(seen).toBeGreaterThan(300);
});

test('what left an assessment, closed ones included, is revoked for whoever got it, under its own created and for good', async () => {
  let [revocations, returns] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(event, fc.nat({ max: 9 })), { minLength: 5, maxLength: 60 }).map(inTurn), async (events) => {
      const stage = aStage({ policy, codec, view: 's-can' });
      const client = createClient(stage);
      for (const each of events) {
        apply(stage, each);
        if (each.is === 'page') await client.page(each.limit);
      }
      stage.settle();
      while ((await client.page(3)).entries.length > 0);
      const indicators = client.got.flatMap(({ object }) => (isIndicator(object) ? [object] : []));
      const byId = new Map<string, Indicator[]>();
      for (const each of indicators) byId.set(each.id, [...(byId.get(each.id) ?? []), each]);
      for (const versions of byId.values()) {
        expect(new Set(versions.map(({ created }) => created)).size).toBe(1);
        const revokedAt = versions.findIndex(({ revoked }) => revoked === true);
        if (revokedAt !== -1) expect(revokedAt).toBe(versions.length - 1); // nothing after it, ever
        revocations += revokedAt === -1 ? 0 : 1;
      }
      const standing = [...byId.values()].map((versions) => versions.at(-1)!).filter(({ revoked }) => revoked !== true);
      expect(standing.map(({ pattern }) => pattern).sort()).toEqual(patternsOfNewest(events));
      returns += standing.filter(({ pattern }) => indicators.some((each) => each.pattern === pattern && byId.get(each.id)?.at(-1)?.revoked === true)).length;
    }),
    { numRuns: 80 },
  );
  expect(revocations).toBeGreaterThan(10);
  expect(returns).toBeGreaterThan(10);
}); // prettier-ignore

/** An indicator stands, goes and stands again. */
const THERE_AND_BACK = [['one.example'], [], ['one.example']].map((domains): [Event, number] => [
  { is: 'assess', version: 0, pMicro: 600_000, domains, status: 'LIVE', lagMs: 0 },
  9,
]);

/** Versions ascend, and most of them settle and are paged before the next; at the end something goes and returns. */
function inTurn(drawn: readonly (readonly [Event, number])[]): readonly Event[] {
  let version = 0;
  return [...drawn, ...THERE_AND_BACK].flatMap(([each, chance]): readonly Event[] => {
    const mine = each.is === 'assess' ? { ...each, version: (version += 1), lagMs: 0 } : each;
    return chance < 3 ? [mine] : [mine, { is: 'pass', ms: 2 * SETTLE_MS }, { is: 'page', limit: 40 }];
  });
}

function isIndicator(object: object): object is Indicator {
  return (object as { readonly type?: unknown }).type === 'indicator';
}

interface Indicator {
  readonly id: string;
  readonly created: string;
  readonly revoked?: true;
  readonly pattern: string;
}

/** What the newest version says, as the first that came under its number has it. */
function patternsOfNewest(events: readonly Event[]): readonly string[] {
  const assessed = events.flatMap((each) => (each.is === 'assess' ? [each] : []));
  const newest = Math.max(...assessed.map(({ version }) => version));
  const said = assessed.find(({ version }) => version === newest);
  if (said === undefined || said.status !== 'LIVE' || said.pMicro < 550_000) return [];
  return said.domains.map((domain) => `[domain-name:value = '${domain}']`).sort();
}

test('what is hidden from a reader moves none of their pages, times or objects', async () => {
  let differed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
      const worlds = [true, false].map(() => aStage({ policy, codec, view: 's-can' }));
      const clients = worlds.map(createClient);
      for (const each of events) {
        for (const [at, stage] of worlds.entries()) {
          apply(stage, each, at === 0);
          if (each.is === 'page') await clients[at]?.page(each.limit);
        }
      }
      for (const [at, stage] of worlds.entries()) {
        stage.settle();
        while ((await clients[at]!.page(5)).more);
      }
      expect(clients[0]?.got).toEqual(clients[1]?.got);
      differed += events.some((each) => each.is === 'observe' && each.group) ? 1 : 0;
    }),
    { numRuns: 30 },
  );
  expect(differed).toBeGreaterThan(10);
});

test('a gateway that starts anew finds the same numbers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 5, maxLength: 40 }), async (events) => {
      // Nothing comes later than it may: that alone is not found again.
      const prompt = events.map((each) => ('lagMs' in each ? { ...each, lagMs: Math.min(each.lagMs, 3) } : each));
      const live = aStage({ policy, codec, view: 's-can' });
      const log: { readonly event: Event; readonly atMs: number }[] = [];
      for (const each of prompt) {
        log.push({ event: each, atMs: live.clock.now() });
        apply(live, each);
        if (each.is === 'page') await live.page(aReader(policy, 's-can', { groups: GROUPS }), { limit: each.limit });
      }
      live.settle();
      const anew = aStage({ policy, codec, view: 's-can' });
      // Partitions come one after the other: every agency's records in their order, the last agency first.
      const partitionOf = ({ event: each }: (typeof log)[number]) => ('agency' in each ? each.agency : '');
      for (const partition of ['rcmp', '', 'cse']) {
        for (const entry of log.filter((each) => partitionOf(each) === partition)) {
          if (entry.event.is === 'pass') continue;
          apply({ ...anew, clock: { ...anew.clock, now: () => entry.atMs } }, entry.event);
        }
      }
      anew.clock.advance(live.clock.now() - NOW_MS);
      const of = async (stage: Stage) =>
        (await stage.page(aReader(policy, 's-can', { groups: GROUPS }))).entries.map(({ listed }) => [listed.id, listed.addedMs, listed.createdMs, listed.modifiedMs]);
      expect(await of(anew)).toEqual(await of(live));
    }),
    { numRuns: 40 },
  );
}); // prettier-ignore
