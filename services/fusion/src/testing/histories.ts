// Histories for tests: cuts of colliding observations at times that go on by minutes, hours, days and months.
// Holds: every history begins at NOW, so that two of them in a row are one.

import fc from 'fast-check';
import type { FusionObservation } from '../engine/observation.ts';
import type { EngineCut } from '../engine/step.ts';
import { NOW, collidingObservation } from './observations.ts';

const HOUR_MS = 3_600_000;

/** A cut with its time. */
export interface TimedCut extends EngineCut {
  readonly observations: readonly FusionObservation[];
}

/** Up to eight cuts of up to six records; about one gap in three is longer than an hour. */
export function aHistory(startAt = NOW): fc.Arbitrary<TimedCut[]> {
  const gapMs = fc.oneof(
    fc.constantFrom(50, 60_000, 30 * 60_000),
    fc.constantFrom(1, 30, 60, 180, 400).map((days) => days * 24 * HOUR_MS),
    fc.constant(HOUR_MS),
  );
  const cut = fc.record({ gapMs, observations: fc.array(collidingObservation(), { maxLength: 6 }) });
  return fc.array(cut, { minLength: 1, maxLength: 8 }).map((drawn) => {
    let now = startAt;
    return drawn.map(({ gapMs: gap, observations }) => {
      now += gap;
      return { now, observations };
    });
  });
}

/** The same cuts, moved so that they follow on a time. */
export function startingAt(now: number, cuts: readonly TimedCut[]): TimedCut[] {
  return cuts.map((cut) => ({ ...cut, now: cut.now - NOW + now }));
}

/** Observations in their order, cut into pieces of these sizes, over and over. */
export function inCuts(given: readonly FusionObservation[], sizes: readonly number[]): FusionObservation[][] {
  const made: FusionObservation[][] = [];
  for (let at = 0, turn = 0; at < given.length; turn += 1) {
    const size = sizes[turn % sizes.length]!;
    made.push(given.slice(at, at + size));
    at += size;
  }
  return made;
}
