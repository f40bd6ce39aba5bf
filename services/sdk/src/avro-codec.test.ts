import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createCodec, schemaIdOf, type Codec } from './avro-codec.ts';
import { SitebusError } from './errors.ts';
import { observationSubject } from './observation-types.ts';
import { toSchemaLock } from './schema-lock.ts';
import type { SchemaRegistry } from './schema-registry.ts';
import { loadSchemaSet, toSelfContained, type AvroField } from './schema-set.ts';

const schemasDir = fileURLToPath(new URL('../../../schemas', import.meta.url));
const set = await loadSchemaSet(join(schemasDir, 'avro'));
const codec = createCodec({ lock: toSchemaLock(set) });
const SUBJECT = observationSubject('IndicatorReport');
const full = JSON.parse(await readFile(join(schemasDir, 'examples/IndicatorReport/valid/full.json'), 'utf8')) as Record<
  string,
  unknown
>;
const fullBytes = codec.encode(SUBJECT, full);

const record = (fields: readonly AvroField[], name = 'Thing') =>
  toSelfContained({ type: 'record', name, namespace: 'test', fields });
const codecOf = (fields: readonly AvroField[]): Codec => createCodec({ lock: toSchemaLock([record(fields)]) });
const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (refused) {
    if (refused instanceof SitebusError) return refused.code;
    throw refused;
  }
  return 'accepted';
};
const framed = (...body: number[]): Buffer => Buffer.from([0, 0, 0, 0, 1, ...body]);

describe('framing', () => {
  test('a record is a zero, the schema’s id in four bytes, and Avro', () => {
    expect([...fullBytes.subarray(0, 5)]).toEqual([0, 0, 0, 0, schemaIdOf(fullBytes)]);
    expect(codec.decode(fullBytes)).toMatchObject({
      subject: SUBJECT,
      type: 'IndicatorReport',
      schemaId: schemaIdOf(fullBytes),
      value: full,
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a header alone cut short', Buffer.from([0, 0, 0, 0])],
    ['another magic byte', Buffer.from([1, 0, 0, 0, 1, 0])],
    ['JSON', Buffer.from('{"envelope":{}}')],
  ])('%s is malformed', (_what, bytes) => {
    expect(codeOf(() => codec.decode(bytes))).toBe('MALFORMED_RECORD');
    expect(codeOf(() => codec.decodeEnvelope(bytes))).toBe('MALFORMED_RECORD');
  });

  test('a byte more or less than the record has is malformed', () => {
    expect(codeOf(() => codec.decode(Buffer.concat([fullBytes, Buffer.from([0])])))).toBe('MALFORMED_RECORD');
    for (let length = 5; length < fullBytes.length; length += 1)
      expect(codeOf(() => codec.decode(fullBytes.subarray(0, length)))).toBe('MALFORMED_RECORD');
  });

  test('an id outside the lock is unknown, with the id in its details', () => {
    expect(() => codec.decode(Buffer.from([0, 0, 0, 3, 231, 0]))).toThrow(
      expect.objectContaining({ code: 'SCHEMA_UNKNOWN', retriable: false, details: { schemaId: 999 } }),
    );
    expect(codeOf(() => codec.encode('test.Nothing', {}))).toBe('SCHEMA_UNKNOWN');
  });
});

describe('numbers', () => {
  const longs = codecOf([{ name: 'n', type: 'long' }]);
  const ints = codecOf([{ name: 'n', type: 'int' }]);

  test.each([0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 52 + 1, -(2 ** 52) - 1, 2 ** 53 - 1, -(2 ** 53) + 1])(
    'the long %d comes back as it went in',
    (n) => {
      expect(longs.decode(longs.encode('test.Thing', { n })).value).toEqual({ n });
    },
  );

  test('any safe long comes back as it went in, in the bytes that 64-bit arithmetic gives', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        const bytes = longs.encode('test.Thing', { n });
        expect([...bytes.subarray(5)]).toEqual(zigzag(BigInt(n)));
        expect((longs.decode(bytes).value as { n: number }).n).toBe(n);
      }),
    );
  });

  test.each([2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)])(
    'the long %s is refused rather than rounded, both ways',
    (n) => {
      expect(codeOf(() => longs.decode(framed(...zigzag(n))))).toBe('MALFORMED_RECORD');
      expect(codeOf(() => longs.encode('test.Thing', { n: Number(n) }))).toBe('INVALID_OBSERVATION');
      expect(codeOf(() => longs.encode('test.Thing', { n }))).toBe('INVALID_OBSERVATION');
    },
  );

  test('a long of eleven bytes and an int of 33 bits are malformed', () => {
    expect(codeOf(() => longs.decode(framed(...Array<number>(10).fill(0x80), 0)))).toBe('MALFORMED_RECORD');
    expect(codeOf(() => ints.decode(framed(...zigzag(2n ** 32n))))).toBe('MALFORMED_RECORD');
  });

  function zigzag(n: bigint): number[] {
    let rest = BigInt.asUintN(64, (n << 1n) ^ (n >> 63n));
    const bytes: number[] = [];
    for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    return [...bytes, Number(rest)];
  }
});

