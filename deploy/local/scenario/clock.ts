// What time it is for the election while the scenario is played: the time of the step that is played, then the time of day.
// Holds: never later than the time of day, and never goes back; who lets it run on cannot hold it again.

import type { Clock } from '@sitebus/sdk';

/** A clock that stands where it was put. */
export interface ScenarioClock extends Clock {
  /** Puts it forward to this instant, UTC milliseconds; back, or past the time of day, it does not go. */
  put(ms: number): void;
  /** From here on it is the time of day. */
  runOn(): void;
}

/** Makes it, standing at `startMs`. */
export function createScenarioClock(real: Clock, startMs: number): ScenarioClock {
  let held: number | undefined = startMs;
  const now = (): number => (held === undefined ? real.now() : Math.min(held, real.now()));
  return {
    now,
    put(ms) {
      if (held !== undefined) held = Math.max(held, ms);
    },
    runOn() {
      held = undefined;
    },
  };
}
