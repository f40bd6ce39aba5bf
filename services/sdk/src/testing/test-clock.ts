// A clock that stands still until a test moves it.

import type { Clock } from '../time.ts';

/** A clock in a test's hands. */
export interface TestClock extends Clock {
  /** Moves on by so many milliseconds. */
  advance(ms: number): void;
  /** Jumps to a moment, UTC milliseconds; backwards too. */
  set(nowMs: number): void;
}

/** 2025-04-01T12:00:00Z: a moment like any other, the same in every run. */
export const TEST_EPOCH_MS = Date.UTC(2025, 3, 1, 12);

/** A clock that shows `startMs` until moved. */
export function createTestClock(startMs: number = TEST_EPOCH_MS): TestClock {
  let nowMs = startMs;
  return {
    now: () => nowMs,
    advance: (ms) => void (nowMs += ms),
    set: (ms) => void (nowMs = ms),
  };
}
