import { expect, test } from '@jest/globals';
import canonicalizeModule from 'canonicalize';
import fc from 'fast-check';
import { CanonicalBytes } from './canonical-bytes.ts';

const canonicalize = canonicalizeModule as unknown as (value: unknown) => string; // its types name no default export
const bytes = new CanonicalBytes();
const writtenBy = (write: (to: CanonicalBytes) => void): string => {
  write(bytes.begin());
  return Buffer.from(bytes.written).toString('utf8');
};
const strings = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  fc.string({ maxLength: 60 }),
);
const NUMBERS = [
  0,
  -0,
  9,
  10,
  0.1,
  -1,
  2 ** 30 - 1,
  2 ** 30,
  2 ** 31,
  2 ** 53 - 1,
  2 ** 53,
  1e21,
  1e-7,
  Number.MAX_VALUE,
];

test('a text is written as the runtime writes it: quotes, control characters, other scripts and broken pairs as well', () => {
  fc.assert(
    fc.property(strings, (text) => {
      expect(writtenBy((to) => to.text(text))).toBe(JSON.stringify(text));
    }),
  );
  for (const text of ['', '"', '\\', '\n', '\u001f', '\u007f', '\u0080', 'é', '\u2028', '😀', '\ud800', 'a\udc00'])
    expect(writtenBy((to) => to.text(text))).toBe(JSON.stringify(text));
});

test('a number is written as the runtime writes it', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(), fc.maxSafeNat(), fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true })), (n) => {
      expect(writtenBy((to) => to.number(n))).toBe(JSON.stringify(n));
    }),
  ); // prettier-ignore
  for (const n of NUMBERS) expect(writtenBy((to) => to.number(n))).toBe(JSON.stringify(n));
  for (let power = 1; power <= 15; power += 1)
    for (const n of [10 ** power - 1, 10 ** power, 10 ** power + 1])
      expect(writtenBy((to) => to.number(n))).toBe(`${n}`);
});

test('pieces together are the canonical JSON of the whole, however long it grows', () => {
  const items = fc.record({ n: fc.maxSafeNat(), text: fc.option(strings, { nil: null }), word: strings });
  fc.assert(
    fc.property(fc.array(items, { maxLength: 400, size: 'max' }), strings, (list, last) => {
      const whole = writtenBy((to) => {
        to.raw('{"last":').piece(Buffer.from(JSON.stringify(last))).raw(',"list":');
        to.list(list, (into, { n, text, word }) =>
          into.raw('{"n":').number(n).raw(',"text":').textOrNull(text).raw(',"word":').text(word).raw('}'),
        ).raw('}');
      });
      expect(whole).toBe(canonicalize({ list, last }));
    }),
    { numRuns: 60 },
  ); // prettier-ignore
});