describe('texts', () => {
  const texts = codecOf([{ name: 's', type: 'string' }]);

  test('any text comes back as it went in, the replacement character included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (s) => {
        fc.pre(!/\p{Surrogate}/u.test(s));
        expect(texts.decode(texts.encode('test.Thing', { s })).value).toEqual({ s });
      }),
    );
    expect(texts.decode(texts.encode('test.Thing', { s: 'a\uFFFDb' })).value).toEqual({ s: 'a\uFFFDb' });
  });

  test.each([
    ['a continuation byte alone', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['half a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a character cut short', [0xe2, 0x82]],
  ])('%s is malformed, not replaced', (_what, bytes) => {
    expect(codeOf(() => texts.decode(framed(bytes.length * 2, ...bytes)))).toBe('MALFORMED_RECORD');
  });

  test('a lone surrogate is refused on the way in', () => {
    expect(codeOf(() => texts.encode('test.Thing', { s: '\uD800' }))).toBe('INVALID_OBSERVATION');
  });
});

describe('what a caller sent wrong', () => {
  const faultsOf = (value: unknown): unknown => {
    try {
      codec.encode(SUBJECT, value);
    } catch (refused) {
      return (refused as SitebusError).details['faults'];
    }
    return [];
  };

  test('every undeclared field is named, at whatever depth, with the missing and the mistyped ones', () => {
    const envelope = { ...(full['envelope'] as object), infoGrade: '2', 'a/b~c': 1 };
    const { parts: _parts, ...rest } = full;
    expect(faultsOf({ ...rest, envelope, constructor: 1 })).toEqual([
      { pointer: '/envelope/a~1b~0c', code: 'UNDECLARED_FIELD', detail: expect.any(String) },
      { pointer: '/constructor', code: 'UNDECLARED_FIELD', detail: expect.any(String) },
      { pointer: '/envelope/infoGrade', code: 'WRONG_TYPE', detail: 'must be a whole number of 32 bits' },
      { pointer: '/parts', code: 'MISSING_FIELD', detail: 'must be a whole number of 32 bits' },
    ]);
  });

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])(
    'the field %s is undeclared like any other',
    (name) => {
      const value = JSON.parse(JSON.stringify(full).replace(/^\{/, `{"${name}":1,`)) as unknown;
      expect(faultsOf(value)).toEqual([{ pointer: `/${name}`, code: 'UNDECLARED_FIELD', detail: expect.any(String) }]);
    },
  );

  test.each([null, undefined, 'text', 7, []])('%p is no record', (value) => {
    expect(codeOf(() => codec.encode(SUBJECT, value))).toBe('INVALID_OBSERVATION');
  });
});

