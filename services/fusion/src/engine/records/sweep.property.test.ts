// A sweep frees what stands for nothing, and nobody can tell.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { imageOf, restore, type Image } from '../image.ts';
import { createState, hashOfLinked, linkedOf, type EngineState } from '../state.ts';
import { step } from '../step.ts';
import { sweep } from './sweep.ts';
import { aHistory, startingAt, type TimedCut } from '../../testing/histories.ts';
import { VIEW, anObservation, domain, someRules, NOW } from '../../testing/observations.ts';

const SHORT = {
  hubCap: 4,
  recurrenceCap: 2,
  linkWindowDays: { domain: 1, faint: 2 },
  lifetimeDays: { default: 60, domain: 20, faint: 90 },
  texts: { minChars: 24, similarMinChars: 36, similarityMin: 0.69, bucketCap: 3 },
};
const RULES = someRules(SHORT);
/** Eight records at most: somebody leaves at almost every cut. */
const FULL = someRules({ ...SHORT, maxLiveRecords: 8, liveQuota: { default: 3, tenant: 1, gac: 2 } });
const runs = { numRuns: propertyRuns(25) };

test.each([
  ['as time passes', RULES],
  ['with room for few', FULL],
])('an engine that sweeps after every cut publishes and links what one that never does, %s', (_, rules) => {
  let freed = 0;
  let reused = 0;
  fc.assert(
    fc.property(aHistory(), aHistory(), (before, later) => {
      const plain = createState(VIEW, rules);
      const swept = createState(VIEW, rules);
      for (const cut of [...before, ...startingAt(before.at(-1)!.now, later)]) {
        const expected = step(plain, cut).changes;
        expect(step(swept, cut).changes).toEqual(expected);
        const used = textsOf(swept);
        sweep(swept);
        freed += used - textsOf(swept);
        expect(hashOfLinked(swept)).toBe(hashOfLinked(plain));
      }
      const { additions, size } = swept.index.values;
      reused += additions - size;
    }),
    runs,
  );
  expect(freed).toBeGreaterThan((runs.numRuns * 5) / 2);
  expect(reused).toBeGreaterThan((runs.numRuns * 5) / 2);
});

test.each([
  ['as time passes', RULES],
  ['with room for few', FULL],
])('a swept state has no text or object that one made from its image has not, and the same image, %s', (_, rules) => {
  fc.assert(
    fc.property(aHistory(), aHistory(), (history, later) => {
      const plain = fed(history, createState(VIEW, rules));
      const swept = fed(history, createState(VIEW, rules));
      sweep(swept);
      expect(written(imageOf(swept))).toEqual(written(imageOf(plain)));
      const restored = restore(written(imageOf(swept)), VIEW, rules, 5);
      expect(countsOf(swept)).toEqual(countsOf(restored));
      for (const cut of startingAt(history.at(-1)!.now, later)) {
        const expected = step(plain, cut).changes;
        expect(step(restored, cut).changes).toEqual(expected);
        sweep(restored);
        expect(linkedOf(restored)).toEqual(linkedOf(plain));
      }
    }),
    runs,
  );
});

test('texts do not pile up where ever new ones come and as many leave', () => {
  const state = createState(VIEW, someRules({ maxLiveRecords: 2_000 }));
  let most = 0;
  for (let cut = 0; cut < 40; cut += 1) {
    const observations = Array.from({ length: 1_000 }, (_, at) => {
      const n = cut * 1_000 + at;
      const facets = { category: 'OTHER', tools: [`tool-${n}`], targets: [], ridings: [], platforms: [], gaps: [] };
      const features = [domain(`host-${n}.example`), domain(`other-${n}.example`)];
      const context = [{ kind: 'domain', value: `shown-${n}.example`, why: 'COMMON' as const }];
      return anObservation(n, { features, facets, context, derivedFrom: [`parent-${n}`] });
    });
    step(state, { now: NOW + cut, observations });
    most = Math.max(most, ...Object.values(countsOf(state)));
  }
  expect(most).toBeLessThan(20_000); // of 40,000 and 80,000 that came
});

test('texts of records that were refused are freed too', () => {
  const state = createState(VIEW, someRules());
  step(state, { now: NOW, observations: [anObservation(0)] });
  for (let cut = 1; cut < 40; cut += 1) {
    const observations = Array.from({ length: 1_000 }, (_, at) =>
      anObservation(0, {
        contentHash: `f${cut * 1_000 + at}`.padEnd(16, '0'),
        features: [domain(`${cut}.${at}.example`)],
      }),
    );
    step(state, { now: NOW + cut, observations });
  }
  expect(state.index.values.used).toBeLessThan(20_000); // of 39,000 that came
});

function fed(history: readonly TimedCut[], state: EngineState): EngineState {
  for (const cut of history) step(state, cut);
  return state;
}

function countsOf({ records, index }: EngineState): Record<string, number> {
  const { ids, tokens, facetTable, contextTable } = records;
  return {
    ids: ids.used,
    tokens: tokens.used,
    values: index.values.used,
    facets: facetTable.used,
    contexts: contextTable.used,
  };
}

const textsOf = (state: EngineState): number => Object.values(countsOf(state)).reduce((sum, count) => sum + count);

function written({ head, issued, departed, records }: Image) {
  const byId = (a: { observation: { id: string } }, b: { observation: { id: string } }) =>
    JSON.stringify(a) < JSON.stringify(b) ? -1 : 1;
  return {
    head: { ...head },
    issued: [...issued],
    departed: [...departed].sort((a, b) => a.high - b.high || a.low - b.low),
    records: [...records].sort(byId),
  };
}
