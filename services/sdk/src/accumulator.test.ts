import { expect, test } from '@jest/globals';
import { createAccumulator } from './accumulator.ts';
import { PartitionQueues, type BatchLimits } from './partition-queues.ts';

const P0 = { topic: 'obs.open.cse', partition: 0 };
const P1 = { topic: 'obs.open.cse', partition: 1 };
const limits: BatchLimits = {
  lingerMs: 5,
  paceMs: 20,
  maxRecords: 3,
  maxBytes: 100,
  maxRoundBytes: 1_000,
  maxQueuedBytes: 250,
};
const itemsOf = (batches: readonly { readonly items: readonly string[] }[]) => batches.map(({ items }) => items);

test('a record waits for company until it has lingered', () => {
  const queues = new PartitionQueues<string>(limits);
  queues.add(P0, 'a', 10, 1_000);
  expect(itemsOf(queues.take(1_004))).toEqual([]);
  expect(queues.nextDueMs()).toBe(1_005);
  expect(itemsOf(queues.take(1_005))).toEqual([['a']]);
});

test('a full batch leaves at once, by records and by bytes', () => {
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

test('what is due takes along what waits for other partitions, as far as a round goes', () => {
  const queues = new PartitionQueues<string>({ ...limits, maxRoundBytes: 25 });
  const places = [P0, P1, { ...P0, partition: 2 }, { ...P0, partition: 3 }];
  for (const [at, place] of places.entries()) queues.add(place, `p${place.partition}`, 10, at);
  expect(itemsOf(queues.take(4))).toEqual([]);
  expect(itemsOf(queues.take(5))).toEqual([['p0'], ['p1'], ['p2']]);
  expect(itemsOf(queues.take(53))).toEqual([['p3']]);
});

test('rounds of a stream keep their distance; who writes one at a time waits for nobody', () => {
  const queues = new PartitionQueues<string>(limits);
  queues.add(P0, 'alone', 10, 0);
  expect(itemsOf(queues.take(5))).toEqual([['alone']]);
  queues.add(P1, 'a', 10, 6);
  queues.add({ ...P0, partition: 2 }, 'b', 10, 7);
  expect(itemsOf(queues.take(11))).toEqual([['a'], ['b']]);
  queues.add({ ...P0, partition: 3 }, 'c', 10, 12);
  expect(queues.nextDueMs()).toBe(31);
  expect(queues.add({ ...P0, partition: 4 }, 'full', 100, 13)).toBe(true);
  expect(itemsOf(queues.take(13))).toEqual([['c'], ['full']]);
});

test('a partition that comes free is served when its record has lingered, though the timer was set for later', async () => {
  const { deliver, acknowledge, delivered } = heldDeliveries();
  const timers: { run: () => void; at: number }[] = [];
  let nowMs = 0;
  const setTimer = (run: () => void, afterMs: number) => {
    const timer = { run, at: nowMs + afterMs };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  };
  const accumulator = createAccumulator<string>({ deliver, limits, now: () => nowMs, setTimer });
  accumulator.add(P0, 'a', 10);
  nowMs = 5;
  timers.shift()?.run();
  accumulator.add(P0, 'b', 10);
  nowMs = 8;
  accumulator.add(P1, 'c', 10);
  expect(timers.map(({ at }) => at)).toEqual([13]);
  await acknowledge();
  expect(timers.map(({ at }) => at)).toEqual([10]);
  nowMs = 10;
  timers.shift()?.run();
  expect(delivered).toEqual(['a', 'b', 'c']);
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
    deliver: (round: readonly { readonly items: readonly string[] }[]) =>
      round.map(({ items }) => {
        delivered.push(...items);
        return new Promise<void>((resolve) => held.push(resolve));
      }),
    acknowledge: () => {
      held.shift()?.();
      return new Promise<void>((resolve) => setImmediate(resolve));
    },
  };
}
