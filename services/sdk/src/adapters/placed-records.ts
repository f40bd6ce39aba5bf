// The records of one transaction by the partitions they go to, in requests that a broker takes, each partition's share one batch.
// Holds: order within a partition is kept; no batch is larger than a topic of policy takes, but for a record that is alone; a
// batch is written straight from the packed records, header sets as they were written once. Source: README.md#the-bus

import type { TopicPartition } from '../bus.ts';
import { partitionOf } from '../key-partition.ts';
import { openPacked, type OpenPacked, type PackedRecords } from './packed-records.ts';
import { append, endRecord, recordFrom, RECORD_OVERHEAD_BYTES, writeBytes, writeVarint, type WrittenOneByOne } from './record-batch.ts'; // prettier-ignore

/** Below the 1 MiB of `max.message.bytes`, by the room that records are given at most. */
const MAX_BATCH_BYTES = 900 * 1024;

/** One partition's share of a request; to the driver it is a list of messages of this length. */
export class PartitionShare implements WrittenOneByOne {
  readonly place: TopicPartition;
  /** Places in the packed records, ascending. */
  readonly indexes: number[] = [];
  /** Room that they need at most. */
  room = 0;
  readonly #records: PlacedRecords;

  constructor(place: TopicPartition, records: PlacedRecords) {
    this.place = place;
    this.#records = records;
  }

  get length(): number {
    return this.indexes.length;
  }

  write(bytes: Buffer, at: number, index: number): number {
    return this.#records.write(bytes, at, this.indexes[index]!, index);
  }
}

/** A topic's share of a request, as the driver is handed it in place of a list of messages. */
export interface TopicShare {
  readonly topic: string;
  readonly byPartition: Readonly<Record<number, PartitionShare>>;
}

/** A set of headers in Kafka's bytes, in two pieces around the value that is each record's own. */
interface HeaderBytes {
  readonly before: Buffer;
  readonly after: Buffer;
  readonly hasOwn: boolean;
}

/** Packed records, ready to be placed and written. */
export class PlacedRecords {
  readonly #packed: OpenPacked;
  readonly #headers: readonly HeaderBytes[];
  readonly #topics: readonly string[];

  constructor(packed: PackedRecords) {
    this.#packed = openPacked(packed);
    this.#headers = packed.headerSets.map(toHeaderBytes);
    this.#topics = packed.topics;
  }

  /** Requests, in order; `partitions` of each topic, in the order in which the packed records name them. */
  toRequests(partitions: readonly number[]): readonly (readonly TopicShare[])[] {
    const requests: Map<string, Record<number, PartitionShare>>[] = [];
    const filling = new Map<number, { request: number; share: PartitionShare }>();
    for (let index = 0; index < this.#packed.count; index += 1) {
      const topicNumber = this.#packed.topicOf(index);
      const partition = this.#partitionOf(index, partitions[topicNumber]!);
      const key = topicNumber * 2 ** 20 + partition;
      const room = this.#roomFor(index);
      let at = filling.get(key);
      if (at === undefined || at.share.room + room > MAX_BATCH_BYTES) {
        const place = at?.share.place ?? { topic: this.#topics[topicNumber]!, partition };
        at = { request: (at?.request ?? -1) + 1, share: new PartitionShare(place, this) };
        filling.set(key, at);
        const request = (requests[at.request] ??= new Map());
        const shares = request.get(place.topic) ?? {};
        shares[partition] = at.share;
        request.set(place.topic, shares);
      }
      at.share.indexes.push(index);
      at.share.room += room;
    }
    return requests.map((request) => [...request].map(([topic, byPartition]) => ({ topic, byPartition })));
  }

  /** Writes one record as the `offsetDelta`-th of its batch. @returns where it ends. */
  write(bytes: Buffer, start: number, index: number, offsetDelta: number): number {
    const packed = this.#packed;
    const from = recordFrom(start);
    bytes[from] = 0; // attributes
    bytes[from + 1] = 0; // as late as the batch
    let at = writeVarint(bytes, from + 2, offsetDelta);
    at = writeBytes(bytes, at, packed.keyOf(index));
    at = writeBytes(bytes, at, packed.valueOf(index));
    const headers = this.#headers[packed.headerSetOf(index)] ?? NO_HEADERS;
    at = append(bytes, at, headers.before);
    if (headers.hasOwn) at = writeBytes(bytes, at, packed.ownOf(index));
    return endRecord(bytes, start, append(bytes, at, headers.after));
  }

  #partitionOf(index: number, partitions: number): number {
    const given = this.#packed.partitionOf(index);
    if (given !== undefined) return given;
    const key = this.#packed.keyOf(index);
    return key === null ? index % partitions : partitionOf(key, partitions);
  }

  #roomFor(index: number): number {
    const { before, after } = this.#headers[this.#packed.headerSetOf(index)] ?? NO_HEADERS;
    return RECORD_OVERHEAD_BYTES + this.#packed.bytesOf(index) + before.length + after.length;
  }
}

const NO_HEADERS: HeaderBytes = { before: Buffer.from([0]), after: Buffer.alloc(0), hasOwn: false };
/** Names and values that all records share are short. */
const BYTES_A_TEXT = 8;

function toHeaderBytes({ names, values, own }: PackedRecords['headerSets'][number]): HeaderBytes {
  const texts = [...names, ...values];
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + BYTES_A_TEXT, BYTES_A_TEXT);
  const bytes = Buffer.alloc(size);
  let at = writeVarint(bytes, 0, names.length);
  let ownAt = -1;
  for (const [place, name] of names.entries()) {
    at = writeBytes(bytes, at, name);
    if (place === own) ownAt = at;
    else at = writeBytes(bytes, at, values[place]);
  }
  const end = at;
  if (ownAt < 0) return { before: bytes.subarray(0, end), after: bytes.subarray(end, end), hasOwn: false };
  return { before: bytes.subarray(0, ownAt), after: bytes.subarray(ownAt, end), hasOwn: true };
}
