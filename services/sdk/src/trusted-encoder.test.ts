import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCodec } from './avro-codec.ts';
import { toSchemaLock } from './schema-lock.ts';
import { toSelfContained } from './schema-set.ts';

const SHAPE = toSelfContained({
  type: 'record',
  name: 'Shape',
  namespace: 'test',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'at', type: 'long' },
    { name: 'to', type: ['null', 'string'], default: null },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
    {
      name: 'parts',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Part',
          fields: [
            { name: 'name', type: 'string' },
            { name: 'n', type: 'int' },
          ],
        },
      },
    },
    { name: 'words', type: { type: 'array', items: 'string' } },
  ],
});
const codec = createCodec({ lock: toSchemaLock([SHAPE]) });

const parts = fc.array(fc.record({ name: fc.string({ maxLength: 20 }), n: fc.integer() }), { maxLength: 4 });
const sharedParts = fc.constantFrom(
  ...[[], [{ name: 'one', n: 1 }], [{ name: 'two', n: 2 }]].map((list) => Object.freeze(list.map(Object.freeze))),
);
const values = fc.record({
  id: fc.string({ unit: 'grapheme', maxLength: 40 }),
  at: fc.maxSafeInteger(),
  to: fc.option(fc.string()),
  kind: fc.constantFrom('A', 'B'),
  parts: fc.oneof(parts, sharedParts),
  words: fc.oneof(fc.array(fc.string(), { maxLength: 300 }), fc.constant(Object.freeze(['shared'] as const))),
});

test('what is trusted has the bytes that the codec gives it, whatever was encoded before', () => {
  const encode = codec.trustedEncoder('test.Shape');
  fc.assert(
    fc.property(fc.array(values, { minLength: 1, maxLength: 8 }), (some) => {
      for (const value of some)
        expect(encode(value).toString('hex')).toBe(codec.encode('test.Shape', value).toString('hex'));
    }),
    { numRuns: 300 },
  );
});

test('a record longer than any before is written whole, and the one before keeps its bytes', () => {
  const encode = codec.trustedEncoder('test.Shape');
  const value = { id: 'x', at: 1, to: null, kind: 'A', parts: [], words: ['w'] };
  const before = encode(value);
  const long = { ...value, words: ['w'.repeat(40_000), 'v'.repeat(90_000)] };
  expect(encode(long).equals(codec.encode('test.Shape', long))).toBe(true);
  expect(before.equals(codec.encode('test.Shape', value))).toBe(true);
});

test('a subject that the lock does not have has no encoder', () => {
  expect(() => codec.trustedEncoder('test.Other')).toThrow(expect.objectContaining({ code: 'SCHEMA_UNKNOWN' }));
});
