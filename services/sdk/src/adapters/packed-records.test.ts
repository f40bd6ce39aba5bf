import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OutgoingRecord } from '../bus.ts';
import { packRecords, unpackRecords } from './packed-records.ts';

const texts = fc.oneof(fc.constantFrom('a', 'é', ''), fc.string({ unit: 'grapheme', maxLength: 12 }));
const bytes = fc.uint8Array({ maxLength: 40 }).map((units) => Buffer.from(units));
/** Names and values that are often those of the record before. */
const headers = fc.dictionary(fc.constantFrom('ce_id', 'ce_type', 'é'), texts, { noNullPrototype: true });
const records = fc.array(
  fc.record(
    {
      topic: fc.constantFrom('one', 'two', 'three'),
      key: fc.option(fc.oneof(bytes, texts)),
      value: fc.option(bytes),
      headers,
      partition: fc.nat(7),
    },
    { requiredKeys: ['topic', 'key', 'value'] },
  ),
  { maxLength: 12 },
);

/** A key of text is a key of its bytes. */
const inBytes = (record: OutgoingRecord) => ({
  ...record,
  key: typeof record.key === 'string' ? Buffer.from(record.key) : record.key,
});

test('records come out of the buffer as they went in', () => {
  fc.assert(
    fc.property(records, (some) => {
      expect(unpackRecords(packRecords(some))).toEqual(some.map(inBytes));
    }),
    { numRuns: 500 },
  );
});

test('headers that differ in one value are told once', () => {
  const some = Array.from({ length: 50 }, (_, n) => ({
    topic: 'assess.public',
    key: `id-${n}`,
    value: Buffer.from(String(n)),
    headers: { ce_specversion: '1.0', ce_type: 'Assessment', ce_id: `id-${n}/1`, ce_time: 'now' },
  }));
  const packed = packRecords(some);
  expect(unpackRecords(packed)).toEqual(some.map(inBytes));
  expect(packed.headerSets).toHaveLength(2); // the first one's, and what all others share
});
