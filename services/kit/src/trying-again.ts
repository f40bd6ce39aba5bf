// Whether something that ended is begun again, and after how long.
// Holds: pure but for the time it is told; only a cause that says it is retriable is tried again; waits double from the first to the
// longest, until it went well; with a bound, too many ends in too short a time are one that is not retriable.
// Source: README.md#lifecycle

/** The rule for one thing that may end. */
export interface TryingAgain {
  /** Notes an end. @returns how long to wait before the next try, ms; undefined: this was the last. */
  pauseAfter(cause: unknown): number | undefined;
  /** It is well: the next wait is the first again. */
  wentWell(): void;
}

/** How it is tried again. */
export interface AgainRule {
  /** Waits double from the first to the longest, ms. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How many ends within how long are too many; absent: it is tried for ever. */
  readonly bound?: { readonly mostEnds: number; readonly withinMs: number };
  /** A clock that never goes back, ms; default: the machine's. */
  readonly nowMs?: () => number;
}

/** Makes the rule. */
export function createTryingAgain({
  firstPauseMs,
  longestPauseMs,
  bound,
  nowMs = () => performance.now(),
}: AgainRule): TryingAgain {
  let waitMs = firstPauseMs;
  let ends: number[] = [];
  return {
    pauseAfter(cause) {
      if ((cause as { retriable?: unknown } | undefined)?.retriable !== true) return undefined;
      if (bound !== undefined) {
        const now = nowMs();
        ends = [...ends.filter((at) => now - at < bound.withinMs), now];
        if (ends.length > bound.mostEnds) return undefined;
      }
      const pauseMs = waitMs;
      waitMs = Math.min(2 * waitMs, longestPauseMs);
      return pauseMs;
    },
    wentWell() {
      waitMs = firstPauseMs;
    },
  };
}

/** @returns what was thrown, as an error. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error('something that is no error was thrown', { cause: thrown });
}
