// A text as whole words of bytes, as few as hold it: hexadecimal digits and UUIDs take half, or less, of what they are written in.
// Holds: exact, for any string; equal texts have equal bytes under one code, unequal ones differ in either; bytes beyond the
// last are 0, so that words can be compared and hashed; a word's first byte is its lowest, as on every machine that Node runs
// on. Source: README.md#memory

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
const FEWEST_DIGITS = 32;
const UUID_CHARS = 36;
/** Where a UUID has its hyphens, and where its groups of four digits begin. */
const HYPHENS: readonly number[] = Object.freeze([8, 13, 18, 23]);
const GROUPS: readonly number[] = Object.freeze([0, 4, 9, 14, 19, 24, 28, 32]);
const HYPHEN = 0x2d;
/** Above what two digits come to. */
const NO_DIGIT = 0x100;
const NIBBLES = Uint16Array.from({ length: 256 }, (_, unit) => nibbleOf(String.fromCharCode(unit)));

/**
 * Writes the units of a text, a byte each. @returns false where one has more than eight bits. `bytes` has room for two a unit
 * and four more: else a text that is cut off where they end would look like one in ASCII.
 */
export function writeUnits(bytes: Buffer, text: string): boolean {
  const { length } = text;
  if (length >= MANY_UNITS && utf8Write.call(bytes, text, 0) === length) return true; // all of it is ASCII
  let all = 0;
  for (let at = 0; at < length; at += 1) {
    const unit = text.charCodeAt(at);
    bytes[at] = unit;
    all |= unit;
  }
  return all <= 0xff;
}

/**
 * Writes the text that lies in bytes from `from` to `to` (exclusive), one byte a unit, as words from `at` on: no more than hold
 * its bytes. @returns its code. Cost: one look at each byte, and another where it has the length of one that may be packed.
 */
export function writeNarrow(words: Int32Array, at: number, bytes: Uint8Array, from: number, to: number): number {
  const length = to - from;
  if (length >= FEWEST_DIGITS) {
    const code = length === UUID_CHARS ? UUID : PACKED + DIGITS.indexOf(length);
    if (code === UUID ? isUuid(words, at, bytes, from) : code >= PACKED && areDigits(words, at, bytes, from, to))
      return code;
  }
  let word = at;
  let place = from;
  for (; place + 4 <= to; place += 4)
    words[word++] = bytes[place]! | (bytes[place + 1]! << 8) | (bytes[place + 2]! << 16) | (bytes[place + 3]! << 24);
  if (place < to) {
    let last = 0;
    for (let shift = 0; place < to; place += 1, shift += 8) last |= bytes[place]! << shift;
    words[word] = last;
  }
  return codeFor(length);
}

/** The same for a text with units above 0xff, two bytes a unit. */
export function writeWide(words: Int32Array, at: number, text: string): number {
  for (let unit = 0; unit < text.length; unit += 2)
    words[at + (unit >> 1)] = text.charCodeAt(unit) | (unit + 1 < text.length ? text.charCodeAt(unit + 1) << 16 : 0);
  return codeFor(text.length * 2);
}

const codeFor = (bytes: number): number => (bytes < PACKED ? bytes : LONG);

function areDigits(words: Int32Array, at: number, bytes: Uint8Array, from: number, to: number): boolean {
  let word = at;
  for (let place = from; place < to; place += 8)
    if (!areEightDigits(words, word++, bytes, place, place + 4)) return false;
  return true;
}

/** Exactly where a UUID has them are hyphens: elsewhere they are no digits. */
function isUuid(words: Int32Array, at: number, bytes: Uint8Array, from: number): boolean {
  for (let nth = 0; nth < HYPHENS.length; nth += 1) if (bytes[from + HYPHENS[nth]!] !== HYPHEN) return false;
  for (let nth = 0; nth < GROUPS.length; nth += 2)
    if (!areEightDigits(words, at + (nth >> 1), bytes, from + GROUPS[nth]!, from + GROUPS[nth + 1]!)) return false;
  return true;
}

/** Writes a word: four digits from `first` on, and four from `second` on; what it is worth where one is none, nobody reads. */
function areEightDigits(words: Int32Array, at: number, bytes: Uint8Array, first: number, second: number): boolean {
  const a = (NIBBLES[bytes[first]!]! << 4) | NIBBLES[bytes[first + 1]!]!;
  const b = (NIBBLES[bytes[first + 2]!]! << 4) | NIBBLES[bytes[first + 3]!]!;
  const c = (NIBBLES[bytes[second]!]! << 4) | NIBBLES[bytes[second + 1]!]!;
  const d = (NIBBLES[bytes[second + 2]!]! << 4) | NIBBLES[bytes[second + 3]!]!;
  words[at] = a | (b << 8) | (c << 16) | (d << 24);
  return (a | b | c | d) < NO_DIGIT;
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
