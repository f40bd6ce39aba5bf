import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from './crc32c.ts';
import { encodeRecordBatch, type BatchHead, type BatchRecord, type HeaderValue } from './record-batch.ts';

/** kafkajs's own, as long as nobody has loaded kafkajs-fixed.ts beside this test. */
const load = createRequire(import.meta.url);
const Record = load('kafkajs/src/protocol/recordBatch/record/v0/index.js') as (record: BatchRecord) => unknown;
const { RecordBatch } = load('kafkajs/src/protocol/recordBatch/v0/index.js') as {
  RecordBatch: (batch: BatchHead & { records: readonly unknown[] }) => Promise<{ readonly buffer: Buffer }>;
};
const encodeByKafkajs = async (head: BatchHead, records: readonly BatchRecord[]): Promise<Buffer> =>
  (await RecordBatch({ ...head, records: records.map((record) => Record(record)) })).buffer;

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((units) => Buffer.from(units));
const texts = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }));
const headerValues: fc.Arbitrary<HeaderValue> = fc.oneof(texts, bytes(20));
const records = fc.record(
  {
    key: fc.option(fc.oneof(texts, bytes(60))),
    value: fc.option(fc.oneof({ weight: 5, arbitrary: bytes(300) }, { weight: 1, arbitrary: bytes(9_000) }, texts)),
    headers: fc.dictionary(texts, fc.oneof(headerValues, fc.array(headerValues, { maxLength: 3 })), { maxKeys: 4 }),
    timestampDelta: fc.oneof(fc.constant(0), fc.integer({ min: -5, max: 1_000 }), fc.maxSafeInteger()),
  },
  { requiredKeys: ['value', 'timestampDelta'] },
);
const heads: fc.Arbitrary<Omit<BatchHead, 'lastOffsetDelta'>> = fc.record({
  firstTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  maxTimestamp: fc.integer({ min: 0, max: 2 ** 42 }),
  transactional: fc.boolean(),
  producerId: fc.oneof(fc.integer({ min: -1 }), fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String)),
  producerEpoch: fc.integer({ min: 0, max: 32_767 }),
  firstSequence: fc.nat(),
});

test('a batch has the bytes that kafkajs gives it', async () => {
  await fc.assert(
    fc.asyncProperty(heads, fc.array(records, { minLength: 1, maxLength: 12 }), async (drawn, some) => {
      const head = { ...drawn, lastOffsetDelta: some.length - 1 };
      const batch = some.map((record, offsetDelta) => ({ ...record, offsetDelta }));
      expect(encodeRecordBatch(head, batch).toString('hex')).toBe((await encodeByKafkajs(head, batch)).toString('hex'));
    }),
    { numRuns: 400 },
  );
});

test('a batch of one small record has these bytes', () => {
  const head = {
    lastOffsetDelta: 0,
    firstTimestamp: 1_793_000_000_000,
    maxTimestamp: 1_793_000_000_000,
    transactional: true,
  };
  const record = { key: 'k', value: Buffer.from('v'), headers: { h: 'x' }, offsetDelta: 0, timestampDelta: 0 };
  expect(
    encodeRecordBatch({ ...head, producerId: 7, producerEpoch: 1, firstSequence: 3 }, [record]).toString('hex'),
  ).toMatchInlineSnapshot(
    `"00000000000000000000003e000000000255ab45ff001000000000000001a17720ca00000001a17720ca0000000000000000070001000000030000000118000000026b02760202680278"`,
  );
});

test('the checksum of nine digits is the published one, from any place and of any length', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.from('..123456789..'), 2, 11)).toBe(0xe3069283);
  fc.assert(fc.property(bytes(70), (some) => expect(crc32c(some)).toBe(bitByBit(some))));
});

function bitByBit(some: Uint8Array): number {
  let crc = -1;
  for (const byte of some) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}
