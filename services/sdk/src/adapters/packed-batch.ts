// A fetched batch as one buffer that goes from thread to thread without being copied again: columns, then the bytes.
// Holds: the records that come out are those that went in (a test compares them with the driver's own); they are views, so
// one that is kept keeps its whole batch, a megabyte of the topic at most; nobody writes into the buffer.
// Source: README.md#a-bus-in-a-thread

import type { BusRecord } from '../bus.ts';
import { forEachHeader, type FetchedRecord } from './fetched-records.ts';
import { writeBytes, writeVarint } from './record-batch.ts';

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

/** A record as places in a buffer: the key first, the headers last. */
type Placed = Pick<
  FetchedRecord,
  | 'bytes' | 'offsetNumber' | 'timestampMs' | 'keyFrom' | 'keyLength' | 'valueFrom' | 'valueLength' | 'headersFrom' | 'end'
>; // prettier-ignore

/** Packs records of one partition; the driver's buffer may be dropped afterwards. */
export function packBatch(topic: string, partition: number, records: readonly Placed[]): PackedBatch {
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
      const at = records[index]!;
      offsets[index] = BigInt(at.offsetNumber);
      timestamps[index] = at.timestampMs;
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

/**
 * Packs records of one partition once more, for another thread: what has been handed out, and nothing of a record of which
 * its bus has taken something away. Copies; the records stay as they are. Throws RangeError where there are none.
 */
export function packReceived(records: readonly BusRecord[]): PackedBatch {
  const [first] = records;
  if (first === undefined) throw new RangeError('no record says of which partition');
  if (first instanceof ViewedRecord && first.isOneOf(records)) return first.copyOfBatch();
  const placed = records.map((record) => (record instanceof ViewedRecord ? record : toPlaced(record)));
  return packBatch(first.topic, first.partition, placed);
}

/** The records of a packed batch, in its order. */
export function unpackBatch(packed: PackedBatch): BusRecord[] {
  const parts = partsOf(packed);
  const { topic, partition, count } = packed;
  const records: BusRecord[] = [];
  for (let index = 0; index < count; index += 1)
    records.push(new ViewedRecord(topic, partition, packed.memory, parts, index));
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
function toRuns(records: readonly Placed[]): Run[] {
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

/** A record that looks into its batch; key, value and headers are made when first asked for. */
class ViewedRecord implements BusRecord, Placed {
  readonly topic: string;
  readonly partition: number;
  readonly #memory: ArrayBuffer;
  readonly #parts: Parts;
  readonly #index: number;
  #value: Buffer | null | undefined;

  constructor(topic: string, partition: number, memory: ArrayBuffer, parts: Parts, index: number) {
    this.topic = topic;
    this.partition = partition;
    this.#memory = memory;
    this.#parts = parts;
    this.#index = index;
  }

  get offset(): bigint {
    return this.#parts.offsets[this.#index]!;
  }

  get timestampMs(): number {
    return this.#parts.timestamps[this.#index]!;
  }

  get key(): Buffer | null {
    const { keyFrom, keyLength } = this;
    return keyLength < 0 ? null : this.bytes.subarray(keyFrom, keyFrom + keyLength);
  }

  get value(): Buffer | null {
    const { valueFrom, valueLength } = this;
    return (this.#value ??= valueLength < 0 ? null : this.bytes.subarray(valueFrom, valueFrom + valueLength));
  }

  /** The last value of each name. */
  get headers(): Readonly<Record<string, string>> {
    const { bytes } = this;
    const headers: Record<string, string> = {};
    forEachHeader(bytes, this.headersFrom, (name, from, length) => {
      if (length >= 0) headers[name] = bytes.toString('utf8', from, from + length);
    });
    return headers;
  }

  get bytes(): Buffer {
    return this.#parts.bytes;
  }

  get offsetNumber(): number {
    return Number(this.offset);
  }

  get keyFrom(): number {
    return this.#place(0);
  }

  get keyLength(): number {
    return this.#place(1);
  }

  get valueFrom(): number {
    return this.#place(2);
  }

  get valueLength(): number {
    return this.#place(3);
  }

  get headersFrom(): number {
    return this.#place(4);
  }

  get end(): number {
    return this.#place(5);
  }

  /** Whether these are all records of this one's batch, in its order. */
  isOneOf(records: readonly BusRecord[]): boolean {
    if (records.length !== this.#parts.offsets.length) return false;
    for (let index = 0; index < records.length; index += 1) {
      const record = records[index];
      if (!(record instanceof ViewedRecord) || record.#parts !== this.#parts || record.#index !== index) return false;
    }
    return true;
  }

  copyOfBatch(): PackedBatch {
    const { topic, partition } = this;
    return { topic, partition, count: this.#parts.offsets.length, memory: this.#memory.slice(0) };
  }

  #place(column: number): number {
    return this.#parts.places[this.#index * COLUMNS + column]!;
  }
}

/** Room for a length. */
const LENGTH_BYTES = 5;

/** A record that lies in no batch, written as one in a batch lies there. */
function toPlaced({ offset, timestampMs, key, value, headers }: BusRecord): Placed {
  const named = Object.entries(headers);
  const [keyBytes, valueBytes] = [key?.length ?? 0, value?.length ?? 0];
  const size = named.reduce((sum, pair) => sum + textBytes(pair[0]) + textBytes(pair[1]), LENGTH_BYTES);
  const bytes = Buffer.alloc(keyBytes + valueBytes + size);
  if (key !== null) bytes.set(key, 0);
  if (value !== null) bytes.set(value, keyBytes);
  const headersFrom = keyBytes + valueBytes;
  let end = writeVarint(bytes, headersFrom, named.length);
  for (const [name, text] of named) end = writeBytes(bytes, writeBytes(bytes, end, name), text);
  return {
    bytes,
    offsetNumber: Number(offset),
    timestampMs,
    keyFrom: 0,
    keyLength: key === null ? -1 : keyBytes,
    valueFrom: keyBytes,
    valueLength: value === null ? -1 : valueBytes,
    headersFrom,
    end,
  };
}

const textBytes = (text: string): number => Buffer.byteLength(text) + LENGTH_BYTES;
