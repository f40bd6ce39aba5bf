// How near an election is, as the multiplier of severity.
// Holds: pure; time is the cut's `now`; days are local dates of the election's time zone, turned into instants once, when the
// rules are made; an election of some ridings concerns only what names one of them. Source: README.md#severity

import type { Policy } from '@sitebus/sdk';

/** When a multiplier holds. UTC milliseconds, `until` exclusive. */
interface Window {
  readonly from: number;
  readonly until: number;
  readonly percent: number;
  /** Ridings concerned; null for all. */
  readonly ridings: ReadonlySet<string> | null;
}

/** The electoral calendar as instants. */
export interface Calendar {
  readonly windows: readonly Window[];
  /** Every instant at which a multiplier changes, ascending. */
  readonly boundaries: readonly number[];
}

const DAY_MS = 86_400_000;
const NONE = 100;

/** The calendar of a policy: for each election and step from so many local days before polling day to the next nearer step. */
export function calendarOf({ elections, proximity }: Pick<Policy, 'elections' | 'proximity'>): Calendar {
  const steps = [...proximity].sort((a, b) => b.fromDays - a.fromDays);
  const windows = elections.flatMap(({ timeZone, pollingDay, ridings }) => {
    const startOf = (daysBefore: number) => localMidnight(Date.parse(pollingDay) - daysBefore * DAY_MS, timeZone);
    return steps.map(({ fromDays, percent }, place) => ({
      from: startOf(fromDays),
      until: startOf(steps[place + 1]?.fromDays ?? -1),
      percent,
      ridings: ridings.length === 0 ? null : new Set(ridings),
    }));
  });
  const instants = new Set(windows.flatMap(({ from, until }) => [from, until]));
  return Object.freeze({ windows, boundaries: [...instants].sort((a, b) => a - b) });
}

/** The multiplier in per cent for what names these ridings; the greatest where several elections are near. */
export function percentAt({ windows }: Calendar, now: number, ridings: readonly string[]): number {
  const near = windows.filter(
    ({ from, until, ridings: concerned }) =>
      from <= now && now < until && (concerned === null || ridings.some((riding) => concerned.has(riding))),
  );
  return near.length === 0 ? NONE : Math.max(...near.map(({ percent }) => percent));
}

/** How many changes of the calendar lie behind: equal numbers, equal multipliers. */
export function stepAt({ boundaries }: Calendar, now: number): number {
  let step = 0;
  while (step < boundaries.length && boundaries[step]! <= now) step += 1;
  return step;
}

/** The instant at which a local date begins. `dayUtcMs` is that date's midnight as if it were UTC. */
function localMidnight(dayUtcMs: number, timeZone: string): number {
  let at = dayUtcMs - offsetMs(dayUtcMs, timeZone);
  at = dayUtcMs - offsetMs(at, timeZone); // once more: the clocks may have changed in between
  return at;
}

function offsetMs(at: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')!.value; // GMT-04:00, or GMT
  const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return hours === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
