// Reads Avro primitives from bytes nobody vouches for: where avsc's own reader would go on, this one stops.
// Holds: never reads outside the buffer; a long that is not exact in a JavaScript number, an int out of 32 bits, a boolean
// other than 0 or 1 and a string that is not UTF-8 are refused; an array claims no more items than bytes remain, so the
// work is bounded by the record's length. Source: Apache Avro 1.12 §Binary encoding

import { isUtf8 } from 'node:buffer';
import avro from 'avsc';

/** What `toString('utf8', …)` calls after looking at its arguments; present on every Node, absent from its types. */
const utf8Slice = (Buffer.prototype as unknown as { utf8Slice: Utf8Slice }).utf8Slice;

type Utf8Slice = (this: Buffer, start: number, end: number) => string;

/** What was wrong with the bytes, in words that name no value of theirs. */
export class BadBytes extends Error {}

/** A reading position in a buffer, with the methods by which avsc's types read. */
export class StrictTap {
  readonly buf: Buffer;
  pos: number;

  constructor(buf: Buffer, pos: number) {
    this.buf = buf;
    this.pos = pos;
  }

  get remaining(): number {
    return this.buf.length - this.pos;
  }

  /** Reads a zigzag varint; avsc's own sums it in floating point and misreads negative numbers below −2^52. */
  readLong(): number {
    let byte = this.#byte();
    let low = byte & 0x7f;
    for (let shift = 7; byte & 0x80 && shift < 28; shift += 7) {
      byte = this.#byte();
      low |= (byte & 0x7f) << shift;
    }
    return byte & 0x80 ? this.#longTail(low) : (low >>> 1) ^ -(low & 1);
  }

  readInt(): number {
    const n = this.readLong();
    if (n !== (n | 0)) throw new BadBytes('an int has more than 32 bits');
    return n;
  }

  readBoolean(): boolean {
    const byte = this.#byte();
    if (byte > 1) throw new BadBytes('a boolean is neither 0 nor 1');
    return byte === 1;
  }

  readFloat(): number {
    return this.buf.readFloatLE(this.#advance(4));
  }

  readDouble(): number {
    return this.buf.readDoubleLE(this.#advance(8));
  }

  readFixed(length: number): Buffer {
    const start = this.#advance(length);
    return Buffer.from(this.buf.subarray(start, this.pos)); // copied: the buffer belongs to a fetch
  }

  readBytes(): Buffer {
    return this.readFixed(this.readLong());
  }

  readString(): string {
    const start = this.#advance(this.readLong());
    const text = utf8Slice.call(this.buf, start, this.pos);
    // U+FFFD is what the decoder puts for bytes it cannot read, and also a character of its own: only then look closer.
    if (text.includes('\uFFFD') && !isUtf8(this.buf.subarray(start, this.pos)))
      throw new BadBytes('a string is not UTF-8');
    return text;
  }

  skipLong(): void {
    this.readLong();
  }

  skipInt(): void {
    this.readInt();
  }

  skipBoolean(): void {
    this.readBoolean();
  }

  skipFloat(): void {
    this.#advance(4);
  }

  skipDouble(): void {
    this.#advance(8);
  }

  skipFixed(length: number): void {
    this.#advance(length);
  }

  skipBytes(): void {
    this.#advance(this.readLong());
  }

  skipString(): void {
    this.readString();
  }

  #byte(): number {
    return this.buf[this.pos++] ?? short();
  }

  /** Past 28 bits integer operators would overflow: the sign is the lowest bit, the magnitude is summed without it. */
  #longTail(low: number): number {
    let magnitude = low >>> 1;
    let weight = 2 ** 27;
    let byte: number;
    let count = 4;
    do {
      if (++count > 10) throw new BadBytes('a long has more than ten bytes');
      byte = this.#byte();
      magnitude += (byte & 0x7f) * weight;
      weight *= 128;
    } while (byte & 0x80);
    const n = low & 1 ? -magnitude - 1 : magnitude;
    if (!Number.isSafeInteger(n)) throw new BadBytes('a long lies beyond 2^53 − 1');
    return n;
  }

  #advance(length: number): number {
    if (length < 0) throw new BadBytes('a length is negative');
    if (length > this.remaining) short();
    const start = this.pos;
    this.pos += length;
    return start;
  }
}

