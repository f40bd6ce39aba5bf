import { expect, test } from '@jest/globals';
import { decideStartingPositions, partitionKey, type AssignmentFacts } from './starting-positions.ts';

const place = { topic: 'obs.open.cse', partition: 0 };
const at = (next: bigint) => new Map([[partitionKey(place), next]]);
const none = new Map<string, bigint>();
const ends = new Map([[partitionKey(place), { ...place, earliest: 10n, next: 20n }]]);
const facts: AssignmentFacts = { assigned: [place], given: none, held: none, committed: none, ends, from: 'earliest' };
const nextOf = (over: Partial<AssignmentFacts>) => decideStartingPositions({ ...facts, ...over })[0]?.next;

test('what the caller gives wins over what was held, that over what was committed, that over the end named', () => {
  expect(nextOf({ given: at(11n), held: at(12n), committed: at(13n) })).toBe(11n);
  expect(nextOf({ held: at(12n), committed: at(13n) })).toBe(12n);
  expect(nextOf({ committed: at(13n) })).toBe(13n);
  expect([nextOf({}), nextOf({ from: 'latest' })]).toEqual([10n, 20n]);
});

test('a position before the oldest record moves up and says how much is missing', () => {
  expect(decideStartingPositions({ ...facts, given: at(7n) })).toEqual([{ ...place, next: 10n, missing: 3n }]);
  expect(decideStartingPositions({ ...facts, given: at(20n) })).toEqual([{ ...place, next: 20n, missing: 0n }]);
});

test('a position past the end is refused', () => {
  expect(() => decideStartingPositions({ ...facts, committed: at(21n) })).toThrow(
    expect.objectContaining({ code: 'OFFSET_OUT_OF_RANGE', details: { ...place, next: '21', end: '20' } }),
  );
});
