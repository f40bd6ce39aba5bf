import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { resolvedFaults, schemaFaults, sharedPartFaults } from './schema-rules.ts';
import { loadSchemaSet, toSelfContained, type AvroObject } from './schema-set.ts';

const avroDir = fileURLToPath(new URL('../../../schemas/avro', import.meta.url));
const NAMESPACES = ['ca.sitebus.observation', 'ca.sitebus.protocol', 'ca.sitebus.fusion', 'ca.sitebus.gateway'];
const ENVELOPE = { name: 'envelope', type: 'ca.sitebus.observation.Envelope', doc: 'Who saw it.' };
const HOSTS = {
  name: 'hosts',
  type: { type: 'array', items: 'string' },
  default: [],
  feature: 'domain',
  doc: 'Hosts.',
};
const good = { type: 'record', name: 'Hoax', namespace: 'ca.sitebus.observation', doc: 'A hoax.', fields: [ENVELOPE, HOSTS] }; // prettier-ignore

test('every schema of the contract is without fault', async () => {
  const files = (await readdir(avroDir, { recursive: true })).filter((file) => file.endsWith('.avsc') && !file.startsWith('versions')); // prettier-ignore
  const faulty = await Promise.all(
    files.map(async (file) => {
      const source: unknown = JSON.parse(await readFile(join(avroDir, file), 'utf8'));
      const faults = file.startsWith('shared') ? sharedPartFaults(source) : schemaFaults(source, NAMESPACES);
      return faults.map(({ code, pointer }) => `${file} ${pointer} ${code}`);
    }),
  );
  expect(files.length).toBeGreaterThan(40);
  expect(faulty.flat()).toEqual([]);
  expect((await loadSchemaSet(avroDir)).flatMap((record) => resolvedFaults(record, []))).toEqual([]);
});

const withFields = (...fields: readonly unknown[]) => ({ ...good, fields: [ENVELOPE, ...fields] });
const text = { name: 'a', type: 'string', doc: 'A.' };

test.each([
  ['something that is no record', ['a', 'list'], ['NOT_A_RECORD ']],
  ['a namespace that nobody writes', { ...good, namespace: 'org.example' }, ['NAMESPACE /namespace']],
  ['an envelope that comes second', { ...good, fields: [HOSTS, ENVELOPE] }, ['ENVELOPE_FIRST /fields/0']],
  ['an envelope of another type', { ...good, fields: [{ ...ENVELOPE, type: 'string' }] }, ['ENVELOPE_FIRST /fields/0']],
  ['a report that comes third', withFields(text, { name: 'report', type: 'ca.sitebus.observation.Report', doc: 'R.' }), ['REPORT_SECOND /fields/2']], // prettier-ignore
  ['a field without a word about it', withFields({ name: 'a', type: 'string', doc: ' ' }), ['DOC_REQUIRED /fields/1']],
  ['a record without a word about it', { ...good, doc: undefined }, ['DOC_REQUIRED ']],
  ['an unknown annotation', withFields({ ...HOSTS, feature: 'hostname' }), ['FEATURE_UNKNOWN /fields/1/feature']],
  ['a misspelled annotation', withFields({ ...text, features: 'domain' }), ['UNKNOWN_ATTRIBUTE /fields/1/features']],
  ['a nullable without default', withFields({ ...text, type: ['null', 'string'] }), ['NULLABLE /fields/1']],
  ['a nullable the other way round', withFields({ ...text, type: ['string', 'null'], default: null }), ['NULLABLE /fields/1']], // prettier-ignore
  ['a list without default', withFields({ ...HOSTS, default: undefined }), ['LIST_DEFAULT /fields/1']],
  ['two fields of a name', withFields(text, text), ['NAMED_TWICE /fields/2/name']],
  ['a name with a dash', withFields({ ...text, name: 'a-b' }), ['BAD_NAME /fields/1/name']],
  ['a list of nothing', withFields({ ...text, type: { type: 'array' }, default: [] }), ['MEMBERS_REQUIRED /fields/1/type']], // prettier-ignore
  ['an enum without symbols', withFields({ ...text, type: { type: 'enum', name: 'E', doc: 'E.', symbols: [] } }), ['MEMBERS_REQUIRED /fields/1/type']], // prettier-ignore
  ['a symbol twice', withFields({ ...text, type: { type: 'enum', name: 'E', doc: 'E.', symbols: ['X', 'X'] } }), ['NAMED_TWICE /fields/1/type/symbols/1']], // prettier-ignore
  ['a type that is a number', withFields({ ...text, type: 7 }), ['NOT_A_TYPE /fields/1/type']],
  ['a field that is a word', withFields('a'), ['NOT_A_TYPE /fields/1']],
  ['faults inside a record inside a list', withFields({ ...HOSTS, feature: undefined, type: { type: 'array', items: { type: 'record', name: 'I', doc: 'I.', fields: [{ name: 'x', type: 'int' }] } } }), ['DOC_REQUIRED /fields/1/type/items/fields/0']], // prettier-ignore
] as const)('%s is a fault with its place', (_what, source, expected) => {
  expect(schemaFaults(source, NAMESPACES).map(({ code, pointer }) => `${code} ${pointer}`)).toEqual(expected);
});

test('all faults are found at once, and each says what to do', () => {
  const faults = schemaFaults({ ...good, doc: '', fields: [{ name: 'x', type: ['string'] }] }, NAMESPACES);
  expect(faults.map(({ code }) => code)).toEqual(['ENVELOPE_FIRST', 'DOC_REQUIRED', 'DOC_REQUIRED', 'NULLABLE']);
  expect(faults.filter(({ fix }) => fix === '')).toEqual([]);
});

test('no JSON whatever makes the check throw', () => {
  const junk = [null, 0, '', 'x', [], {}, [null], { type: 'record' }, { type: 'record', name: 'X', fields: 7 }, { type: 'record', name: 'X', fields: [null, 7, {}, { type: { type: { type: [] } } }] }]; // prettier-ignore
  for (const each of junk) {
    expect(schemaFaults(each, NAMESPACES)).not.toEqual([]);
    expect(Array.isArray(sharedPartFaults(each))).toBe(true);
    expect(schemaFaults(withFields({ ...text, type: each }), NAMESPACES)).not.toBeUndefined();
  }
});

test('what is resolved must be readable, linked by fields that can hold the feature, and go with older versions', () => {
  const record = (...fields: object[]) =>
    toSelfContained({ type: 'record', name: 'T', namespace: 'test', fields } as unknown as AvroObject);
  const codes = (...fields: object[]) => resolvedFaults(record(...fields), []).map(({ code }) => code);
  expect(codes({ name: 'a', type: { type: 'map', values: 'string' } })).toEqual(['NOT_READABLE']);
  expect(codes({ name: 'a', type: 'int', default: 'seven' })).toEqual(['NOT_READABLE']);
  expect(codes({ name: 'a', type: 'int', feature: 'domain' })).toEqual(['FEATURE_UNFIT']);
  const before = { version: 3, schema: record({ name: 'a', type: 'string' }).text };
  expect(resolvedFaults(record({ name: 'b', type: 'string' }), [before]).map(({ detail }) => detail)).toEqual([
    expect.stringContaining('cannot read records of version 3: no matching field for default-less test.T.b'),
    expect.stringContaining('cannot be read by readers of version 3: no matching field for default-less test.T.a'),
  ]);
});
