// Once a day for each: which assessments have aged out of their band or their confidence.
// Holds: every id has its minute of the day, drawn from the id, so that a million are not looked at in one cut; minutes
// without a cut are made up for; nobody's clock but the cut's decides what time it is. Source: README.md#time

import { figuresOf } from './figures.ts';
import { LIVE_ID } from './issued.ts';
import { stepAt } from './proximity.ts';
import type { EngineState } from './state.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'];

/** Adds to `affected` the anchors of assessments whose time of day has come and that moved since their last version. */
export function withAged(state: EngineState, now: number, affected: Set<number>): void {
  const minute = Math.floor(now / MINUTE_MS);
  const passed = Math.min(DAY_MINUTES, minute - state.minute);
  if (passed <= 0) return;
  const isFirst = state.minute < 0;
  const { calendar } = state.rules;
  const isNearer = stepAt(calendar, state.minute * MINUTE_MS) !== stepAt(calendar, now);
  state.minute = minute;
  if (isFirst) return;
  const { issued } = state;
  for (let entry = 1; entry <= issued.count; entry += 1) {
    if (issued.status[entry] !== LIVE_ID) continue;
    // When polling day comes nearer all are looked at; one is published only if that makes it more or less urgent.
    if (isNearer || (isItsTime(state, entry, minute, passed) && hasMoved(state, entry, now)))
      affected.add(issued.anchor[entry]!);
  }
}

/**
 * Whether a cut at `now` would publish an assessment for its age, its minute of the day having come after `sinceMinute`
 * (whole minutes since 1970, not before the last cut's). Cost: one look at every entry, and the figures of a few.
 */
export function isAgeingDue(state: EngineState, sinceMinute: number, now: number): boolean {
  const minute = Math.floor(now / MINUTE_MS);
  const passed = Math.min(DAY_MINUTES, minute - sinceMinute);
  if (state.minute < 0 || passed <= 0) return false;
  const { issued } = state;
  const { calendar } = state.rules;
  const isNearer = stepAt(calendar, sinceMinute * MINUTE_MS) !== stepAt(calendar, now);
  for (let entry = 1; entry <= issued.count; entry += 1)
    if (
      issued.status[entry] === LIVE_ID &&
      (isNearer || (isItsTime(state, entry, minute, passed) && hasMoved(state, entry, now)))
    )
      return true;
  return false;
}

/** Whether the entry's minute of the day is among the last `passed` up to `minute`. */
function isItsTime({ issued }: EngineState, entry: number, minute: number, passed: number): boolean {
  return (minute - (issued.drawOf(entry) % DAY_MINUTES)) % DAY_MINUTES < passed;
}

function hasMoved(state: EngineState, entry: number, now: number): boolean {
  const { issued, records, components } = state;
  const members = components.membersOf(components.find(issued.anchor[entry]!)).sort((a, b) => records.compare(a, b));
  const { band, confidence } = figuresOf(state, members, now);
  return band !== issued.band[entry] || CONFIDENCES.indexOf(confidence.confidence) !== issued.confidence[entry];
}
