import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  createCodec, loadPolicy, loadSchemaSet, observationHeaders, observationSubject, toSchemaLock,
  type BusRecord, type Envelope, type WireMarking,
} from '@sitebus/sdk'; // prettier-ignore
import { createAdmit, type Admission } from './admission.ts';

const schemas = join(import.meta.dirname, '../../../schemas');
const policy = await loadPolicy(join(schemas, 'policy'));
const lock = toSchemaLock(await loadSchemaSet(join(schemas, 'avro')));
const parts = { policy, codec: createCodec({ lock }) };
const subject = observationSubject('IndicatorReport');

interface Report {
  readonly envelope: Envelope;
  readonly report: { readonly portions: readonly object[] };
}
const example = JSON.parse(
  readFileSync(join(schemas, 'examples/IndicatorReport/valid/minimal.json'), 'utf8'),
) as Report;
const OPEN: WireMarking = {
  classified: 'UNCLASSIFIED', protected: 'NONE', compartments: [], relToAll: true, relTo: [], tlp: 'CLEAR',
  orcon: false, owners: ['CAN'], origins: ['cse'], needToKnow: [],
}; // prettier-ignore
const SECRET: WireMarking = { ...OPEN, classified: 'SECRET', relToAll: false, relTo: ['CAN'] };

test('a record whose origin, cell, schema and writer agree is admitted with what was established', () => {
  const record = aRecord();
  const admission = createAdmit()(record, parts);
  expect(admission).toMatchObject({
    kind: 'admitted',
    cell: 'open',
    agency: 'cse',
    decoded: { type: 'IndicatorReport' },
  });
  expect(admission.kind === 'admitted' && admission.marking).toMatchObject({
    classified: 'UNCLASSIFIED',
    relTo: 'ALL',
  });
});

test('a record without headers is admitted: they are hints', () => {
  expect(createAdmit()(aRecord({ headers: {} }), parts).kind).toBe('admitted');
});

const refused: readonly (readonly [string, string, Partial<BusRecord>, Partial<Envelope>?])[] = [
  ['moved to a topic of another agency', 'AGENCY_NOT_OF_TOPIC', { topic: 'obs.open.csis' }],
  ['that claims an agency which its topic does not carry', 'AGENCY_NOT_OF_TOPIC', {}, { agency: 'csis' }],
  ['of a tenant on a government topic', 'AGENCY_NOT_OF_TOPIC', {}, { agency: 'partner-chirrup' }],
  ['moved to a higher cell', 'WRONG_CELL', { topic: 'obs.s-can.cse' }],
  ['whose marking is above its cell', 'WRONG_CELL', {}, { marking: SECRET }],
  ['whose marking the kernel refuses', 'INVALID_MARKING', {}, { marking: { ...SECRET, relToAll: true } }],
  ['that is not on a topic of observations', 'NOT_AN_OBSERVATION', { topic: 'assess.public' }],
  ['without a value', 'NOT_AN_OBSERVATION', { value: null }],
  ['that is not Avro', 'MALFORMED_RECORD', { value: Buffer.from('{"id":1}') }],
  ['cut short', 'MALFORMED_RECORD', { value: aRecord().value?.subarray(0, 40) ?? null }],
  [
    'with bytes after its end',
    'MALFORMED_RECORD',
    { value: Buffer.concat([aRecord().value ?? Buffer.alloc(0), Buffer.from('x')]) },
  ],
  ['larger than policy allows', 'TOO_LARGE', { value: Buffer.alloc(1_048_577) }],
  ['whose header names another id', 'HEADER_MISMATCH', { headers: { ce_id: 'another' } }],
  ['whose header names another type', 'HEADER_MISMATCH', { headers: { ce_type: observationSubject('PublicTip') } }],
  ['whose header names another agency', 'HEADER_MISMATCH', { headers: { ce_source: 'urn:sitebus:agency:csis' } }],
];

