import { expect, test } from '@jest/globals';
import { refusal } from '@sitebus/sdk';
import { createTryingAgain } from './trying-again.ts';

const passing = refusal({ code: 'PASSING', retriable: true })({});

test('waits double to the longest, and begin anew once it went well; without a bound it is tried for ever', () => {
  const again = createTryingAgain({ firstPauseMs: 100, longestPauseMs: 350 });
  expect([1, 2, 3, 4].map(() => again.pauseAfter(passing))).toEqual([100, 200, 350, 350]);
  again.wentWell();
  expect(again.pauseAfter(passing)).toBe(100);
  for (let n = 0; n < 1_000; n += 1) expect(again.pauseAfter(passing)).toBeDefined();
});

test('what does not say that it is retriable is the end', () => {
  const again = createTryingAgain({ firstPauseMs: 1, longestPauseMs: 1 });
  const lasting = [refusal({ code: 'LASTING', retriable: false })({}), new Error('a bug'), 'no error', undefined];
  expect(lasting.map((cause) => again.pauseAfter(cause))).toEqual(lasting.map(() => undefined));
});

test('with a bound, more ends than it allows within its time are the end; older ones do not count', () => {
  let now = 0;
  const again = createTryingAgain({ firstPauseMs: 5, longestPauseMs: 5, bound: { mostEnds: 2, withinMs: 100 }, nowMs: () => now }); // prettier-ignore
  const endAt = (at: number) => ((now = at), again.pauseAfter(passing));
  expect([endAt(0), endAt(50), endAt(100), endAt(149), endAt(199)]).toEqual([5, 5, 5, undefined, undefined]);
  expect(endAt(300)).toBe(5);
});
