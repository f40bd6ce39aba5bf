// A record batch as fetched, read in one pass: each record is a few numbers, its places in the fetch's buffer.
// Holds: what kafkajs's own reader gives (a test compares), made only when asked for; at about a tenth of the cost, because
// that one makes a reader, three big integers and a list for every record. Source: Kafka protocol §Record batch, magic 2

/** What stands before a batch's records, as kafkajs names it. */
export interface BatchContext {
  readonly firstOffset: string;
  readonly firstTimestamp: string;
  readonly partitionLeaderEpoch: number;
  readonly inTransaction: boolean;
  readonly isControlBatch: boolean;
  readonly lastOffsetDelta: number;
  readonly producerId: string;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly maxTimestamp: string;
  readonly timestampType: 0 | 1;
  readonly magicByte: number;
}

/** Bytes of a batch before its records, the leading offset and length included. */
export const BATCH_HEAD_BYTES = 61;
/** First offset and length come before what the length counts. */
export const LENGTH_FROM = 12;
const LOG_APPEND_TIME = 8;
const TRANSACTIONAL = 16;
const CONTROL = 32;

/** One record of kafkajs's shape; key, value and headers are places until they are looked at. */
export class FetchedRecord {
  readonly batchContext: BatchContext;
  /** Where the places are. */
  readonly bytes: Buffer;
  readonly attributes: number;
  readonly offsetNumber: number;
  readonly timestampMs: number;
  readonly keyFrom: number;
  /** −1: no key. */
  readonly keyLength: number;
  readonly valueFrom: number;
  /** −1: no value. */
  readonly valueLength: number;
  readonly headersFrom: number;
  /** One past the last byte. */
  readonly end: number;

  constructor(context: BatchContext, bytes: Buffer, places: Places) {
    this.batchContext = context;
    this.bytes = bytes;
    this.attributes = places.attributes;
    this.offsetNumber = places.offsetNumber;
    this.timestampMs = places.timestampMs;
    this.keyFrom = places.keyFrom;
    this.keyLength = places.keyLength;
    this.valueFrom = places.valueFrom;
    this.valueLength = places.valueLength;
    this.headersFrom = places.headersFrom;
    this.end = places.end;
  }

  get magicByte(): number {
    return this.batchContext.magicByte;
  }

  get isControlRecord(): boolean {
    return this.batchContext.isControlBatch;
  }

  get offset(): string {
    return String(this.offsetNumber);
  }

  get timestamp(): string {
    return String(this.timestampMs);
  }

  get key(): Buffer | null {
    return this.keyLength < 0 ? null : this.bytes.subarray(this.keyFrom, this.keyFrom + this.keyLength);
  }

  get value(): Buffer | null {
    return this.valueLength < 0 ? null : this.bytes.subarray(this.valueFrom, this.valueFrom + this.valueLength);
  }

  /** A name that was written more than once has a list. */
  get headers(): Record<string, Buffer | null | (Buffer | null)[]> {
    const headers: Record<string, Buffer | null | (Buffer | null)[]> = {};
    forEachHeader(this.bytes, this.headersFrom, (name, from, length) => {
      const value = length < 0 ? null : this.bytes.subarray(from, from + length);
      const before = headers[name];
      headers[name] = before === undefined ? value : Array.isArray(before) ? [...before, value] : [before, value];
    });
    return headers;
  }
}

/** What a record's places are read into; one object for all. */
interface Places {
  attributes: number;
  offsetNumber: number;
  timestampMs: number;
  keyFrom: number;
  keyLength: number;
  valueFrom: number;
  valueLength: number;
  headersFrom: number;
  end: number;
}

/** The head of the batch that begins at `start`. */
export function readBatchContext(bytes: Buffer, start: number): { context: BatchContext; attributes: number } {
  const attributes = bytes.readInt16BE(start + 21);
  const context: BatchContext = {
    firstOffset: String(bytes.readBigInt64BE(start)),
    partitionLeaderEpoch: bytes.readInt32BE(start + LENGTH_FROM),
    magicByte: bytes.readInt8(start + 16),
    lastOffsetDelta: bytes.readInt32BE(start + 23),
    firstTimestamp: String(bytes.readBigInt64BE(start + 27)),
    maxTimestamp: String(bytes.readBigInt64BE(start + 35)),
    producerId: String(bytes.readBigInt64BE(start + 43)),
    producerEpoch: bytes.readInt16BE(start + 51),
    firstSequence: bytes.readInt32BE(start + 53),
    inTransaction: (attributes & TRANSACTIONAL) > 0,
    isControlBatch: (attributes & CONTROL) > 0,
    timestampType: (attributes & LOG_APPEND_TIME) > 0 ? 1 : 0,
  };
  return { context, attributes };
}

