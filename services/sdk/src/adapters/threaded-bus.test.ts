import { Worker } from 'node:worker_threads';
import { expect, test } from '@jest/globals';
import type { BusBatch, ConsumerOptions } from '../bus.ts';
import { fenced, SitebusError, timedOut } from '../errors.ts';
import { silentLog } from '../time.ts';
import { readBatchContext, readRecords, BATCH_HEAD_BYTES } from './fetched-records.ts';
import { Ownership } from './ownership.ts';
import { packBatch } from './packed-batch.ts';
import { encodeRecordBatch } from './record-batch.ts';
import { ForeignError, fromErrorMessage, toErrorMessage, type ErrorMessage } from './thread-errors.ts';
import type { Link, LinkedConsumer } from './thread-link.ts';
import type { Callback, Instruction, ThreadData } from './thread-messages.ts';
import { createThreadedBus } from './threaded-bus.ts';
import { createThreadedConsumer } from './threaded-consumer.ts';

const PASSWORD = 'a password nobody prints';
const KEY = 'a key nobody prints';
const CONNECTION = {
  brokers: ['127.0.0.1:1'],
  sasl: { username: 'fusion.public', password: PASSWORD },
  tls: { ca: 'the authority', cert: 'the certificate', key: KEY },
  clientId: 'test',
  log: silentLog,
};