test.each(refused)('a record %s is quarantined as %s', (_what, code, over, envelope = {}) => {
  const record = { ...aRecord({}, envelope), ...over };
  const sha256 = createHash('sha256')
    .update(record.value ?? Buffer.alloc(0))
    .digest('hex');
  const { topic, partition, offset } = record;
  expect(createAdmit()(record, parts)).toEqual({ kind: 'quarantined', code, topic, partition, offset, sha256 });
});

test.each([
  ['above', 'MARKING_TOO_LOW', SECRET],
  ['for a narrower group than', 'MARKING_TOO_LOW', { ...OPEN, needToKnow: [['panel']] }],
  ['that the kernel refuses in', 'INVALID_MARKING', { ...SECRET, relToAll: true }],
])('a record with a portion marked %s its envelope is quarantined as %s', (_what, code, portion) => {
  const [first] = example.report.portions;
  const marked = (marking: WireMarking) => ({
    ...example.report,
    portions: [
      { ...first, marking: OPEN },
      { ...first, marking },
    ],
  });
  expect(createAdmit()(aRecord({}, {}, marked(OPEN)), parts).kind).toBe('admitted');
  expect(kindAndCode(createAdmit()(aRecord({}, {}, marked(portion)), parts))).toBe(code);
});

test('a record of a type that its agency may not write is quarantined', () => {
  const writers = { IndicatorReport: ['rcmp', 'partner-*'] };
  expect(createAdmit()(aRecord(), { ...parts, policy: { ...policy, writers } })).toMatchObject({
    code: 'WRITER_NOT_ALLOWED',
  });
  const open = { IndicatorReport: ['cse'] };
  expect(createAdmit()(aRecord(), { ...parts, policy: { ...policy, writers: open } }).kind).toBe('admitted');
});

test('a record of fusion on a topic of observations is quarantined', () => {
  const fusions = lock.entries.find((entry) => entry.subject.startsWith('ca.sitebus.fusion.'));
  expect(fusions).toBeDefined();
  const framed = Buffer.alloc(400);
  framed.writeInt32BE(fusions?.id ?? 0, 1);
  expect(kindAndCode(createAdmit()({ ...aRecord(), value: framed }, parts))).toMatch(
    /NOT_AN_OBSERVATION|MALFORMED_RECORD/,
  );
});

test('an unknown schema is no verdict; one that the lock denies is', () => {
  const value = Buffer.concat([Buffer.from([0, 0, 0, 0x27, 0x0f]), Buffer.from('later version')]);
  const record = { ...aRecord(), value };
  expect(createAdmit()(record, parts)).toEqual({ kind: 'unknown-schema', schemaId: 9_999 });
  const denying = { policy, codec: createCodec({ lock: { ...lock, denied: [9_999] } }) };
  expect(createAdmit()(record, denying)).toMatchObject({ kind: 'quarantined', code: 'SCHEMA_DENIED' });
});

test('a remembered marking is judged anew when the cells change', () => {
  const admit = createAdmit();
  expect(admit(aRecord(), parts).kind).toBe('admitted');
  const cells = policy.cells.filter(({ id }) => id !== 'open');
  expect(admit(aRecord(), { ...parts, policy: { ...policy, cells } })).toMatchObject({ code: 'WRONG_CELL' });
});

function aRecord(over: Partial<BusRecord> = {}, envelope: Partial<Envelope> = {}, report?: object): BusRecord {
  const full = { ...example.envelope, agency: 'cse', marking: OPEN, ...envelope };
  const [first] = example.report.portions;
  report ??= { ...example.report, portions: [{ ...first, marking: full.marking }] };
  const value = parts.codec.encode(subject, { ...example, report, envelope: full });
  return {
    topic: 'obs.open.cse', partition: 2, offset: 7n, key: Buffer.from(full.id), value,
    headers: observationHeaders(subject, full), timestampMs: 0, ...over,
  }; // prettier-ignore
}

const kindAndCode = (admission: Admission): string =>
  admission.kind === 'quarantined' ? admission.code : admission.kind;
