import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areNearDuplicates, bandKeysOf, isWithin } from './minhash.ts';

/** The whole table, as in the textbook. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    row = next;
  }
  return row[b.length]!;
}

const words = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 14 });

test('the bounded distance says what the whole table says, at every bound', () => {
  fc.assert(
    fc.property(words, words, fc.nat(15), (a, b, most) => {
      expect(isWithin(a, b, most)).toBe(distance(a, b) <= most);
    }),
    { numRuns: 3_000 },
  );
});

test('of a hundred characters thirty-one may differ, thirty-two not', () => {
  const text = 'x'.repeat(100);
  const changed = (count: number) => 'y'.repeat(count) + text.slice(count);
  expect(areNearDuplicates(text, changed(31), 690_000)).toBe(true);
  expect(areNearDuplicates(text, changed(32), 690_000)).toBe(false);
});

test('a long text is compared by its 4-grams', () => {
  const sentences = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => `sentence ${from + at} of ${(from + at) * 7919}`).join(' ');
  const [whole, half, other] = [sentences(0, 100), `${sentences(20, 80)} ${sentences(500, 15)}`, sentences(900, 100)];
  expect(whole.length).toBeGreaterThan(1_024);
  expect(areNearDuplicates(whole, half, 690_000)).toBe(true);
  expect(areNearDuplicates(whole, other, 690_000)).toBe(false);
});

test('a text with one word changed shares a band with the one it came from; another text does not', () => {
  const keys = (text: string) => [...bandKeysOf(text)];
  const shared = (a: string, b: string) => keys(a).filter((key, band) => keys(b)[band] === key).length;
  const text = 'ballots from the harbour were counted twice by the river commission';
  expect(shared(text, text)).toBe(16);
  expect(shared(text, text.replace('twice', 'thrice'))).toBeGreaterThan(0);
  expect(shared(text, 'the ice rink opens on sunday and skates can be rented at the door')).toBe(0);
});

test('keys are the same on every machine', () => {
  expect([...bandKeysOf('the harbour was sold to strangers')].slice(0, 3)).toMatchInlineSnapshot(`
    [
      -1876744658,
      384405643,
      -739824155,
    ]
  `);
});
