// Readers of parts for schemas that nobody wrote: any shape, names that mean something in JavaScript, any part looked at.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCodec, type Decoded } from './avro-codec.ts';
import { isRefusal } from './errors.ts';
import { featuresOf } from './features/extract.ts';
import { toSchemaLock } from './schema-lock.ts';
import { toSelfContained } from './schema-set.ts';
import { propertyRuns } from './testing/property-runs.ts';

/** A type before its records have names, values of it, and the paths of what is below. */
interface DrawnType {
  readonly type: unknown;
  readonly values: fc.Arbitrary<unknown>;
  readonly paths: readonly string[];
  /** Where the strings are that a field of this type may be annotated for. */
  readonly isText?: boolean;
}

const NAMES = ['class', 'value', 'tap', 'v0', 't0', 'found', 'default', 'constructor', 'length', 'blockCount'];

const text = fc.constantFrom('', 'ua:one', 'ua:é', 'UA:Two', '\uFFFD', 'x'.repeat(70));
const leaves: readonly DrawnType[] = [
  { type: 'string', values: text, paths: [], isText: true },
  { type: ['null', 'string'], values: fc.option(text), paths: [], isText: true },
  { type: { type: 'array', items: 'string' }, values: fc.array(text, { maxLength: 3 }), paths: [], isText: true },
  { type: 'long', values: fc.maxSafeInteger(), paths: [] },
  { type: 'int', values: fc.integer(), paths: [] },
  { type: 'boolean', values: fc.boolean(), paths: [] },
  { type: 'double', values: fc.double({ noNaN: true }), paths: [] },
  { type: 'null', values: fc.constant(null), paths: [] },
  { type: ['null', 'long', 'string'], values: fc.oneof(fc.constant(null), fc.maxSafeInteger(), text), paths: [] },
  { type: { type: 'enum', name: '?', symbols: ['A', 'B', 'C'] }, values: fc.constantFrom('A', 'B', 'C'), paths: [] },
];

function aType(depth: number): fc.Arbitrary<DrawnType> {
  const leaf = fc.constantFrom(...leaves);
  if (depth === 0) return leaf;
  const record = aRecord(depth - 1);
  const listed = record.map(({ type, values, paths }): DrawnType => {
    return { type: { type: 'array', items: type }, values: fc.array(values, { maxLength: 3 }), paths };
  });
  const perhaps = record.map(({ type, values, paths }): DrawnType => {
    return { type: ['null', type], values: fc.option(values), paths };
  });
  return fc.oneof({ arbitrary: leaf, weight: 3 }, record, listed, perhaps);
}

function aRecord(depth: number): fc.Arbitrary<DrawnType> {
  const names = fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: 4 });
  const fields = names.chain((chosen) => fc.tuple(...chosen.map((name) => aField(name, depth))));
  return fields.map((found) => ({
    type: { type: 'record', name: '?', fields: found.map(({ field }) => field) },
    values: fc.record(Object.fromEntries(found.map(({ field, of }) => [field.name, of.values]))),
    paths: found.flatMap(({ field, of }) => [field.name, ...of.paths.map((path) => `${field.name}.${path}`)]),
  }));
}

function aField(name: string, depth: number) {
  return fc.tuple(aType(depth), fc.boolean()).map(([of, isFeature]) => ({
    field: { name, type: of.type, ...(isFeature && of.isText === true && { feature: 'tracker' }) },
    of,
  }));
}

/** The schema with a name for each record and enum; the outermost has itself in it. */
function named(type: unknown): never {
  let count = 0;
  const name = (part: unknown): unknown => {
    if (Array.isArray(part)) return (part as unknown[]).map(name);
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part as Record<string, unknown>).map(([key, inner]) => {
      return [key, ['fields', 'type', 'items'].includes(key) ? name(inner) : inner] as const;
    });
    const own = Object.fromEntries(entries) as { name?: string };
    return own.name === '?' ? { ...own, name: `N${(count += 1)}` } : own;
  };
  const { fields } = name(type) as { fields: object[] };
  const within = [...fields, { name: 'again', type: ['null', 'Drawn'] }];
  return { type: 'record', name: 'Drawn', namespace: 'test', fields: within } as never;
}

const cases = aRecord(2).chain(({ type, values, paths }) =>
  fc.record({
    schema: fc.constant(named(type)),
    value: fc.tuple(values, fc.option(values)).map(([outer, inner]) => {
      return { ...(outer as object), again: inner === null ? null : { ...(inner as object), again: null } };
    }),
    look: fc.subarray([...paths, 'again', 'nothing.of.it']),
    changes: fc.array(fc.record({ at: fc.nat(), byte: fc.nat(255), isCut: fc.boolean() }), { maxLength: 2 }),
  }),
);

/** What stands at a path, through lists and past what is absent. */
function at(value: unknown, names: readonly string[]): unknown {
  if (Array.isArray(value)) return value.map((item) => at(item, names));
  const [name, ...rest] = names;
  if (name === undefined || value === null || value === undefined) return value;
  return at(Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined, rest);
}

function outcome(decode: () => Decoded, look: readonly string[], lock: Parameters<typeof featuresOf>[0]): unknown {
  try {
    const decoded = decode();
    const features = featuresOf(lock, decoded).features.map(({ kind, value }) => `${kind} ${value}`);
    return { features, looked: look.map((path) => at(decoded.value, path.split('.'))) };
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    return cause.code;
  }
}

test('of any schema any part is read as the whole is, whatever was done to the bytes', () => {
  const numRuns = propertyRuns(300);
  const seen = { read: 0, refused: 0, features: 0 };
  fc.assert(
    fc.property(cases, ({ schema, value, look, changes }) => {
      const lock = toSchemaLock([toSelfContained(schema)]);
      const codec = createCodec({ lock });
      let bytes = codec.encode('test.Drawn', value);
      for (const { at: place, byte, isCut } of changes) {
        const here = 5 + (place % (bytes.length - 5 || 1));
        if (isCut) bytes = bytes.subarray(0, here);
        else if (here < bytes.length) bytes[here] = byte;
      }
      const whole = outcome(() => codec.decode(bytes), look, lock);
      seen[typeof whole === 'string' ? 'refused' : 'read'] += 1;
      if (typeof whole !== 'string') seen.features += (whole as { features: string[] }).features.length;
      expect(outcome(() => codec.lookingAt(look).decode(bytes), look, lock)).toEqual(whole);
    }),
    { numRuns },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(numRuns / 12);
});
