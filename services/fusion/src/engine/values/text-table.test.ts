// Interned texts: what is freed makes room, what stands is untouched.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TextTable } from './text-table.ts';

const MIB = 2 ** 20;

/** Narrow and wide texts, empty ones, and such as fill a page or more than one. */
const aText = fc.oneof(
  { weight: 40, arbitrary: fc.string({ maxLength: 12 }) },
  { weight: 20, arbitrary: hexadecimal() },
  { weight: 5, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
  { weight: 1, arbitrary: fc.integer({ min: 200, max: 40_000 }).map((length) => 'é'.repeat(length)) },
  { weight: 1, arbitrary: fc.constantFrom('x'.repeat(MIB), 'ʒ'.repeat(MIB - 7), 'y'.repeat(254), 'z'.repeat(255)) },
);
/** Digests and UUIDs, and such as look like one but for a unit. */
function hexadecimal(): fc.Arbitrary<string> {
  const digits = (length: number) =>
    fc.string({ unit: fc.constantFrom('0', '1', 'e', 'f'), minLength: length, maxLength: length });
  const written = fc.oneof(...[31, 32, 36, 40, 64, 96, 128].map(digits), fc.uuid());
  const other = fc.tuple(written, fc.nat(), fc.constantFrom('-', 'g', 'A', '\u0130', '/', ':')); // İ, whose low byte is a 0
  return fc.oneof(
    written,
    written.map((text) => text.toUpperCase()),
    other.map(([text, at, unit]) => `${text.slice(0, at % text.length)}${unit}${text.slice((at % text.length) + 1)}`),
  );
}

const aSweep = fc.record({ texts: fc.array(fc.tuple(fc.nat(3), aText)), keeps: fc.infiniteStream(fc.boolean()) });

test('through any sweeps a text keeps its number, and numbers that were freed stand for others', () => {
  fc.assert(
    fc.property(fc.array(aSweep, { maxLength: 6 }), fc.integer(), (sweeps, seed) => {
      const table = new TextTable(seed, 4);
      const known = new Map<string, number>();
      for (const { texts, keeps } of sweeps) {
        for (const [kind, text] of texts) {
          const number = table.intern(kind, text);
          const name = `${kind} ${text}`;
          if (!known.has(name)) expect([...known.values()]).not.toContain(number);
          else expect(number).toBe(known.get(name));
          known.set(name, number);
        }
        const kept = new Uint8Array(table.size + 1);
        const freed = new Set<number>();
        for (const number of known.values()) kept[number] = keeps.next().value ? 1 : 0;
        table.keepOnly(kept, (number) => freed.add(number));
        for (const [name, number] of known) {
          expect(freed.has(number)).toBe(kept[number] === 0);
          const kind = Number(name[0]);
          expect(table.find(kind, name.slice(2))).toBe(kept[number] === 0 ? 0 : number);
          if (kept[number] === 0) known.delete(name);
          else expect([table.kindOf(number), table.textOf(number)]).toEqual([kind, name.slice(2)]);
        }
        expect(table.used).toBe(known.size);
      }
    }),
    { numRuns: 12 },
  );
});

test('digests and UUIDs take half of what they are written in', () => {
  const bytesFor = (digit: string) => {
    const table = new TextTable(0);
    for (let at = 0; at < 10_000; at += 1) table.intern(1, at.toString(16).padStart(64, digit));
    return table.byteLength;
  };
  expect(bytesFor('g') - bytesFor('0')).toBeGreaterThan(300_000);
});

test('the order of two texts is that of their units, however they are kept', () => {
  fc.assert(
    fc.property(aText, aText, (a, b) => {
      const table = new TextTable(1);
      const order = table.compare(table.intern(0, a), table.intern(0, b));
      expect(Math.sign(order)).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
    { numRuns: 300 },
  );
});

test('the bytes of freed texts are given back', () => {
  const table = new TextTable(0);
  for (let round = 0; round < 12; round += 1) {
    for (let at = 0; at < 50_000; at += 1) table.intern(1, `${round} ${at}`.padEnd(100, '.'));
    const kept = new Uint8Array(table.size + 1);
    for (let at = 0; at < 50_000; at += 10) kept[table.find(1, `${round} ${at}`.padEnd(100, '.'))] = 1;
    table.keepOnly(kept, () => undefined);
    expect(table.used).toBe(5_000);
    expect(table.byteLength).toBeLessThan(4 * MIB);
  }
  expect(table.size).toBeLessThan(60_000);
});
