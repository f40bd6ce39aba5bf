import { expect, test } from '@jest/globals';
import type { AccumulationGroup } from '@sitebus/sdk';
import { propertyRuns } from '@sitebus/sdk/testing';
import fc from 'fast-check';
import { crossingsOf, distinctOf, type Counted, type CountedMatter } from './accumulation.ts';

const GROUP: AccumulationGroup = { id: 'ridings', key: 'riding', windowDays: 14, minCount: 3, minSeverity: 20 };
const DAY_MS = 86_400_000;
const NOW = 100 * DAY_MS;
const matter = (id: string, over: Partial<CountedMatter> = {}): CountedMatter => ({
  id, severity: 30, lastSeen: NOW - 1, lineages: [`root of ${id}`], values: { riding: ['Harrow Lake'], tool: [] }, ...over,
}); // prettier-ignore
const NOTHING: Counted = new Map();
const ids = (matters: readonly CountedMatter[], counted = NOTHING) => crossingsOf([GROUP], matters, counted, NOW).map(({ id }) => id); // prettier-ignore

test('three of distinct lineage cross three; what is too old, too small or elsewhere does not count', () => {
  expect(ids([matter('a'), matter('b'), matter('c')])).toEqual(['ridings/Harrow Lake/1']);
  for (const other of [
    { lastSeen: NOW - 14 * DAY_MS },
    { severity: 19 },
    { values: { riding: ['Cedar Narrows'], tool: [] } },
    { lineages: ['root of a'] },
    { lineages: [] },
  ])
    // prettier-ignore
    expect(ids([matter('a'), matter('b'), matter('c', other)])).toEqual([]);
});

test('what was counted is not counted again: the next crossing needs as many new ones', () => {
  const counted: Counted = new Map([['ridings/Harrow Lake', { crossings: 1, lineages: new Set(['root of a', 'root of b', 'root of c']) }]]); // prettier-ignore
  const more = ['a', 'b', 'c', 'd', 'e'].map((id) => matter(id));
  expect(ids(more, counted)).toEqual([]);
  expect(ids([...more, matter('f')], counted)).toEqual(['ridings/Harrow Lake/2']);
});

test('matters that share lineages are as many as there are groups of them, however they are listed', () => {
  const roots = fc.uniqueArray(fc.integer({ min: 0, max: 7 }), { maxLength: 3 });
  fc.assert(
    fc.property(fc.array(roots, { maxLength: 8 }), (lists) => {
      const matters = lists.map((list) => ({ lineages: list.map(String) }));
      // Naively: colours that spread until nothing changes.
      const named = lists.filter((list) => list.length > 0);
      const colour = named.map((_list, at) => at);
      for (let isDone = false; !isDone;) {
        isDone = true;
        for (const [a, one] of named.entries())
          for (const [b, other] of named.entries())
            if (colour[a]! < colour[b]! && one.some((root) => other.includes(root))) {
              colour[b] = colour[a]!;
              isDone = false;
            }
      }
      expect(distinctOf(matters)).toBe(new Set(colour).size);
      expect(distinctOf([...matters].reverse())).toBe(new Set(colour).size);
    }),
    { numRuns: propertyRuns(2_000), examples: [[[[1], [2], [1, 2], [3]]]] },
  );
});
