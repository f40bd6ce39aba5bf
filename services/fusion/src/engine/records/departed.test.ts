// Ids whose record is gone, against a map: what is taken out leaves no hole that others are lost behind.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DepartedIds, type Departed } from './departed.ts';

const someId = fc.integer({ min: 0, max: 3_000 });
const turn = fc.record({ id: someId, count: fc.integer({ min: 1, max: 900 }), takes: fc.boolean(), day: fc.nat(9) });

test('an id is known with its last value until it is taken out, or too old', () => {
  let most = 0;
  fc.assert(
    fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
      const table = new DepartedIds();
      const expected = new Map<number, Departed>();
      for (const { id: first, count, takes, day } of turns) {
        for (let id = first; id < first + count; id += 1) {
          const [high, low] = [Math.imul(id, 0x9e3779b1) | 0, id & 7]; // crowded, as hashes are not
          if (takes) expect(table.take(high, low)).toBe(expected.get(id)?.value ?? 0);
          if (takes) expected.delete(id);
          else {
            table.add(high, low, id % 3 === 0 ? -1 - id : 1 + id, day);
            expected.set(id, { high, low, value: id % 3 === 0 ? -1 - id : 1 + id, day });
          }
        }
        if (day === 9) {
          table.dropBefore(3, (value) => value < 0);
          for (const [id, each] of expected) if (each.day < 3 && each.value > 0) expected.delete(id);
        }
        most = Math.max(most, table.size);
        expect(table.size).toBe(expected.size);
      }
      expect(sorted(table)).toEqual(sorted(expected.values()));
    }),
    { numRuns: 40 },
  );
  expect(most).toBeGreaterThan(1_500); // it has grown
});

function sorted(given: Iterable<Departed>): Departed[] {
  return [...given].sort((a, b) => a.value - b.value);
}