/** `count` records that lie one behind the other from `start`. Throws RangeError where they end too soon. */
export function readRecords(context: BatchContext, bytes: Buffer, start: number, count: number): FetchedRecord[] {
  const firstOffset = Number(context.firstOffset);
  const firstTimestamp = Number(context.firstTimestamp);
  const maxTimestamp = Number(context.maxTimestamp);
  const isAppendTime = context.timestampType === 1;
  const records: FetchedRecord[] = [];
  const places: Places = {
    attributes: 0, offsetNumber: 0, timestampMs: 0,
    keyFrom: 0, keyLength: 0, valueFrom: 0, valueLength: 0, headersFrom: 0, end: 0,
  }; // prettier-ignore
  const reader = new VarintReader(bytes, start);
  for (let index = 0; index < count; index += 1) {
    const length = reader.int();
    places.end = reader.at + length;
    if (length < 0 || places.end > bytes.length) throw new RangeError('a record ends outside its batch');
    places.attributes = bytes[reader.at]!;
    reader.at += 1;
    const timestampDelta = reader.long();
    places.timestampMs = isAppendTime ? maxTimestamp : firstTimestamp + timestampDelta;
    places.offsetNumber = firstOffset + reader.int();
    places.keyLength = reader.int();
    places.keyFrom = reader.at;
    if (places.keyLength > 0) reader.at += places.keyLength;
    places.valueLength = reader.int();
    places.valueFrom = reader.at;
    if (places.valueLength > 0) reader.at += places.valueLength;
    places.headersFrom = reader.at;
    if (reader.at > places.end) throw new RangeError('a record ends outside its length');
    records.push(new FetchedRecord(context, bytes, places));
    reader.at = places.end;
  }
  return records;
}

/** Calls back with every header written from `start` on; a length of −1 is no value. */
export function forEachHeader(
  bytes: Buffer,
  start: number,
  visit: (name: string, valueFrom: number, valueLength: number) => void,
): void {
  const reader = new VarintReader(bytes, start);
  for (let left = reader.int(); left > 0; left -= 1) {
    const nameLength = reader.int();
    const name = nameOf(bytes, reader.at, nameLength);
    reader.at += nameLength;
    const valueLength = reader.int();
    const valueFrom = reader.at;
    if (valueLength > 0) reader.at += valueLength;
    if (reader.at > bytes.length) throw new RangeError('a header ends outside its batch');
    visit(name, valueFrom, valueLength);
  }
}

/** Names of headers are few and always the same: each is made into text once. */
const knownNames = new Map<number, { readonly bytes: Uint8Array; readonly name: string }>();
const MOST_NAMES = 256;

function nameOf(bytes: Buffer, from: number, length: number): string {
  const hint = (length << 16) | ((bytes[from] ?? 0) << 8) | (bytes[from + length - 1] ?? 0);
  const known = knownNames.get(hint);
  if (known !== undefined && isAt(bytes, from, known.bytes)) return known.name;
  const name = bytes.toString('utf8', from, from + length);
  if (known === undefined && knownNames.size < MOST_NAMES)
    knownNames.set(hint, { bytes: Uint8Array.from(bytes.subarray(from, from + length)), name });
  return name;
}

function isAt(bytes: Buffer, from: number, wanted: Uint8Array): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (bytes[from + at] !== wanted[at]) return false;
  return true;
}

/** Zigzag varints, one behind the other. */
class VarintReader {
  at: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  int(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let rest = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 35; shift += 7) {
      byte = bytes[this.at++]!;
      rest |= (byte & 0x7f) << shift;
    }
    return (rest >>> 1) ^ -(rest & 1);
  }

  /** Up to 2^53 in magnitude. */
  long(): number {
    const start = this.at;
    if (this.#bytes[start]! < 0x80) return this.int();
    let rest = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.at++]!;
      rest |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    return Number(BigInt.asIntN(64, (rest >> 1n) ^ -(rest & 1n)));
  }
}
