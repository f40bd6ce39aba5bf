// Topics of the in-memory bus: partitions, offsets, transactions and what a read-committed reader sees of them.
// Holds: offsets only grow; a transaction's records appear together, and its marker takes an offset of its own, as in
// Kafka, so that nobody comes to rely on contiguous offsets.

import type { Acknowledged, BusRecord, OutgoingRecord, PartitionEnds } from '../bus.ts';
import { tooLarge, unreachable } from '../errors.ts';
import { partitionOf } from '../key-partition.ts';

/** How the bus is laid out. */
export interface LogOptions {
  /** Partitions of a topic, asked when it is first used; 0 refuses it. */
  readonly partitionsOf: (topic: string) => number;
  readonly maxRecordBytes: number;
  readonly now: () => number;
}

/** A record and its partition, before it has an offset. */
export interface PlacedRecord {
  readonly outgoing: OutgoingRecord;
  readonly partition: number;
}

interface Partition {
  /** Visible records, in offset order. */
  readonly records: BusRecord[];
  next: bigint;
}

/** The log of one test bus. */
export class MemoryLog {
  readonly #options: LogOptions;
  readonly #topics = new Map<string, Partition[]>();
  readonly #listeners = new Set<(to: ReadonlySet<string>) => void>();
  #spread = 0;

  constructor(options: LogOptions) {
    this.#options = options;
  }

  topics(): readonly string[] {
    return [...this.#topics.keys()].sort();
  }

  /** Partitions of a topic, which comes into being if the layout allows. Throws UNREACHABLE where there is none. */
  partitionsOf(topic: string): number {
    return this.#partitionsOf(topic).length;
  }

  ends(topic: string): readonly PartitionEnds[] {
    return this.#partitionsOf(topic).map(({ next }, partition) => ({ topic, partition, earliest: 0n, next }));
  }

  /** Where a record would go. Throws TOO_LARGE or UNREACHABLE. */
  place(outgoing: OutgoingRecord): PlacedRecord {
    const bytes = (outgoing.value?.length ?? 0) + (outgoing.key === null ? 0 : Buffer.byteLength(outgoing.key));
    if (bytes > this.#options.maxRecordBytes) throw tooLarge({ bytes, maxBytes: this.#options.maxRecordBytes });
    const count = this.partitionsOf(outgoing.topic);
    const partition = outgoing.partition ?? this.#choose(outgoing.key, count);
    if (partition >= count) throw unreachable({ what: `${outgoing.topic}/${partition}` });
    return { outgoing, partition };
  }

  /** Appends one record outside any transaction. */
  append(placed: PlacedRecord): Acknowledged {
    const acknowledged = this.#append(placed);
    this.#tell([placed]);
    return acknowledged;
  }

  /** Appends a whole transaction and its markers. */
  appendTransaction(placed: readonly PlacedRecord[]): readonly Acknowledged[] {
    const acknowledged = placed.map((one) => this.#append(one));
    const touched = new Set(placed.map(({ outgoing, partition }) => this.#partition(outgoing.topic, partition)));
    for (const partition of touched) partition.next += 1n; // the commit marker
    this.#tell(placed);
    return acknowledged;
  }

  /** Records of a partition from `next` on, at most `limit`, as copies that the caller owns. */
  read(topic: string, partition: number, next: bigint, limit: number): readonly BusRecord[] {
    const { records } = this.#partition(topic, partition);
    const from = firstAtOrAfter(records, next);
    return records.slice(from, from + limit).map(copyOf);
  }

  /** Whether `read` would give any. */
  hasFrom(topic: string, partition: number, next: bigint): boolean {
    const last = this.#partition(topic, partition).records.at(-1);
    return last !== undefined && last.offset >= next;
  }

  /** Every visible record of one topic, or of all, sorted by topic, partition and offset. */
  records(topic?: string): readonly BusRecord[] {
    const names = topic === undefined ? this.topics() : this.topics().filter((name) => name === topic);
    return names.flatMap((name) => this.#partitionsOf(name).flatMap(({ records }) => records.map(copyOf)));
  }

  /** Calls back after every append with the topics that have more, until the returned function is called. */
  onAppend(listener: (to: ReadonlySet<string>) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #append({ outgoing, partition }: PlacedRecord): Acknowledged {
    const { topic, key, value, headers = {} } = outgoing;
    const to = this.#partition(topic, partition);
    const offset = to.next;
    to.records.push({
      topic,
      partition,
      offset,
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: { ...headers },
      timestampMs: this.#options.now(),
    });
    to.next = offset + 1n;
    return { topic, partition, offset };
  }

  #choose(key: Buffer | string | null, count: number): number {
    if (key === null) return this.#spread++ % count;
    return partitionOf(typeof key === 'string' ? Buffer.from(key) : key, count);
  }

  #partition(topic: string, partition: number): Partition {
    const found = this.#partitionsOf(topic)[partition];
    if (found === undefined) throw unreachable({ what: `${topic}/${partition}` });
    return found;
  }

  #partitionsOf(topic: string): readonly Partition[] {
    return this.#topics.get(topic) ?? this.#make(topic, this.#options.partitionsOf(topic));
  }

  #make(topic: string, partitions: number): Partition[] {
    if (partitions < 1) throw unreachable({ what: topic });
    const made = Array.from({ length: partitions }, (): Partition => ({ records: [], next: 0n }));
    this.#topics.set(topic, made);
    return made;
  }

  #tell(placed: readonly PlacedRecord[]): void {
    const to = new Set(placed.map(({ outgoing }) => outgoing.topic));
    for (const listener of [...this.#listeners]) listener(to);
  }
}

/** Index of the first record whose offset is `next` or more; the length where there is none. */
function firstAtOrAfter(records: readonly BusRecord[], next: bigint): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.offset ?? next) < next) low = middle + 1;
    else high = middle;
  }
  return low;
}

function copyOf(record: BusRecord): BusRecord {
  const { key, value, headers } = record;
  return {
    ...record,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: { ...headers },
  };
}
