import { afterEach, expect, test } from '@jest/globals';
import { propertyRuns } from './property-runs.ts';

const before = process.env['PROPERTY_RUNS'];
afterEach(() => {
  if (before === undefined) delete process.env['PROPERTY_RUNS'];
  else process.env['PROPERTY_RUNS'] = before;
});

test.each([
  ['', 300],
  ['1', 1],
  ['12000', 12_000],
])('with PROPERTY_RUNS=%j a law that draws 300 draws %i', (set, runs) => {
  process.env['PROPERTY_RUNS'] = set;
  expect(propertyRuns(300)).toBe(runs);
});

test.each(['0', '-1', '1.5', 'many', 'NaN'])('PROPERTY_RUNS=%s is refused: no law passes on nothing', (set) => {
  process.env['PROPERTY_RUNS'] = set;
  expect(() => propertyRuns(300)).toThrow('PROPERTY_RUNS');
});
