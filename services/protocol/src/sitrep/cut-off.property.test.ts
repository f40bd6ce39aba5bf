// Cut-offs on local clocks, against a walk through every minute.

import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import type { Cadence, Weekday } from '@sitebus/sdk';
import { cutOffBefore, localDate, nextCutOff } from './cut-off.ts';

const MINUTE_MS = 60_000;
const DAYS: readonly Weekday[] = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'];
const ZONES = ['America/Toronto', 'America/St_Johns', 'America/Regina', 'Pacific/Auckland', 'Europe/Paris'];
const cadence = (cutOffTime: string, weekdays: readonly Weekday[] = DAYS): Cadence => ({
  id: 'drawn', name: { en: 'drawn', fr: 'tiré' }, cutOffTime, weekdays, approveWithinMinutes: 60,
}); // prettier-ignore

const two = (n: number): string => String(n).padStart(2, '0');

test('a cut-off is the first instant of its local day at which the clock shows at least the time, clock changes included', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: Date.parse('2031-01-01') / MINUTE_MS, max: Date.parse('2032-01-01') / MINUTE_MS }),
      fc.nat(23),
      fc.nat(59),
      fc.subarray([...DAYS], { minLength: 1 }),
      (zone, minute, hour, past, weekdays) => {
        const after = minute * MINUTE_MS;
        const at = nextCutOff(cadence(`${two(hour)}:${two(past)}`, weekdays), zone, after);
        expect(at).toBeGreaterThan(after);
        expect(shows(at, zone).time >= `${two(hour)}:${two(past)}`).toBe(true);
        expect(weekdays).toContain(shows(at, zone).weekday);
        const before = shows(at - MINUTE_MS, zone);
        const isFirst = before.day !== shows(at, zone).day || before.time < `${two(hour)}:${two(past)}`;
        expect(isFirst).toBe(true);
      },
    ),
    { numRuns: propertyRuns(2_000) },
  );
});

test('the cut-off before one is earlier, and the next after it is that one', () => {
  const some = fc.record({
    zone: fc.constantFrom(...ZONES),
    after: fc.integer({ min: Date.parse('2031-01-01'), max: Date.parse('2032-01-01') }),
    weekdays: fc.subarray([...DAYS], { minLength: 1 }),
  });
  fc.assert(
    fc.property(some, ({ zone, after, weekdays }) => {
      const at = nextCutOff(cadence('02:30', weekdays), zone, after); // a time that clocks skip and show twice
      const before = cutOffBefore(cadence('02:30', weekdays), zone, at);
      expect(before).toBeLessThan(at);
      expect(nextCutOff(cadence('02:30', weekdays), zone, before)).toBe(at);
    }),
    {
      numRuns: propertyRuns(500),
      examples: [[{ zone: 'America/Toronto', after: Date.parse('2031-03-09T12:00:00Z'), weekdays: DAYS }]], // a day of 23 hours before
    },
  );
});

test.each([
  ['skipped by the clock', '02:30', '2031-03-09T05:00:00Z', '2031-03-09T07:00:00.000Z'],
  ['shown twice by the clock', '01:30', '2031-11-02T04:30:00Z', '2031-11-02T05:30:00.000Z'],
  ['on an ordinary day', '16:00', '2031-09-20T20:00:00Z', '2031-09-21T20:00:00.000Z'],
])('a time %s has one cut-off that day', (_case, time, after, at) => {
  expect(new Date(nextCutOff(cadence(time), 'America/Toronto', Date.parse(after))).toISOString()).toBe(at);
});

test('a weekly cadence skips the other days', () => {
  const at = nextCutOff(cadence('15:00', ['THU']), 'America/Toronto', Date.parse('2031-09-19T12:00:00Z'));
  expect([new Date(at).toISOString(), localDate(at, 'America/Toronto')]).toEqual([
    '2031-09-25T19:00:00.000Z',
    '2031-09-25',
  ]);
});

function shows(atMs: number, timeZone: string): { day: string; time: string; weekday: Weekday } {
  const part = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone, weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
    })
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  ); // prettier-ignore
  return {
    day: `${part['year']}-${part['month']}-${part['day']}`,
    time: `${part['hour']}:${part['minute']}`,
    weekday: part['weekday']!.toUpperCase().replace('.', '') as Weekday,
  };
}
