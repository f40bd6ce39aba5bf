// Records to write as one buffer that goes from thread to thread without being copied again.
// Holds: the records that come out are those that went in (a test compares); topics and sets of headers are told once, and
// of a set each record has at most one value of its own, as the records of one cut have their ids.
// Source: README.md#a-bus-in-a-thread

import type { OutgoingRecord } from '../bus.ts';

/** Records on their way. Layout of `memory`: six numbers a record, then keys, values and own header values. */
export interface PackedRecords {
  readonly count: number;
  readonly topics: readonly string[];
  readonly headerSets: readonly HeaderSet[];
  readonly memory: ArrayBuffer;
}

/** Headers that records share but for the value at `own`; −1 where they share all. */
export interface HeaderSet {
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly own: number;
}

/** Topic, partition (−1: by key), length of the key (−1: none), of the value (−1: none), set of headers (−1: none), own value's length. */
const COLUMNS = 6;
const KEY = 2;
const VALUE = 3;
const OWN = 5;
const NONE = -1;
const HEAD_BYTES = COLUMNS * Int32Array.BYTES_PER_ELEMENT;
/** A UTF-16 unit is at most this many bytes of UTF-8. */
const MAX_UNIT_BYTES = 3;

/** Packs records; what they hold may change afterwards. */
export function packRecords(records: readonly OutgoingRecord[]): PackedRecords {
  const count = records.length;
  const topics = new TextNumbers();
  const sets = new HeaderSets();
  const own = records.map(({ headers }) => (headers === undefined ? undefined : sets.ownOf(headers)));
  const memory = new ArrayBuffer(
    records.reduce((sum, record, index) => sum + HEAD_BYTES + roomFor(record, own[index]), 0),
  );
  const numbers = new Int32Array(memory, 0, count * COLUMNS);
  const bytes = Buffer.from(memory, count * HEAD_BYTES);
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const { topic, partition = NONE, key, value } = records[index]!;
    const first = index * COLUMNS;
    numbers[first] = topics.numberOf(topic);
    numbers[first + 1] = partition;
    at += write(bytes, at, numbers, first + 2, key);
    at += write(bytes, at, numbers, first + 3, value);
    numbers[first + 4] = own[index]?.set ?? NONE;
    at += write(bytes, at, numbers, first + 5, own[index]?.value ?? null);
  }
  return { count, topics: topics.texts, headerSets: sets.sets, memory };
}

/** The records, in their order; keys and values are views. */
export function unpackRecords(packed: PackedRecords): OutgoingRecord[] {
  const open = openPacked(packed);
  return Array.from({ length: packed.count }, (_, index) => {
    const partition = open.partitionOf(index);
    const set = packed.headerSets[open.headerSetOf(index)];
    return {
      topic: packed.topics[open.topicOf(index)]!,
      key: open.keyOf(index),
      value: open.valueOf(index),
      ...(set !== undefined && { headers: toHeaders(set, open.ownOf(index)) }),
      ...(partition !== undefined && { partition }),
    };
  });
}

/** Packed records, to be looked into one by one. */
export const openPacked = (packed: PackedRecords): OpenPacked => new OpenPacked(packed);

/** Where each record's parts are. */
export class OpenPacked {
  readonly count: number;
  readonly #numbers: Int32Array;
  readonly #starts: Int32Array;
  readonly #bytes: Buffer;

  constructor({ count, memory }: PackedRecords) {
    this.count = count;
    this.#numbers = new Int32Array(memory, 0, count * COLUMNS);
    this.#starts = new Int32Array(count);
    this.#bytes = Buffer.from(memory, count * HEAD_BYTES);
    let at = 0;
    for (let index = 0; index < count; index += 1) {
      this.#starts[index] = at;
      at += this.bytesOf(index);
    }
  }

  /** Place in `topics`. */
  topicOf(index: number): number {
    return this.#numbers[index * COLUMNS]!;
  }

  /** Undefined: by key. */
  partitionOf(index: number): number | undefined {
    const partition = this.#numbers[index * COLUMNS + 1]!;
    return partition < 0 ? undefined : partition;
  }

  keyOf(index: number): Buffer | null {
    return this.#piece(index, 0, KEY);
  }

  valueOf(index: number): Buffer | null {
    return this.#piece(index, this.#lengthOf(index, KEY), VALUE);
  }

