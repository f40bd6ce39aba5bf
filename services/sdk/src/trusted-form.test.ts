import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCodec } from './avro-codec.ts';
import { toSchemaLock } from './schema-lock.ts';
import { toSelfContained } from './schema-set.ts';

const orNull = (type: unknown) => ['null', type];
const SHAPE = toSelfContained({
  type: 'record',
  name: 'Shape',
  namespace: 'test',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'at', type: 'long' },
    { name: 'to', type: orNull('string'), default: null },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
    {
      name: 'parts',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Part',
          fields: [
            { name: 'name', type: orNull('string') },
            { name: 'n', type: 'int' },
          ],
        },
      },
    },
    { name: 'words', type: { type: 'array', items: 'string' } },
  ],
} as never);
const codec = createCodec({ lock: toSchemaLock([SHAPE]) });

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'grapheme-ascii', maxLength: 70 }),
);
const part = fc.record({ name: fc.option(text), n: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }) });
const shapes = fc.record({
  id: text,
  at: fc.maxSafeInteger(),
  to: fc.option(text),
  kind: fc.constantFrom('A', 'B'),
  parts: fc.array(part, { minLength: 1, maxLength: 3 }),
  words: fc.array(text, { maxLength: 3 }),
});
const HOLES = ['words', 'at', 'id', 'parts.0.name', 'parts.0.n', 'to', 'kind'];

test('a form that is filled in has the bytes that the codec gives the record', () => {
  fc.assert(
    fc.property(shapes, fc.array(shapes, { minLength: 1, maxLength: 4 }), (like, others) => {
      const form = codec.trustedForm('test.Shape', like, HOLES);
      const made = others.map((other) => filledIn(like, other));
      const bytes = made.map((each) => {
        const [{ name, n }] = each.parts as [{ name: string | null; n: number }];
        return form.fill([each.words, each.at, each.id, name, n, each.to, each.kind]);
      });
      // all first: a record that was handed out must not change when the next one is written
      for (const [nth, each] of made.entries())
        expect(bytes[nth]!.toString('hex')).toBe(codec.encode('test.Shape', each).toString('hex'));
    }),
    { numRuns: 500 },
  );
});

/** The other's values in the holes; null where `like` has null, a text where it has one. */
function filledIn(like: Shape, other: Shape): Shape {
  const asLike = (mine: string | null, theirs: string | null) => (mine === null ? null : (theirs ?? ''));
  const [first, ...more] = like.parts;
  const name = asLike(first!.name, other.parts[0]!.name);
  return { ...other, to: asLike(like.to, other.to), parts: [{ name, n: other.parts[0]!.n }, ...more] };
}

type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

test('a long text does not fit the room, and the record is whole all the same', () => {
  const like = { id: '', at: 1, to: null, kind: 'A', parts: [], words: ['w'] };
  const form = codec.trustedForm('test.Shape', like, ['id', 'words']);
  for (const length of [1, 63, 64, 65_000, 200_000, 3]) {
    const record = { ...like, id: 'é'.repeat(length), words: ['x'.repeat(length)] };
    expect(form.fill([record.id, record.words]).equals(codec.encode('test.Shape', record))).toBe(true);
  }
});

test('a hole that is no place of the record is told at once', () => {
  const like = { id: '', at: 1, to: null, kind: 'A', parts: [], words: [] };
  expect(() => codec.trustedForm('test.Shape', like, ['id', 'parts.0.n'])).toThrow(/no place/);
});
