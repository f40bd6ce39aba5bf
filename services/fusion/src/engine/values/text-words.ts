// Texts in a row of words, as a table of texts takes them without making a string: hash, kind and code, bytes, the text.
// Holds: what lies here is what the table keeps, so equal texts are equal words; the hash is that of the seed, by which a
// table with another one sees that it must work it out anew. Source: README.md#packed-records

import { LONG, bytesOf, writeNarrow, writeUnits, writeWide } from './text-bytes.ts';

/** Flag beside a kind: a text with a unit above 0xff, two bytes a unit. */
export const WIDE = 0x80;
/** Words before those of a text: its hash; kind (with WIDE) and code × 256; how many bytes it has. */
export const HEAD_WORDS = 3;
const CODE_SHIFT = 8;
/** Bytes to begin with for units on their way, and how many more than two a unit `writeUnits` needs. */
const FEWEST_UNITS = 4_096;
const ROOM = 4;
const { imul } = Math;

/** The word that has a text's kind, with `WIDE` where it is, and its code. */
export const headOf = (kind: number, code: number): number => kind | (code << CODE_SHIFT);
/** The kind of a text's second word, with `WIDE` where it is. */
export const kindIn = (head: number): number => head & 0xff;
/** The code of a text's second word. */
export const codeIn = (head: number): number => head >>> CODE_SHIFT;
/** Words that so many bytes take. */
export const wordsFor = (bytes: number): number => (bytes + 3) >>> 2;
/** Where the text that begins at `at` ends. */
export const endOfText = (words: Int32Array, at: number): number => at + HEAD_WORDS + wordsFor(words[at + 2]!);

/** The hash of a text's words; `kind` with `WIDE` where it is. */
export function hashOf(seed: number, kind: number, code: number, words: Int32Array, from: number, end: number): number {
  let hash = seed ^ imul((kind << 8) | code, 0x9e3779b1);
  for (let at = from; at < end; at += 1) {
    hash = imul(hash ^ words[at]!, 0x85ebca6b);
    hash ^= hash >>> 15;
  }
  hash = imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return hash ^ (hash >>> 15);
}

/** A row of words that grows; numbers may stand between the texts. */
export class WordRow {
  readonly seed: number;
  words: Int32Array<ArrayBuffer>;
  length = 0;
  /** Units of a text on their way into words. */
  #units = Buffer.alloc(FEWEST_UNITS);

  constructor(seed: number, capacity = 1_024) {
    this.seed = seed | 0;
    this.words = new Int32Array(capacity);
  }

  /** Appends a number of 32 bits. */
  add(word: number): void {
    if (this.length === this.words.length) this.#widen(1);
    this.words[this.length++] = word;
  }

  /** Leaves room for so many words, to be written later; `words` may be another afterwards. */
  skip(count: number): void {
    if (this.length + count > this.words.length) this.#widen(count);
    this.length += count;
  }

  /** Appends a text; `kind` is 0 to 126. @returns where it begins. */
  addText(kind: number, text: string): number {
    const { length } = text;
    if (length * 2 + ROOM > this.#units.length) this.#units = Buffer.alloc(length * 4);
    if (writeUnits(this.#units, text)) return this.addBytes(kind, this.#units, 0, length);
    const start = this.#begin(length * 2);
    const code = writeWide(this.words, start + HEAD_WORDS, text);
    return this.#finish(start, kind | WIDE, code, length * 2);
  }

  /** Appends the text that lies in bytes from `from` to `to` (exclusive), one byte a unit; otherwise as `addText`. */
  addBytes(kind: number, bytes: Uint8Array, from: number, to: number): number {
    const start = this.#begin(to - from);
    const code = writeNarrow(this.words, start + HEAD_WORDS, bytes, from, to);
    return this.#finish(start, kind, code, code === LONG ? to - from : bytesOf(code));
  }

  /** Makes room for a text of so many bytes. */
  #begin(bytes: number): number {
    const room = HEAD_WORDS + wordsFor(bytes);
    if (this.length + room > this.words.length) this.#widen(room);
    return this.length;
  }

  #finish(start: number, marked: number, code: number, byteCount: number): number {
    const { words } = this;
    const from = start + HEAD_WORDS;
    const end = from + wordsFor(byteCount);
    words[start] = hashOf(this.seed, marked, code, words, from, end);
    words[start + 1] = headOf(marked, code);
    words[start + 2] = byteCount;
    this.length = end;
    return start;
  }

  /** A copy of what was written, in memory of its own. */
  taken(): Int32Array<ArrayBuffer> {
    return this.words.slice(0, this.length);
  }

  #widen(more: number): void {
    const larger = new Int32Array(Math.max(this.words.length * 2, this.length + more));
    larger.set(this.words.subarray(0, this.length));
    this.words = larger;
  }
}
