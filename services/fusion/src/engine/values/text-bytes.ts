// A text as whole words of bytes, as few as hold it: hexadecimal digits and UUIDs take half, or less, of what they are written in.
// Holds: exact, for any string; equal texts have equal bytes under one code, unequal ones differ in either; bytes beyond the
// last are 0, so that words can be compared and hashed. Source: README.md#memory

import { uuidText } from './uuid-text.ts';

/** What `write(text, 0, 'utf8')` calls after looking at its arguments; present on every Node, absent from its types. */
const { utf8Write } = Buffer.prototype as unknown as {
  utf8Write: (this: Buffer, text: string, offset: number) => number;
};
/** From so many units on the runtime is sooner done than a loop. */
const MANY_UNITS = 24;
/** Codes from here on stand for texts of one length each; below they are lengths themselves. */
const PACKED = 250;
const UUID = 254;
/** The length is not in the code. */
export const LONG = 255;
/** Digits of packed texts, by code: MD5, SHA-1, SHA-256, SHA-512, and a UUID without its hyphens. */
const DIGITS: readonly number[] = Object.freeze([32, 40, 64, 128, 32]);
const UUID_CHARS = 36;
/** Where a UUID has its hyphens. */
const HYPHENS: readonly number[] = Object.freeze([8, 13, 18, 23]);
const HYPHEN = 0x2d;
const NO_DIGIT = 0x80;
const NIBBLES = Uint8Array.from({ length: 256 }, (_, unit) => nibbleOf(String.fromCharCode(unit)));
const FEWEST_BYTES = 4_096;

/** A text in bytes, written over by the next; one for each table. */
export class TextBytes {
  #buffer = new ArrayBuffer(FEWEST_BYTES);
  #bytes = new Uint8Array(this.#buffer);
  #units = new Uint16Array(this.#buffer);
  #ascii = Buffer.from(this.#buffer);
  /** The text's words are the first `wordCount` of these. */
  words = new Int32Array(this.#buffer);
  wordCount = 0;
  byteCount = 0;
  /** Its length, or what stands for it. */
  code = 0;
  /** Two bytes a unit. */
  isWide = false;

  /** Takes a text in. Cost: one look at each unit, and one more where it may be packed. */
  take(text: string): void {
    const { length } = text;
    if (length * 2 + 4 > this.#bytes.length) this.#widen(length * 2 + 4);
    this.isWide = !this.#isAscii(text, length) && this.#hasWideUnits(text, length);
    this.byteCount = length;
    if (this.isWide) this.#takeWide(text);
    this.#finish(length);
  }

  /** Takes in the text that lies in `from` to `to` (exclusive), one byte a unit. */
  takeBytes(source: Uint8Array, from: number, to: number): void {
    const length = to - from;
    if (length + 4 > this.#bytes.length) this.#widen(length + 4);
    const bytes = this.#bytes;
    for (let at = 0; at < length; at += 1) bytes[at] = source[from + at]!;
    this.isWide = false;
    this.byteCount = length;
    this.#finish(length);
  }

  #finish(length: number): void {
    this.code = this.byteCount < PACKED ? this.byteCount : LONG;
    if (!this.isWide && length >= 32) this.#pack(length);
    const bytes = this.#bytes;
    const end = this.byteCount;
    bytes[end] = bytes[end + 1] = bytes[end + 2] = 0;
    this.wordCount = (end + 3) >> 2;
  }

  /** True where the units are the bytes, and written. */
  #isAscii(text: string, length: number): boolean {
    return length >= MANY_UNITS && utf8Write.call(this.#ascii, text, 0) === length;
  }

  /** Writes the lower halves of the units; @returns whether there are others. */
  #hasWideUnits(text: string, length: number): boolean {
    const bytes = this.#bytes;
    let all = 0;
    for (let at = 0; at < length; at += 1) {
      const unit = text.charCodeAt(at);
      bytes[at] = unit;
      all |= unit;
    }
    return all > 0xff;
  }

  #takeWide(text: string): void {
    const units = this.#units;
    for (let at = 0; at < text.length; at += 1) units[at] = text.charCodeAt(at);
    this.byteCount = text.length * 2;
  }

  #pack(length: number): void {
    const isUuid = length === UUID_CHARS && this.#hasHyphens();
    const code = isUuid ? UUID : PACKED + DIGITS.indexOf(length);
    if (code < PACKED) return;
    const bytes = this.#bytes;
    let all = 0;
    for (let at = 0; at < length; at += 1) if (!isUuid || bytes[at] !== HYPHEN) all |= NIBBLES[bytes[at]!]!;
    if (all >= NO_DIGIT) return;
    if (isUuid) this.#dropHyphens();
    const count = DIGITS[code - PACKED]! / 2;
    for (let at = 0; at < count; at += 1) bytes[at] = (NIBBLES[bytes[at * 2]!]! << 4) | NIBBLES[bytes[at * 2 + 1]!]!;
    this.byteCount = count;
    this.code = code;
  }

  /** Exactly where a UUID has them: elsewhere they are no digits. */
  #hasHyphens(): boolean {
    const bytes = this.#bytes;
    for (let nth = 0; nth < HYPHENS.length; nth += 1) if (bytes[HYPHENS[nth]!] !== HYPHEN) return false;
    let hyphens = 0;
    for (let at = 0; at < UUID_CHARS; at += 1) if (bytes[at] === HYPHEN) hyphens += 1;
    return hyphens === HYPHENS.length;
  }

  #dropHyphens(): void {
    let to = 0;
    for (let at = 0; at < UUID_CHARS; at += 1) if (this.#bytes[at] !== HYPHEN) this.#bytes[to++] = this.#bytes[at]!;
  }

  #widen(bytes: number): void {
    this.#buffer = new ArrayBuffer(2 ** (32 - Math.clz32(bytes)));
    this.#bytes = new Uint8Array(this.#buffer);
    this.#units = new Uint16Array(this.#buffer);
    this.#ascii = Buffer.from(this.#buffer);
    this.words = new Int32Array(this.#buffer);
  }
}

/** Bytes of a text with this code; of a LONG one they are told elsewhere. */
export function bytesOf(code: number): number {
  return code < PACKED ? code : DIGITS[code - PACKED]! / 2;
}

/** The text of such bytes. */
export function textFrom(bytes: Buffer, from: number, to: number, code: number, isWide: boolean): string {
  if (isWide) return bytes.toString('utf16le', from, to);
  if (code < PACKED || code === LONG) return bytes.toString('latin1', from, to);
  return code === UUID ? uuidText(bytes, from) : bytes.toString('hex', from, to);
}

function nibbleOf(unit: string): number {
  const at = '0123456789abcdef'.indexOf(unit);
  return at < 0 ? NO_DIGIT : at;
}
