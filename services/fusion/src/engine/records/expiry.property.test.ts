// Laws of time: what is remembered, by whose clock, and what becomes of ids when it is forgotten.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { Assessment } from '@sitebus/sdk';
import { imageOf, restore } from '../image.ts';
import { createState, hashOfLinked, linkedOf, type EngineState } from '../state.ts';
import { step } from '../step.ts';
import { aHistory, type TimedCut } from '../../testing/histories.ts';
import { NaiveMemory } from '../../testing/naive-memory.ts';
import { NOW, VIEW, someRules } from '../../testing/observations.ts';

const DAY_MS = 86_400_000;

/** Values wear out one by one; the second rules hold everything for the hundred days after the fiftieth. */
const SHORT = { hubCap: 4, lifetimeDays: { default: 60, domain: 20, faint: 90 } };
const RULES = someRules(SHORT);
const HELD = someRules({ ...SHORT, holds: [{ from: iso(50), to: iso(150), reason: 'election' }] });
/** Eight records at most, of which partners are to give up some first. */
const FULL = someRules({ ...SHORT, maxLiveRecords: 8, liveQuota: { default: 3, tenant: 1, gac: 2 } });
const runs = { numRuns: propertyRuns(60) };

test.each([
  ['without a hold', RULES],
  ['with a hold', HELD],
  ['with room for few', FULL],
])('after every cut, as time passes, the state equals a naive computation over what is remembered, %s', (_, rules) => {
  let left = 0;
  fc.assert(
    fc.property(aHistory(), (history) => {
      const state = createState(VIEW, rules);
      const memory = new NaiveMemory(rules);
      for (const cut of history) {
        const before = memory.present().length;
        memory.take(cut);
        step(state, cut);
        expect(linkedOf(state)).toEqual(memory.image());
        if (memory.present().length < before) left += 1;
      }
    }),
    runs,
  );
  expect(left).toBeGreaterThan(0);
});

test.each([
  ['with a hold', HELD],
  ['with room for few', FULL],
])(
  'a state that is made again from its image after every cut publishes what one that never is does, %s',
  (_, rules) => {
    fc.assert(
      fc.property(aHistory(), fc.infiniteStream(fc.integer()), (history, seeds) => {
        const plain = createState(VIEW, rules);
        let again = createState(VIEW, rules);
        for (const cut of history) {
          const expected = step(plain, cut).changes;
          expect(step(again, cut).changes).toEqual(expected);
          again = restore(imageOf(again), VIEW, rules, Number(seeds.next().value));
          expect(hashOfLinked(again)).toBe(hashOfLinked(plain));
        }
      }),
      runs,
    );
  },
);

test('whatever time a record says it was observed, all others are remembered and forgotten as before', () => {
  const wild = fc.oneof(fc.constantFrom(0, 1, 8.64e15, NOW - 1e12, NOW + 1e12), fc.integer({ min: 0 }));
  fc.assert(
    fc.property(aHistory(), fc.nat(), wild, (history, pick, observedAt) => {
      const all = history.flatMap(({ observations }) => observations);
      fc.pre(all.length > 0);
      const chosen = all[pick % all.length]!;
      const moved = history.map((cut) => ({
        ...cut,
        observations: cut.observations.map((each) => (each === chosen ? { ...each, observedAt } : each)),
      }));
      expect(liveAfterEach(moved)).toEqual(liveAfterEach(history));
    }),
    runs,
  );
});

test('every id ever published resolves to a live product or a closed tombstone, and within its memory in one step', () => {
  fc.assert(
    fc.property(aHistory(), (history) => {
      const { published } = run(history, createState(VIEW, RULES));
      const isShort = history.at(-1)!.now - NOW < 400 * DAY_MS;
      for (const { id } of published.values()) {
        const path = pathOf(published, id);
        expect(path.at(-1)!.status).not.toBe('REDIRECTED');
        if (isShort) expect(path.length).toBeLessThan(3);
      }
    }),
    runs,
  );
});

test('versions of an id rise by one while it is remembered, and live products hold every live sighting once', () => {
  fc.assert(
    fc.property(aHistory(), (history) => {
      const state = createState(VIEW, RULES);
      const { published, versions } = run(history, state);
      const isShort = history.at(-1)!.now - NOW < 400 * DAY_MS;
      if (isShort) for (const each of versions.values()) expect(each).toEqual(each.map((_, at) => at + 1));
      const live = [...published.values()].filter(({ status }) => status === 'LIVE');
      const members = live.flatMap((each) => each.members.map(({ agency, id }) => `${agency}/${id}`));
      const { components } = linkedOf(state);
      const together = components.filter((group) => group.length > 1).flat();
      expect(members).toEqual(
        expect.arrayContaining(together.map((name) => name.replace(/\/[^/]+\/([^/]+)\/.*/, '/$1'))),
      );
      expect(live.length).toBeLessThanOrEqual(components.length);
      expect(live.filter((each) => each.members.length > 1)).toHaveLength(
        components.filter((group) => group.length > 1).length,
      );
    }),
    runs,
  );
});

function iso(day: number): string {
  return new Date(NOW + day * DAY_MS).toISOString();
}

function liveAfterEach(history: readonly TimedCut[]): (readonly string[])[] {
  const state = createState(VIEW, RULES);
  return history.map((cut) => linkedOf(step(state, cut).state).live);
}

function run(history: readonly TimedCut[], state: EngineState) {
  const published = new Map<string, Assessment>();
  const versions = new Map<string, number[]>();
  for (const cut of history)
    for (const assessment of step(state, cut).changes.assessments) {
      published.set(assessment.id, assessment);
      versions.set(assessment.id, [...(versions.get(assessment.id) ?? []), assessment.version]);
    }
  return { published, versions };
}

/** Where an id leads, itself first; throws where it leads in a circle. */
function pathOf(published: ReadonlyMap<string, Assessment>, id: string): Assessment[] {
  const path = [published.get(id)!];
  for (let next = path[0]!.redirectTo; next !== null; next = path.at(-1)!.redirectTo) {
    if (path.length > published.size) throw new Error('circle');
    path.push(published.get(next)!);
  }
  return path;
}