function short(): never {
  throw new BadBytes('the bytes end too early');
}

/** What avsc's types do with a tap; the methods exist in 5.7.9 and are not part of its declared types. */
interface ItemsType {
  _read(tap: StrictTap): unknown;
  _skip(tap: StrictTap): void;
}

/** An array whose claimed length is believed only as far as the bytes reach. */
class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: StrictTap): unknown[] {
    const items = this.itemsType as unknown as ItemsType;
    const values: unknown[] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let left = count; left > 0; left -= 1) values.push(items._read(tap));
    return values;
  }

  _skip(tap: StrictTap): void {
    const items = this.itemsType as unknown as ItemsType;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let left = count; left > 0; left -= 1) items._skip(tap);
  }
}

/** The number of items in the next block, 0 at the end. A byte size that precedes a block is read and not trusted. */
function blockCount(tap: StrictTap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    if (tap.readLong() < 0) throw new BadBytes('a length is negative');
  }
  if (count > tap.remaining) throw new BadBytes('an array claims more items than bytes remain');
  return count;
}

/** A string that can be written as UTF-8: a lone surrogate would silently become another character. */
class WellFormedStringType extends avro.types.StringType {
  _check(value: unknown, flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    const fits = typeof value === 'string' && !LONE_SURROGATE.test(value);
    if (!fits) hook?.(value, this);
    return fits;
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const STRING = new WellFormedStringType();

/** A long that is exact in a JavaScript number, both ways; what is not, is refused. */
class ExactLongType extends avro.types.LongType {
  _check(value: unknown, flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    const fits = Number.isSafeInteger(value);
    if (!fits) hook?.(value, this);
    return fits;
  }

  _read(tap: StrictTap): number {
    return tap.readLong();
  }

  /** avsc's own doubles the number first, which rounds it past 2^52. */
  _write(tap: { buf: Buffer; pos: number }, value: number): void {
    const negative = value < 0;
    const magnitude = negative ? -value - 1 : value;
    let digit = (magnitude % 64) * 2 + (negative ? 1 : 0);
    for (let rest = Math.floor(magnitude / 64); rest > 0; rest = Math.floor(rest / 128)) {
      tap.buf[tap.pos++] = digit | 0x80; // past the end nothing is stored; avsc grows the buffer and writes again
      digit = rest % 128;
    }
    tap.buf[tap.pos++] = digit;
  }
}

const LONG = new ExactLongType();

/** A record that knows its own fields only: avsc's look-up would take `constructor` for a declared field. */
class OwnFieldsRecordType extends avro.types.RecordType {
  constructor(schema: unknown, options: unknown) {
    super(schema as never, options);
    Object.setPrototypeOf((this as unknown as { _fieldsByName: object })._fieldsByName, null);
  }
}

/** A value of these takes no byte, so a count of them cannot be bounded; the contract uses neither. */
function isWeightless(items: unknown): boolean {
  return items === 'null' || (isTyped(items) && (items.type === 'null' || isEmptyRecord(items) || isEmptyFixed(items)));
}

function isEmptyRecord(schema: { type?: unknown; fields?: unknown }): boolean {
  return schema.type === 'record' && Array.isArray(schema.fields) && schema.fields.length === 0;
}

function isEmptyFixed(schema: { type?: unknown; size?: unknown }): boolean {
  return schema.type === 'fixed' && schema.size === 0;
}

function isTyped(schema: unknown): schema is { type?: unknown; items?: unknown; fields?: unknown; size?: unknown } {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}

/** @returns avsc's type of a schema with the strict parts put in. Throws for a schema avsc refuses, and for maps. */
export function toStrictType(schema: unknown): avro.Type {
  const typeHook = (part: unknown, options: unknown): avro.Type | undefined => {
    const name = isTyped(part) ? part.type : part;
    if (name === 'string') return STRING;
    if (name === 'long') return LONG;
    if (!isTyped(part)) return undefined;
    if (part.type === 'record') return new OwnFieldsRecordType(part, options);
    if (part.type === 'map') throw new Error('maps are not part of the contract: their keys have no schema');
    if (part.type !== 'array') return undefined;
    if (isWeightless(part.items)) throw new Error('items without bytes are not part of the contract');
    return new BoundedArrayType(part as never, options);
  };
  return avro.Type.forSchema(schema as never, { typeHook, omitRecordMethods: true });
}
