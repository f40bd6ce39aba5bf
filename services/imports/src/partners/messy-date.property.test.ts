// Times as people write them: what is read is a time, and what was meant is read.

import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { readMessyDate } from './messy-date.ts';

const RUNS = propertyRuns(3_000);
const DAY_MS = 86_400_000;
const iso = (day: number | undefined) =>
  day === undefined ? 'open' : new Date(day * DAY_MS).toISOString().slice(0, 10);

const cases: readonly (readonly [string, string])[] = [
  ['2015 - Ongoing', '2015-01-01 open YEAR'],
  ['Oct-17', '2017-10-01 2017-10-31 MONTH'],
  ['~2014', '2014-01-01 2014-12-31 CIRCA'],
  ['13-Sep-16', '2016-09-13 2016-09-13 DAY'],
  ['March 2025', '2025-03-01 2025-03-31 MONTH'],
  ['Sept. 2018', '2018-09-01 2018-09-30 MONTH'],
  ['23 June 2025', '2025-06-23 2025-06-23 DAY'],
  ['25 November, 2019', '2019-11-25 2019-11-25 DAY'],
  ['July 3 2018', '2018-07-03 2018-07-03 DAY'],
  ['June 18, 2019', '2019-06-18 2019-06-18 DAY'],
  ['2010-2011', '2010-01-01 2011-12-31 YEAR'],
  ['2016-present', '2016-01-01 open YEAR'],
  ['March, 2019 - ongoing', '2019-03-01 open MONTH'],
  ['January 23, 2015 - Present', '2015-01-23 open DAY'],
  ['January - March 2017', '2017-01-01 2017-03-31 MONTH'],
  ['March-April 2016', '2016-03-01 2016-04-30 MONTH'],
  ['Jan 2012 - June 2017', '2012-01-01 2017-06-30 MONTH'],
  ['2018 - September 2021', '2018-01-01 2021-09-30 YEAR'],
  ['14-17 November 2023', '2023-11-14 2023-11-17 DAY'],
  ['April 10-13, 2018', '2018-04-10 2018-04-13 DAY'],
  ['29 January - 3 February 2025', '2025-01-29 2025-02-03 DAY'],
  ['October 13 – November 17, 2017', '2017-10-13 2017-11-17 DAY'],
  ['October 5, 2017 - September 29, 2018', '2017-10-05 2018-09-29 DAY'],
  ['March 12, 2020 (date reported)', '2020-03-12 2020-03-12 DAY'],
  ['~2014 (reported December 9, 2017)', '2014-01-01 2014-12-31 CIRCA'],
  ['2020 (starting in March, but ongoing)', '2020-01-01 open CIRCA'],
  ['Ongoing, but especially since 2015-2016', '2015-01-01 open CIRCA'],
  ['Winter 2019-2020', '2019-01-01 2020-12-31 CIRCA'],
  ['End of 2015', '2015-01-01 2015-12-31 CIRCA'],
  ['15-Jan-08', '2008-01-15 2008-01-15 DAY'],
  ['Dec-89', '1989-12-01 1989-12-31 MONTH'],
  ['2019-05-07', '2019-05-07 2019-05-07 DAY'],
  ['29 February 2024', '2024-02-29 2024-02-29 DAY'],
];

test.each(cases)('%s', (text, expected) => {
  const read = readMessyDate(text);
  expect(read && `${iso(read.start)} ${iso(read.end)} ${read.precision}`).toBe(expected);
});

const unreadable = ['', '   ', '?', 'some time ago', '30 February 2024', '31-Apr-16', '2020 - 2010', 'December - January 2018', '3/4/2019', 'Mayhem 2019', '99 June 2020', 'Ongoing']; // prettier-ignore

test.each(unreadable)('“%s” is not read', (text) => {
  expect(readMessyDate(text)).toBeUndefined();
});

test('a day in figures is read in the declared form alone', () => {
  expect(iso(readMessyDate('3/4/2019', 'mm/dd/yyyy')?.start)).toBe('2019-03-04');
  expect(iso(readMessyDate('3/4/2019', 'dd/mm/yyyy')?.start)).toBe('2019-04-03');
  expect(readMessyDate('6/25/2020', 'dd/mm/yyyy')).toBeUndefined();
});

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']; // prettier-ignore
/** One day, and every way to write it. */
const DAY_FORMS: readonly ((y: number, m: number, d: number) => string)[] = [
  (y, m, d) => `${d} ${MONTHS[m]} ${y}`,
  (y, m, d) => `${MONTHS[m]} ${d}, ${y}`,
  (y, m, d) => `${d} ${MONTHS[m]!.slice(0, 3).toUpperCase()}, ${y}`,
  (y, m, d) => `${y}-${String(m + 1).padStart(2, '0')}-${String(d).padStart(2, '0')}`,
  (y, m, d) => `  ${MONTHS[m]!.slice(0, 3)}. ${d} ${y}\u00a0`,
];
const aDay = () => fc.integer({ min: -300_000, max: 60_000 }).filter((day) => day * DAY_MS > Date.UTC(1000, 0, 1));
const written = (day: number, form: number): string => {
  const date = new Date(day * DAY_MS);
  return DAY_FORMS[form]!(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
};

test('every day written in every form is read as that day', () => {
  fc.assert(
    fc.property(aDay(), fc.nat({ max: DAY_FORMS.length - 1 }), (day, form) => {
      expect(readMessyDate(written(day, form))).toEqual({ start: day, end: day, precision: 'DAY' });
    }),
    { numRuns: RUNS },
  );
});

test('every span of two days is read as that span, and one that ends before it begins is not read', () => {
  fc.assert(
    fc.property(aDay(), aDay(), fc.nat({ max: 1 }), (a, b, form) => {
      const read = readMessyDate(`${written(a, form)} - ${written(b, form)}`);
      expect(read?.precision === 'DAY' ? read : undefined).toEqual(
        a <= b ? { start: a, end: b, precision: 'DAY' } : undefined,
      );
    }),
    { numRuns: RUNS },
  );
});

test('whatever is written, nothing is thrown, and what is read ends after it begins', () => {
  const pieces = ['2015', '1999', '17', '3', 'oct', 'March', 'ongoing', 'present', '-', '–', ' ', ', ', '(', ')', '~', '/', "'s", 'and', 'x', '٣', '\u0000']; // prettier-ignore
  const texts = fc.oneof(
    fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join('')),
    fc.string({ maxLength: 250 }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const read = readMessyDate(text, 'mm/dd/yyyy');
      expect(read?.end ?? Number.MAX_SAFE_INTEGER).toBeGreaterThanOrEqual(read?.start ?? 0);
      expect(readMessyDate(`  ${text} `, 'mm/dd/yyyy')).toEqual(read);
    }),
    { numRuns: RUNS },
  );
});
