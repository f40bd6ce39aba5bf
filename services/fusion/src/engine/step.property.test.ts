// Laws of the engine over small universes in which everything collides.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { Assessment } from '@sitebus/sdk';
import { inCuts } from '../testing/histories.ts';
import { begunForNothing, issuingEverything, liveContent, mustBeLive } from '../testing/naive-issuing.ts';
import { naiveImage } from '../testing/naive-oracle.ts';
import type { FusionObservation } from './observation.ts';
import type { Rules } from './rules.ts';
import { createState, hashOfLinked, linkedOf, type EngineState } from './state.ts';
import { step } from './step.ts';
import { NOW, VIEW, collidingObservation, someRules } from '../testing/observations.ts';

/** Two hundred lineages would not fit the universe; four make a hub in it, three texts a full bucket, four shares a crowd. */
const RULES = someRules({
  hubCap: 4,
  linkWindowDays: { domain: 1, faint: 2, 'registrable-domain': 1 },
  recurrenceCap: 2,
  texts: { minChars: 24, similarMinChars: 36, similarityMin: 0.69, bucketCap: 3 },
  coShares: { windowSeconds: 30, minParticipation: 2, crowdCap: 4 },
});
const EVERY = issuingEverything(RULES);
const observations = fc.array(collidingObservation(), { minLength: 1, maxLength: 28 });
const cutSizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 28, maxLength: 28 });
const runs = { numRuns: propertyRuns(50) };

test('any order of arrival with duplicates, cut anyhow, gives the same linked state', () => {
  fc.assert(
    fc.property(observations, fc.infiniteStream(fc.nat()), cutSizes, (given, choices, sizes) => {
      const shuffled = shuffle([...given, ...given.filter((_, at) => at % 3 === 0)], choices);
      expect(hashOfLinked(feed(given, [1]).state)).toBe(hashOfLinked(feed(shuffled, sizes).state));
    }),
    runs,
  );
});

test('after every cut the state equals a naive computation over all that has come', () => {
  fc.assert(
    fc.property(observations, cutSizes, (given, sizes) => {
      const state = createState(VIEW, RULES);
      const seen: FusionObservation[] = [];
      for (const cut of inCuts(given, sizes)) {
        seen.push(...cut);
        step(state, { now: NOW, observations: cut });
        expect(linkedOf(state)).toEqual(naiveImage(RULES, seen));
      }
    }),
    runs,
  );
});

test('what is published at the end is what one cut of the same records would publish, and of who stands alone what was issued', () => {
  fc.assert(
    fc.property(observations, cutSizes, (given, sizes) => {
      const all = [given.length];
      const every = feed(given, all, { rules: EVERY }).published;
      expect(liveContent(feed(given, sizes, { rules: EVERY }).published)).toEqual(liveContent(every));
      const [grown, whole] = [feed(given, sizes).published, feed(given, all).published];
      expect(liveContent(grown)).toEqual(mustBeLive(RULES, given, every, grown));
      expect(liveContent(whole)).toEqual(mustBeLive(RULES, given, every, whole));
      expect(Object.keys(liveContent(grown))).toEqual(expect.arrayContaining(Object.keys(liveContent(whole))));
    }),
    runs,
  );
});

test('no id begins as one mild report of which nobody speaks, but where another has nowhere else to go', () => {
  fc.assert(
    fc.property(observations, cutSizes, (given, sizes) => {
      feed(given, sizes, { onCut: (seen, published) => expect(begunForNothing(RULES, seen, published)).toEqual([]) });
    }),
    runs,
  );
});

test('a recalled record leaves live products as if it had never come, but for ids it brought about: those go on', () => {
  fc.assert(
    fc.property(observations, fc.nat(), cutSizes, (given, at, sizes) => {
      const target = given.filter(({ type }) => type !== 'Recall')[at % given.length];
      fc.pre(target !== undefined);
      const isOfTarget = ({ id, agency, cell }: FusionObservation) =>
        id === target.id && agency === target.agency && cell === target.cell;
      // A Recall under the same identity may be the content that counts, and stands whatever recalls it.
      fc.pre(!given.some((each) => each.type === 'Recall' && isOfTarget(each)));
      const recall = {
        ...target,
        id: '00000000-0000-4000-8000-ffffffffffff',
        type: 'Recall',
        recalls: target.id,
        ...BARE,
      };
      const without = given.filter((each) => !isOfTarget(each));
      const never = [...without, recall];
      const every = feed(never, sizes, { rules: EVERY }).published;
      expect(liveContent(feed([...given, recall], sizes, { rules: EVERY }).published)).toEqual(liveContent(every));
      const retracted = feed([...given, recall], sizes).published;
      expect(liveContent(retracted)).toEqual(mustBeLive(RULES, never, every, retracted));
    }),
    runs,
  );
});

