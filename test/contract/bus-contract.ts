// What every bus must do, whatever it is made of: the same cases against the in-memory bus and against Kafka.
// Holds: each case makes its own topics, groups and ports; outcomes are what a reader of the port sees.
// Source: services/sdk/src/bus.ts
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  Acknowledged,
  BusBatch,
  BusConsumer,
  BusPort,
  BusRecord,
  ConsumerOptions,
  TopicPartition,
} from '@sitebus/sdk';
import { eventually } from '../support/eventually.ts';
import { randomName } from '../support/random-names.ts';
import { keyVectors } from './key-vectors.ts';

/** A bus under test, and what only its maker can do. */
export interface BusUnderTest {
  /** A new port, as another process would have, that may do everything here. */
  connect(): BusPort;
  /** A port of a principal that may read `topic` in groups that begin with its name, and nothing else. */
  connectReader(topic: string): Promise<{ readonly port: BusPort; readonly principal: string }>;
  createTopic(name: string, partitions: number): Promise<void>;
  close(): Promise<void>;
}

/** Larger than any topic here takes, smaller than what the port itself refuses. */
const OVERSIZED_BYTES = 2 * 1024 * 1024;
const PATIENT = { withinMs: 30_000 };

/** Registers the suite; `open` is called once. */
export function busContract(name: string, open: () => Promise<BusUnderTest>): void {
  describe(name, () => {
    let bus: BusUnderTest;
    const opened: BusPort[] = [];
    beforeAll(async () => {
      bus = await open();
    });
    afterEach(async () => {
      await Promise.allSettled(opened.splice(0).map((port) => port.close()));
    });
    afterAll(() => bus.close());

    /** A new port, closed after the case however it ends. */
    function connect(): BusPort {
      const port = bus.connect();
      opened.push(port);
      return port;
    }

    async function topicOf(partitions: number): Promise<string> {
      const topic = randomName('obs.contract');
      await bus.createTopic(topic, partitions);
      return topic;
    }

    describe('writing', () => {
      test('a key goes to the partition that the Java client would choose', async () => {
        const port = connect();
        const topic = await topicOf(12);
        const vectors = keyVectors();
        expect(vectors.length).toBeGreaterThanOrEqual(4);
        const producer = await port.createProducer();
        const answers = await producer.sendAll(vectors.map(({ key }) => ({ topic, key, value: key })));
        expect(
          answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.partition : codeOf(answer.reason))),
        ).toEqual(vectors.map(({ partition }) => partition));
      });

      test('records of one key are read in the order in which they were sent, at the offsets that were acknowledged', async () => {
        const port = connect();
        const topic = await topicOf(4);
        const producer = await port.createProducer();
        const sent = Array.from({ length: 1_500 }, (_, n) => ({
          topic,
          key: `key ${n % 7}`,
          value: Buffer.from(String(n)),
        }));
        const answers = await producer.sendAll(sent);
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length >= sent.length, PATIENT);
        expect(reader.records).toHaveLength(sent.length);
        for (let key = 0; key < 7; key += 1) {
          const ofKey = reader.records.filter((record) => String(record.key) === `key ${key}`);
          expect(ofKey.map(numberOf)).toEqual(Array.from({ length: ofKey.length }, (_, n) => key + 7 * n));
        }
        const where = new Map(
          reader.records.map(({ value, partition, offset }) => [String(value), { topic, partition, offset }]),
        );
        expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : codeOf(answer.reason)))).toEqual(
          sent.map(({ value }) => where.get(String(value))),
        );
      });

      test('key, value and headers come back as they were; a tombstone has no value', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        const headers = { ce_id: '7', 'content-type': 'application/avro', traceparent: '00-é' };
        await producer.send({ topic, key: Buffer.from([0, 255]), value: Buffer.from([1, 2, 3]), headers });
        await producer.send({ topic, key: 'gone', value: null });
        await producer.send({ topic, key: null, value: Buffer.alloc(0) });
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length === 3, PATIENT);
        expect(reader.records.map(({ key, value, headers: read }) => ({ key, value, headers: read }))).toEqual([
          { key: Buffer.from([0, 255]), value: Buffer.from([1, 2, 3]), headers },
          { key: Buffer.from('gone'), value: null, headers: {} },
          { key: null, value: Buffer.alloc(0), headers: {} },
        ]);
      });

      test('records without a key are spread over the partitions', async () => {
        const port = connect();
        const topic = await topicOf(3);
        const producer = await port.createProducer();
        const answers = await producer.sendAll(
          Array.from({ length: 600 }, () => ({ topic, key: null, value: Buffer.from('x') })),
        );
        const used = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.partition : -1));
        expect([...new Set(used)].sort()).toEqual([0, 1, 2]);
      });

      test('a record that is too large is refused, and its neighbours are accepted', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        const answers = await producer.sendAll([
          { topic, key: 'a', value: Buffer.from('before') },
          { topic, key: 'a', value: Buffer.alloc(OVERSIZED_BYTES) },
          { topic, key: 'a', value: Buffer.from('after') },
        ]);
        expect(answers.map((answer) => (answer.status === 'fulfilled' ? 'accepted' : codeOf(answer.reason)))).toEqual([
          'accepted',
          'TOO_LARGE',
          'accepted',
        ]);
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length === 2, PATIENT);
        expect(reader.records.map(({ value }) => String(value))).toEqual(['before', 'after']);
        await expect(producer.flush()).rejects.toMatchObject({ code: 'UNREACHABLE' });
        await expect(producer.flush()).resolves.toBeUndefined();
      });

      test('what one partition refuses costs no other anything, and every partition goes on', async () => {
        const port = connect();
        const topic = await topicOf(4);
        const producer = await port.createProducer();
        const write = (...sizes: readonly number[]) =>
          producer.sendAll(sizes.map((size, partition) => ({ topic, key: 'a', value: Buffer.alloc(size), partition })));
        const answers = [...(await write(1, OVERSIZED_BYTES, 1, 1)), ...(await write(2, 2, 2, 2))];
        const written = answers.map((answer) =>
          answer.status === 'fulfilled' ? placeAndOffsetOf(answer.value) : codeOf(answer.reason),
        );
        const at = (partition: number, offset: bigint) => ({ topic, partition, offset });
        expect(written).toEqual([
          ...[at(0, 0n), 'TOO_LARGE', at(2, 0n), at(3, 0n)],
          ...[at(0, 1n), at(1, 0n), at(2, 1n), at(3, 1n)],
        ]);
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length >= 7, PATIENT);
        expect(reader.records.map(({ value }) => value?.length).sort()).toEqual([1, 1, 1, 2, 2, 2, 2]);
      });

      test('a closed producer takes nothing more', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        await producer.send({ topic, key: null, value: Buffer.from('x') });
        await producer.close();
        await expect(producer.send({ topic, key: null, value: null })).rejects.toMatchObject({
          code: 'CLOSED',
          retriable: false,
        });
      });
    });

    describe('transactions', () => {
      test('what was committed is read, each record at its acknowledged offset', async () => {
        const port = connect();
        const [one, other] = [await topicOf(1), await topicOf(2)];
        const producer = await port.createTransactionalProducer(randomName('lane'));
        const acknowledged = [
          ...(await producer.commit([
            { topic: one, key: 'a', value: Buffer.from('1') },
            { topic: other, key: null, value: Buffer.from('2'), partition: 1 },
            { topic: one, key: 'a', value: Buffer.from('3') },
          ])),
          ...(await producer.commit([{ topic: one, key: 'a', value: Buffer.from('4') }])),
        ];
        const reader = await startReader(port, one, other);
        await eventually(() => reader.records.length === 4, PATIENT);
        const read = new Map(reader.records.map((record) => [numberOf(record), record]));
        expect(acknowledged).toEqual([1, 2, 3, 4].map((n) => placeAndOffsetOf(read.get(n))));
      });

      test('a failed transaction leaves nothing to read, and its producer is dead', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const failing = await port.createTransactionalProducer(randomName('lane'));
        const refused = failing.commit([
          ...Array.from({ length: 1_200 }, () => ({ topic, key: 'a', value: Buffer.from('aborted') })),
          { topic, key: 'a', value: Buffer.alloc(OVERSIZED_BYTES) },
        ]);
        await expect(refused).rejects.toMatchObject({ code: 'TOO_LARGE' });
        await expect(failing.commit([{ topic, key: 'a', value: null }])).rejects.toMatchObject({ code: 'CLOSED' });
        const next = await port.createTransactionalProducer(failing.transactionalId);
        await next.commit([{ topic, key: 'a', value: Buffer.from('committed') }]);
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length > 0, PATIENT);
        expect(reader.records.map(({ value }) => String(value))).toEqual(['committed']);
      });

      test('a new holder of a transactional id fences the old one, at once and for good', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const old = await port.createTransactionalProducer(randomName('lane'));
        await old.commit([{ topic, key: 'a', value: Buffer.from('1') }]);
        const holder = await connect().createTransactionalProducer(old.transactionalId);
        const fenced = old.commit([{ topic, key: 'a', value: Buffer.from('2') }]);
        await expect(fenced).rejects.toMatchObject({ code: 'FENCED', retriable: false });
        await holder.commit([{ topic, key: 'a', value: Buffer.from('3') }]);
        await expect(old.commit([{ topic, key: 'a', value: null }])).rejects.toMatchObject({ code: 'CLOSED' });
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length >= 2, PATIENT);
        expect(reader.records.map(numberOf)).toEqual([1, 3]);
      });

      test('one transaction may be larger than a request', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createTransactionalProducer(randomName('lane'));
        const records = Array.from({ length: 30 }, (_, n) => ({ topic, key: 'a', value: Buffer.alloc(100_000, n) }));
        const acknowledged = await producer.commit(records);
        const reader = await startReader(port, topic);
        await eventually(() => reader.records.length === 30, PATIENT);
        expect(reader.records.map(({ value, offset }) => [value?.[0], offset])).toEqual(
          acknowledged.map(({ offset }, n) => [n, offset]),
        );
      });
    });

    describe('reading', () => {
      test('a group that comes back resumes behind what it had handled', async () => {
        const topic = await topicOf(2);
        const groupId = randomName('group');
        const first = connect();
        const producer = await first.createProducer();
        await sendNumbers(producer, topic, 0, 10);
        const before = await startReader(first, { topic, groupId });
        await eventually(() => before.records.length === 10, PATIENT);
        await before.consumer.close();
        await sendNumbers(producer, topic, 10, 15);
        await first.close();
        const second = connect();
        const after = await startReader(second, { topic, groupId });
        await eventually(() => after.records.length >= 5, PATIENT);
        expect(after.records.map(numberOf).sort(byNumber)).toEqual([10, 11, 12, 13, 14]);
      });

      test("a group that begins at 'latest' sees only what comes after", async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        await sendNumbers(producer, topic, 0, 5);
        const reader = await startReader(port, { topic, from: 'latest' });
        await reader.consumer.assigned;
        await sendNumbers(producer, topic, 5, 8);
        await eventually(() => reader.records.length >= 3, PATIENT);
        expect(reader.records.map(numberOf)).toEqual([5, 6, 7]);
      });

      test('where startAt begins wins over what the group has committed', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const groupId = randomName('group');
        const producer = await port.createProducer();
        await sendNumbers(producer, topic, 0, 10);
        const before = await startReader(port, { topic, groupId });
        await eventually(() => before.records.length === 10, PATIENT);
        await before.consumer.close();
        const asked: (readonly TopicPartition[])[] = [];
        const startAt = (assigned: readonly TopicPartition[]) => {
          asked.push(assigned);
          return Promise.resolve([{ topic, partition: 0, next: 7n }]);
        };
        const after = await startReader(port, { topic, groupId, startAt, commit: 'never' });
        await eventually(() => after.records.length >= 3, PATIENT);
        expect(asked[0]).toEqual([{ topic, partition: 0 }]);
        expect(after.records.map(numberOf)).toEqual([7, 8, 9]);
      });

      test('a position past the end of the log is refused rather than guessed', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const startAt = () => Promise.resolve([{ topic, partition: 0, next: 99n }]);
        const reader = await startReader(port, { topic, startAt, commit: 'never' });
        const refused = { code: 'OFFSET_OUT_OF_RANGE', retriable: false };
        expect(await reader.consumer.fatal).toMatchObject(refused);
        await expect(reader.consumer.assigned).rejects.toMatchObject(refused); // who waits to begin is told too
      });

      test('seek decides the next record, also while a batch is in hand', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        let sought = false;
        const reader = await startReader(port, {
          topic,
          onBatch: () => {
            if (!sought) reader.consumer.seek({ topic, partition: 0 }, 4n);
            sought = true;
            return Promise.resolve();
          },
        });
        await reader.consumer.assigned;
        await sendNumbers(producer, topic, 0, 10);
        await eventually(() => reader.records.at(-1)?.offset === 9n && reader.batches.length > 1, PATIENT);
        const inHand = reader.batches[0]?.records.length ?? 0;
        expect(reader.records.slice(inHand).map(numberOf)).toEqual([4, 5, 6, 7, 8, 9]);
      });

      test('a paused partition waits and loses nothing, while the others go on', async () => {
        const port = connect();
        const topic = await topicOf(2);
        const producer = await port.createProducer();
        const reader = await startReader(port, topic);
        await reader.consumer.assigned;
        reader.consumer.pause([{ topic, partition: 0 }]);
        const at = (partition: number) =>
          reader.records.filter((record) => record.partition === partition).map(numberOf);
        for (let n = 0; n < 50; n += 1) {
          await producer.send({ topic, key: null, value: Buffer.from(String(n)), partition: n % 2 });
        }
        await eventually(() => at(1).length === 25, PATIENT);
        expect(at(0)).toEqual([]);
        reader.consumer.resume([{ topic, partition: 0 }]);
        await eventually(() => at(0).length === 25, PATIENT);
        expect([at(0), at(1)]).toEqual([0, 1].map((first) => Array.from({ length: 25 }, (_, n) => first + 2 * n)));
      });

      test('a handler that pauses its own partition gets the rest after resume, once and in order', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        let paused = false;
        const reader = await startReader(port, {
          topic,
          onBatch: () => {
            if (!paused) reader.consumer.pause([{ topic, partition: 0 }]);
            paused = true;
            return Promise.resolve();
          },
        });
        await reader.consumer.assigned;
        await sendNumbers(producer, topic, 0, 3);
        await eventually(() => reader.records.length > 0, PATIENT);
        const before = reader.records.length;
        await sendNumbers(producer, topic, 3, 20);
        expect(reader.records).toHaveLength(before);
        reader.consumer.resume([{ topic, partition: 0 }]);
        await eventually(() => reader.records.length >= 20, PATIENT);
        expect(reader.records.map(numberOf)).toEqual(Array.from({ length: 20 }, (_, n) => n));
      });

      test('batches of one partition never overlap, are never empty, and know the end of the log', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const producer = await port.createProducer();
        let inHand = 0;
        const seen: { readonly overlap: boolean; readonly size: number; readonly behind: boolean }[] = [];
        const reader = await startReader(port, {
          topic,
          onBatch: async (batch) => {
            inHand += 1;
            const last = batch.records.at(-1)?.offset ?? -1n;
            seen.push({ overlap: inHand > 1, size: batch.records.length, behind: batch.highWatermark <= last });
            await new Promise((resolve) => setImmediate(resolve));
            inHand -= 1;
          },
        });
        for (let n = 0; n < 20; n += 1) await sendNumbers(producer, topic, n * 10, n * 10 + 10);
        await eventually(() => reader.records.length >= 200, PATIENT);
        expect(seen.filter(({ overlap, size, behind }) => overlap || size === 0 || behind)).toEqual([]);
        expect(seen.length).toBeGreaterThan(0);
      });

      test('a handler that fails is the end of its consumer, and its batch is delivered again to the next', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const groupId = randomName('group');
        const producer = await port.createProducer();
        await sendNumbers(producer, topic, 0, 3);
        const failure = new Error('cannot go on');
        const failing = await startReader(port, { topic, groupId, onBatch: () => Promise.reject(failure) });
        expect(await failing.consumer.fatal).toBe(failure);
        await failing.consumer.close();
        const after = await startReader(port, { topic, groupId });
        await eventually(() => after.records.length >= 3, PATIENT);
        expect(after.records.map(numberOf)).toEqual([0, 1, 2]);
      });

      test('close waits for the batch in hand, and what it handled is not delivered again', async () => {
        const port = connect();
        const topic = await topicOf(1);
        const groupId = randomName('group');
        const producer = await port.createProducer();
        const gate = createGate();
        let finished = false;
        const reader = await startReader(port, {
          topic,
          groupId,
          onBatch: async () => {
            await gate.opened;
            finished = true;
          },
        });
        await sendNumbers(producer, topic, 0, 3);
        await eventually(() => reader.batches.length === 1, PATIENT);
        const closing = reader.consumer.close();
        gate.open();
        await closing;
        expect(finished).toBe(true);
        const handled = reader.records.length;
        const after = await startReader(port, { topic, groupId });
        await sendNumbers(producer, topic, 3, 5);
        await eventually(() => after.records.length >= 5 - handled, PATIENT);
        expect([...reader.records, ...after.records].map(numberOf)).toEqual([0, 1, 2, 3, 4]);
      });
    });

    describe('groups', () => {
      test('a member that joins and leaves under load loses nothing; old batches know that they are revoked', async () => {
        const topic = await topicOf(4);
        const groupId = randomName('group');
        const [writing, one, two] = [connect(), connect(), connect()];
        const producer = await writing.createProducer();
        const revoked: TopicPartition[] = [];
        const first = await startReader(one, {
          topic,
          groupId,
          onRevoked: (partitions) => void revoked.push(...partitions),
        });
        await first.consumer.assigned;
        const load = startLoad(producer, topic);
        await eventually(() => first.records.length > 200, PATIENT);
        const old = [...first.batches];

        const second = await startReader(two, { topic, groupId });
        await eventually(() => second.records.length > 200, PATIENT);
        expect(revoked.length).toBeGreaterThan(0);
        expect(
          old.filter((batch) => revoked.some((place) => isOf(batch, place))).map((batch) => batch.isRevoked()),
        ).not.toContain(false);
        expect(first.consumer.assignment().length + second.consumer.assignment().length).toBe(4);
        await second.consumer.close();
        expect(second.batches.map((batch) => batch.isRevoked())).not.toContain(false);
        await eventually(() => first.consumer.assignment().length === 4, PATIENT);

        const sent = await load.stop();
        await eventually(() => distinct([...first.records, ...second.records]).length === sent, PATIENT);
        expect(distinct([...first.records, ...second.records])).toEqual(Array.from({ length: sent }, (_, n) => n));
        // Repeats only around the two handovers: at most the batches in hand then, never the whole history.
        expect(first.records.length + second.records.length).toBeLessThan(sent * 1.5);
        for (const place of first.consumer.assignment()) {
          const offsets = second.records.filter((record) => isOf(record, place)).map(({ offset }) => offset);
          expect(offsets).toEqual([...offsets].sort(byOffset));
        }
      });

      test('two groups read the same topic independently', async () => {
        const port = connect();
        const topic = await topicOf(2);
        const producer = await port.createProducer();
        const readers = [await startReader(port, topic), await startReader(port, topic)];
        await sendNumbers(producer, topic, 0, 10);
        for (const reader of readers) {
          await eventually(() => reader.records.length >= 10, PATIENT);
          expect(reader.records.map(numberOf).sort(byNumber)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        }
      });
    });

    describe('rights and inspection', () => {
      test('ends name the oldest offset and the next one of every partition, sorted', async () => {
        const port = connect();
        const topic = await topicOf(3);
        const producer = await port.createProducer();
        await producer.sendAll(
          [0, 0, 2].map((partition) => ({ topic, key: null, value: Buffer.from('x'), partition })),
        );
        expect(await port.inspect.ends(topic)).toEqual([
          { topic, partition: 0, earliest: 0n, next: 2n },
          { topic, partition: 1, earliest: 0n, next: 0n },
          { topic, partition: 2, earliest: 0n, next: 1n },
        ]);
        expect(await port.inspect.topics()).toContain(topic);
      });

      test('a principal reads what it may, and is refused the rest', async () => {
        const writing = connect();
        const [open, hidden] = [await topicOf(1), await topicOf(1)];
        const producer = await writing.createProducer();
        await producer.send({ topic: open, key: 'a', value: Buffer.from('1') });
        const { port, principal } = await bus.connectReader(open);
        opened.push(port);
        const reader = await startReader(port, { topic: open, groupId: `${principal}.tail` });
        await eventually(() => reader.records.length === 1, PATIENT);
        expect(await port.inspect.topics()).toEqual([open]);

        const refused = { code: 'NOT_ALLOWED', retriable: false };
        await expect(startReader(port, { topic: hidden, groupId: `${principal}.other` })).rejects.toMatchObject(
          refused,
        );
        await expect(startReader(port, { topic: open, groupId: 'somebody.else' })).rejects.toMatchObject(refused);
        await expect(port.inspect.ends(hidden)).rejects.toMatchObject(refused);
        await expect(port.createTransactionalProducer('fusion.elsewhere')).rejects.toMatchObject(refused);
        await expect(writeAs(port, open)).rejects.toMatchObject(refused);
        await expect(writeAs(port, hidden)).rejects.toMatchObject(refused);
      });
    });
  });
}

