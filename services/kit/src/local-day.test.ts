import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '@sitebus/sdk/testing';
import { addYears, dayText, localDay, localDayStart, monthsBefore, parseDay } from './local-day.ts';

const RUNS = propertyRuns(2_000);
const at = (text: string): number => Date.parse(text);
const day = (text: string): number => parseDay(text) ?? Number.NaN;
const ZONES = ['America/Toronto', 'America/St_Johns', 'Africa/Cairo', 'Pacific/Apia', 'Asia/Kathmandu', 'UTC'];

test.each([
  ['the clocks go forward', 'America/Toronto', '2031-03-09', '2031-03-09T05:00:00Z', 23],
  ['the clocks go back', 'America/Toronto', '2031-11-02', '2031-11-02T04:00:00Z', 25],
  ['the clocks are put forward over midnight', 'Africa/Cairo', '2024-04-26', '2024-04-25T22:00:00Z', 23],
  ['half an hour beside its neighbours', 'America/St_Johns', '2031-10-20', '2031-10-20T02:30:00Z', 24],
])('a day on which %s begins at its first instant', (_what, zone, text, starts, hours) => {
  expect(localDayStart(day(text), zone)).toBe(at(starts));
  expect(localDayStart(day(text) + 1, zone) - at(starts)).toBe(hours * 3_600_000);
});

test('a day begins when the day before ends, in every zone', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: at('2012-01-02'), max: at('2040-01-01') }),
      (zone, instant) => {
        const today = localDay(instant, zone);
        const start = localDayStart(today, zone);
        expect(start).toBeLessThanOrEqual(instant);
        expect(localDayStart(today + 1, zone)).toBeGreaterThan(instant);
        expect(localDay(start, zone)).toBe(today);
        expect(localDay(start - 1, zone)).toBeLessThan(today);
      },
    ),
    { numRuns: Math.min(RUNS, 2_000) },
  );
});

test('a day is written and read alike; what the calendar lacks is no day', () => {
  expect(dayText(day('2032-02-29'))).toBe('2032-02-29');
  expect(parseDay('2031-02-29')).toBeUndefined();
  expect(parseDay('2031-2-3')).toBeUndefined();
});

test('29 February becomes 28 February where the year has none, and stays where it has one', () => {
  expect(dayText(addYears(day('2032-02-29'), 2))).toBe('2034-02-28');
  expect(dayText(addYears(day('2032-02-29'), 4))).toBe('2036-02-29');
  expect(dayText(addYears(day('2031-10-20'), 7))).toBe('2038-10-20');
});

test('whole months before a day leave out its own, across the turn of the year', () => {
  expect(monthsBefore(day('2032-01-31'), 3)).toEqual(['2031-12', '2031-11', '2031-10']);
});
