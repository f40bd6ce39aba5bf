// Strings as small whole numbers: each distinct (kind, text) has a number, and its bytes are kept once.
// Holds: numbers start at 1 and stand until a sweep frees them, to be given out again; equality is by content, never by hash
// alone; the seed moves slots and nothing that anyone can see. Compact: about 17 bytes and the text itself, no JavaScript
// object; bytes lie in pages, so that growing copies none and those of a freed page are given back.
// Source: README.md#memory

import { MANY_VALUES, grown, lengthFor } from '../growing-columns.ts';
import { LONG, bytesOf, textFrom } from './text-bytes.ts';
import { TextSlots } from './text-slots.ts';
import { HEAD_WORDS, WIDE, WordRow, codeIn, hashOf, kindIn, wordsFor } from './text-words.ts';

/** Words of a page; a text that is longer has one of its own. An address is page × PAGE_WORDS + offset, below 2^32. */
const PAGE_BITS = 18;
const PAGE_WORDS = 2 ** PAGE_BITS;
const MAX_PAGES = 2 ** 14;
/** Kind of a number that is free; `#starts` then holds the next one. */
const FREE = 0x7f;
/** One page: the same bytes twice. */
interface Page {
  readonly words: Int32Array;
  readonly bytes: Buffer;
}

/** A table of interned texts. Numbers depend on arrival and must not leave the engine. */
export class TextTable {
  readonly #seed: number;
  readonly #slots: TextSlots;
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
    this.#slots = new TextSlots(capacity * 2);
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
    return pages + this.#slots.byteLength + this.#kinds.length * 6;
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

  /** Looks where a text in a row of words will be searched, so that it is found sooner; of use where the seed is the same. */
  glance(words: Int32Array, at: number): void {
    this.#slots.glance(words[at]!);
  }

  /** The number of this text, or 0. */
  find(kind: number, text: string): number {
    return this.#numberOf(this.#take(kind, text));
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
    this.#slots.keepOnly(kept);
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
    const known = this.#numberOf(hash);
    return known === 0 ? this.#add(hash) : known;
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

  /** The number of the text that is looked for, or 0. */
  #numberOf(hash: number): number {
    const slots = this.#slots;
    let number = slots.first(hash);
    while (number !== 0 && !this.#equals(number)) number = slots.next(hash);
    return number;
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

  #add(hash: number): number {
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
    this.#slots.put(hash, number);
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
    const length = lengthFor(this.#size + 1, this.#kinds.length, MANY_VALUES);
    this.#kinds = grown(this.#kinds, new Uint8Array(length));
    this.#starts = grown(this.#starts, new Uint32Array(length));
    this.#codes = grown(this.#codes, new Uint8Array(length));
  }
}

function pageOf(words: number): Page {
  const bytes = Buffer.allocUnsafeSlow(words * 4);
  return { bytes, words: new Int32Array(bytes.buffer, bytes.byteOffset, words) };
}