interface Reader {
  readonly consumer: BusConsumer;
  readonly records: BusRecord[];
  readonly batches: BusBatch[];
}

type ReaderOptions = { readonly topic: string } & Partial<Omit<ConsumerOptions, 'topics'>>;

/** Reads topics from the start into arrays; a handler of the case's own runs before a batch counts as read. */
async function startReader(port: BusPort, first: string | ReaderOptions, ...more: string[]): Promise<Reader> {
  const { topic, onBatch, ...options } = typeof first === 'string' ? { topic: first, onBatch: undefined } : first;
  const records: BusRecord[] = [];
  const batches: BusBatch[] = [];
  const consumer = await port.createConsumer({
    groupId: randomName('group'),
    from: 'earliest',
    commit: 'after-batch',
    maxWaitMs: 50,
    ...options,
    topics: [topic, ...more],
    onBatch: async (batch) => {
      batches.push(batch);
      await onBatch?.(batch);
      records.push(...batch.records);
    },
  });
  return { consumer, records, batches };
}

type Producer = Awaited<ReturnType<BusPort['createProducer']>>;

async function sendNumbers(producer: Producer, topic: string, from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, n) => from + n);
  const answers = await producer.sendAll(
    numbers.map((n) => ({ topic, key: `key ${n}`, value: Buffer.from(String(n)) })),
  );
  const refused = answers.find((answer) => answer.status === 'rejected');
  if (refused !== undefined) throw refused.reason;
}

/** Sends numbers in hundreds until stopped; gives back how many. */
function startLoad(producer: Producer, topic: string) {
  const stopping = new AbortController();
  let sent = 0;
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await sendNumbers(producer, topic, sent, sent + 100);
      sent += 100;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  return {
    async stop(): Promise<number> {
      stopping.abort();
      await done;
      return sent;
    },
  };
}

async function writeAs(port: BusPort, topic: string): Promise<unknown> {
  const producer = await port.createProducer();
  return producer.send({ topic, key: null, value: Buffer.from('x') });
}

function createGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const numberOf = ({ value }: BusRecord): number => Number(String(value));
const byNumber = (a: number, b: number): number => a - b;
const byOffset = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const distinct = (records: readonly BusRecord[]): number[] => [...new Set(records.map(numberOf))].sort(byNumber);
const isOf = (one: TopicPartition, place: TopicPartition): boolean =>
  one.topic === place.topic && one.partition === place.partition;
const placeAndOffsetOf = (record: Acknowledged | undefined) =>
  record && { topic: record.topic, partition: record.partition, offset: record.offset };
const codeOf = (reason: unknown): unknown => (reason as { code?: unknown }).code;
