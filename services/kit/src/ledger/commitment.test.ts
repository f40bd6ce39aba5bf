// What a leaf commits to is what a reader recomputes.

import { describe, expect, test } from '@jest/globals';
import { commitmentFrom, commitmentOf, toHex } from '@sitebus/sdk/merkle';
import { commitTo } from './commitment.ts';

const SALT = Buffer.alloc(32, 5);
const someRecords = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ id: `id-${n}`, ...(n % 3 === 2 ? {} : { contentHash: `hash-${n}` }) }));

describe('a commitment', () => {
  test.each([0, 1, 2, 3, 4, 5, 7, 8, 13, 100])('to %d records is the one that readers recompute', (count) => {
    expect(commitTo(SALT, someRecords(count)).root).toBe(toHex(commitmentOf(SALT, someRecords(count))));
  });

  test.each([1, 2, 3, 5, 8, 13, 64])('to %d records is reached from each of them alone, and from no other content', (count) => {
    const records = someRecords(count);
    const { root, pathOf } = commitTo(SALT, records);
    for (const [at, record] of records.entries()) {
      const place = { record: at, records: count, path: pathOf(at) };
      expect(toHex(commitmentFrom(SALT, record, place)!)).toBe(root);
      expect(toHex(commitmentFrom(SALT, { ...record, contentHash: 'other' }, place)!)).not.toBe(root);
    }
  }); // prettier-ignore

  test('changes with its salt, with the order of its records and with each of them', () => {
    const [a, b] = someRecords(2) as [{ id: string }, { id: string }];
    const roots = [
      commitTo(SALT, [a, b]),
      commitTo(SALT, [b, a]),
      commitTo(SALT, [a]),
      commitTo(Buffer.alloc(32, 6), [a, b]),
      commitTo(SALT, [a, { ...b, contentHash: 'other' }]),
    ].map(({ root }) => root);
    expect(new Set(roots).size).toBe(roots.length);
  });
});
