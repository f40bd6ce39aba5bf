import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import avro from 'avsc';
import { createCodec } from './avro-codec.ts';
import { RememberedValues } from './remembered-values.ts';
import { newestOf, toSchemaLock } from './schema-lock.ts';
import { loadSchemaSet } from './schema-set.ts';

const lock = toSchemaLock(await loadSchemaSet(join(import.meta.dirname, '../../../schemas/avro')));
const SUBJECT = 'ca.sitebus.observation.LineageLink';
const plain = avro.Type.forSchema(JSON.parse(newestOf(lock, SUBJECT)!.schema) as avro.Schema);

const names = fc.subarray(['AUS', 'CAN', 'GBR']);
const markings = fc.record({
  classified: fc.constantFrom('UNCLASSIFIED', 'SECRET'),
  protected: fc.constantFrom('NONE', 'B'),
  compartments: fc.subarray(['SI', 'TK']),
  relToAll: fc.boolean(),
  relTo: names,
  tlp: fc.constantFrom('CLEAR', 'AMBER_STRICT'),
  orcon: fc.boolean(),
  owners: names,
  origins: fc.subarray(['cse', 'csis', 'rcmp']),
  needToKnow: fc.array(fc.subarray(['community', 'research']), { maxLength: 2 }),
});
const links = markings.map((marking) => ({
  envelope: {
    id: '10000000-0000-4000-8000-000000000001',
    agency: 'cse',
    observedAt: 1,
    recordedAt: 2,
    marking,
    lineage: { derivedFrom: [], sourceToken: null },
    sourceGrade: 'A',
    infoGrade: 1,
    supersedes: null,
    recalls: null,
  },
  child: '10000000-0000-4000-8000-000000000002',
  parent: '10000000-0000-4000-8000-000000000003',
  basis: 'TEARLINE',
}));

test('a record read with remembered markings is the record that avsc reads without', () => {
  const codec = createCodec({ lock });
  fc.assert(
    fc.property(fc.array(links, { minLength: 2, maxLength: 20 }), (values) => {
      for (const value of values) {
        const bytes = codec.encode(SUBJECT, value);
        expect(codec.decode(bytes).value).toEqual(plain.fromBuffer(bytes.subarray(5)));
      }
    }),
  );
});

test('equal bytes give one marking, which nobody can change; other bytes give another', () => {
  const codec = createCodec({ lock });
  const [one, other] = fc.sample(links, { seed: 7, numRuns: 2 });
  const markingOf = (value: unknown) =>
    (codec.decode(codec.encode(SUBJECT, value)).value as { envelope: { marking: { owners: string[] } } }).envelope
      .marking;
  expect(markingOf(one)).toBe(markingOf(structuredClone(one)));
  expect(markingOf(other)).not.toBe(markingOf(one));
  expect(() => markingOf(one).owners.push('USA')).toThrow(TypeError);
});

test('ever new values are forgotten in time, and the bytes of a record cut short are not read past their end', () => {
  const values = new RememberedValues();
  const bytes = (n: number) => Buffer.from([n & 0x7f, (n >> 7) & 0x7f, n >> 14, 9, 9]);
  values.add(bytes(0), { n: 0 });
  expect(values.at(bytes(0), 0)?.value).toEqual({ n: 0 });
  expect(values.at(bytes(0).subarray(0, 4), 0)).toBeUndefined();
  for (let n = 1; n <= 1_024; n += 1) values.add(bytes(n), { n });
  expect(values.at(bytes(0), 0)).toBeUndefined();
  expect(values.at(bytes(1_024), 0)?.value).toEqual({ n: 1_024 });
});
