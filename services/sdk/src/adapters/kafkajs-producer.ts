// An idempotent producer that shares requests, over kafkajs.
// Holds: a record is acknowledged by every in-sync replica or refused; batches that leave together share a request, and each
// that the broker does not take with it goes once more alone, under the same identity and sequence numbers, to have a verdict
// of its own; a partition has one batch out, because a failed one's sequence numbers are wound back and would be those of
// whatever came next; after an unknown outcome a new producer identity is taken before anything else is sent.
// Source: README.md#the-bus

import type { Message, Producer, TopicMessages } from 'kafkajs';
import { createAccumulator, type Accumulator } from '../accumulator.ts';
import type { Acknowledged, BusProducer, OutgoingRecord, TopicPartition } from '../bus.ts';
import { closed, tooLarge, unreachable, type SitebusError } from '../errors.ts';
import { partitionOf } from '../key-partition.ts';
import type { TakenBatch } from '../partition-queues.ts';
import { createClient, REQUEST_TIMEOUT_MS, type KafkaConnection } from './kafkajs-client.ts';
import type { TopicInspector } from './kafkajs-inspector.ts';
import { RoundShare, toTopicMessages } from './kafkajs-round.ts';
import { isOutOfSequence, isOversized, isVerdict, toRefusal } from './kafkajs-refusals.ts';

/** Largest record worth sending at all, bytes: the most any topic of policy takes. The broker knows each topic's own limit. */
export const MAX_RECORD_BYTES = 16 * 1024 * 1024;
const OVERHEAD_BYTES = 70; // of the record and its share of the batch header, at most
const SPREAD_RECORDS = 100; // records without a key stay together this long before the next partition's turn
const RETRY = Object.freeze({ initialRetryTime: 50, maxRetryTime: 2_000, retries: 8 });

interface Waiting {
  readonly message: Message;
  readonly bytes: number;
  readonly resolve: (acknowledged: Acknowledged) => void;
  readonly reject: (refusal: SitebusError) => void;
}

/** Makes a producer and takes its identity from the cluster. Rejects with NOT_ALLOWED or UNREACHABLE. */
export async function createKafkaProducer(
  connection: KafkaConnection,
  inspector: TopicInspector,
): Promise<BusProducer> {
  const producer = new KafkaProducer(connection, inspector);
  await producer.connect();
  return producer;
}

class KafkaProducer implements BusProducer {
  readonly #connection: KafkaConnection;
  readonly #inspector: TopicInspector;
  readonly #accumulator: Accumulator<Waiting>;
  /** Records whose topic is not known yet, in order, by topic. */
  readonly #unplaced = new Map<string, { readonly record: OutgoingRecord; readonly waiting: Waiting }[]>();
  #identity: Promise<Identity> | undefined;
  #spread = 0;
  #unacknowledged = 0;
  #isClosed = false;

  constructor(connection: KafkaConnection, inspector: TopicInspector) {
    this.#connection = connection;
    this.#inspector = inspector;
    this.#accumulator = createAccumulator({ deliver: (round) => this.#deliverRound(round) });
  }

  async connect(): Promise<void> {
    await this.#currentIdentity();
  }

