// Days of a calendar in a time zone: which day an instant falls on, and when a day begins and ends there.
// Holds: pure; a day is a number of days since 1970-01-01 (Avro's `date`); a day begins at its first instant, which is not
// midnight where the clocks are put forward over it; both changes of the year are covered. Source: ECMA-402 (Intl); IANA tz

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No zone is further from UTC than this. */
const FARTHEST_ZONE_MS = 15 * 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** The local day of an instant. Throws RangeError for a name that is no time zone. */
export function localDay(atMs: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    formats.set(timeZone, format);
  }
  return Date.parse(format.format(atMs)) / DAY_MS; // en-CA writes yyyy-mm-dd, which is read as UTC
}

/** The first instant of a local day, UTC milliseconds; the end of the day before, exclusive. */
export function localDayStart(day: number, timeZone: string): number {
  const key = `${timeZone} ${day}`;
  let start = starts.get(key);
  if (start === undefined) {
    start = searchStart(day, timeZone);
    if (starts.size >= MOST_STARTS) starts.clear();
    starts.set(key, start);
  }
  return start;
}

const starts = new Map<string, number>();
const MOST_STARTS = 10_000;

/** Clocks are set to whole minutes everywhere since 1972, so that a search among minutes finds the instant. */
function searchStart(day: number, timeZone: string): number {
  let before = (day * DAY_MS - FARTHEST_ZONE_MS) / MINUTE_MS;
  let after = (day * DAY_MS + FARTHEST_ZONE_MS) / MINUTE_MS;
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (localDay(middle * MINUTE_MS, timeZone) >= day) after = middle;
    else before = middle;
  }
  return after * MINUTE_MS;
}

/** A day written `yyyy-mm-dd`; undefined for what is no day of the calendar. */
export function parseDay(text: string): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const atMs = Date.parse(`${text}T00:00:00Z`);
  return Number.isNaN(atMs) || dayText(atMs / DAY_MS) !== text ? undefined : atMs / DAY_MS;
}

/** `yyyy-mm-dd`. */
export function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The same day of another year; 29 February becomes 28 February where the year has none. */
export function addYears(day: number, years: number): number {
  const from = new Date(day * DAY_MS);
  const [year, month] = [from.getUTCFullYear() + years, from.getUTCMonth()];
  const lastOfMonth = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(from.getUTCDate(), lastOfMonth)) / DAY_MS;
}

/** The `count` whole months before the month of a day, `yyyy-mm`, latest first. */
export function monthsBefore(day: number, count: number): readonly string[] {
  const from = new Date(day * DAY_MS);
  return Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() - 1 - index, 1)).toISOString().slice(0, 7),
  );
}
