// A fetched batch as one buffer that goes from thread to thread without being copied again: columns, then the bytes.
// Holds: the records that come out are those that went in (a test compares them with the driver's own); they are views, so
// one that is kept keeps its whole batch, a megabyte of the topic at most; nobody writes into the buffer.
// Source: README.md#a-bus-in-a-thread

import type { BusRecord } from '../bus.ts';
import { forEachHeader, type FetchedRecord } from './fetched-records.ts';

/** A batch on its way. Layout of `memory`: offsets, timestamps, then six places a record, then the bytes they are in. */
export interface PackedBatch {
  readonly topic: string;
  readonly partition: number;
  readonly count: number;
  readonly memory: ArrayBuffer;
}

const COLUMNS = 6;
const WIDE_BYTES = 8;
const NARROW_BYTES = 4;
/** Wide columns are offsets (bigint) and timestamps (number). */
const HEAD_BYTES = 2 * WIDE_BYTES + COLUMNS * NARROW_BYTES;

/** Packs records of one partition; the driver's buffer may be dropped afterwards. */
export function packBatch(topic: string, partition: number, records: readonly FetchedRecord[]): PackedBatch {
  const count = records.length;
  const runs = toRuns(records);
  const size = runs.reduce((sum, { from, to }) => sum + to - from, 0);
  const memory = new ArrayBuffer(count * HEAD_BYTES + size);
  const { offsets, timestamps, places, bytes } = partsOf({ count, memory });
  let index = 0;
  let filled = 0;
  for (const { source, from, to, until } of runs) {
    bytes.set(source.subarray(from, to), filled);
    const shift = filled - from;
    for (; index < until; index += 1) {
      const { offsetNumber, timestampMs, ...at } = records[index]!;
      offsets[index] = BigInt(offsetNumber);
      timestamps[index] = timestampMs;
      const first = index * COLUMNS;
      places[first] = at.keyFrom + shift;
      places[first + 1] = at.keyLength;
      places[first + 2] = at.valueFrom + shift;
      places[first + 3] = at.valueLength;
      places[first + 4] = at.headersFrom + shift;
      places[first + 5] = at.end + shift;
    }
    filled += to - from;
  }
  return { topic, partition, count, memory };
}

/** The records of a packed batch, in its order. */
export function unpackBatch(packed: PackedBatch): BusRecord[] {
  const parts = partsOf(packed);
  const { topic, partition, count } = packed;
  const records: BusRecord[] = [];
  for (let index = 0; index < count; index += 1) records.push(new ViewedRecord(topic, partition, parts, index));
  return records;
}

/** Bytes that belong together: everything between two records in one buffer of the driver's. */
interface Run {
  readonly source: Buffer;
  readonly from: number;
  readonly to: number;
  /** One past the last record of it. */
  readonly until: number;
}

/** Filtered records between two others are few (aborted ones), so they are copied along. */
function toRuns(records: readonly FetchedRecord[]): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let index = 1; index <= records.length; index += 1) {
    const { bytes, keyFrom } = records[first]!;
    if (index < records.length && records[index]!.bytes === bytes) continue;
    runs.push({ source: bytes, from: keyFrom, to: records[index - 1]!.end, until: index });
    first = index;
  }
  return runs;
}

interface Parts {
  readonly offsets: BigInt64Array;
  readonly timestamps: Float64Array;
  readonly places: Int32Array;
  readonly bytes: Buffer;
}

function partsOf({ count, memory }: Pick<PackedBatch, 'count' | 'memory'>): Parts {
  const wide = count * WIDE_BYTES;
  return {
    offsets: new BigInt64Array(memory, 0, count),
    timestamps: new Float64Array(memory, wide, count),
    places: new Int32Array(memory, 2 * wide, count * COLUMNS),
    bytes: Buffer.from(memory, count * HEAD_BYTES),
  };
}

/** A record that looks into its batch; key and headers are made when first asked for. */
class ViewedRecord implements BusRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly value: Buffer | null;
  readonly timestampMs: number;
  readonly #parts: Parts;
  readonly #index: number;

  constructor(topic: string, partition: number, parts: Parts, index: number) {
    const { offsets, timestamps, places, bytes } = parts;
    const from = places[index * COLUMNS + 2]!;
    const length = places[index * COLUMNS + 3]!;
    this.topic = topic;
    this.partition = partition;
    this.offset = offsets[index]!;
    this.value = length < 0 ? null : bytes.subarray(from, from + length);
    this.timestampMs = timestamps[index]!;
    this.#parts = parts;
    this.#index = index;
  }

  get key(): Buffer | null {
    const { places, bytes } = this.#parts;
    const from = places[this.#index * COLUMNS]!;
    const length = places[this.#index * COLUMNS + 1]!;
    return length < 0 ? null : bytes.subarray(from, from + length);
  }

  /** The last value of each name. */
  get headers(): Readonly<Record<string, string>> {
    const { places, bytes } = this.#parts;
    const headers: Record<string, string> = {};
    forEachHeader(bytes, places[this.#index * COLUMNS + 4]!, (name, from, length) => {
      if (length >= 0) headers[name] = bytes.toString('utf8', from, from + length);
    });
    return headers;
  }
}
