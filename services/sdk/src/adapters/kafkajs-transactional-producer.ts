// A producer whose writes are atomic, over kafkajs.
// Holds: made means fencing: the transactional id is initialised before anyone reads committed offsets; commits follow one
// another; after any failure the producer is dead, because nobody can say whether the transaction stands.
// Source: README.md#the-bus

import type { Message, Producer, TopicMessages, Transaction } from 'kafkajs';
import type { Acknowledged, OutgoingRecord, TransactionalProducer } from '../bus.ts';
import { closed } from '../errors.ts';
import { partitionKey } from '../starting-positions.ts';
import { createClient, REQUEST_TIMEOUT_MS, type KafkaConnection } from './kafkajs-client.ts';
import type { TopicInspector } from './kafkajs-inspector.ts';
import { toRefusal } from './kafkajs-refusals.ts';
import { packRecords, type PackedRecords } from './packed-records.ts';
import { PlacedRecords, type TopicShare } from './placed-records.ts';

/**
 * Transactions back to back draw CONCURRENT_TRANSACTIONS while the last one's markers are being written, which takes some
 * milliseconds: whoever then waits 20 ms, and after that 40, waits longer than everything else in a transaction takes.
 */
const RETRY = Object.freeze({ initialRetryTime: 2, maxRetryTime: 1_000, retries: 16 });
/** After this the broker aborts on its own, so that a dead writer holds readers up no longer, ms. */
const TRANSACTION_TIMEOUT_MS = 30_000;

/** A producer that also takes records as they were packed. */
export interface PackedTransactionalProducer extends TransactionalProducer {
  /** Like `commit`; the answer is in the records' order. */
  commitPacked(packed: PackedRecords): Promise<Written>;
}

/** Where records were written. */
export interface Written {
  readonly partitions: Int32Array;
  readonly offsets: BigInt64Array;
}

/** Makes the producer and fences every older holder of the id. Rejects with NOT_ALLOWED or UNREACHABLE. */
export async function createKafkaTransactionalProducer(
  connection: KafkaConnection,
  inspector: TopicInspector,
  transactionalId: string,
): Promise<PackedTransactionalProducer> {
  const producer = createClient(connection).producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0, // never asked: what is sent is placed
    retry: { ...RETRY },
  });
  try {
    await producer.connect();
    const fencing = await producer.transaction(); // initialises the id; empty, so that aborting costs no request
    await fencing.abort();
  } catch (error) {
    await producer.disconnect();
    throw toRefusal(error, { what: transactionalId });
  }
  return new KafkaTransactionalProducer(producer, inspector, transactionalId);
}

class KafkaTransactionalProducer implements PackedTransactionalProducer {
  readonly transactionalId: string;
  readonly #producer: Producer;
  readonly #inspector: TopicInspector;
  #last: Promise<unknown> = Promise.resolve();
  #deadOf: unknown;
  #isClosed = false;

  constructor(producer: Producer, inspector: TopicInspector, transactionalId: string) {
    this.#producer = producer;
    this.#inspector = inspector;
    this.transactionalId = transactionalId;
  }

  async commit(records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]> {
    const { partitions, offsets } = await this.commitPacked(packRecords(records));
    return records.map(({ topic }, index) => ({ topic, partition: partitions[index]!, offset: offsets[index]! }));
  }

  commitPacked(packed: PackedRecords): Promise<Written> {
    const mine = this.#last.then(() => this.#commit(packed));
    this.#last = mine.catch(() => undefined); // its caller has the rejection
    return mine;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#last;
    this.#isClosed = true;
    await this.#producer.disconnect();
  }

  async #commit(packed: PackedRecords): Promise<Written> {
    if (this.#isClosed || this.#deadOf !== undefined) throw closed({}, this.#deadOf);
    const written = { partitions: new Int32Array(packed.count), offsets: new BigInt64Array(packed.count) };
    if (packed.count === 0) return written;
    let transaction: Transaction | undefined;
    try {
      const partitions = await Promise.all(packed.topics.map((topic) => this.#partitionsOf(topic)));
      const requests = new PlacedRecords(packed).toRequests(partitions);
      transaction = await this.#producer.transaction();
      for (const request of requests) await send(transaction, request, written);
      await transaction.commit();
      return written;
    } catch (error) {
      const bytes = packed.memory.byteLength;
      const refusal = toRefusal(error, { what: this.transactionalId, bytes, afterMs: REQUEST_TIMEOUT_MS });
      this.#deadOf = refusal;
      // Best effort: what stays open is aborted by the next holder's fencing, or by the broker's timeout.
      if (refusal.code !== 'FENCED' && transaction?.isActive()) await transaction.abort().catch(() => undefined);
      throw refusal;
    }
  }

  async #partitionsOf(topic: string): Promise<number> {
    return this.#inspector.knownPartitionsOf(topic) ?? this.#inspector.partitionsOf(topic);
  }
}

/** Sends one request, and notes where its records lie. */
async function send(transaction: Transaction, request: readonly TopicShare[], written: Written): Promise<void> {
  const answers = await transaction.sendBatch({ acks: -1, topicMessages: request.map(toTopicMessages) });
  const bases = new Map<string, bigint>();
  for (const { topicName, partition, baseOffset } of answers)
    bases.set(partitionKey({ topic: topicName, partition }), BigInt(baseOffset ?? -1));
  for (const { byPartition } of request)
    for (const { place, indexes } of Object.values(byPartition)) {
      const base = bases.get(partitionKey(place)) ?? -1n;
      for (const [nth, index] of indexes.entries()) {
        written.partitions[index] = place.partition;
        written.offsets[index] = base + BigInt(nth);
      }
    }
}

/** The driver looks for a message without a value, and groups what is grouped already. */
function toTopicMessages({ topic, byPartition }: TopicShare): TopicMessages {
  const messages = { byPartition, find: () => undefined };
  return { topic, messages: messages as unknown as Message[] };
}
