import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import type { OutgoingRecord } from '../bus.ts';
import { readBatchContext, readRecords, BATCH_HEAD_BYTES } from './fetched-records.ts';
import { packRecords } from './packed-records.ts';
import { PlacedRecords } from './placed-records.ts';
import { encodeProduceRequest, encodeRequest, isPlain, type ProduceRequest } from './produce-request.ts';
import { encodeBatch } from './record-batch.ts';

/** kafkajs's own, as long as nobody has loaded kafkajs-fixed.ts beside this test. */
const load = createRequire(import.meta.url);
interface Encoded {
  readonly buffer: Buffer;
}
const requestByKafkajs = load('kafkajs/src/protocol/requests/produce/v3/request.js') as (of: object) => {
  encode(): Promise<Encoded>;
};
const frameByKafkajs = load('kafkajs/src/protocol/request.js') as (of: object) => Promise<Encoded>;

const NOW = Date.UTC(2031, 9, 1);
beforeEach(() => void jest.useFakeTimers({ now: NOW, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => void jest.useRealTimers());

const texts = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 20 }));
/** One of them is longer than the room before a request. */
const clientIds = fc.oneof({ weight: 9, arbitrary: texts }, { weight: 1, arbitrary: fc.constant('x'.repeat(300)) });
const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((units) => Buffer.from(units));
const messages = fc.array(
  fc.record(
    { key: fc.option(texts), value: fc.option(bytes(300)), headers: fc.dictionary(texts, texts, { maxKeys: 3 }) },
    { requiredKeys: ['value'] },
  ),
  { minLength: 1, maxLength: 5 },
);
const requests: fc.Arbitrary<ProduceRequest> = fc.record({
  acks: fc.constant(-1),
  timeout: fc.constant(30_000),
  transactionalId: fc.option(texts),
  producerId: fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String),
  producerEpoch: fc.nat(32_767),
  topicData: fc.array(
    fc.record({
      topic: texts,
      partitions: fc.array(fc.record({ partition: fc.nat(9), firstSequence: fc.nat(), messages }), { maxLength: 3 }),
    }),
    { maxLength: 3 },
  ),
});

test('a request has the bytes that kafkajs gives it, with its header and without', async () => {
  await fc.assert(
    fc.asyncProperty(requests, fc.option(clientIds), fc.nat(), async (drawn, clientId, correlationId) => {
      expect(isPlain(drawn)).toBe(true);
      const theirs = await requestByKafkajs(drawn).encode();
      const ours = encodeProduceRequest(drawn, NOW);
      expect(ours.bytes.toString('hex', ours.from)).toBe(theirs.buffer.toString('hex'));
      const [apiKey, apiVersion] = [0, 7];
      const encode = () => Promise.resolve(theirs);
      const framed = await frameByKafkajs({ correlationId, clientId, request: { apiKey, apiVersion, encode } });
      expect(encodeRequest({ apiKey, apiVersion }, correlationId, clientId, ours).toString('hex')).toBe(
        framed.buffer.toString('hex'),
      );
    }),
    { numRuns: 200 },
  );
});

test('messages with times of their own are not plain', () => {
  const of = (timestamp?: string): ProduceRequest => ({
    acks: -1,
    timeout: 1,
    topicData: [{ topic: 't', partitions: [{ partition: 0, messages: [{ value: null, timestamp }] }] }],
  });
  expect([isPlain(of()), isPlain(of('5'))]).toEqual([true, false]);
});

const records: fc.Arbitrary<OutgoingRecord[]> = fc.array(
  fc.record(
    {
      topic: fc.constantFrom('one', 'two'),
      key: fc.option(texts),
      value: fc.option(fc.oneof({ weight: 4, arbitrary: bytes(200) }, { weight: 1, arbitrary: bytes(9_000) })),
      headers: fc.dictionary(fc.constantFrom('ce_id', 'ce_type', 'é'), texts, { noNullPrototype: true }),
      partition: fc.nat(2),
    },
    { requiredKeys: ['topic', 'key', 'value'] },
  ),
  { maxLength: 30 },
);

/** All that was placed, as a reader of the batches finds it: by topic, partition and place in the transaction. */
function written(some: readonly OutgoingRecord[]) {
  const packed = packRecords(some);
  const requests = new PlacedRecords(packed).toRequests(packed.topics.map(() => 3));
  return requests.flatMap((request) =>
    request.flatMap(({ topic, byPartition }) =>
      Object.values(byPartition).flatMap((share) => {
        const head = { lastOffsetDelta: share.length - 1, firstTimestamp: NOW, maxTimestamp: NOW };
        const batch = encodeBatch(head, share);
        const read = readRecords(readBatchContext(batch, 0).context, batch, BATCH_HEAD_BYTES, share.length);
        return read.map(({ key, value, headers, offset, timestampMs }, nth) => ({
          index: share.indexes[nth]!,
          place: share.place,
          isOwnTopic: share.place.topic === topic,
          key,
          value,
          headers: Object.fromEntries(Object.entries(headers).map(([name, each]) => [name, String(each)])),
          offset,
          timestampMs,
        }));
      }),
    ),
  );
}

test('a transaction is written whole: each record once, in its partition, in order, with all it has', () => {
  fc.assert(
    fc.property(records, (some) => {
      const found = written(some);
      expect([...found].sort((a, b) => a.index - b.index)).toMatchObject(
        some.map(({ topic, key, value, headers = {}, partition }) => ({
          place: { topic, ...(partition !== undefined && { partition }) },
          isOwnTopic: true,
          key: key === null ? null : Buffer.from(key),
          value,
          headers,
          timestampMs: NOW,
        })),
      );
      for (const topic of ['one', 'two'])
        for (const partition of [0, 1, 2]) {
          const here = found.filter(({ place }) => place.topic === topic && place.partition === partition);
          expect(here.map(({ index }) => index)).toEqual(here.map(({ index }) => index).sort((a, b) => a - b));
        }
    }),
    { numRuns: 150 },
  );
});

test('a partition gets several requests when one batch would be larger than a topic takes; other partitions fill the first', () => {
  const value = Buffer.alloc(100_000);
  const some = Array.from({ length: 30 }, (_, n) => ({ topic: 't', key: null, value, partition: n < 28 ? 0 : 1 }));
  const packed = packRecords(some);
  const requests = new PlacedRecords(packed).toRequests([2]);
  const shares = requests.map((request) => request.map(({ byPartition }) => Object.values(byPartition)));
  expect(shares.map((request) => request.flat().map(({ place, length }) => [place.partition, length]))).toEqual([
    [[0, 9], [1, 2]],
    [[0, 9]],
    [[0, 9]],
    [[0, 1]],
  ]); // prettier-ignore
  const head = { lastOffsetDelta: 8, firstTimestamp: NOW, maxTimestamp: NOW };
  expect(encodeBatch(head, shares[0]!.flat()[0]!).length).toBeLessThan(1_048_576);
});
