import { expect, test } from '@jest/globals';
import type { BusRecord } from '@sitebus/sdk';
import { lengthOf, type BatchSlice } from './admitted-batch.ts';
import { pack } from './engine/observation-packer.ts';
import { InputQueues } from './input-queues.ts';
import { someRules } from './testing/observations.ts';

const MIB = 1024 * 1024;

/** So many records from an offset on, each of `bytes`, in one batch with as many of two other partitions around them. */
function batch(from: number, count: number, bytes: number): BatchSlice {
  const packed = pack(someRules(), 0, []);
  const offsets = [9_000_000, from, 0].flatMap((first) => Array.from({ length: count }, (_, n) => first + n));
  const words = new Int32Array((offsets.length * bytes) / 4);
  const whole = {
    offsets: Float64Array.from(offsets),
    packed: { ...packed, count: offsets.length, words },
    refused: [],
  };
  return { batch: whole, from: count, to: 2 * count };
}

/** The same as they were read; all of them share one value. */
function records(topic: string, from: number, count: number, bytes: number): BusRecord[] {
  const value = Buffer.alloc(bytes);
  return Array.from({ length: count }, (_, n) => {
    return { topic, partition: 0, offset: BigInt(from + n), key: null, value, headers: {}, timestampMs: 0 };
  });
}

function offsetsIn(slices: readonly BatchSlice[]): number[] {
  return slices.flatMap(({ batch: { offsets }, from, to }) => [...offsets.subarray(from, to)]);
}

const place = (topic: string) => ({ topic, partition: 0 });

test('a partition with forty thousand records is paused, and flows again when most of them are cut', () => {
  const queues = new InputQueues();
  expect(queues.push(place('a'), batch(0, 39_999, 4))).toBe(false);
  expect(queues.push(place('a'), batch(39_999, 1, 4))).toBe(true);
  expect(queues.toResume([])).toEqual([]);
  queues.take(20_000);
  expect(queues.toResume([])).toEqual([]); // 20,000 are left
  queues.take(1);
  expect(queues.toResume([])).toEqual([place('a')]);
});

test('what waits in all is bounded: beyond it partitions with much are paused, and those with little flow on', () => {
  const queues = new InputQueues();
  expect(queues.push(place('a'), batch(0, 600, 64 * 1024))).toBe(false); // 37.5 MiB
  expect(queues.push(place('b'), batch(0, 600, 64 * 1024))).toBe(true); // 75 MiB
  expect(queues.push(place('c'), batch(0, 499, 4))).toBe(false);
  expect(queues.push(place('a'), batch(600, 1, 4))).toBe(true);
  expect(queues.toResume([])).toEqual([]);
  queues.take(600); // a third each
  expect(queues.toResume([])).toEqual([place('a'), place('b')]);
});

test('a partition that waits for a schema and fills the bound stops nobody else', () => {
  const queues = new InputQueues();
  queues.hold(place('stuck'), records('stuck', 0, 64, 2 * MIB));
  let cut = 0;
  for (let round = 0; round < 5; round += 1) {
    expect(queues.push(place('a'), batch(round * 400, 400, 4))).toBe(false);
    cut += lengthOf(queues.take(8_000).slices);
  }
  expect(cut).toBe(2_000);
});

test('what comes twice is queued once', () => {
  const queues = new InputQueues();
  queues.push(place('a'), batch(0, 5, 4));
  queues.push(place('a'), batch(3, 4, 4));
  expect(offsetsIn(queues.take(100).slices)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(queues.length).toBe(0);
});

test('a cut that ends within a batch takes what is before its end, and the next one goes on there', () => {
  const queues = new InputQueues();
  queues.push(place('a'), batch(0, 5, 4));
  queues.push(place('a'), batch(7, 5, 4)); // two are markers
  const taken = [6, 9].map((next) => offsetsIn(queues.takeCut([{ ...place('a'), from: 0, next }])));
  expect(taken).toEqual([
    [0, 1, 2, 3, 4],
    [7, 8],
  ]);
  const { inputs, slices } = queues.take(2);
  expect(inputs).toEqual([{ ...place('a'), from: 9, next: 11 }]);
  expect(offsetsIn(slices)).toEqual([9, 10]);
});

test('what is held back is taken by nobody, and comes in its order once it is judged', () => {
  const queues = new InputQueues();
  queues.push(place('a'), batch(0, 2, 4));
  queues.hold(place('a'), records('a', 1, 4, 1)); // one of them twice
  expect(queues.received(place('a'))).toBe(5n);
  expect(queues.hasReached([{ ...place('a'), from: 0, next: 3 }])).toBe(false);
  expect(offsetsIn(queues.take(100).slices)).toEqual([0, 1]);
  queues.release(place('a'), batch(2, 2, 4));
  expect(offsetsIn(queues.take(100).slices)).toEqual([2, 3]);
  expect(queues.heldOf(place('a')).map(({ offset }) => offset)).toEqual([4n]);
});

test('a cut takes an equal share of each partition, and what short ones leave of theirs', () => {
  const queues = new InputQueues();
  queues.push(place('a'), batch(0, 10, 4));
  queues.push(place('b'), batch(0, 500, 4));
  queues.push(place('c'), batch(0, 900, 4));
  const { inputs } = queues.take(610);
  expect(inputs.map(({ topic, next }) => [topic, next])).toEqual([['a', 10], ['b', 300], ['c', 300]]); // prettier-ignore
  expect(queues.take(800).inputs.map(({ next }) => next)).toEqual([500, 900]);
});

test('the backlog is what waits here and what is known to lie behind it on the bus', () => {
  const queues = new InputQueues();
  queues.noteEnd(place('a'), 1_000n);
  queues.push(place('a'), batch(0, 10, 4));
  expect(queues.backlog).toBe(1_000);
  queues.take(4);
  queues.hold(place('b'), records('b', 0, 3, 8));
  expect(queues.backlog).toBe(999);
});
