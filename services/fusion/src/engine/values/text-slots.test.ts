// Pairs of hashes and numbers: each is found where its hash says, in one segment or in many, whatever was dropped between.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TextSlots, homeIn } from './text-slots.ts';

/** Numbers of this hash in the order of the search, and the free place at which it ends. */
function search(slots: TextSlots, hash: number): { readonly numbers: readonly number[]; readonly free: number } {
  const pairs = slots.of(hash);
  const numbers: number[] = [];
  let at = homeIn(pairs, hash);
  for (; pairs[at + 1] !== 0; at = (at + 2) % pairs.length) if (pairs[at] === hash) numbers.push(pairs[at + 1]!);
  return { numbers, free: at };
}

const put = (slots: TextSlots, hash: number, number: number) => slots.put(hash, number, search(slots, hash).free);

/** Many hashes that are spread, or fewer that crowd into one segment or one place, or come again. */
const someHashes = fc
  .tuple(fc.integer(), fc.constantFrom([~0, 60_000], [0x00ffffff, 3_000], [0x7f0000ff, 800], [3, 200]), fc.nat(100))
  .map(([start, [mask, most], share]) =>
    Array.from({ length: (most * share) / 100 }, (_, nth) => (Math.imul(start + nth, 0x9e3779b1) & mask) | 0),
  );

test('a pair is found until it is dropped, among any others', () => {
  fc.assert(
    fc.property(fc.array(someHashes, { minLength: 1, maxLength: 4 }), fc.integer({ min: 2, max: 5 }), (batches, every) => {
      const slots = new TextSlots(4);
      const hashOf = new Map<number, number>();
      let next = 1;
      for (const hashes of batches) {
        for (const hash of hashes) {
          put(slots, hash, next);
          hashOf.set(next, hash);
          next += 1;
        }
        const kept = new Uint8Array(next).map((_, number) => (number % every === 0 ? 0 : 1));
        slots.keepOnly(kept);
        for (const [number, hash] of hashOf) if (kept[number] === 0) hashOf.delete(number);
          else if (!search(slots, hash).numbers.includes(number)) throw new Error(`${number} is lost`);
        for (let number = every; number < next; number += every * 97) expect(hashOf.has(number)).toBe(false);
      }
      const found = new Set([...new Set(hashOf.values())].flatMap((hash) => search(slots, hash).numbers));
      expect(found.size).toBe(hashOf.size);
    }),
    { numRuns: 25 },
  );
}); // prettier-ignore

test('no addition among many moves more than a small share of them', () => {
  const slots = new TextSlots(4);
  let largest = 0;
  for (let number = 1; number <= 400_000; number += 1) {
    const hash = Math.imul(number, 0x9e3779b1);
    put(slots, hash, number);
    if (number > 60_000) largest = Math.max(largest, slots.of(hash).length / 2);
  }
  expect(largest).toBeLessThan(4_000);
  const full = slots.byteLength;
  expect(full).toBeLessThan(400_000 * 16);
  slots.keepOnly(new Uint8Array(400_001).fill(1, 0, 40_000));
  expect(slots.byteLength).toBeLessThan(full / 5);
});