describe('bytes nobody vouches for', () => {
  const outcomes = (bytes: Buffer): string[] => [
    codeOf(() => codec.decode(bytes)),
    codeOf(() => codec.decodeEnvelope(bytes)),
  ];
  const allowed = ['accepted', 'MALFORMED_RECORD', 'SCHEMA_UNKNOWN'];

  test('random bytes under any schema give a value or a refusal', () => {
    const ids = codec.lock.entries.map(({ id }) => id);
    fc.assert(
      fc.property(fc.constantFrom(...ids), fc.uint8Array({ maxLength: 200 }), (id, body) => {
        for (const outcome of outcomes(Buffer.from([0, 0, 0, 0, id, ...body]))) expect(allowed).toContain(outcome);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a true record with some bytes changed, cut out or repeated gives a value or a refusal', () => {
    fc.assert(
      fc.property(
        fc.nat(fullBytes.length - 1),
        fc.uint8Array({ minLength: 0, maxLength: 12 }),
        fc.nat(12),
        (at, put, cut) => {
          const bytes = Buffer.concat([fullBytes.subarray(0, at), Buffer.from(put), fullBytes.subarray(at + cut)]);
          for (const outcome of outcomes(bytes)) expect(allowed).toContain(outcome);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['an array of 2^31 items', [0x80, 0x80, 0x80, 0x80, 0x20]],
    ['an array of −2^31 items', [0xff, 0xff, 0xff, 0xff, 0x0f, 2]],
    ['a block whose size is negative', [3, 1, 2, 65]],
    ['a string of 2^40 bytes', [2, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1]],
    ['a string of a negative length', [2, 1]],
  ])('%s is refused at once, read or skipped', (_what, body) => {
    const field: AvroField = { name: 'list', type: { type: 'array', items: 'string' } };
    const first = record([field]);
    const second = record([{ name: 'extra', type: ['null', 'string'], default: null }]);
    const reading = createCodec({ lock: toSchemaLock([first]) });
    const skipping = createCodec({
      lock: toSchemaLock([first, second], (_, index) => ({ id: index + 1, version: index + 1 })),
    });
    const begun = performance.now();
    expect(codeOf(() => reading.decode(framed(...body)))).toBe('MALFORMED_RECORD');
    expect(codeOf(() => skipping.decode(framed(...body)))).toBe('MALFORMED_RECORD');
    expect(performance.now() - begun).toBeLessThan(20_000); // minutes and gigabytes where the claim is believed
  });

  test('a boolean is 0 or 1', () => {
    const flags = codecOf([{ name: 'b', type: 'boolean' }]);
    expect(flags.decode(framed(1)).value).toEqual({ b: true });
    expect(codeOf(() => flags.decode(framed(2)))).toBe('MALFORMED_RECORD');
  });
});

describe('versions', () => {
  const first = record([{ name: 'a', type: 'string' }]);
  const second = record([
    { name: 'a', type: 'string' },
    { name: 'b', type: ['null', 'string'], default: null },
  ]);
  const third = record([
    { name: 'a', type: 'string' },
    { name: 'b', type: ['null', 'string'], default: null },
    { name: 'c', type: { type: 'array', items: 'string' }, default: [] },
  ]);
  const place = (_: unknown, index: number) => ({ id: index + 1, version: index + 1 });
  const old = createCodec({ lock: toSchemaLock([first], place) });
  const both = createCodec({ lock: toSchemaLock([first, second], place) });

  test('the newest locked schema writes, and reads what older ones wrote', () => {
    expect(schemaIdOf(both.encode('test.Thing', { a: 'x', b: 'y' }))).toBe(2);
    expect(both.decode(old.encode('test.Thing', { a: 'x' }))).toMatchObject({
      schemaId: 1,
      value: { a: 'x', b: null },
    });
  });

  test('a writer newer than the lock is read once the registry has named its schema, and asked for once', async () => {
    const asked: number[] = [];
    const registry: SchemaRegistry = {
      schemaOf: (id) => Promise.resolve(asked.push(id) && id === 3 ? third.text : undefined),
      idOf: () => Promise.resolve(undefined),
    };
    const codecWithRegistry = createCodec({ lock: toSchemaLock([first, second], place), registry });
    const newest = createCodec({ lock: toSchemaLock([first, second, third], place) });
    const bytes = newest.encode('test.Thing', { a: 'x', b: 'y', c: ['z'] });
    expect(codeOf(() => codecWithRegistry.decode(bytes))).toBe('SCHEMA_UNKNOWN');
    expect(await codecWithRegistry.ensure(3)).toBe('known');
    expect(await codecWithRegistry.ensure(3)).toBe('known');
    expect(asked).toEqual([3]);
    expect(codecWithRegistry.decode(bytes).value).toEqual({ a: 'x', b: 'y' });
    expect(await codecWithRegistry.ensure(4)).toBe('unknown');
  });

  test.each([
    ['another subject', record([], 'Other').text],
    ['what cannot be resolved', record([{ name: 'a', type: 'int' }]).text],
    [
      'a map, whose keys have no schema',
      record([
        { name: 'a', type: 'string' },
        { name: 'm', type: { type: 'map', values: 'string' } },
      ]).text,
    ],
    ['no Avro', '{"type":"object"}'],
    ['no JSON', '{'],
  ])('a registry that answers with %s leaves the id unknown', async (_what, schema) => {
    const registry: SchemaRegistry = {
      schemaOf: () => Promise.resolve(schema),
      idOf: () => Promise.resolve(undefined),
    };
    expect(await createCodec({ lock: toSchemaLock([first]), registry }).ensure(9)).toBe('unknown');
  });

  test('an id that the lock denies is denied without asking, and never decoded', async () => {
    const denying = createCodec({ lock: toSchemaLock([first], place, [7]) });
    expect(await denying.ensure(7)).toBe('denied');
    expect(codeOf(() => denying.decode(Buffer.from([0, 0, 0, 0, 7, 2, 65])))).toBe('SCHEMA_UNKNOWN');
  });
});

describe('the envelope alone', () => {
  test('is what the whole record holds, and is read whatever follows it', () => {
    const { envelope } = codec.decode(fullBytes).value as { envelope: unknown };
    const spoilt = Buffer.concat([fullBytes.subarray(0, 260), Buffer.alloc(8, 0xff)]);
    expect(codec.decodeEnvelope(fullBytes)).toEqual({ subject: SUBJECT, schemaId: schemaIdOf(fullBytes), envelope });
    expect(codeOf(() => codec.decode(spoilt))).toBe('MALFORMED_RECORD');
    expect(codec.decodeEnvelope(spoilt).envelope).toEqual(envelope);
  });

  test('a record type without one has none to read', () => {
    const plain = codecOf([{ name: 'a', type: 'string' }]);
    expect(codeOf(() => plain.decodeEnvelope(plain.encode('test.Thing', { a: 'x' })))).toBe('MALFORMED_RECORD');
  });

  test('each observation type has it as its first field, and each sighting its report as the second', () => {
    const observations = set.filter(({ subject }) => subject.startsWith('ca.sitebus.observation.'));
    const wrong = observations.filter(({ schema }) => {
      const names = (schema.fields ?? []).map(({ name }) => name);
      return names[0] !== 'envelope' || (names.includes('report') && names[1] !== 'report');
    });
    expect(observations.length).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
});

test('every field of every schema says what it holds', () => {
  const undocumented = set.flatMap(({ subject, schema }) => fieldsWithoutDoc(schema, subject));
  expect(set.length).toBeGreaterThan(0);
  expect(undocumented).toEqual([]);
});

function fieldsWithoutDoc(schema: unknown, at: string): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap((branch) => fieldsWithoutDoc(branch, at));
  const { fields, items, type } = schema as { fields?: AvroField[]; items?: unknown; type?: unknown };
  return [
    ...(fields ?? []).flatMap(({ name, doc, type: inner }) => [
      ...(doc === undefined || doc.trim() === '' ? [`${at}.${name}`] : []),
      ...fieldsWithoutDoc(inner, `${at}.${name}`),
    ]),
    ...fieldsWithoutDoc(items, at),
    ...fieldsWithoutDoc(typeof type === 'object' ? type : undefined, at),
  ];
}
