// A producer whose writes are atomic, over kafkajs.
// Holds: made means fencing: the transactional id is initialised before anyone reads committed offsets; commits follow one
// another; after any failure the producer is dead, because nobody can say whether the transaction stands.
// Source: README.md#the-bus

import type { Message, Producer, TopicMessages, Transaction } from 'kafkajs';
import type { Acknowledged, OutgoingRecord, TopicPartition, TransactionalProducer } from '../bus.ts';
import { closed } from '../errors.ts';
import { partitionOf } from '../key-partition.ts';
import { BATCH_LIMITS } from '../partition-queues.ts';
import { partitionKey } from '../starting-positions.ts';
import { createClient, REQUEST_TIMEOUT_MS, type KafkaConnection } from './kafkajs-client.ts';
import type { TopicInspector } from './kafkajs-inspector.ts';
import { toRefusal } from './kafkajs-refusals.ts';

/** Transactions back to back draw CONCURRENT_TRANSACTIONS while the last one's markers are being written: ask again soon. */
const RETRY = Object.freeze({ initialRetryTime: 20, maxRetryTime: 1_000, retries: 12 });
/** After this the broker aborts on its own, so that a dead writer holds readers up no longer, ms. */
const TRANSACTION_TIMEOUT_MS = 30_000;

/** Makes the producer and fences every older holder of the id. Rejects with NOT_ALLOWED or UNREACHABLE. */
export async function createKafkaTransactionalProducer(
  connection: KafkaConnection,
  inspector: TopicInspector,
  transactionalId: string,
): Promise<TransactionalProducer> {
  const producer = createClient(connection).producer({
    transactionalId,
    idempotent: true,
    maxInFlightRequests: 1,
    transactionTimeout: TRANSACTION_TIMEOUT_MS,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0, // chosen by `place`
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

class KafkaTransactionalProducer implements TransactionalProducer {
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

  commit(records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]> {
    const mine = this.#last.then(() => this.#commit(records));
    this.#last = mine.catch(() => undefined); // its caller has the rejection
    return mine;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#last;
    this.#isClosed = true;
    await this.#producer.disconnect();
  }

  async #commit(records: readonly OutgoingRecord[]): Promise<readonly Acknowledged[]> {
    if (this.#isClosed || this.#deadOf !== undefined) throw closed({}, this.#deadOf);
    if (records.length === 0) return [];
    let transaction: Transaction | undefined;
    try {
      const placed = await this.#place(records);
      transaction = await this.#producer.transaction();
      const acknowledged: Acknowledged[] = new Array<Acknowledged>(records.length);
      for (const round of toRounds(placed)) await sendRound(transaction, round, acknowledged);
      await transaction.commit();
      return acknowledged;
    } catch (error) {
      const bytes = records.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
      const refusal = toRefusal(error, { what: this.transactionalId, bytes, afterMs: REQUEST_TIMEOUT_MS });
      this.#deadOf = refusal;
      // Best effort: what stays open is aborted by the next holder's fencing, or by the broker's timeout.
      if (refusal.code !== 'FENCED' && transaction?.isActive()) await transaction.abort().catch(() => undefined);
      throw refusal;
    }
  }

  async #place(records: readonly OutgoingRecord[]): Promise<readonly Placed[]> {
    const topics = new Map<string, readonly TopicPartition[]>();
    const placed: Placed[] = [];
    for (const [index, { topic, key, value, headers, partition }] of records.entries()) {
      let places = topics.get(topic);
      if (places === undefined) topics.set(topic, (places = await this.#placesOf(topic)));
      const hashed =
        key === null ? index : partitionOf(typeof key === 'string' ? Buffer.from(key) : key, places.length);
      const chosen = partition ?? hashed % places.length;
      const place = places[chosen] ?? { topic, partition: chosen }; // the broker says what is wrong with it
      // The headers are the caller's: the driver reads them and changes nothing.
      placed.push({ index, place, message: { key, value, partition: chosen, ...(headers && { headers }) } });
    }
    return placed;
  }

  /** One object a partition, by which records that go there are told to. */
  async #placesOf(topic: string): Promise<readonly TopicPartition[]> {
    const count = this.#inspector.knownPartitionsOf(topic) ?? (await this.#inspector.partitionsOf(topic));
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  }
}

interface Placed {
  /** Position in the caller's list. */
  readonly index: number;
  /** The same object for all records of a partition. */
  readonly place: TopicPartition;
  readonly message: Message & { readonly partition: number };
}

/** Cuts a transaction into requests that each stay below the batch limits in every partition; order within a partition is kept. */
function toRounds(placed: readonly Placed[]): readonly (readonly Placed[])[] {
  const rounds: Placed[][] = [];
  const fill = new Map<TopicPartition, { round: number; records: number; bytes: number }>();
  for (const one of placed) {
    const bytes = (one.message.value?.length ?? 0) + (one.message.key?.length ?? 0);
    let at = fill.get(one.place);
    if (at === undefined) fill.set(one.place, (at = { round: 0, records: 0, bytes: 0 }));
    const isFull = at.records >= BATCH_LIMITS.maxRecords || at.bytes + bytes > BATCH_LIMITS.maxBytes;
    if (at.records > 0 && isFull) {
      at.round += 1;
      at.records = 0;
      at.bytes = 0;
    }
    at.records += 1;
    at.bytes += bytes;
    (rounds[at.round] ??= []).push(one);
  }
  return rounds;
}

async function sendRound(
  transaction: Transaction,
  round: readonly Placed[],
  acknowledged: Acknowledged[],
): Promise<void> {
  const answers = await transaction.sendBatch({ acks: -1, topicMessages: toTopicMessages(round) });
  const next = new Map<string, bigint>();
  for (const { topicName, partition, baseOffset } of answers) {
    next.set(partitionKey({ topic: topicName, partition }), BigInt(baseOffset ?? -1));
  }
  const given = new Map<TopicPartition, bigint>();
  for (const { index, place } of round) {
    const offset = given.get(place) ?? next.get(partitionKey(place)) ?? -1n;
    given.set(place, offset + 1n);
    acknowledged[index] = { ...place, offset };
  }
}

function toTopicMessages(round: readonly Placed[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const { place, message } of round) {
    const messages = byTopic.get(place.topic);
    if (messages === undefined) byTopic.set(place.topic, [message]);
    else messages.push(message);
  }
  return [...byTopic].map(([topic, messages]) => ({ topic, messages }));
}
