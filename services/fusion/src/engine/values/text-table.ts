// Strings as small whole numbers: each distinct (kind, text) has a number, and its bytes are kept once.
// Holds: numbers start at 1 and stand until a sweep frees them, to be given out again; equality is by content, never by hash
// alone; the seed moves slots and nothing that anyone can see. Compact: about 16 bytes and the text itself a string, no
// JavaScript object; bytes lie in pages, so that growing copies none and those of a freed page are given back.
// Source: README.md#memory

/** Bytes of a page; a text that is longer has one of its own. An address is page × PAGE_BYTES + offset, below 2^32. */
const PAGE_BITS = 20;
const PAGE_BYTES = 2 ** PAGE_BITS;
const MAX_PAGES = 2 ** 12;
/** Flag in `#kinds` of a text with a unit above 0xff: two bytes a unit. */
const WIDE = 0x80;
/** Kind of a number that is free; `#hashes` then holds the next one. */
const FREE = 0x7f;
/** In `#lengths`: the length stands in the four bytes before the text. */
const LONG = 0xff;
const LONG_BYTES = 4;
/** Slots are filled to seven tenths at most. */
const fits = (texts: number, slots: number): boolean => texts * 10 <= slots * 7;

/** A table of interned texts. Numbers depend on arrival and must not leave the engine. */
export class TextTable {
  readonly #seed: number;
  #mask: number;
  #slots: Int32Array;
  #hashes: Int32Array;
  #kinds: Uint8Array;
  #starts: Uint32Array;
  /** Bytes of the text. */
  #lengths: Uint8Array;
  /** `undefined`: given back. */
  readonly #pages: (Buffer | undefined)[] = [];
  /** The page that is being filled, and how far. */
  #page = 0;
  #filled = 0;
  #size = 0;
  #used = 0;
  #free = 0;
  #additions = 0;

  constructor(seed: number, capacity = 1_024) {
    this.#seed = seed | 0;
    this.#mask = capacity * 2 - 1;
    this.#slots = new Int32Array(capacity * 2);
    this.#hashes = new Int32Array(capacity + 1);
    this.#kinds = new Uint8Array(capacity + 1);
    this.#starts = new Uint32Array(capacity + 1);
    this.#lengths = new Uint8Array(capacity + 1);
    this.#pages.push(Buffer.allocUnsafeSlow(Math.min(PAGE_BYTES, capacity * 32)));
  }

  /** The greatest number ever given out. */
  get size(): number {
    return this.#size;
  }

  /** How many texts there are. */
  get used(): number {
    return this.#used;
  }

  /** Bytes that texts take, with what is free between them. */
  get byteLength(): number {
    return this.#pages.reduce((sum, page) => sum + (page?.length ?? 0), 0);
  }

  /** How often a text was new: by this a caller sees whether what it interned was known. */
  get additions(): number {
    return this.#additions;
  }

  /** The number of this text, new if it was not known. `kind` is 0 to 126. */
  intern(kind: number, text: string): number {
    const hash = this.#hashOf(kind, text);
    const slot = this.#slotOf(kind, text, hash);
    const known = this.#slots[slot]!;
    return known === 0 ? this.#add(kind, text, hash, slot) : known;
  }

  /** The number of this text, or 0. */
  find(kind: number, text: string): number {
    return this.#slots[this.#slotOf(kind, text, this.#hashOf(kind, text))]!;
  }

  textOf(number: number): string {
    const start = this.#starts[number]!;
    const from = start & (PAGE_BYTES - 1);
    const encoding = this.#isWide(number) ? 'utf16le' : 'latin1';
    return this.#pageOf(start).toString(encoding, from, from + this.#lengthOf(number));
  }

  kindOf(number: number): number {
    return this.#kinds[number]! & 0x7f;
  }

  /** Frees every text for whose number `kept` has 0; `onFreed` is told of each. Cost: the whole table. */
  keepOnly(kept: Uint8Array, onFreed: (number: number) => void): void {
    for (let number = 1; number <= this.#size; number += 1) {
      if (kept[number] !== 0 || this.#kinds[number] === FREE) continue;
      this.#kinds[number] = FREE;
      this.#hashes[number] = this.#free;
      this.#free = number;
      this.#used -= 1;
      onFreed(number);
    }
    this.#emptySparsePages();
    this.#slots.fill(0);
    this.#fillSlots();
  }

  #isWide(number: number): boolean {
    return this.#kinds[number]! >= WIDE;
  }