  async send(record: OutgoingRecord): Promise<Acknowledged> {
    if (!this.#accumulator.hasRoom()) await this.#accumulator.room();
    return this.#queue(record);
  }

  async sendAll(records: readonly OutgoingRecord[]): Promise<readonly PromiseSettledResult<Acknowledged>[]> {
    const sent: Promise<Acknowledged>[] = [];
    for (const record of records) {
      if (!this.#accumulator.hasRoom()) await this.#accumulator.room();
      const acknowledged = this.#queue(record);
      acknowledged.catch(() => undefined); // seen below; without this a refusal while waiting for room would be unhandled
      sent.push(acknowledged);
    }
    return Promise.allSettled(sent);
  }

  async flush(): Promise<void> {
    await this.#drain();
    const unacknowledged = this.#unacknowledged;
    this.#unacknowledged = 0;
    if (unacknowledged > 0) throw unreachable({ what: `${unacknowledged} unacknowledged` });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#drain();
    const identity = await this.#identity?.catch(() => undefined); // never connected: nothing to leave
    await identity?.producer.disconnect();
  }

  async #drain(): Promise<void> {
    while (this.#unplaced.size > 0) await Promise.all([...this.#unplaced.keys()].map((topic) => this.#place(topic)));
    await this.#accumulator.flush();
  }

  #queue(record: OutgoingRecord): Promise<Acknowledged> {
    return new Promise((resolve, reject: (refusal: SitebusError) => void) => {
      if (this.#isClosed) return reject(closed({}));
      const bytes = sizeOf(record);
      if (bytes > MAX_RECORD_BYTES) return reject(tooLarge({ bytes, maxBytes: MAX_RECORD_BYTES }));
      const message: Message = {
        key: record.key,
        value: record.value,
        ...(record.headers && { headers: { ...record.headers } }),
      };
      this.#enter(record, { message, bytes, resolve, reject });
    });
  }

  #enter(record: OutgoingRecord, waiting: Waiting): void {
    const { topic } = record;
    const partitions = record.partition === undefined ? this.#inspector.knownPartitionsOf(topic) : 1;
    const before = this.#unplaced.get(topic);
    if (before !== undefined) {
      before.push({ record, waiting });
    } else if (partitions === undefined) {
      this.#unplaced.set(topic, [{ record, waiting }]);
      void this.#place(topic);
    } else {
      this.#add(record, waiting, partitions);
    }
  }

  /** Learns a topic's partitions, then queues what waited for that, or refuses it. */
  async #place(topic: string): Promise<void> {
    let partitions: number;
    try {
      partitions = await this.#inspector.partitionsOf(topic);
    } catch (error) {
      const waiting = this.#unplaced.get(topic) ?? [];
      this.#unplaced.delete(topic);
      for (const { waiting: one } of waiting) this.#refuse(one, toRefusal(error, { what: topic }));
      return;
    }
    const waiting = this.#unplaced.get(topic) ?? [];
    this.#unplaced.delete(topic);
    for (const one of waiting) this.#add(one.record, one.waiting, partitions);
  }

