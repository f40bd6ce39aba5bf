// Times as formats write them. A day without a zone is that day's first instant in UTC; `03/04` has no meaning of its own.
// Holds: undefined for what cannot be read in the declared form; nothing is guessed, no 30 February becomes March.

/** How a source writes its days; declared in policy, per source. */
export type DateFormat = 'yyyy-mm-dd' | 'dd/mm/yyyy' | 'mm/dd/yyyy';

const DAY_PATTERNS: Readonly<Record<DateFormat, RegExp>> = {
  'yyyy-mm-dd': /^(?<y>\d{4})-(?<m>\d{2})-(?<d>\d{2})$/,
  'dd/mm/yyyy': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})$/,
  'mm/dd/yyyy': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/,
};

const INSTANT = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*(Z|[+-]\d{2}:?\d{2})$/i;

/** First instant of a day, UTC milliseconds. */
export function toDayMs(text: string, format: DateFormat): number | undefined {
  const groups = DAY_PATTERNS[format].exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const [y, m, d] = [Number(groups['y']), Number(groups['m']), Number(groups['d'])];
  const date = new Date(Date.UTC(y, m - 1, d));
  return date.getUTCFullYear() === y && date.getUTCMonth() === m - 1 && date.getUTCDate() === d
    ? date.getTime()
    : undefined;
}

/** An instant with its offset (RFC 3339, or with the offset's colon left out), UTC milliseconds. */
export function toInstantMs(text: string): number | undefined {
  const [, day, time, offset] = INSTANT.exec(text.trim()) ?? [];
  if (day === undefined || time === undefined || offset === undefined) return undefined;
  if (toDayMs(day, 'yyyy-mm-dd') === undefined) return undefined;
  const seconds = time.length === 5 ? `${time}:00` : time.slice(0, 12);
  const colon = offset.toUpperCase() === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  const ms = Date.parse(`${day}T${seconds}${colon}`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Seconds since the epoch, as MISP writes them, in UTC milliseconds. */
export function toEpochMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{1,11}$/.test(text)) return undefined;
  return Number(text) * 1000;
}
