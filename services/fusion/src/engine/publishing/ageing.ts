// Once a day for each: which assessments have aged out of their band or their confidence, and, as polling day comes nearer,
// which reports that stand alone have become severe enough to be assessments.
// Holds: every id has its minute of the day, drawn from the id, so that a million are not looked at in one cut; minutes
// without a cut are made up for; nobody's clock but the cut's decides what time it is. Source: README.md#time

import { isWorthAlone } from './alone.ts';
import { figuresOf } from '../judgement/figures.ts';
import { LIVE_ID } from './issued.ts';
import { stepAt } from '../judgement/proximity.ts';
import { ATTACHED, LIVE, REPORT } from '../records/records.ts';
import type { EngineState } from '../state.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const CONFIDENCES = ['LOW', 'MODERATE', 'HIGH'];

/**
 * Adds to `affected` the anchors of assessments whose time of day has come and that moved since their last version, and
 * records whose time has come to be an assessment.
 */
export function withAged(state: EngineState, now: number, affected: Set<number>): void {
  const look = lookSince(state, state.minute, now);
  if (look === undefined) return;
  const isFirst = state.minute < 0;
  state.minute = look.minute;
  if (isFirst) return;
  const { issued } = state;
  for (let entry = 1; entry <= issued.count; entry += 1)
    if (isMoved(state, entry, look)) affected.add(issued.anchor[entry]!);
  for (const record of becomeWorth(state, look)) affected.add(record);
}

/**
 * Whether a cut at `now` would publish an assessment for its age, its minute of the day having come after `sinceMinute`
 * (whole minutes since 1970, not before the last cut's). Cost: one look at every entry, and the figures of a few; for a day
 * after a step of the calendar, one at every record.
 */
export function isAgeingDue(state: EngineState, sinceMinute: number, now: number): boolean {
  const look = state.minute < 0 ? undefined : lookSince(state, sinceMinute, now);
  if (look === undefined) return false;
  for (let entry = 1; entry <= state.issued.count; entry += 1) if (isMoved(state, entry, look)) return true;
  return becomeWorth(state, look).next().done !== true;
}

/** What is looked at in one cut. */
interface Look {
  readonly now: number;
  readonly minute: number;
  /** Minutes of the day that are looked at, up to this one. */
  readonly passed: number;
  /** Polling day has come nearer, by a step, since an assessment was last looked at. */
  readonly isNearer: boolean;
}

/** Undefined within a minute of the last look. */
function lookSince({ rules: { calendar } }: EngineState, sinceMinute: number, now: number): Look | undefined {
  const minute = Math.floor(now / MINUTE_MS);
  if (minute <= sinceMinute) return undefined;
  // Whoever is looked at now was last looked at a day ago, or, where cuts were missing, before the last of them.
  const lastLook = Math.min(sinceMinute, minute - DAY_MINUTES);
  return {
    now,
    minute,
    passed: Math.min(DAY_MINUTES, minute - sinceMinute),
    isNearer: sinceMinute >= 0 && stepAt(calendar, lastLook * MINUTE_MS) !== stepAt(calendar, now),
  };
}

/** Of what has come nearer, only that is published which it makes more or less urgent. */
function isMoved(state: EngineState, entry: number, { now, minute, passed, isNearer }: Look): boolean {
  return (
    state.issued.status[entry] === LIVE_ID &&
    isItsTime(state.issued.drawOf(entry), minute, passed) &&
    (isNearer || hasMoved(state, entry, now))
  );
}

/** Whether the minute of the day that was drawn is among the last `passed` up to `minute`. */
function isItsTime(draw: number, minute: number, passed: number): boolean {
  return (minute - (draw % DAY_MINUTES)) % DAY_MINUTES < passed;
}

/** Reports that nothing is published about, and that the calendar has made severe. */
function* becomeWorth(state: EngineState, { now, minute, passed, isNearer }: Look): Generator<number> {
  if (!isNearer) return;
  const { records, issued } = state;
  for (let record = 1; record <= records.count; record += 1)
    if (
      issued.owner[record] === 0 &&
      (records.flags[record]! & (LIVE | REPORT | ATTACHED)) === (LIVE | REPORT) &&
      isWorthAlone(state, record, now) &&
      isItsTime(drawOf(records.idOf(record)), minute, passed)
    )
      yield record;
}

/** A number drawn from the end of a record's id: random in every kind of UUID; 0 where it is none. */
const drawOf = (id: string): number => parseInt(id.slice(-8), 16) || 0;

function hasMoved(state: EngineState, entry: number, now: number): boolean {
  const { issued, records, components } = state;
  const members = components.membersOf(components.find(issued.anchor[entry]!)).sort((a, b) => records.compare(a, b));
  const { band, confidence } = figuresOf(state, members, now);
  return band !== issued.band[entry] || CONFIDENCES.indexOf(confidence.confidence) !== issued.confidence[entry];
}
