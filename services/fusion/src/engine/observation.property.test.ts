// O2 and O3 of an observation: what a recall undoes, and which of a chain of corrections counts. Universes are small, so that
// thousands of them are walked; step.property.test.ts has larger ones.

import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import type { Assessment } from '@sitebus/sdk';
import { anId, anObservation, collidingObservation, domain, NOW, someRules, VIEW } from '../testing/observations.ts';
import { issuingEverything, liveContent, mustBeLive, type Published } from '../testing/naive-issuing.ts';
import type { FusionObservation } from './observation.ts';
import { createState, linkedOf } from './state.ts';
import { step } from './step.ts';

const RULES = someRules({ hubCap: 4, recurrenceCap: 2 });
const EVERY = issuingEverything(RULES);
const RUNS = propertyRuns(100);
const few = () => fc.array(collidingObservation(), { minLength: 1, maxLength: 7 });

/** What was published while records came one by one. */
function issuedBy(given: readonly FusionObservation[], rules = RULES): Published {
  const state = createState(VIEW, rules);
  const published = new Map<string, Assessment>();
  for (const each of given)
    for (const one of step(state, { now: NOW, observations: [each] }).changes.assessments) published.set(one.id, one);
  return published;
}

test('O2: after a recall live products are those of a world in which the record never came, whenever it is recalled; an id it brought about goes on', () => {
  fc.assert(
    fc.property(few(), fc.nat(), fc.nat(), (given, which, when) => {
      const target = given.filter(({ type }) => type !== 'Recall')[which % given.length];
      fc.pre(target !== undefined);
      const isOfTarget = ({ id, agency, cell }: FusionObservation) => id === target.id && agency === target.agency && cell === target.cell;
      // A Recall under the same identity may be the content that counts, and stands whatever recalls it.
      fc.pre(!given.some((each) => each.type === 'Recall' && isOfTarget(each)));
      const bare = { contentHash: 'ffffffffffffffff', facets: null, features: [], derivedFrom: [], sourceToken: null, supersedes: null };
      const recall = { ...target, id: anId(255), type: 'Recall', recalls: target.id, ...bare };
      const at = when % (given.length + 1);
      const recalled = [...given.slice(0, at), recall, ...given.slice(at)];
      const never = [...given.filter((each) => !isOfTarget(each)), recall];
      const everything = issuedBy(never, EVERY);
      expect(liveContent(issuedBy(recalled, EVERY))).toEqual(liveContent(everything));
      const issued = issuedBy(recalled);
      expect(liveContent(issued)).toEqual(mustBeLive(RULES, never, everything, issued));
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

test('an observation that is not recalled is in a product, so that there was something to undo', () => {
  const pair = [1, 2].map((n) => anObservation(n, { features: [domain('a.example')] }));
  expect(Object.keys(liveContent(issuedBy(pair)))).toHaveLength(1);
});

/** One correction: of which earlier one, by whom; `null` corrects nothing. */
interface Link {
  readonly of: number | null;
  readonly isOthers: boolean;
}

test('O3: of corrections by one agency the last ones count, in whatever order they come; another agency’s correct nothing', () => {
  const links = fc.array(fc.record({ of: fc.option(fc.nat(), { freq: 4 }), isOthers: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(
    fc.property(links, fc.infiniteStream(fc.nat()), (drawn, order) => {
      const chain = drawn.map(({ of, isOthers }: Link, n) =>
        anObservation(n, {
          agency: isOthers ? 'gac' : 'cse',
          supersedes: of === null || n === 0 ? null : anId(of % n), // an earlier one alone: a chain has no cycle
        }),
      );
      const state = createState(VIEW, RULES);
      for (const each of shuffled(chain, order)) step(state, { now: NOW, observations: [each] });
      const isCorrected = ({ id, agency }: FusionObservation): boolean =>
        chain.some((each) => each.supersedes === id && each.agency === agency);
      const last = chain.filter((each) => !isCorrected(each)).map(({ agency, id }) => `${agency} ${id}`);
      const names = linkedOf(state).live.map((name) => name.split('/')).map(([agency, _cell, id]) => `${agency} ${id}`);
      expect([...names].sort()).toEqual(last.sort());
    }),
    { numRuns: RUNS },
  );
}); // prettier-ignore

function shuffled<T>(given: readonly T[], choices: IterableIterator<number>): readonly T[] {
  const left = [...given];
  return given.map(() => left.splice(Number(choices.next().value) % left.length, 1)[0]!);
}
