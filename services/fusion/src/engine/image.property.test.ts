// A state made again from its image goes on exactly as the one it was made from.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { Departed } from './records/departed.ts';
import { imageOf, restore, type Image } from './image.ts';
import { createState, hashOfLinked, type EngineState } from './state.ts';
import { step, type Changes } from './step.ts';
import { VIEW, someRules } from '../testing/observations.ts';
import { aHistory, startingAt, type TimedCut } from '../testing/histories.ts';

const RULES = someRules({ hubCap: 4 });
const runs = { numRuns: propertyRuns(40) };

test('a restored state publishes the same bytes as the original under any further cuts', () => {
  let compared = 0;
  fc.assert(
    fc.property(aHistory(), aHistory(), fc.integer(), (before, later, seed) => {
      const after = startingAt(before.at(-1)!.now, later);
      const original = run(createState(VIEW, RULES), before).state;
      const restored = restore(written(imageOf(original)), VIEW, RULES, seed);
      expect(hashOfLinked(restored)).toBe(hashOfLinked(original));
      const [first, second] = [run(original, after), run(restored, after)];
      expect(second.changes).toEqual(first.changes);
      expect(hashOfLinked(second.state)).toBe(hashOfLinked(first.state));
      compared += first.changes.flatMap(({ assessments }) => assessments).length;
    }),
    runs,
  );
  expect(compared).toBeGreaterThan((runs.numRuns * 5) / 3);
});

test('the image of a restored state is the image it was restored from', () => {
  fc.assert(
    fc.property(aHistory(), (history) => {
      const image = written(imageOf(run(createState(VIEW, RULES), history).state));
      expect(written(imageOf(restore(image, VIEW, RULES, 7)))).toEqual(image);
    }),
    runs,
  );
});

function run(state: EngineState, cuts: readonly TimedCut[]): { state: EngineState; changes: Changes[] } {
  return { state, changes: cuts.map((cut) => step(state, cut).changes) };
}

/** As a snapshot keeps it: apart from the state it was read from. */
function written({ head, issued, departed, records }: Image): Image {
  const byBits = (a: Departed, b: Departed) => a.high - b.high || a.low - b.low;
  return { head: { ...head }, issued: [...issued], departed: [...departed].sort(byBits), records: [...records] };
}
