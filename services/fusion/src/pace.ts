// How a lane tells intervals and waits for them: the runtime's own timers, or a test's.
// Holds: monotonic and nothing else; no date comes from here, so nothing of it reaches a cut.

import { performance } from 'node:perf_hooks';

/** Intervals, apart from the date. */
export interface Pace {
  /** Milliseconds that only grow. */
  now(): number;
  /** Calls `run` once after `ms`; @returns what takes the call back. */
  after(ms: number, run: () => void): () => void;
}

/** The runtime's timers. */
export const systemPace: Pace = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
