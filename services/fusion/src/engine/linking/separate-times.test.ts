import { expect, test } from '@jest/globals';
import { apartMs, countSeparateTimes } from './separate-times.ts';

const DAY = 86_400_000;

/** Records by number from 1, each `[first, last]` in days; odd ones out are a tenant's. */
function seen(...spans: readonly (readonly [number, number])[]) {
  const times = {
    firstSeen: Float64Array.from([0, ...spans.map(([first]) => first * DAY)]),
    lastSeen: Float64Array.from([0, ...spans.map(([, last]) => last * DAY)]),
  };
  const postings = {
    firstPosting: () => spans.length,
    nextPosting: (posting: number) => posting - 1,
    recordAt: (posting: number) => posting,
  };
  const count = (windowDays: number, isTenant = (_: number) => false) =>
    countSeparateTimes(postings, 1, { isTenant }, times, windowDays * DAY);
  return { times, count };
}

test('two sightings lie as far apart as the gap between their times, in either order, and not at all where they overlap', () => {
  const { times } = seen([0, 10], [15, 20], [5, 12]);
  expect([apartMs(times, 1, 2), apartMs(times, 2, 1), apartMs(times, 1, 3)]).toEqual([5 * DAY, 5 * DAY, 0]);
});

test.each<[string, (readonly [number, number])[], number]>([
  [
    'sightings within the window of each other are one time',
    [
      [0, 0],
      [45, 45],
      [90, 90],
    ],
    1,
  ],
  [
    'a gap longer than the window begins another',
    [
      [0, 0],
      [46, 46],
      [92, 92],
    ],
    3,
  ],
  [
    'a sighting in the gap joins two times in one',
    [
      [0, 0],
      [60, 60],
      [30, 30],
    ],
    1,
  ],
  [
    'one that lasts covers those that come while it lasts',
    [
      [0, 200],
      [50, 50],
      [120, 120],
    ],
    1,
  ],
  [
    'they need not come in order',
    [
      [300, 300],
      [0, 0],
      [100, 100],
    ],
    3,
  ],
])('%s', (_, spans, expected) => {
  expect(seen(...spans).count(45)).toBe(expected);
});

test('a tenant’s sightings open no time: one partner cannot make a place of what a government agency sees', () => {
  const { count } = seen([0, 0], [100, 100], [200, 200]);
  expect(count(45, (record) => record > 1)).toBe(1);
  expect(count(45, () => true)).toBe(0);
});
