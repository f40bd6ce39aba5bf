import { expect, test } from '@jest/globals';
import { restAfter } from './gathering.ts';

test('few records are rested after, as long as was asked for; many, or where nothing was asked, are not', async () => {
  expect([restAfter(1), restAfter(1, 0), restAfter(100, 50), restAfter(5_000, 50)]).toEqual([1, 2, 3, 4].map(() => undefined)); // prettier-ignore
  const before = performance.now();
  await restAfter(99, 50);
  expect(performance.now() - before).toBeGreaterThanOrEqual(45);
});
