import { expect, test } from '@jest/globals';
import { silentLog } from '@sitebus/sdk';
import { createTestClock } from '@sitebus/sdk/testing';
import { createIdempotencyStore } from './idempotency.ts';
import { createInMemoryDesk } from './store/in-memory.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** A store, and what it answers a reader for a key: the stored answer or a fresh one. */
function aStore() {
  const clock = createTestClock(0);
  const store = createIdempotencyStore({ answers: createInMemoryDesk().answers, clock, log: silentLog });
  const ask = async (reader: string, key: string, answer: unknown = 'answer') =>
    (await store.once({ scope: `${reader} POST /v1/observations`, key, body: key }, async () => answer)).replayed;
  return { clock, ask };
}

test('an answer is kept a day', async () => {
  const { clock, ask } = aStore();
  expect([await ask('ama', 'k'), await ask('ama', 'k')]).toEqual([false, true]);
  clock.advance(DAY_MS);
  expect(await ask('ama', 'k')).toBe(false);
});

test('one reader’s keys, however many and large, drop no other reader’s answers and fill no memory', async () => {
  const { ask } = aStore();
  await ask('piotr', 'mine');
  const large = 'x'.repeat(1024 * 1024);
  for (let n = 0; n < 40; n += 1) await ask('ama', `large ${n}`, large);
  expect([await ask('ama', 'large 39'), await ask('ama', 'large 0')]).toEqual([true, false]); // the oldest went
  for (let n = 0; n < 21_000; n += 1) await ask('ama', `${n}`);
  expect([await ask('ama', '20999'), await ask('ama', '1')]).toEqual([true, false]);
  expect(await ask('piotr', 'mine')).toBe(true);
});
