import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { BusRecord } from '../bus.ts';
import type { FetchedRecord } from './fetched-records.ts';
import { readBatchContext, readRecords, BATCH_HEAD_BYTES } from './fetched-records.ts';
import { packBatch, packReceived, unpackBatch } from './packed-batch.ts';
import { encodeRecordBatch, type BatchRecord } from './record-batch.ts';

/** kafkajs's own, as long as nobody has loaded kafkajs-fixed.ts beside this test. */
const load = createRequire(import.meta.url);
const Decoder = load('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeByKafkajs = load('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
  from: object,
) => Promise<{ readonly records: readonly Record<string, unknown>[] }>;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((units) => Buffer.from(units));
const texts = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
const names = fc.oneof(fc.constantFrom('ce_id', 'ce_if', 'id', ''), texts).filter((name) => name !== '__proto__');
const records = fc.array(
  fc.record({
    key: fc.option(bytes(60)),
    value: fc.option(fc.oneof({ weight: 5, arbitrary: bytes(300) }, { weight: 1, arbitrary: bytes(20_000) })),
    headers: fc.dictionary(names, fc.oneof(bytes(20), fc.array(bytes(9), { minLength: 2, maxLength: 3 })), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    timestampDelta: fc.oneof(
      fc.constant(0),
      fc.integer({ min: -5, max: 100_000 }),
      fc.integer({ max: 2 ** 41, min: 0 }),
    ),
  }),
  { minLength: 1, maxLength: 12 },
);
const heads = fc.record({
  firstOffset: fc.bigInt({ min: 0n, max: 2n ** 52n }).map(String),
  firstTimestamp: fc.integer({ min: 10, max: 2 ** 42 }),
  maxTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  transactional: fc.boolean(),
  producerId: fc.integer({ min: -1 }),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  firstSequence: fc.nat(),
});

const ATTRIBUTES_AT = 22;
const GZIP = 1;
const LOG_APPEND_TIME = 8;

/** A batch as a broker would hand it out, with something before it in the response. */
function batchOf(
  head: Parameters<typeof encodeRecordBatch>[0],
  some: readonly BatchRecord[],
  attributes: number,
): Buffer {
  const batch = encodeRecordBatch(head, some);
  batch[ATTRIBUTES_AT] = batch[ATTRIBUTES_AT]! | attributes;
  if ((attributes & GZIP) === 0) return batch;
  const whole = Buffer.concat([batch.subarray(0, BATCH_HEAD_BYTES), gzipSync(batch.subarray(BATCH_HEAD_BYTES))]);
  whole.writeInt32BE(whole.length - 12, 8);
  return whole;
}

/** All that kafkajs's own record says, of ours. */
function asKafkajs(record: FetchedRecord) {
  const { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext } = record;
  return { magicByte, attributes, timestamp, offset, key, value, headers, isControlRecord, batchContext };
}

test('records are read as kafkajs reads them, whether the broker or the producer gave the time', async () => {
  await fc.assert(
    fc.asyncProperty(heads, records, fc.boolean(), async (drawn, some, isAppendTime) => {
      const head = { ...drawn, lastOffsetDelta: some.length - 1 };
      const numbered = some.map((record, offsetDelta) => ({ ...record, offsetDelta }));
      const batch = batchOf(head, numbered, isAppendTime ? LOG_APPEND_TIME : 0);
      const expected = await decodeByKafkajs(new Decoder(batch));
      const { context } = readBatchContext(batch, 0);
      const read = readRecords(context, batch, BATCH_HEAD_BYTES, some.length);
      expect(read.map(asKafkajs)).toEqual(expected.records);
    }),
    { numRuns: 120 },
  );
});

test('packed and unpacked, from one buffer or several, every record says what it said', () => {
  fc.assert(
    fc.property(heads, fc.array(records, { minLength: 1, maxLength: 3 }), fc.nat(20), (drawn, several, skip) => {
      const read = several.flatMap((some) => {
        const numbered = some.map((record, offsetDelta) => ({ ...record, offsetDelta }));
        const batch = batchOf({ ...drawn, lastOffsetDelta: some.length - 1 }, numbered, 0);
        return readRecords(readBatchContext(batch, 0).context, batch, BATCH_HEAD_BYTES, some.length);
      });
      const kept = read.length > 1 ? read.filter((_record, index) => index !== skip) : read;
      expect(
        unpackBatch(packBatch('t', 3, kept)).map(({ topic, partition, offset, key, value, headers, timestampMs }) => {
          return { topic, partition, offset, key, value, headers, timestampMs };
        }),
      ).toEqual(kept.map(asPlain));
    }),
    { numRuns: 80 },
  );
});

test('packed once more for another thread, a batch says what was handed out: what was taken from a record is gone', () => {
  fc.assert(
    fc.property(heads, records, fc.nat(12), fc.boolean(), (drawn, some, spilled, isPart) => {
      const numbered = some.map((record, offsetDelta) => ({ ...record, offsetDelta }));
      const batch = batchOf({ ...drawn, lastOffsetDelta: some.length - 1 }, numbered, 0);
      const read = readRecords(readBatchContext(batch, 0).context, batch, BATCH_HEAD_BYTES, some.length);
      const handedOut = unpackBatch(packBatch('t', 3, read))
        .slice(isPart && some.length > 1 ? 1 : 0)
        .map((record, nth) => (nth === spilled ? { ...said(record), key: null, value: null, headers: {} } : record));
      const again = unpackBatch(packReceived(handedOut));
      expect(again.map(said)).toEqual(handedOut.map(said));
      expect(handedOut.map(said)).toEqual(unpackBatch(packReceived(handedOut.map(said))).map(said));
    }),
    { numRuns: 80 },
  );
});

/** All that a record says, as an object of its own. */
function said({ topic, partition, offset, key, value, headers, timestampMs }: BusRecord): BusRecord {
  return { topic, partition, offset, key, value, headers, timestampMs };
}

/** As the plain adapter hands it out. */
function asPlain({ offset, key, value, headers, timestampMs }: FetchedRecord) {
  const texts = Object.entries(headers).map(([name, given]) => {
    const last = Array.isArray(given) ? given.at(-1) : given;
    return [name, String(last)];
  });
  return {
    topic: 't',
    partition: 3,
    offset: BigInt(offset),
    key: key && Buffer.from(key),
    value: value && Buffer.from(value),
    headers: Object.fromEntries(texts) as Record<string, string>,
    timestampMs,
  };
}

test('bytes that end too soon are refused, and nothing is read beyond them', () => {
  const some = [
    { key: Buffer.from('k'), value: Buffer.alloc(300, 1), headers: { a: 'b' }, offsetDelta: 0, timestampDelta: 0 },
  ];
  const batch = encodeRecordBatch({ lastOffsetDelta: 0, firstTimestamp: 1, maxTimestamp: 1 }, some);
  const { context } = readBatchContext(batch, 0);
  expect(readRecords(context, batch, BATCH_HEAD_BYTES, 1)).toHaveLength(1);
  for (let end = BATCH_HEAD_BYTES; end < batch.length; end += 1)
    expect(() => readRecords(context, batch.subarray(0, end), BATCH_HEAD_BYTES, 1)).toThrow(RangeError);
  expect(() => readRecords(context, batch, BATCH_HEAD_BYTES, 2)).toThrow(RangeError);
});
