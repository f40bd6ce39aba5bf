import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { dayText } from '@sitebus/kit';
import { publicationWindow } from './publication-window.ts';

const RUNS = propertyRuns(10_000);
const YEARS = { publicationYears: 2, retentionYears: 5 };

test.each([
  ['2031-10-20', '2033-10-20', '2038-10-20'],
  ['2028-02-29', '2030-02-28', '2035-02-28'],
])('D3: an election on %s is public until %s and kept until %s', (pollingDay, publishUntil, retainUntil) => {
  const window = publicationWindow({ pollingDay }, YEARS);
  expect([dayText(window.publishUntil), dayText(window.retainUntil)]).toEqual([publishUntil, retainUntil]);
});

test('D3: publication ends on the polling day’s own date two years on, 29 February on the 28th', () => {
  fc.assert(
    fc.property(fc.integer({ min: 18_000, max: 60_000 }), (day) => {
      const pollingDay = dayText(day);
      const { publishUntil } = publicationWindow({ pollingDay }, YEARS);
      const [year = '', month = '', date = ''] = pollingDay.split('-');
      const isLeapDay = month === '02' && date === '29';
      expect(dayText(publishUntil)).toBe(`${Number(year) + 2}-${month}-${isLeapDay ? '28' : date}`);
    }),
    { numRuns: RUNS },
  );
});
