// Lists of records by value, against a map of sets; long enough that records leave by where they stand.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PostingLists } from './posting-lists.ts';

const VALUES = 5;

/** Records that come to a value and leave it, many more to the first values than to the last. */
const turns = fc.array(
  fc.record({
    value: fc.nat(VALUES * VALUES - 1).map((drawn) => 1 + Math.floor(drawn / VALUES) * (drawn % 2)),
    from: fc.integer({ min: 1, max: 400 }),
    count: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 300 })),
    leaves: fc.boolean(),
  }),
  { maxLength: 40 },
);

test('a value has the records that came and have not left, through lists of any length', () => {
  let longest = 0;
  fc.assert(
    fc.property(turns, (given) => {
      const lists = new PostingLists();
      const expected = new Map<number, Set<number>>();
      for (const { value, from, count, leaves } of given) {
        const records = expected.get(value) ?? new Set();
        expected.set(value, records);
        for (let record = from; record < from + count; record += 1)
          if (leaves && records.delete(record)) lists.remove(value, record);
          else if (!leaves && !records.has(record)) {
            records.add(record);
            lists.add(value, record);
          }
        lists.pack();
        longest = Math.max(longest, records.size);
        for (const [each, carried] of expected) {
          expect(lists.countOf(each)).toBe(carried.size);
          expect(recordsOf(lists, each)).toEqual([...carried].sort((a, b) => a - b));
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(longest).toBeGreaterThan(200); // shorter lists are searched
});

test('lists that end make room for others', () => {
  const lists = new PostingLists();
  for (let round = 0; round < 50; round += 1) {
    lists.reach(2_048);
    for (let record = 1; record <= 4_000; record += 1) lists.add(1 + (record % 40), record);
    for (let record = 4_000; record > 0; record -= 1) lists.remove(1 + (record % 40), record);
    lists.pack();
  }
  expect(lists.byteLength).toBeLessThan(100_000);
});

function recordsOf(lists: PostingLists, value: number): number[] {
  const found: number[] = [];
  for (let at = lists.first(value); at !== 0; at = lists.next(at)) found.push(lists.recordAt(at));
  return found.sort((a, b) => a - b);
}
