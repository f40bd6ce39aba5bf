// Strings as small whole numbers: each distinct (kind, text) has a number, and its bytes are kept once.
// Holds: numbers start at 1 and stand until a sweep frees them, to be given out again; equality is by content, never by hash
// alone; the seed moves slots and nothing that anyone can see. Compact: about 14 bytes and the text itself, no JavaScript
// object; bytes lie in pages, so that growing copies none and those of a freed page are given back.
// Source: README.md#memory

import { LONG, bytesOf, textFrom } from './text-bytes.ts';
import { HEAD_WORDS, WIDE, WordRow, codeIn, hashOf, kindIn, wordsFor } from './text-words.ts';

/** Words of a page; a text that is longer has one of its own. An address is page × PAGE_WORDS + offset, below 2^32. */
const PAGE_BITS = 18;
const PAGE_WORDS = 2 ** PAGE_BITS;
const MAX_PAGES = 2 ** 14;
/** Kind of a number that is free; `#starts` then holds the next one. */
const FREE = 0x7f;
/** Slots are filled to four fifths at most; then as many come as there are, or half of that where they are very many. */
const fits = (texts: number, slots: number): boolean => texts * 5 <= slots * 4;
const VERY_MANY = 2 ** 20;
const TWO_32 = 2 ** 32;
const { floor } = Math;

/** One page: the same bytes twice. */
interface Page {
  readonly words: Int32Array;
  readonly bytes: Buffer;
}

/** A table of interned texts. Numbers depend on arrival and must not leave the engine. */
export class TextTable {
  readonly #seed: number;
  /** Open addressing, linear probing: 8 bits of the hash, 0 for a free slot, and the number. */
  #tags: Uint8Array;
  #slots: Int32Array;
  #kinds: Uint8Array;
  #starts: Uint32Array;
  /** The code of the text: mostly its length. Of a LONG text that stands in the word before it. */
  #codes: Uint8Array;
  /** `undefined`: given back. */
  readonly #pages: (Page | undefined)[] = [];
  /** The page that is being filled, and how far. */
  #page = 0;
  #filled = 0;
  #size = 0;
  #used = 0;
  #free = 0;
  #additions = 0;
  /** Where a text lies that is asked for as a string. */
  readonly #own: WordRow;
  /** The text that is looked for: its words from `#from` on, and what stands in its head. */
  #words: Int32Array;
  #from = 0;
  #kind = 0;
  #code = 0;
  #byteCount = 0;

  constructor(seed: number, capacity = 1_024) {
    this.#seed = seed | 0;
    this.#own = new WordRow(seed);
    this.#words = this.#own.words;
    this.#tags = new Uint8Array(capacity * 2);
    this.#slots = new Int32Array(capacity * 2);
    this.#kinds = new Uint8Array(capacity + 1);
    this.#starts = new Uint32Array(capacity + 1);
    this.#codes = new Uint8Array(capacity + 1);
    this.#pages.push(pageOf(Math.min(PAGE_WORDS, capacity * 8)));
  }

  /** The greatest number ever given out. */
  get size(): number {
    return this.#size;
  }

  /** How many texts there are. */
  get used(): number {
    return this.#used;
  }

  /** Bytes it takes, with what is free between the texts. */
  get byteLength(): number {
    const pages = this.#pages.reduce((sum, page) => sum + (page?.bytes.length ?? 0), 0);
    return pages + this.#slots.length * 5 + this.#kinds.length * 6;
  }

  /** How often a text was new: by this a caller sees whether what it interned was known. */
  get additions(): number {
    return this.#additions;
  }

  /** The number of this text, new if it was not known. `kind` is 0 to 126. */
  intern(kind: number, text: string): number {
    return this.#internAt(this.#take(kind, text));
  }

  /** The same for a text in a row of words, of which no string is made; `seed` is that of the row. */
  internWords(words: Int32Array, at: number, seed: number): number {
    return this.#internAt(this.#look(words, at, seed));
  }

  /** The number of this text, or 0. */
  find(kind: number, text: string): number {
    const slot = this.#slotOf(this.#take(kind, text));
    return this.#tags[slot] === 0 ? 0 : this.#slots[slot]!;
  }

