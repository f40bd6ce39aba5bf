import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import type { RetryPolicy } from '@sitebus/sdk';
import { afterFailure, waitMs } from './back-off.ts';
import type { Failures } from './back-off.ts';

const numRuns = propertyRuns(1_000);
const policy: RetryPolicy = { firstSeconds: 2, longestSeconds: 900, deadAfterHours: 24, attemptsMax: 120 };
const policies = fc
  .record({
    firstSeconds: fc.integer({ min: 1, max: 100 }),
    more: fc.integer({ min: 0, max: 5_000 }),
    deadAfterHours: fc.integer({ min: 1, max: 100 }),
    attemptsMax: fc.integer({ min: 1, max: 200 }),
  })
  .map(({ firstSeconds, more, ...rest }): RetryPolicy => ({ firstSeconds, longestSeconds: firstSeconds + more, ...rest })); // prettier-ignore

test('the first waits after a failure, with no spread taken off, are 2, 4, 8 seconds, and none is longer than a quarter of an hour', () => {
  expect([1, 2, 3, 9, 10, 1_000].map((failures) => waitMs(failures, policy) / 1_000)).toEqual([2, 4, 8, 512, 900, 900]);
  expect(afterFailure({ failures: 0 }, 5_000, policy, 1)).toEqual({
    failures: 1, firstFailedMs: 5_000, retryAtMs: 7_000, isDead: false,
  }); // prettier-ignore
  expect(afterFailure({ failures: 0 }, 5_000, policy, 0).retryAtMs).toBe(6_000);
});

test('however it fails, waits stay between half the first and the longest, never get shorter, and it ends', () => {
  fc.assert(
    fc.property(policies, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (rules, spreads) => {
      let nowMs = 0;
      let before: Failures = { failures: 0 };
      for (const spread of spreads) {
        const after = afterFailure(before, nowMs, rules, spread);
        const wait = after.retryAtMs - nowMs;
        expect(wait).toBeGreaterThanOrEqual(rules.firstSeconds * 500);
        expect(wait).toBeLessThanOrEqual(rules.longestSeconds * 1_000);
        expect(waitMs(after.failures + 1, rules)).toBeGreaterThanOrEqual(waitMs(after.failures, rules));
        expect(after.firstFailedMs).toBe(0);
        expect(after.isDead).toBe(after.failures >= rules.attemptsMax || nowMs >= rules.deadAfterHours * 3_600_000);
        [before, nowMs] = [after, after.retryAtMs];
      }
    }),
    { numRuns },
  );
});

test('it is given up at the attempt that is the last allowed one, and at the first one after the time, not before', () => {
  expect(afterFailure({ failures: 118, firstFailedMs: 0 }, 1, policy, 0).isDead).toBe(false);
  expect(afterFailure({ failures: 119, firstFailedMs: 0 }, 1, policy, 0).isDead).toBe(true);
  const day = 24 * 3_600_000;
  expect(afterFailure({ failures: 3, firstFailedMs: 0 }, day - 1, policy, 0).isDead).toBe(false);
  expect(afterFailure({ failures: 3, firstFailedMs: 0 }, day, policy, 0).isDead).toBe(true);
});