/** A thread that joins any group, and dies of the first question about topics. */
const DYING = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ number, request }) => {
    if (request.ask === 'topics') throw new Error('out of memory');
    if (request.ask !== 'ends') parentPort.postMessage({ kind: 'answer', number, outcome: { ok: true } });
  });`;

const READ: ConsumerOptions = {
  groupId: 'group',
  topics: ['t'],
  from: 'earliest',
  commit: 'never',
  onBatch: () => Promise.resolve(),
};

test('a thread that dies refuses all that was asked and ends every consumer; what is made next gets another thread', async () => {
  let threads = 0;
  const bus = createThreadedBus(CONNECTION, () => {
    threads += 1;
    return new Worker(DYING, { eval: true });
  });
  const consumer = await bus.createConsumer(READ);
  const producer = await bus.createTransactionalProducer('id');
  const asked = [bus.inspect.ends('t'), bus.inspect.topics()];
  const outcomes = await Promise.allSettled(asked);
  const refused = { status: 'rejected', reason: { code: 'UNREACHABLE', retriable: true } };
  expect(outcomes).toMatchObject([refused, refused]);
  const cause = await consumer.fatal;
  expect(cause).toMatchObject({ code: 'UNREACHABLE' });
  expect(String(cause.cause)).toBe('Error: out of memory');
  expect(consumer.assignment()).toEqual([]);
  const late = producer.commit([{ topic: 't', key: null, value: null }]);
  await expect(late).rejects.toMatchObject({ code: 'UNREACHABLE' });
  await bus.createTransactionalProducer('id');
  expect(threads).toBe(2);
  await bus.close();
  await expect(bus.inspect.topics()).rejects.toMatchObject({ code: 'CLOSED' });
});

test('password and key go to the thread as its start data, and into no error', async () => {
  const started: ThreadData[] = [];
  const bus = createThreadedBus(CONNECTION, (data) => {
    started.push(data);
    return new Worker(DYING, { eval: true });
  });
  const error: unknown = await bus.inspect.topics().catch((cause: unknown) => cause);
  const { log: _log, ...told } = CONNECTION;
  expect(started.map(({ connection }) => connection)).toEqual([told]);
  const text = `${String((error as Error).stack)} ${JSON.stringify(error)} ${String((error as Error).cause)}`;
  expect(text).not.toContain(PASSWORD);
  expect(text).not.toContain(KEY);
  await bus.close();
});

const told = (error: unknown): Error =>
  fromErrorMessage(structuredClone<ErrorMessage>(toErrorMessage(error)), () => new Error('not mine'));

test('a refusal is the same refusal on the other side, with its cause', () => {
  const driver = Object.assign(new Error('the driver says'), { name: 'KafkaJSError' });
  for (const refusal of [fenced({ transactionalId: 'x' }, driver), timedOut({ what: 'fetch', afterMs: 7 }, driver)]) {
    const other = told(refusal);
    expect(other).toBeInstanceOf(SitebusError);
    expect(other).toMatchObject({ code: refusal.code, retriable: refusal.retriable, details: refusal.details });
    expect(other.cause).toMatchObject({ name: 'KafkaJSError', message: 'the driver says' });
  }
  expect(told(new TypeError('no refusal'))).toMatchObject({ name: 'TypeError', message: 'no refusal' });
});

test('an error that this side threw comes back as itself', () => {
  const mine = new Error('mine');
  const back = toErrorMessage(new ForeignError(7));
  expect(fromErrorMessage(structuredClone<ErrorMessage>(back), (number) => (number === 7 ? mine : new Error()))).toBe(
    mine,
  );
});

/** A consumer without a thread; `deliver` says whether a batch that the thread sent was taken. */
async function linkedConsumer(options: Partial<ConsumerOptions> = {}) {
  const instructions: Instruction[] = [];
  const delivered: BusBatch[] = [];
  let told: LinkedConsumer | undefined;
  let memory: SharedArrayBuffer | undefined;
  const link: Link = {
    isAlive: true,
    newHandle: () => 1,
    ask: (request) => {
      if (request.ask === 'consumer') memory = request.options.ownership;
      return Promise.resolve();
    },
    instruct: (_handle, instruction) => instructions.push(instruction),
    connect: (_handle, consumer) => (told = consumer),
    disconnect: () => undefined,
    toError: () => new Error(),
  };
  const consumer = await createThreadedConsumer(link, {
    ...READ,
    ...options,
    onBatch: (batch) => Promise.resolve(void delivered.push(batch)),
  });
  const ownership = new Ownership(memory);
  ownership.renew();
  ownership.heard();
  const deliver = (partition: number, seen: number, generation = ownership.generation) =>
    told!.onCallback(aBatch(partition, seen, generation));
  return { consumer, ownership, deliver, delivered, instructions };
}

function aBatch(partition: number, seen: number, generation: bigint): Callback {
  const record = { key: Buffer.from('k'), value: Buffer.from('v'), offsetDelta: 0, timestampDelta: 0 };
  const bytes = encodeRecordBatch({ lastOffsetDelta: 0, firstTimestamp: 5, maxTimestamp: 5 }, [record]);
  const records = readRecords(readBatchContext(bytes, 0).context, bytes, BATCH_HEAD_BYTES, 1);
  return { call: 'batch', batch: packBatch('t', partition, records), highWatermark: 1n, generation, seen };
}

const place = (partition: number) => ({ topic: 't', partition });

test('a batch on its way to a partition that is paused meanwhile is not taken; after resume it is', async () => {
  const { consumer, deliver, delivered } = await linkedConsumer();
  consumer.pause([place(0)]);
  expect([await deliver(0, 0), await deliver(1, 0)]).toEqual([false, true]);
  consumer.resume([place(0)]);
  expect(await deliver(0, 0)).toBe(true);
  expect(delivered.map(({ partition }) => partition)).toEqual([1, 0]);
});

test('a batch that was fetched before a seek is not taken, one after it is', async () => {
  const { consumer, deliver, instructions } = await linkedConsumer();
  consumer.seek(place(0), 9n);
  expect(instructions).toEqual([{ do: 'seek', place: place(0), next: 9n }]);
  expect([await deliver(0, 0), await deliver(1, 0), await deliver(0, 1)]).toEqual([false, true, true]);
});

test('a batch knows that it is revoked as soon as the thread does, and none is taken of an assignment that has ended', async () => {
  const { ownership, deliver, delivered } = await linkedConsumer();
  expect(await deliver(0, 0)).toBe(true);
  expect(delivered[0]!.isRevoked()).toBe(false);
  const old = ownership.generation;
  ownership.renew();
  expect(delivered[0]!.isRevoked()).toBe(true);
  expect([await deliver(0, 0, old), await deliver(0, 0)]).toEqual([false, true]);
  ownership.lose();
  expect([delivered[1]!.isRevoked(), await deliver(0, 0)]).toEqual([true, false]);
});