test('every id ever published resolves in one step to a live product or to a closed tombstone', () => {
  fc.assert(
    fc.property(observations, cutSizes, (given, sizes) => {
      const { published } = feed(given, sizes);
      for (const { status, redirectTo, version } of published.values()) {
        expect(version).toBeGreaterThan(0);
        if (status === 'REDIRECTED') expect(published.get(redirectTo!)?.status).not.toBe('REDIRECTED');
        if (status === 'REDIRECTED') expect(published.has(redirectTo!)).toBe(true);
      }
    }),
    runs,
  );
});

test('where every report is a product, live products hold every live sighting exactly once', () => {
  fc.assert(
    fc.property(observations, cutSizes, (given, sizes) => {
      const { published, state } = feed(given, sizes, { rules: EVERY });
      const inProducts = [...published.values()]
        .filter(({ status }) => status === 'LIVE')
        .flatMap(({ members }) => members.map(({ id, agency }) => `${agency}/${id}`));
      const { components } = linkedOf(state);
      const nonTrivial = components.filter((group) => group.length > 1).flat();
      const expected = [
        ...nonTrivial,
        ...components
          .filter((group) => group.length === 1)
          .flat()
          .filter((name) => isSighting(given, name)),
      ];
      expect(inProducts.sort()).toEqual(expected.map((name) => `${name.split('/')[0]}/${name.split('/')[2]}`).sort());
    }),
    runs,
  );
});

test('versions of an id rise by one, and no two consecutive live versions have the same content', () => {
  fc.assert(
    fc.property(observations, cutSizes, (given, sizes) => {
      const last = new Map<string, Assessment>();
      for (const assessment of feed(given, sizes).history) {
        const before = last.get(assessment.id);
        expect(assessment.version).toBe((before?.version ?? 0) + 1);
        if (before?.status === 'LIVE' && assessment.status === 'LIVE')
          expect(assessment.contentHash).not.toBe(before.contentHash);
        last.set(assessment.id, assessment);
      }
    }),
    runs,
  );
});

test('a seed of the tables changes no byte of what is published', () => {
  fc.assert(
    fc.property(observations, cutSizes, fc.integer(), (given, sizes, seed) => {
      expect(feed(given, sizes, { seed }).history).toEqual(feed(given, sizes).history);
    }),
    { numRuns: 100 },
  );
});

const BARE = {
  contentHash: 'ffffffffffffffff',
  facets: null,
  features: [],
  derivedFrom: [],
  sourceToken: null,
  supersedes: null,
} as const;

interface Fed {
  readonly state: EngineState;
  readonly published: ReadonlyMap<string, Assessment>;
  readonly history: readonly Assessment[];
}

interface How {
  readonly rules?: Rules;
  readonly seed?: number;
  /** Told of all that has come, and of what the cut published. */
  readonly onCut?: (seen: readonly FusionObservation[], published: readonly Assessment[]) => void;
}

function feed(
  given: readonly FusionObservation[],
  sizes: readonly number[],
  { rules = RULES, seed = 0, onCut }: How = {},
): Fed {
  const state = createState(VIEW, rules, seed);
  const published = new Map<string, Assessment>();
  const history: Assessment[] = [];
  let seen = 0;
  for (const cut of inCuts(given, sizes)) {
    const { changes } = step(state, { now: NOW, observations: cut });
    seen += cut.length;
    onCut?.(given.slice(0, seen), changes.assessments);
    for (const assessment of changes.assessments) {
      published.set(assessment.id, assessment);
      history.push(assessment);
    }
  }
  return { state, published, history };
}

function shuffle<T>(given: readonly T[], choices: IterableIterator<number>): T[] {
  const shuffled = [...given];
  for (let at = shuffled.length - 1; at > 0; at -= 1) {
    const other = Number(choices.next().value) % (at + 1);
    [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
  }
  return shuffled;
}

function isSighting(given: readonly FusionObservation[], name: string): boolean {
  return given.some(
    (each) => `${each.agency}/${each.cell}/${each.id}/${each.contentHash}` === name && each.facets !== null,
  );
}
