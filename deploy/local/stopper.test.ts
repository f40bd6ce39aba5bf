import { expect, test } from '@jest/globals';
import { type Rank, stopper } from './stopper.ts';

const WITHIN_MS = 20;

/** A service that notes when it stops, or does what it is told instead. */
const aService = (name: string, seen: string[], stop?: () => Promise<void>): Rank[number] => [
  name,
  {
    stop: async () => {
      seen.push(name);
      await stop?.();
    },
  },
];

test('ranks stop the last first, the connections after all of them, and once however often it is asked', async () => {
  const seen: string[] = [];
  const buses = { close: async () => void seen.push('buses') };
  const stop = stopper([[aService('a', seen)], [aService('b', seen), aService('c', seen)]], buses);
  expect(await Promise.all([stop(), stop()])).toEqual([[], []]);
  expect(seen).toEqual(['b', 'c', 'a', 'buses']);
});

test('what fails to stop, or does not end, keeps nothing else running, and is named', async () => {
  const seen: string[] = [];
  const never = (): Promise<void> => new Promise(() => undefined);
  const ranks: Rank[] = [
    [aService('a', seen)],
    [aService('b', seen, never), aService('c', seen, () => Promise.reject(new Error('not now')))],
  ];
  const buses = { close: () => Promise.reject(new Error('gone')) };
  expect(await stopper(ranks, buses, WITHIN_MS)()).toEqual([
    'b still runs after 0.02 s',
    'c failed to stop: Error: not now',
    'connections to the bus failed to stop: Error: gone',
  ]);
  expect(seen).toEqual(['b', 'c', 'a']);
});
