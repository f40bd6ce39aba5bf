// k-anonymity over drawn rows: of every group that leaves, at least k different subjects; and what the report says is so.

import { expect, test } from '@jest/globals';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import type { ColumnName } from './columns.ts';
import { generalise } from './generalise.ts';
import { anonymise, type SubjectRow } from './k-anonymity.ts';

const RUNS = propertyRuns(800);
const QUASI: readonly ColumnName[] = ['time', 'platform', 'riding'];
const LEVELS = {
  time: ['day', 'week', 'month', 'none'],
  platform: ['exact', 'none'],
  riding: ['exact', 'none'],
} as const;
const DAYS = ['2031-09-22', '2031-09-23', '2031-09-30', '2031-10-06', '2031-12-30', '2032-01-01'];

const rows = () =>
  fc.array(
    fc
      .tuple(
        fc.integer({ min: 0, max: 14 }),
        fc.constantFrom(...DAYS),
        fc.constantFrom('chirrup', 'parlure', null),
        fc.constantFrom('harrow-lake', 'cedar-narrows', null),
      )
      .map(([subject, time, platform, riding]): SubjectRow => ({ subject: `s${subject}`, cells: { time, platform, riding, account: `a_${subject}` } })), // prettier-ignore
    { minLength: 1, maxLength: 40 },
  );
const rules = () =>
  fc.record({ k: fc.integer({ min: 2, max: 8 }), maxSuppressedPerMille: fc.constantFrom(0, 50, 300) });

test('every combination of quasi-identifiers that leaves is shared by at least k different subjects', () => {
  const seen = { left: 0, refused: 0, coarser: 0, suppressed: 0 };
  fc.assert(
    fc.property(rows(), rules(), (drawn, { k, maxSuppressedPerMille }) => {
      const made = anonymise(drawn, QUASI, { k, maxSuppressedPerMille, levels: LEVELS });
      if ('sizes' in made) {
        seen.refused += 1;
        // Only the coarsest table can stand in the way: one group, and it is too small.
        expect(made.sizes).toEqual([new Set(drawn.map(({ subject }) => subject)).size]);
        expect(made.sizes[0]).toBeLessThan(k);
        return;
      }
      seen.left += 1;
      if (made.report.generalised.length > 0) seen.coarser += 1;
      if (made.report.suppressed > 0) seen.suppressed += 1;
      const sizes = [...naiveGroups(made.rows).values()].map((subjects) => subjects.size);
      expect(Math.min(...sizes)).toBe(made.report.k);
      expect(made.report.k).toBeGreaterThanOrEqual(k);
      expect(made.rows).toHaveLength(drawn.length - made.report.suppressed);
      expect(made.report.suppressed * 1_000).toBeLessThanOrEqual(maxSuppressedPerMille * drawn.length);
    }),
    { numRuns: RUNS },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(RUNS / 60);
});

test('the order of rows changes nothing, and rows say what the finer ones said, made coarser', () => {
  fc.assert(
    fc.property(
      rows().chain((drawn) => fc.tuple(fc.constant(drawn), fc.shuffledSubarray(drawn, { minLength: drawn.length }))),
      ([drawn, shuffled]) => {
        const options = { k: 3, maxSuppressedPerMille: 100, levels: LEVELS };
        const [one, other] = [anonymise(drawn, QUASI, options), anonymise(shuffled, QUASI, options)];
        if ('sizes' in one) return expect(other).toEqual(one);
        expect('report' in other && other.report).toEqual(one.report);
        const texts = (of: readonly SubjectRow[]): string[] => of.map((row) => JSON.stringify(row)).sort();
        expect('rows' in other && texts(other.rows)).toEqual(texts(one.rows));
      },
    ),
    { numRuns: RUNS },
  );
});

test('ten rows of one account are one account: they make no group of ten', () => {
  const own = Array.from({ length: 10 }, (_each, n): SubjectRow => ({ subject: 'one', cells: { time: DAYS[0]!, likes: n } })); // prettier-ignore
  expect(anonymise(own, ['time'], { k: 2, maxSuppressedPerMille: 0, levels: LEVELS })).toEqual({ sizes: [1] });
});

test('a small group is left out whole where few are, and everything is made coarser where many are', () => {
  const big = Array.from({ length: 20 }, (_each, n): SubjectRow => ({ subject: `s${n}`, cells: { time: DAYS[0]! } }));
  const odd: SubjectRow = { subject: 'x', cells: { time: DAYS[5]! } };
  const left = anonymise([...big, odd], ['time'], { k: 10, maxSuppressedPerMille: 100, levels: LEVELS });
  expect('report' in left && left.report).toEqual({ generalised: [], suppressed: 1, k: 20, rows: 20 });
  const coarse = anonymise([...big, odd], ['time'], { k: 10, maxSuppressedPerMille: 0, levels: LEVELS });
  expect('report' in coarse && coarse.report).toEqual({
    generalised: [{ column: 'time', level: 'none' }],
    suppressed: 0,
    k: 21,
    rows: 21,
  });
});

test.each([
  ['2031-12-29', '2032-W01', 'the week belongs to the year of its Thursday'],
  ['2032-01-04', '2032-W01', 'a Sunday ends its week'],
  ['2033-01-01', '2032-W53', 'a year may have 53'],
  ['2031-09-24', '2031-W39', 'an ordinary Wednesday'],
])('%s lies in %s: %s', (day, week) => {
  expect(generalise(day, 'week')).toBe(week);
});

test('coarser is a function of finer: from an instant, and from the day that was kept of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0, 1) }), fc.constantFrom('week', 'month', 'none'), (at, level) => {
      expect(generalise(generalise(at, 'day'), level)).toEqual(generalise(at, level));
    }),
    { numRuns: RUNS },
  ); // prettier-ignore
});

test('a count says its power of ten alone, whatever it is', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger().map(Math.abs), (count) => {
      const magnitude = generalise(count, 'magnitude') as number;
      expect(count === 0 ? magnitude === 0 : magnitude <= count && count < magnitude * 10).toBe(true);
      expect(String(magnitude)).toMatch(/^(0|10*)$/);
      expect(generalise(magnitude, 'magnitude')).toBe(magnitude);
    }),
    { numRuns: RUNS },
  );
});

function naiveGroups(of: readonly SubjectRow[]): ReadonlyMap<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const { subject, cells } of of) {
    const key = QUASI.map((column) => String(cells[column] ?? null)).join('|');
    groups.set(key, (groups.get(key) ?? new Set()).add(subject));
  }
  return groups;
}
