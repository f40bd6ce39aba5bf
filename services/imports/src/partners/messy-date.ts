// When something was, as catalogues write it for people: `2015 - Ongoing`, `Oct-17`, `~2014`, `April 10-13, 2018`.
// Holds: pure; linear in the text; undefined for what cannot be read; a day that the calendar lacks, or an end before its
// begin, is not read at all; what is read only roughly says so (CIRCA). Source: README.md#catalogue; POSIX strptime, %y

import type { DatePrecision } from '@sitebus/sdk';
import { toDayMs, type DateFormat } from '../instants.ts';

/** A time read from its text; days since 1970-01-01, both inclusive. */
export interface MessyDate {
  readonly start: number;
  /** Undefined while it goes on. */
  readonly end?: number;
  readonly precision: Exclude<DatePrecision, 'UNKNOWN'>;
}

/**
 * Reads a time. `dateFormat`: how the source writes `03/04/2019`; without it such a day has no meaning of its own.
 * Of a span the coarser end gives the precision.
 */
export function readMessyDate(text: string, dateFormat?: DateFormat): MessyDate | undefined {
  const whole = tidied(text);
  if (whole.length === 0 || whole.length > MAX_CHARS) return undefined;
  const { bare, isRough, isOpen } = withoutAsides(whole);
  const read = spanOf(bare, dateFormat) ?? roughSpan(whole);
  if (read === undefined) return undefined;
  const open = read.end === undefined || isOpen;
  return {
    start: read.start,
    ...(open ? {} : { end: read.end }),
    precision: isRough || isOpen ? 'CIRCA' : read.precision,
  };
}

const MAX_CHARS = 200;
const DAY_MS = 86_400_000;
const OPEN_WORDS = ['ongoing', 'present', 'now', 'today', 'current'];

/** One end of a span, as far as it is written out; the other end lends what is missing. */
interface Point {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
}

interface Span {
  readonly start: number;
  readonly end: number | undefined;
  readonly precision: MessyDate['precision'];
}

