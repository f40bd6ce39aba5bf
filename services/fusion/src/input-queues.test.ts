import { expect, test } from '@jest/globals';
import type { BusRecord } from '@sitebus/sdk';
import { InputQueues } from './input-queues.ts';

const MIB = 1024 * 1024;

/** So many records from an offset on; all of them share one value of `bytes`. */
function records(topic: string, from: number, count: number, bytes: number): BusRecord[] {
  const value = Buffer.alloc(bytes);
  return Array.from({ length: count }, (_, n) => {
    return { topic, partition: 0, offset: BigInt(from + n), key: null, value, headers: {}, timestampMs: 0 };
  });
}

const place = (topic: string) => ({ topic, partition: 0 });

test('a partition with ten thousand records is paused, and flows again when most of them are cut', () => {
  const queues = new InputQueues();
  expect(queues.push(place('a'), records('a', 0, 9_999, 1))).toBe(false);
  expect(queues.push(place('a'), records('a', 9_999, 1, 1))).toBe(true);
  expect(queues.toResume([])).toEqual([]);
  queues.take(6_000);
  expect(queues.toResume([])).toEqual([]); // 4,000 are left
  queues.take(1);
  expect(queues.toResume([])).toEqual([place('a')]);
});

test('what waits in all is bounded: beyond it partitions with much are paused, and those with little flow on', () => {
  const queues = new InputQueues();
  expect(queues.push(place('a'), records('a', 0, 600, 64 * 1024))).toBe(false); // 37.5 MiB
  expect(queues.push(place('b'), records('b', 0, 600, 64 * 1024))).toBe(true); // 75 MiB
  expect(queues.push(place('c'), records('c', 0, 499, 1))).toBe(false);
  expect(queues.push(place('a'), records('a', 600, 1, 1))).toBe(true);
  expect(queues.toResume([])).toEqual([]);
  queues.take(600); // a third each
  expect(queues.toResume([])).toEqual([place('a'), place('b')]);
});

test('a partition that waits for a schema and fills the bound stops nobody else', () => {
  const queues = new InputQueues();
  queues.push(place('stuck'), records('stuck', 0, 64, 2 * MIB));
  queues.block(place('stuck'), 0n);
  let cut = 0;
  for (let round = 0; round < 5; round += 1) {
    expect(queues.push(place('a'), records('a', round * 400, 400, 1))).toBe(false);
    cut += queues.take(8_000).records.length;
  }
  expect(cut).toBe(2_000);
});

test('what comes twice is queued once', () => {
  const queues = new InputQueues();
  queues.push(place('a'), records('a', 0, 5, 1));
  queues.push(place('a'), records('a', 3, 4, 1));
  expect(queues.take(100).records.map(({ offset }) => Number(offset))).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(queues.length).toBe(0);
});
