import { expect, test } from '@jest/globals';
import { createAccumulator } from './accumulator.ts';
import { PartitionQueues, type BatchLimits } from './partition-queues.ts';

const P0 = { topic: 'obs.open.cse', partition: 0 };
const P1 = { topic: 'obs.open.cse', partition: 1 };
const limits: BatchLimits = { lingerMs: 5, maxRecords: 3, maxBytes: 100, maxQueuedBytes: 250 };
const itemsOf = (batches: readonly { readonly items: readonly string[] }[]) => batches.map(({ items }) => items);

test('a record waits for company until it has lingered', () => {
  const queues = new PartitionQueues<string>(limits);
  queues.add(P0, 'a', 10, 1_000);
  expect(itemsOf(queues.take(1_004))).toEqual([]);
  expect(queues.nextDueMs()).toBe(1_005);
  expect(itemsOf(queues.take(1_005))).toEqual([['a']]);
});

test('a full batch leaves at once, by records and by bytes, each partition on its own', () => {
  const queues = new PartitionQueues<string>(limits);
  expect(['a', 'b', 'c', 'd'].map((item) => queues.add(P0, item, 1, 0))).toEqual([false, false, true, true]);
  expect(queues.add(P1, 'large', 100, 0)).toBe(true);
  expect(itemsOf(queues.take(0))).toEqual([['a', 'b', 'c'], ['large']]);
});

test('a partition has one batch out at a time, and the rest follows in order', () => {
  const queues = new PartitionQueues<string>(limits);
  for (const item of ['a', 'b', 'c', 'd']) queues.add(P0, item, 1, 0);
  const [first] = queues.take(0);
  expect(itemsOf(queues.take(1_000))).toEqual([]);
  if (first !== undefined) queues.done(first);
  expect(itemsOf(queues.take(1_000))).toEqual([['d']]);
});

test('a record larger than a batch travels alone', () => {
  const queues = new PartitionQueues<string>(limits);
  queues.add(P0, 'small', 10, 0);
  queues.add(P0, 'huge', 400, 0);
  const [first] = queues.take(9);
  if (first !== undefined) queues.done(first);
  expect([first?.items, ...itemsOf(queues.take(9))]).toEqual([['small'], ['huge']]);
});

test('a caller is held back while the queue is full, and let in when a batch is acknowledged', async () => {
  const { deliver, acknowledge, delivered } = heldDeliveries();
  const accumulator = createAccumulator<string>({ deliver, limits, now: () => 0, setTimer: () => () => undefined });
  for (const item of ['a', 'b', 'c']) accumulator.add(P0, item, 90);
  expect(accumulator.hasRoom()).toBe(false);
  const entered: string[] = [];
  const callers = ['d', 'e'].map(async (item) => {
    await accumulator.room();
    entered.push(item);
    accumulator.add(P0, item, 90);
  });
  expect(entered).toEqual([]);
  const flushed = accumulator.flush();
  while (entered.length < 2 || delivered.length < 5) await acknowledge();
  await acknowledge();
  await Promise.all([...callers, flushed]);
  expect(delivered).toEqual(['a', 'b', 'c', 'd', 'e']); // one each: two of 90 bytes pass 100
});

function heldDeliveries() {
  const delivered: string[] = [];
  const held: (() => void)[] = [];
  return {
    delivered,
    deliver: (_place: unknown, items: readonly string[]) => {
      delivered.push(...items);
      return new Promise<void>((resolve) => held.push(resolve));
    },
    acknowledge: () => {
      held.shift()?.();
      return new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}