  #add(record: OutgoingRecord, waiting: Waiting, partitions: number): void {
    const partition = record.partition ?? this.#choose(record.key, partitions);
    this.#accumulator.add({ topic: record.topic, partition }, waiting, waiting.bytes);
  }

  #choose(key: Buffer | string | null, partitions: number): number {
    if (key !== null) return partitionOf(typeof key === 'string' ? Buffer.from(key) : key, partitions);
    this.#spread += 1;
    return Math.floor(this.#spread / SPREAD_RECORDS) % partitions;
  }

  #deliverRound(round: readonly TakenBatch<Waiting>[]): readonly Promise<void>[] {
    if (round.length === 1) return round.map(({ place, items }) => this.#deliver(place, items));
    const shares = round.map(({ place, items }) => {
      return new RoundShare(place, items.map(({ message }) => message)); // prettier-ignore
    });
    const identity = this.#currentIdentity();
    void this.#sendTogether(shares, identity);
    return round.map(({ items }, nth) => this.#deliverShare(shares[nth]!, items, identity));
  }

  async #sendTogether(shares: readonly RoundShare[], taken: Promise<Identity>): Promise<void> {
    try {
      const { producer } = await taken;
      await producer.sendBatch({ acks: -1, topicMessages: toTopicMessages(shares) as unknown as TopicMessages[] });
    } catch (error) {
      this.#connection.log.debug({ text: String(error) }, 'a round is sent batch by batch');
    } finally {
      for (const share of shares) share.settle(undefined); // those of which nothing was said
    }
  }

  async #deliverShare(share: RoundShare, items: readonly Waiting[], taken: Promise<Identity>): Promise<void> {
    const identity = await taken.catch(() => undefined); // asked for again, and refused then
    if (identity !== undefined) identity.out += 1;
    const base = await share.base;
    if (base === undefined) await this.#deliver(share.place, items, identity);
    else accept(share.place, items, base);
    if (identity !== undefined) this.#release(identity);
  }

  async #deliver(place: TopicPartition, items: readonly Waiting[], identity?: Identity): Promise<void> {
    const bytes = items.reduce((sum, item) => sum + item.bytes, 0);
    try {
      accept(place, items, await this.#request(place, items, identity));
    } catch (error) {
      const half = items.length >> 1;
      if (isOversized(error) && half > 0) {
        await this.#deliver(place, items.slice(0, half));
        await this.#deliver(place, items.slice(half));
        return;
      }
      const refusal = toRefusal(error, { what: place.topic, bytes, afterMs: REQUEST_TIMEOUT_MS });
      for (const item of items) this.#refuse(item, refusal);
    }
  }

  /** One request, under `given` where the broker may have the batch already; resolves with the offset of its first record. */
  async #request(place: TopicPartition, items: readonly Waiting[], given?: Identity, again = true): Promise<bigint> {
    const { partition } = place;
    const identity = given ?? (await this.#currentIdentity());
    identity.out += 1;
    try {
      const messages = items.map(({ message }) => ({ ...message, partition }));
      const [answer] = await identity.producer.send({ topic: place.topic, acks: -1, messages });
      return BigInt(answer?.baseOffset ?? -1);
    } catch (error) {
      if (!isVerdict(error)) this.#retire(identity);
      if (isOutOfSequence(error) && again) return await this.#request(place, items, undefined, false);
      throw error;
    } finally {
      this.#release(identity);
    }
  }

  #refuse(waiting: Waiting, refusal: SitebusError): void {
    this.#unacknowledged += 1;
    waiting.reject(refusal);
  }

  #currentIdentity(): Promise<Identity> {
    this.#identity ??= takeIdentity(this.#connection).catch((error: unknown) => {
      this.#identity = undefined;
      throw toRefusal(error, { what: 'cluster' });
    });
    return this.#identity;
  }

  /** What is out goes on under the old identity; what comes next gets a new one. */
  #retire(identity: Identity): void {
    if (identity.isRetired) return;
    identity.isRetired = true;
    this.#identity = undefined;
  }

  /** The last that a retired identity has out takes it along. */
  #release(identity: Identity): void {
    identity.out -= 1;
    if (!identity.isRetired || identity.out > 0) return;
    identity.producer.disconnect().catch((error: unknown) => {
      this.#connection.log.debug({ text: String(error) }, 'a retired producer did not disconnect');
    });
  }
}

function accept(place: TopicPartition, items: readonly Waiting[], base: bigint): void {
  items.forEach((item, index) => item.resolve({ ...place, offset: base + BigInt(index) }));
}

/** One producer id of the cluster, with its sequence numbers. */
interface Identity {
  readonly producer: Producer;
  out: number;
  isRetired: boolean;
}

async function takeIdentity(connection: KafkaConnection): Promise<Identity> {
  const producer = createClient(connection).producer({
    idempotent: true,
    allowAutoTopicCreation: false,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0, // chosen before batching, always present
    retry: { ...RETRY },
  });
  try {
    await producer.connect();
  } catch (error) {
    await producer.disconnect();
    throw error;
  }
  return { producer, out: 0, isRetired: false };
}

function sizeOf({ key, value, headers }: OutgoingRecord): number {
  let bytes = OVERHEAD_BYTES + (key === null ? 0 : Buffer.byteLength(key)) + (value?.length ?? 0);
  for (const name in headers) bytes += Buffer.byteLength(name) + Buffer.byteLength(headers[name] ?? '') + 4;
  return bytes;
}
