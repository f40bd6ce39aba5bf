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
    { name: 'isSo', type: 'boolean' },
    { name: 'weight', type: 'double' },
    { name: 'share', type: 'float' },
    { name: 'raw', type: 'bytes' },
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
  isSo: fc.boolean(),
  weight: fc.double({ noNaN: true }),
  share: fc.float({ noNaN: true }),
  raw: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
  words: fc.oneof(fc.array(fc.string(), { maxLength: 300 }), fc.constant(Object.freeze(['shared'] as const))),
});

const REST = { isSo: true, weight: 0.1, share: 0.5, raw: Buffer.from('r') };

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
  const value = { ...REST, id: 'x', at: 1, to: null, kind: 'A', parts: [], words: ['w'] };
  const before = encode(value);
  const long = { ...value, words: ['w'.repeat(40_000), 'v'.repeat(90_000)] };
  expect(encode(long).equals(codec.encode('test.Shape', long))).toBe(true);
  expect(before.equals(codec.encode('test.Shape', value))).toBe(true);
});

test('a record has its bytes wherever the room ends, and so has a part that is shared', () => {
  for (let length = 65_400; length < 65_540; length += 1) {
    const encode = codec.trustedEncoder('test.Shape'); // a room of its own
    const words = Object.freeze(['shared', 'w'.repeat(40)]);
    const value = { ...REST, id: 'x'.repeat(length), at: -1, to: 'é', kind: 'B', parts: [], words };
    const bytes = codec.encode('test.Shape', value);
    expect(encode(value).equals(bytes) && encode(value).equals(bytes)).toBe(true);
  }
});

test('a subject that the lock does not have has no encoder', () => {
  expect(() => codec.trustedEncoder('test.Other')).toThrow(expect.objectContaining({ code: 'SCHEMA_UNKNOWN' }));
});