  textOf(number: number): string {
    const start = this.#starts[number]!;
    const from = (start & (PAGE_WORDS - 1)) * 4;
    const code = this.#codes[number]!;
    return textFrom(this.#pageOf(start).bytes, from, from + this.#bytesOf(number), code, this.#isWide(number));
  }

  /** Order of their UTF-16 code units, as of the texts. Of two that are kept alike no string is made. */
  compare(a: number, b: number): number {
    const code = this.#codes[a]!;
    if (code !== this.#codes[b] || code === LONG || this.#isWide(a) || this.#isWide(b)) {
      const [textA, textB] = [this.textOf(a), this.textOf(b)];
      return textA < textB ? -1 : textA > textB ? 1 : 0;
    }
    const [startA, startB] = [this.#starts[a]!, this.#starts[b]!];
    const [bytesA, bytesB] = [this.#pageOf(startA).bytes, this.#pageOf(startB).bytes];
    const [fromA, fromB] = [(startA & (PAGE_WORDS - 1)) * 4, (startB & (PAGE_WORDS - 1)) * 4];
    for (let at = 0; at < bytesOf(code); at += 1) {
      const difference = bytesA[fromA + at]! - bytesB[fromB + at]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  kindOf(number: number): number {
    return this.#kinds[number]! & 0x7f;
  }

  /** Frees every text for whose number `kept` has 0; `onFreed` is told of each. Cost: the whole table. */
  keepOnly(kept: Uint8Array, onFreed: (number: number) => void): void {
    for (let number = 1; number <= this.#size; number += 1) {
      if (kept[number] !== 0 || this.#kinds[number] === FREE) continue;
      this.#kinds[number] = FREE;
      this.#starts[number] = this.#free;
      this.#free = number;
      this.#used -= 1;
      onFreed(number);
    }
    this.#emptySparsePages();
    this.#tags.fill(0);
    this.#fillSlots();
  }

  #isWide(number: number): boolean {
    return this.#kinds[number]! >= WIDE;
  }

  #pageOf(start: number): Page {
    return this.#pages[start >>> PAGE_BITS]!;
  }

  #bytesOf(number: number): number {
    const code = this.#codes[number]!;
    if (code !== LONG) return bytesOf(code);
    const start = this.#starts[number]!;
    return this.#pageOf(start).words[(start & (PAGE_WORDS - 1)) - 1]!;
  }

  #internAt(hash: number): number {
    const slot = this.#slotOf(hash);
    return this.#tags[slot] === 0 ? this.#add(hash, slot) : this.#slots[slot]!;
  }

  /** Brings a text into words, and looks at them. @returns its hash. */
  #take(kind: number, text: string): number {
    this.#own.length = 0;
    const at = this.#own.addText(kind, text);
    return this.#look(this.#own.words, at, this.#seed);
  }

  /** @returns the hash of the text at this place. */
  #look(words: Int32Array, at: number, seed: number): number {
    const head = words[at + 1]!;
    this.#words = words;
    this.#from = at + HEAD_WORDS;
    this.#kind = kindIn(head);
    this.#code = codeIn(head);
    this.#byteCount = words[at + 2]!;
    if (seed === this.#seed) return words[at]!;
    return hashOf(this.#seed, this.#kind, this.#code, words, this.#from, this.#from + wordsFor(this.#byteCount));
  }

  #slotOf(hash: number): number {
    const tags = this.#tags;
    const tag = tagOf(hash);
    for (let slot = this.#homeOf(hash); ;) {
      const found = tags[slot]!;
      if (found === 0 || (found === tag && this.#equals(this.#slots[slot]!))) return slot;
      slot += 1;
      if (slot === tags.length) slot = 0;
    }
  }

  /** Slots are not a power of two: the hash is a part of 2^32. */
  #homeOf(hash: number): number {
    return floor(((hash >>> 0) / TWO_32) * this.#tags.length);
  }

  #equals(number: number): boolean {
    if (this.#codes[number] !== this.#code || this.#kinds[number] !== this.#kind) return false;
    const words = this.#words;
    const start = this.#starts[number]!;
    const page = this.#pageOf(start).words;
    const from = start & (PAGE_WORDS - 1);
    if (this.#code === LONG && page[from - 1] !== this.#byteCount) return false;
    const shift = this.#from - from;
    const end = from + wordsFor(this.#byteCount);
    for (let at = from; at < end; at += 1) if (page[at] !== words[at + shift]) return false;
    return true;
  }

  #add(hash: number, slot: number): number {
    const words = this.#words;
    const number = this.#takeNumber();
    this.#used += 1;
    this.#additions += 1;
    const start = this.#place(number, this.#byteCount, this.#code);
    const page = this.#pageOf(start).words;
    const from = start & (PAGE_WORDS - 1);
    const shift = this.#from - from;
    const end = from + wordsFor(this.#byteCount);
    for (let at = from; at < end; at += 1) page[at] = words[at + shift]!;
    this.#kinds[number] = this.#kind;
    this.#codes[number] = this.#code;
    this.#tags[slot] = tagOf(hash);
    this.#slots[slot] = number;
    if (!fits(this.#used, this.#slots.length)) this.#addSlots();
    return number;
  }

  #takeNumber(): number {
    const freed = this.#free;
    if (freed !== 0) {
      this.#free = this.#starts[freed]!;
      return freed;
    }
    const number = (this.#size += 1);
    if (number >= this.#kinds.length) this.#growColumns();
    return number;
  }

  /** Room for a text, before which its length is noted where it is long. @returns its address. */
  #place(number: number, bytes: number, code: number): number {
    const before = code === LONG ? 1 : 0;
    this.#makeRoom(before + Math.max(1, (bytes + 3) >>> 2)); // an empty one too lies in its page
    const at = this.#filled + before;
    if (before > 0) this.#pages[this.#page]!.words[at - 1] = bytes;
    this.#filled = at + ((bytes + 3) >>> 2);
    return (this.#starts[number] = this.#page * PAGE_WORDS + at);
  }

  /** Until it is a whole page the last one grows; a text never lies in two. */
  #makeRoom(words: number): void {
    const page = this.#pages[this.#page]!.words;
    const end = this.#filled + words;
    if (end <= page.length) return;
    if (end <= PAGE_WORDS) {
      const larger = pageOf(Math.min(PAGE_WORDS, Math.max(end, page.length * 2)));
      larger.words.set(page.subarray(0, this.#filled));
      this.#pages[this.#page] = larger;
    } else this.#openPage(Math.max(words, PAGE_WORDS));
  }

  #openPage(words: number): void {
    let page = this.#pages.indexOf(undefined);
    if (page < 0) page = this.#pages.length;
    if (page === MAX_PAGES) throw new RangeError('texts of one view: more than 16 GiB');
    this.#pages[page] = pageOf(words);
    this.#page = page;
    this.#filled = 0;
  }

  /** Texts of pages that are less than three quarters full move to others, and the pages are given back. */
  #emptySparsePages(): void {
    const held = new Float64Array(this.#pages.length);
    for (let number = 1; number <= this.#size; number += 1)
      if (this.#kinds[number] !== FREE) held[this.#starts[number]! >>> PAGE_BITS]! += this.#bytesOf(number);
    const leaving = held.map((bytes, page) => (bytes * 4 < (this.#pages[page]?.bytes.length ?? 0) * 3 ? 1 : 0));
    if (!leaving.includes(1)) return;
    const pages = [...this.#pages];
    this.#openPage(PAGE_WORDS);
    for (let number = 1; number <= this.#size; number += 1) {
      const start = this.#starts[number]!;
      const page = start >>> PAGE_BITS;
      if (this.#kinds[number] === FREE || leaving[page] !== 1) continue;
      const bytes = this.#bytesOf(number);
      const from = (start & (PAGE_WORDS - 1)) * 4;
      const to = this.#place(number, bytes, this.#codes[number]!);
      const target = (to & (PAGE_WORDS - 1)) * 4;
      pages[page]!.bytes.copy(this.#pageOf(to).bytes, target, from, from + ((bytes + 3) & ~3));
    }
    for (const [page, isLeaving] of leaving.entries()) if (isLeaving === 1) this.#pages[page] = undefined;
  }

  #growColumns(): void {
    const length = this.#kinds.length * 2;
    this.#kinds = grown(this.#kinds, new Uint8Array(length));
    this.#starts = grown(this.#starts, new Uint32Array(length));
    this.#codes = grown(this.#codes, new Uint8Array(length));
  }

  /** Those there were are let go first: the texts say where each belongs. */
  #addSlots(): void {
    const slots = this.#slots.length;
    const length = slots < VERY_MANY ? slots * 2 : floor(slots * 1.5);
    this.#tags = new Uint8Array(0);
    this.#slots = new Int32Array(0);
    this.#tags = new Uint8Array(length);
    this.#slots = new Int32Array(length);
    this.#fillSlots();
  }

  #fillSlots(): void {
    const tags = this.#tags;
    for (let number = 1; number <= this.#size; number += 1) {
      const kind = this.#kinds[number]!;
      if (kind === FREE) continue;
      const start = this.#starts[number]!;
      const from = start & (PAGE_WORDS - 1);
      const words = this.#pageOf(start).words;
      const end = from + wordsFor(this.#bytesOf(number));
      const hash = hashOf(this.#seed, kind, this.#codes[number]!, words, from, end);
      let slot = this.#homeOf(hash);
      while (tags[slot] !== 0) {
        slot += 1;
        if (slot === tags.length) slot = 0;
      }
      tags[slot] = tagOf(hash);
      this.#slots[slot] = number;
    }
  }
}

/** Of the end of the hash, for its beginning says where the slot is. */
function tagOf(hash: number): number {
  return hash & 0xff || 1;
}

function pageOf(words: number): Page {
  const bytes = Buffer.allocUnsafeSlow(words * 4);
  return { bytes, words: new Int32Array(bytes.buffer, bytes.byteOffset, words) };
}

/** Elements that are looked at together when a column grows. */
const BLOCK = 1_024;

/**
 * Copies a column into its larger successor, which is empty, and hands that back. Where there are only zeros nothing is
 * written: memory that was never written takes no room. For the same reason a 0 is best not written over a 0.
 */
export function grown<A extends Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  column: A,
  larger: A,
): A {
  for (let from = 0; from < column.length; from += BLOCK) {
    const end = from + BLOCK < column.length ? from + BLOCK : column.length;
    let at = from;
    while (at < end && column[at] === 0) at += 1;
    if (at < end) larger.set(column.subarray(from, end), from);
  }
  return larger;
}
