// Where the records of an edition lie, as ranges: what is put in is among them, and nothing else.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAmong, sourcesOf } from './sources.ts';

const place = fc.record({
  topic: fc.constantFrom('obs.open.gac', 'obs.open.cse', 'obs.partner.gac'),
  partition: fc.nat(3),
  offset: fc.oneof(fc.nat(40).map(BigInt), fc.bigInt({ min: 2n ** 53n, max: 2n ** 53n + 20n })),
});
const nameOf = ({ topic, partition, offset }: { topic: string; partition: number; offset: bigint }): string =>
  `${topic}/${partition}/${offset}`;

test('a place is among the sources exactly when a record lay there, and an offset in decimal is the same place', () => {
  fc.assert(
    fc.property(fc.array(place, { maxLength: 60 }), fc.array(place, { maxLength: 20 }), (records, others) => {
      const sources = sourcesOf(records);
      const names = new Set(records.map(nameOf));
      for (const each of [...records, ...others]) {
        expect(isAmong(sources, each)).toBe(names.has(nameOf(each)));
        expect(isAmong(sources, { ...each, offset: String(each.offset) })).toBe(names.has(nameOf(each)));
      }
    }),
    { numRuns: 2_000 },
  );
});

test('runs are written as ranges, whatever their order and however often a record was read', () => {
  const records = [3n, 20n, 5n, 4n, 4n, 22n].map((offset) => ({ topic: 'obs.open.gac', partition: 0, offset }));
  expect(sourcesOf(records)).toEqual({ 'obs.open.gac/0': '3-5,20,22' });
  expect(sourcesOf([])).toEqual({});
});