  /** Place in `headerSets`; −1 for no headers. */
  headerSetOf(index: number): number {
    return this.#numbers[index * COLUMNS + 4]!;
  }

  /** The header value that is this record's own. */
  ownOf(index: number): Buffer | null {
    return this.#piece(index, this.#lengthOf(index, KEY) + this.#lengthOf(index, VALUE), OWN);
  }

  /** Bytes of key, value and own header value together. */
  bytesOf(index: number): number {
    return this.#lengthOf(index, KEY) + this.#lengthOf(index, VALUE) + this.#lengthOf(index, OWN);
  }

  #lengthOf(index: number, column: number): number {
    return Math.max(0, this.#numbers[index * COLUMNS + column]!);
  }

  #piece(index: number, before: number, column: number): Buffer | null {
    const length = this.#numbers[index * COLUMNS + column]!;
    if (length < 0) return null;
    const from = this.#starts[index]! + before;
    return this.#bytes.subarray(from, from + length);
  }
}

function toHeaders({ names, values, own }: HeaderSet, value: Buffer | null): Record<string, string> {
  const headers: Record<string, string> = {};
  for (let place = 0; place < names.length; place += 1)
    headers[names[place]!] = place === own ? String(value) : values[place]!;
  return headers;
}

function roomFor({ key, value }: OutgoingRecord, own: Own | undefined): number {
  return roomForText(key) + (value?.length ?? 0) + roomForText(own?.value ?? null);
}

function roomForText(text: Buffer | string | null): number {
  return typeof text === 'string' ? text.length * MAX_UNIT_BYTES : (text?.length ?? 0);
}

/** Writes bytes and, at `place`, their length. @returns how far that goes. */
function write(bytes: Buffer, at: number, lengths: Int32Array, place: number, value: Buffer | string | null): number {
  if (value === null) {
    lengths[place] = NONE;
    return 0;
  }
  if (typeof value === 'string') return (lengths[place] = writeText(bytes, at, value));
  bytes.set(value, at);
  return (lengths[place] = value.length);
}

/** Ids are short and ASCII: writing them unit by unit costs less than a call into the runtime. */
function writeText(bytes: Buffer, at: number, text: string): number {
  for (let unit = 0; unit < text.length; unit += 1) {
    const code = text.charCodeAt(unit);
    if (code > 0x7f) return bytes.write(text, at, 'utf8');
    bytes[at + unit] = code;
  }
  return text.length;
}

/** A few texts, numbered as they come; mostly the one before comes again. */
class TextNumbers {
  readonly texts: string[] = [];
  #last = NONE;

  numberOf(text: string): number {
    if (this.texts[this.#last] !== text) {
      this.#last = this.texts.indexOf(text);
      if (this.#last < 0) this.#last = this.texts.push(text) - 1;
    }
    return this.#last;
  }
}

/** A record's headers: a set, and what it does not share with it. */
interface Own {
  readonly set: number;
  readonly value: string | null;
}

/** More than one value differs, or a name does. */
const UNLIKE = -2;

/** Sets as records come: each is compared with the last one only. */
class HeaderSets {
  readonly sets: HeaderSet[] = [];

  ownOf(headers: Readonly<Record<string, string>>): Own {
    const last = this.sets[this.sets.length - 1];
    const place = last === undefined ? UNLIKE : placeOfDifference(last, headers);
    if (last === undefined || place !== last.own) this.#add(headers, last?.own === NONE ? place : NONE);
    const set = this.sets.length - 1;
    const { names, own } = this.sets[set]!;
    return { set, value: own < 0 ? null : headers[names[own]!]! };
  }

  #add(headers: Readonly<Record<string, string>>, place: number): void {
    const names = Object.keys(headers);
    this.sets.push({ names, values: names.map((name) => headers[name]!), own: Math.max(NONE, place) });
  }
}

/** The one place at which headers differ from the set, which is its own where it has one; −1 where none, −2 where they are unlike. */
function placeOfDifference({ names, values, own }: HeaderSet, headers: Readonly<Record<string, string>>): number {
  let index = 0;
  let found = own;
  for (const name in headers) {
    if (names[index] !== name) return UNLIKE;
    if (index !== own && values[index] !== headers[name]) {
      if (found >= 0) return UNLIKE;
      found = index;
    }
    index += 1;
  }
  return index === names.length ? found : UNLIKE;
}
