// Versions that were issued are kept; of the others the newest few hundred.
import { expect, test } from '@jest/globals';
import { NOW_MS, anAssessment, uuidOf } from '../testing/records.ts';
import { createShelf } from './shelf.ts';

const versionOf = (n: number) => ({ productId: uuidOf(`p ${n}`), productVersion: 1 });
const offered = (from: number, to: number, shelf = createShelf()) => {
  for (let n = from; n < to; n += 1) shelf.offer(anAssessment({ id: uuidOf(`p ${n}`) }), NOW_MS + n);
  return shelf;
};

test('a version that is kept outlives hundreds of others, whether it was offered before or after', () => {
  const shelf = offered(0, 10);
  shelf.keep(versionOf(3)); // offered before
  shelf.keep(versionOf(20)); // offered after
  offered(10, 700, shelf);
  expect([3, 20].map((n) => shelf.get(versionOf(n))?.atMs)).toEqual([NOW_MS + 3, NOW_MS + 20]);
  expect(shelf.get(versionOf(4))).toBeUndefined();
  expect(shelf.get(versionOf(699))).toBeDefined();
});

test('one that was found elsewhere is kept as it was found', () => {
  const shelf = createShelf();
  const stored = offered(0, 1).get(versionOf(0));
  shelf.adopt(stored!);
  offered(1, 700, shelf);
  expect(shelf.get(versionOf(0))).toBe(stored);
});
