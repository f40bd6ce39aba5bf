// How long to wait after a failure, and when to give up.
// Holds: pure; waits double up to a bound and never get shorter while failures go on; it is given up after so many failures
// in a row, or so long after the first of them, whichever comes first. Source: README.md#deliveries

import type { RetryPolicy } from '@sitebus/sdk';

/** Failures in a row. Times are UTC milliseconds. */
export interface Failures {
  readonly failures: number;
  readonly firstFailedMs?: number;
}

/** What follows one more failure. */
export interface AfterFailure {
  readonly failures: number;
  readonly firstFailedMs: number;
  readonly retryAtMs: number;
  /** Given up: nothing is tried again until its owner says so. */
  readonly isDead: boolean;
}

/**
 * @returns what follows a failure at `nowMs`. `spread` from 0 to 1 moves the wait to between a half and the whole of it, so
 * that targets which failed together are not tried together.
 */
export function afterFailure(before: Failures, nowMs: number, policy: RetryPolicy, spread: number): AfterFailure {
  const failures = before.failures + 1;
  const firstFailedMs = before.firstFailedMs ?? nowMs;
  return {
    failures,
    firstFailedMs,
    retryAtMs: nowMs + Math.round(waitMs(failures, policy) * (0.5 + spread / 2)),
    isDead: failures >= policy.attemptsMax || nowMs - firstFailedMs >= policy.deadAfterHours * HOUR_MS,
  };
}

/** @returns the longest wait after so many failures in a row, milliseconds. */
export function waitMs(failures: number, { firstSeconds, longestSeconds }: RetryPolicy): number {
  return Math.min(longestSeconds, firstSeconds * 2 ** Math.min(failures - 1, MAX_DOUBLINGS)) * 1_000;
}

const HOUR_MS = 3_600_000;
/** Beyond, every wait is the longest one. */
const MAX_DOUBLINGS = 40;
