// When contributions end: the cut-offs of a cadence, on the local clock of an election.
// Holds: pure; every local day that the cadence names has exactly one cut-off, both changes of the clock included: a time that
// the clock skips is the first instant after it, one that it shows twice is the first of the two. Source: ECMA-402 (Intl)

import type { Cadence, Weekday } from '@sitebus/sdk';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEKDAYS: readonly Weekday[] = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
/** No rule of a week leaves more days than this without a cut-off; one more, because a local day is not UTC's. */
const MOST_DAYS = 9;

/** @returns the first cut-off after an instant, UTC milliseconds. */
export function nextCutOff(cadence: Cadence, timeZone: string, afterMs: number): number {
  const today = wallClock(afterMs, timeZone).dayMs;
  for (let ahead = 0; ahead < MOST_DAYS; ahead += 1) {
    const dayMs = today + ahead * DAY_MS;
    if (!cadence.weekdays.includes(WEEKDAYS[new Date(dayMs).getUTCDay()]!)) continue;
    const atMs = instantOf(dayMs, minutesOf(cadence.cutOffTime), timeZone);
    if (atMs > afterMs) return atMs;
  }
  throw new Error(`cadence ${cadence.id} names no day`); // its JSON Schema asks for one
}

/** @returns the cut-off before one of the same cadence: where the time of its report begins. */
export function cutOffBefore(cadence: Cadence, timeZone: string, cutOffMs: number): number {
  let before = cutOffMs;
  for (let back = 1; before >= cutOffMs && back <= MOST_DAYS; back += 1)
    before = nextCutOff(cadence, timeZone, cutOffMs - (back + 1) * DAY_MS);
  for (let next = before; next < cutOffMs; next = nextCutOff(cadence, timeZone, next)) before = next;
  return before;
}

/** @returns the local day of an instant, `yyyy-mm-dd`. */
export function localDate(atMs: number, timeZone: string): string {
  return new Date(wallClock(atMs, timeZone).dayMs).toISOString().slice(0, 10);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** The first instant at which the local clock of the day shows at least the time. */
function instantOf(dayMs: number, minutes: number, timeZone: string): number {
  const wanted = dayMs + minutes * MINUTE_MS;
  const offsets = [-DAY_MS, 0, DAY_MS].map((aside) => offsetAt(wanted + aside, timeZone));
  const candidates = [...new Set(offsets)].map((offset) => wanted - offset).sort((a, b) => a - b);
  const shown = candidates.find((atMs) => atMs + offsetAt(atMs, timeZone) === wanted);
  if (shown !== undefined) return shown;
  const [before = wanted] = candidates; // skipped: the clock goes from before `wanted` to beyond it
  let atMs = before;
  while (atMs + offsetAt(atMs, timeZone) < wanted) atMs += MINUTE_MS;
  return atMs;
}

/** Local time minus UTC. */
function offsetAt(atMs: number, timeZone: string): number {
  const { dayMs, minuteOfDay } = wallClock(atMs, timeZone);
  return dayMs + minuteOfDay * MINUTE_MS - Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the local clock shows; the day as the UTC midnight of its date. */
function wallClock(atMs: number, timeZone: string): { readonly dayMs: number; readonly minuteOfDay: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    }); // prettier-ignore
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  return {
    dayMs: Date.UTC(part['year'] ?? 0, (part['month'] ?? 1) - 1, part['day']),
    minuteOfDay: (part['hour'] ?? 0) * 60 + (part['minute'] ?? 0),
  };
}
