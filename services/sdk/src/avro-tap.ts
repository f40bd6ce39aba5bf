// Reads Avro primitives from bytes nobody vouches for: where avsc's own reader would go on, this one stops.
// Holds: never reads outside the buffer; a long that is not exact in a JavaScript number, an int out of 32 bits, a boolean
// other than 0 or 1 and a string that is not UTF-8 are refused. Source: Apache Avro 1.12 §Binary encoding

import { isUtf8 } from 'node:buffer';

/** What `toString('utf8', …)` calls after looking at its arguments; present on every Node, absent from its types. */
const utf8Slice = (Buffer.prototype as unknown as { utf8Slice: Utf8Slice }).utf8Slice;

type Utf8Slice = (this: Buffer, start: number, end: number) => string;

const FIRST_BEYOND_ASCII = 0x80;

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

  /** Held to what is read: no other bytes pass. @returns where the string begins; it ends at `pos`. */
  skipString(): number {
    const start = this.#advance(this.readLong());
    const { buf, pos } = this;
    let at = start;
    while (at < pos && buf[at]! < FIRST_BEYOND_ASCII) at += 1;
    if (at < pos && !isUtf8(buf.subarray(at, pos))) throw new BadBytes('a string is not UTF-8');
    return start;
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