  #pageOf(start: number): Buffer {
    return this.#pages[start >>> PAGE_BITS]!;
  }

  #lengthOf(number: number): number {
    const length = this.#lengths[number]!;
    if (length !== LONG) return length;
    const start = this.#starts[number]!;
    return this.#pageOf(start).readUInt32LE((start & (PAGE_BYTES - 1)) - LONG_BYTES);
  }

  #hashOf(kind: number, text: string): number {
    let a = this.#seed ^ Math.imul(kind + 1, 0x9e3779b1);
    let b = text.length;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b + unit, 0x5bd1e995) ^ (b >>> 15);
    }
    a ^= b;
    a = Math.imul(a ^ (a >>> 16), 0x45d9f3b);
    return a ^ (a >>> 15);
  }

  #slotOf(kind: number, text: string, hash: number): number {
    let slot = hash & this.#mask;
    for (;;) {
      const number = this.#slots[slot]!;
      if (number === 0 || (this.#hashes[number] === hash && this.#equals(number, kind, text))) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #equals(number: number, kind: number, text: string): boolean {
    if (this.kindOf(number) !== kind) return false;
    const length = this.#lengthOf(number);
    if (this.#isWide(number)) return length === text.length * 2 && this.textOf(number) === text;
    if (length !== text.length) return false;
    const start = this.#starts[number]!;
    const page = this.#pageOf(start);
    const from = start & (PAGE_BYTES - 1);
    for (let at = 0; at < length; at += 1) if (page[from + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  #add(kind: number, text: string, hash: number, slot: number): number {
    const number = this.#takeNumber();
    this.#used += 1;
    this.#additions += 1;
    const wide = !isNarrow(text);
    const length = wide ? text.length * 2 : text.length;
    const start = this.#place(number, length);
    const page = this.#pageOf(start);
    const from = start & (PAGE_BYTES - 1);
    if (wide) page.write(text, from, 'utf16le');
    else for (let at = 0; at < length; at += 1) page[from + at] = text.charCodeAt(at);
    this.#kinds[number] = wide ? kind | WIDE : kind;
    this.#hashes[number] = hash;
    this.#slots[slot] = number;
    if (!fits(this.#used, this.#mask + 1)) this.#widenSlots();
    return number;
  }

  #takeNumber(): number {
    const freed = this.#free;
    if (freed !== 0) {
      this.#free = this.#hashes[freed]!;
      return freed;
    }
    const number = (this.#size += 1);
    if (number >= this.#hashes.length) this.#growColumns();
    return number;
  }

  /** Room for a text, in which its length is noted where it is long. @returns its address. */
  #place(number: number, length: number): number {
    const before = length < LONG ? 0 : LONG_BYTES;
    this.#makeRoom(before + Math.max(1, length)); // an empty one too lies in its page
    const at = this.#filled + before;
    if (before > 0) this.#pages[this.#page]!.writeUInt32LE(length, at - LONG_BYTES);
    this.#filled = at + length;
    this.#lengths[number] = Math.min(length, LONG);
    return (this.#starts[number] = this.#page * PAGE_BYTES + at);
  }

  /** Until it is a whole page the last one grows; a text never lies in two. */
  #makeRoom(bytes: number): void {
    const page = this.#pages[this.#page]!;
    const end = this.#filled + bytes;
    if (end <= page.length) return;
    if (end <= PAGE_BYTES) {
      const larger = Buffer.allocUnsafeSlow(Math.min(PAGE_BYTES, Math.max(end, page.length * 2)));
      page.copy(larger, 0, 0, this.#filled);
      this.#pages[this.#page] = larger;
    } else this.#openPage(Math.max(bytes, PAGE_BYTES));
  }

  #openPage(bytes: number): void {
    let page = this.#pages.indexOf(undefined);
    if (page < 0) page = this.#pages.length;
    if (page === MAX_PAGES) throw new RangeError('texts of one view: more than 4 GiB');
    this.#pages[page] = Buffer.allocUnsafeSlow(bytes);
    this.#page = page;
    this.#filled = 0;
  }

  /** Texts of pages that are less than three quarters full move to others, and the pages are given back. */
  #emptySparsePages(): void {
    const held = new Float64Array(this.#pages.length);
    for (let number = 1; number <= this.#size; number += 1)
      if (this.#kinds[number] !== FREE) held[this.#starts[number]! >>> PAGE_BITS]! += this.#lengthOf(number);
    const leaving = held.map((bytes, page) => (bytes * 4 < (this.#pages[page]?.length ?? 0) * 3 ? 1 : 0));
    if (!leaving.includes(1)) return;
    const pages = [...this.#pages];
    this.#openPage(PAGE_BYTES);
    for (let number = 1; number <= this.#size; number += 1) {
      const start = this.#starts[number]!;
      const page = start >>> PAGE_BITS;
      if (this.#kinds[number] === FREE || leaving[page] !== 1) continue;
      const length = this.#lengthOf(number);
      const from = start & (PAGE_BYTES - 1);
      const to = this.#place(number, length);
      pages[page]!.copy(this.#pageOf(to), to & (PAGE_BYTES - 1), from, from + length);
    }
    for (const [page, isLeaving] of leaving.entries()) if (isLeaving === 1) this.#pages[page] = undefined;
  }

  #growColumns(): void {
    const length = this.#hashes.length * 2;
    this.#hashes = grown(this.#hashes, new Int32Array(length));
    this.#kinds = grown(this.#kinds, new Uint8Array(length));
    this.#starts = grown(this.#starts, new Uint32Array(length));
    this.#lengths = grown(this.#lengths, new Uint8Array(length));
  }

  #widenSlots(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(this.#mask + 1);
    this.#fillSlots();
  }

  #fillSlots(): void {
    for (let number = 1; number <= this.#size; number += 1) {
      if (this.#kinds[number] === FREE) continue;
      let slot = this.#hashes[number]! & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = number;
    }
  }
}

/** True where every unit fits a byte. */
function isNarrow(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0xff) return false;
  return true;
}

/** Copies a column into its larger successor and hands that back. */
export function grown<A extends Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  column: A,
  larger: A,
): A {
  larger.set(column);
  return larger;
}
