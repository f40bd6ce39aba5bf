// Pairs of hashes and numbers: all of one hash are found, in one segment or in many, whatever was dropped between.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TextSlots } from './text-slots.ts';

/** Numbers of this hash in the order of the search, which then stands where another of them goes. */
function search(slots: TextSlots, hash: number): readonly number[] {
  const numbers: number[] = [];
  for (let number = slots.first(hash); number !== 0; number = slots.next(hash)) numbers.push(number);
  return numbers;
}

function put(slots: TextSlots, hash: number, number: number): void {
  search(slots, hash);
  slots.put(hash, number);
}

/** Many hashes that are spread, or fewer that crowd into one segment, into its first or last homes, or come again. */
const someHashes = fc
  .tuple(
    fc.integer(),
    fc.constantFrom(
      ...[
        [~0, 0, 40_000],
        [~0xff, 7, 3_000],
        [0xff, 0x7fffff00, 800],
        [0xff, -(2 ** 31), 800],
        [3, 0, 200],
      ].map(([mask, base, most]) => ({ mask: mask!, base: base!, most: most! })),
    ),
    fc.nat(100),
  )
  .map(([start, { mask, base, most }, share]) =>
    Array.from({ length: (most * share) / 100 }, (_, nth) => (Math.imul(start + nth, 0x9e3779b1) & mask) ^ base),
  );

test('a pair is found until it is dropped, among any others', () => {
  fc.assert(
    fc.property(fc.array(someHashes, { minLength: 1, maxLength: 4 }), fc.integer({ min: 2, max: 5 }), (batches, every) => {
      const slots = new TextSlots(4);
      const numbersOf = new Map<number, number[]>();
      let next = 1;
      for (const hashes of batches) {
        for (const hash of hashes) {
          slots.glance(hash);
          put(slots, hash, next);
          const numbers = numbersOf.get(hash);
          if (numbers === undefined) numbersOf.set(hash, [next]);
          else numbers.push(next);
          next += 1;
        }
        const kept = new Uint8Array(next).map((_, number) => (number % every === 0 ? 0 : 1));
        slots.keepOnly(kept);
        for (const [hash, numbers] of numbersOf) {
          const left = numbers.filter((number) => kept[number] === 1);
          numbersOf.set(hash, left);
          if (search(slots, hash).join() !== left.join()) throw new Error(`not all of ${hash} are found`);
        }
      }
    }),
    { numRuns: 15 },
  );
}); // prettier-ignore

test('no few additions among many take much room: no great part of them moves at once', () => {
  const slots = new TextSlots(4);
  const [count, step] = [120_000, 8];
  let [largest, before] = [0, 0];
  for (let number = 1; number <= count; number += 1) {
    put(slots, Math.imul(number, 0x9e3779b1) ^ (number << 20), number);
    if (number % step !== 0) continue;
    const { byteLength } = slots;
    if (number > 60_000) largest = Math.max(largest, byteLength - before);
    before = byteLength;
  }
  expect(largest).toBeLessThan(10_000);
  expect(before).toBeLessThan(count * 13);
  slots.keepOnly(new Uint8Array(count + 1).fill(1, 0, count / 10));
  expect(slots.byteLength).toBeLessThan(before / 3);
});
