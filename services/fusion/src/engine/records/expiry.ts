// When values stop linking and records leave: by the time of their admission and the lifetime of their kind.
// Holds: only the hour of the cut's own time counts, so no agency's clock moves anybody's expiry; a record leaves when its
// longest-lived value is over (the default lifetime where it has none; the longest of all where it speaks about others) and
// takes along what it held back, so that nothing recalled or superseded returns by it; while a hold stands nothing leaves.
// Source: README.md#time

import { forget, reclaim } from './forget.ts';
import { publish } from '../publishing/publish.ts';
import { ATTACHED, LIVE, PRESENT } from './records.ts';
import { relink } from '../linking/relink.ts';
import type { Rules } from '../rules.ts';
import type { EngineState } from '../state.ts';
import type { KeepContent } from '../publishing/product.ts';
import type { Published } from '../step.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const DAY_HOURS = 24;

/** The hour of a time, since 1970. */
export const hourOf = (now: number): number => Math.floor(now / HOUR_MS);

/** Whether a cut at `now` would take out a value or a record. Cost: one look at every record once the hour is another. */
export function isExpiryDue({ hour, rules, records }: EngineState, now: number): boolean {
  const nowHour = hourOf(now);
  if (hour < 0 || nowHour <= hour || isHeld(rules, now)) return false;
  for (let record = 1; record <= records.count; record += 1)
    if (records.dueHour[record]! <= nowHour && records.is(record, PRESENT)) return true;
  return false;
}

/**
 * On the first cut of an hour: takes out what is over, and publishes what that changes.
 * @returns undefined where nothing left. Cost: one look at every record, and the components of what leaves.
 */
export function expire(state: EngineState, now: number, keep?: KeepContent): Published | undefined {
  const hour = hourOf(now);
  if (hour <= state.hour) return undefined;
  state.hour = hour;
  const day = Math.floor(hour / DAY_HOURS);
  if (day > state.day) state.issued.forgetBefore((state.day = day));
  if (isHeld(state.rules, now)) return undefined;
  state.expiredTo = hour;
  const { over, worn } = dueAt(state, hour);
  if (over.length + worn.length === 0) return undefined;
  const removed = forget(state, over);
  const staying = worn.filter((record) => state.records.is(record, PRESENT));
  const published = publish(state, relinkWorn(state, staying, removed, hour), removed, now, keep);
  reclaim(state);
  return published;
}

/** Notes when a new record, or the first of its values, is over. */
export function scheduleExpiry({ records, rules, index }: EngineState, record: number): void {
  if (records.is(record, ATTACHED)) records.lifetimeDays[record] = rules.longestLifetimeDays;
  let leastDays = records.lifetimeDays[record]!;
  const end = records.featureStart[record]! + records.featureCount[record]!;
  for (let at = records.featureStart[record]!; at < end; at += 1)
    leastDays = Math.min(leastDays, rules.lifetimeDays[index.values.kindOf(records.featurePool[at]!)]!);
  records.dueHour[record] = dueHourOf(records.admittedAt[record]!, leastDays);
}

/** Takes values of a record out of use that are over at `hour`. The record must not be in the index. */
export function wearOut(state: EngineState, record: number, hour: number): void {
  const { records, rules, index } = state;
  if (records.dueHour[record]! > hour) return;
  const admittedAt = records.admittedAt[record]!;
  records.wearOut(
    record,
    (feature) => dueHourOf(admittedAt, rules.lifetimeDays[index.values.kindOf(feature)]!) <= hour,
  );
  scheduleExpiry(state, record);
}

function isHeld({ holds }: Rules, now: number): boolean {
  return holds.some(({ from, to }) => from <= now && now < to);
}

/** The first hour by which a lifetime is over: never the hour of admission, whatever the policy says. */
function dueHourOf(admittedAt: number, days: number): number {
  return Math.ceil((admittedAt + Math.max(1, days * DAY_MS)) / HOUR_MS);
}

function dueAt({ records }: EngineState, hour: number): { over: number[]; worn: number[] } {
  const over: number[] = [];
  const worn: number[] = [];
  for (let record = 1; record <= records.count; record += 1) {
    if (records.dueHour[record]! > hour || !records.is(record, PRESENT)) continue;
    const isOver = dueHourOf(records.admittedAt[record]!, records.lifetimeDays[record]!) <= hour;
    (isOver ? over : worn).push(record);
  }
  return { over, worn };
}

/** Records whose values wear out leave the links and come back with those that last. */
function relinkWorn(
  state: EngineState,
  worn: readonly number[],
  removed: readonly number[],
  hour: number,
): Set<number> {
  const { flags } = state.records;
  const linked = worn.filter((record) => (flags[record]! & (LIVE | ATTACHED)) === LIVE);
  for (const record of linked) flags[record]! &= ~LIVE;
  const affected = relink(state, { added: [], removed: [...removed, ...linked] });
  for (const record of worn) wearOut(state, record, hour);
  for (const record of linked) flags[record]! |= LIVE;
  for (const record of relink(state, { added: linked, removed: [] })) affected.add(record);
  return affected;
}