function tidied(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[`´‘’“”"]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase();
}

/** Takes out `~`, `c.` and what stands in brackets; an aside that says it goes on makes it open and rough. */
function withoutAsides(text: string): { bare: string; isRough: boolean; isOpen: boolean } {
  const aside = /\(([^()]*)\)/.exec(text)?.[1] ?? '';
  const outside = text.replace(/\s*\([^()]*\)/, '').trim();
  const bare = outside.replace(/^(~|c\.|ca\.|circa |about |around )\s*/, '');
  return { bare, isRough: bare !== outside, isOpen: words(aside).some((word) => OPEN_WORDS.includes(word)) };
}

function spanOf(text: string, dateFormat: DateFormat | undefined): Span | undefined {
  const single = pointOf(text, dateFormat);
  if (single?.year !== undefined) return between(single, single);
  for (let at = text.indexOf('-'); at >= 0; at = text.indexOf('-', at + 1)) {
    const left = pointOf(text.slice(0, at).trim(), dateFormat);
    const right = text.slice(at + 1).trim();
    if (left === undefined) continue;
    if (OPEN_WORDS.includes(right) && left.year !== undefined) {
      const from = between(left, left);
      return from && { ...from, end: undefined };
    }
    const until = pointOf(right, dateFormat);
    const span = until === undefined ? undefined : between(lent(left, until), lent(until, left));
    if (span !== undefined) return span;
  }
  return undefined;
}

/** `14` of `14-17 November 2023` and `13, 2018` of `April 10-13, 2018` are completed by their other end. */
function lent(point: Point, other: Point): Point {
  const month = point.month ?? (point.day === undefined ? undefined : other.month);
  const year = point.year ?? other.year;
  return { ...point, ...(month !== undefined && { month }), ...(year !== undefined && { year }) };
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH_NAMES = [
  'january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december',
]; // prettier-ignore

/** The forms of one point; `mon` is a month's name or its first letters. */
const FORMS: readonly RegExp[] = [
  /^(?<year>\d{4})$/,
  /^(?<mon>[a-z]+)\.?,? (?<year>\d{4})$/,
  /^(?<mon>[a-z]+)-(?<short>\d{2})$/,
  /^(?<day>\d{1,2})-(?<mon>[a-z]+)-(?<short>\d{2})$/,
  /^(?<day>\d{1,2}) (?<mon>[a-z]+)\.?,? (?<year>\d{4})$/,
  /^(?<mon>[a-z]+)\.? (?<day>\d{1,2}),? (?<year>\d{4})$/,
  /^(?<year>\d{4})-(?<number>\d{2})$/,
  /^(?<mon>[a-z]+)\.? (?<day>\d{1,2})$/,
  /^(?<day>\d{1,2}) (?<mon>[a-z]+)\.?$/,
  /^(?<mon>[a-z]+)\.?$/,
  /^(?<day>\d{1,2}), (?<year>\d{4})$/,
  /^(?<day>\d{1,2})$/,
];

function pointOf(text: string, dateFormat: DateFormat | undefined): Point | undefined {
  const numeric = [dateFormat, 'yyyy-mm-dd' as const].flatMap((format) =>
    format === undefined ? [] : (toDayMs(text, format) ?? []),
  )[0];
  if (numeric !== undefined) {
    const date = new Date(numeric);
    return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  }
  for (const form of FORMS) {
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const { year, short, mon, number, day } = groups;
    const month = mon === undefined ? Number(number ?? 0) : monthOf(mon);
    if ((mon !== undefined && month === 0) || month > 12) continue;
    return {
      ...(year !== undefined && { year: Number(year) }),
      ...(short !== undefined && { year: Number(short) + (Number(short) < 69 ? 2000 : 1900) }),
      ...(month > 0 && { month }),
      ...(day !== undefined && { day: Number(day) }),
    };
  }
  return undefined;
}

/** 1 to 12; 0 for no month. */
function monthOf(name: string): number {
  const full = MONTH_NAMES.indexOf(name);
  return (full >= 0 ? full : MONTHS.indexOf(name === 'sept' ? 'sep' : name)) + 1;
}

/** First day of `from` to last day of `until`; undefined where either is no day or the second is earlier. */
function between(from: Point, until: Point): Span | undefined {
  const start = edgeOf(from, 'first');
  const end = edgeOf(until, 'last');
  if (start === undefined || end === undefined || end < start) return undefined;
  return { start, end, precision: [from, until].map(precisionOf).sort(byCoarseness)[0] ?? 'YEAR' };
}

function edgeOf({ year, month, day }: Point, edge: 'first' | 'last'): number | undefined {
  if (year === undefined || year < 1000 || (day !== undefined && month === undefined)) return undefined;
  if (day !== undefined) {
    const date = new Date(Date.UTC(year, (month ?? 1) - 1, day));
    return date.getUTCMonth() === (month ?? 1) - 1 && date.getUTCDate() === day ? date.getTime() / DAY_MS : undefined;
  }
  const first = Date.UTC(year, (month ?? 1) - 1, 1) / DAY_MS;
  if (edge === 'first') return first;
  return (month === undefined ? Date.UTC(year + 1, 0, 1) : Date.UTC(year, month, 1)) / DAY_MS - 1;
}

function precisionOf({ month, day }: Point): 'DAY' | 'MONTH' | 'YEAR' {
  return day !== undefined ? 'DAY' : month !== undefined ? 'MONTH' : 'YEAR';
}

const COARSEST_FIRST = ['YEAR', 'MONTH', 'DAY'];
function byCoarseness(a: string, b: string): number {
  return COARSEST_FIRST.indexOf(a) - COARSEST_FIRST.indexOf(b);
}

/** Words that say that a year is meant roughly; with them alone around it, it is read so. */
const ROUGH_WORDS = new Set([
  ...OPEN_WORDS, 'since', 'from', 'about', 'around', 'circa', 'but', 'and', 'in', 'of', 'the', 'to', 'until', 'at', 'least',
  'especially', 'mainly', 'primarily', 'mostly', 'somewhat', 'only', 'end', 'early', 'mid', 'late', 'beginning', 'start',
  'starting', 'winter', 'spring', 'summer', 'fall', 'autumn', 'reported', 'reporting', 'date', 'main', 'for', 's',
]); // prettier-ignore
/** What may stand beside them. */
const NEUTRAL_WORD = /^\d{1,2}$/;

/** The years in a text of such words, first to last. */
function roughSpan(text: string): Span | undefined {
  const found = words(text);
  const years = found.filter((word) => /^\d{4}$/.test(word)).map(Number);
  const others = found.filter((word) => !/^\d{4}$/.test(word) && !NEUTRAL_WORD.test(word) && monthOf(word) === 0);
  const [first, last] = [Math.min(...years), Math.max(...years)];
  const isRough = others.length > 0 && others.every((word) => ROUGH_WORDS.has(word));
  if (years.length === 0 || !isRough || first < 1000) return undefined;
  const isOpen = found.some((word) => OPEN_WORDS.includes(word));
  return {
    start: Date.UTC(first, 0, 1) / DAY_MS,
    end: isOpen ? undefined : Date.UTC(last + 1, 0, 1) / DAY_MS - 1,
    precision: 'CIRCA',
  };
}

/** Letters and digits, in runs of one kind. */
function words(text: string): string[] {
  return text.match(/[a-z]+|\d+/g) ?? [];
}
