// Strings as small whole numbers: each distinct (kind, text) gets the next number, and its bytes are kept once.
// Holds: numbers start at 1 and never change; equality is by content, never by hash alone; the seed moves slots and
// nothing that anyone can see. Compact: about 30 bytes and the text itself a string, no JavaScript object.

/** A table of interned texts. Numbers depend on arrival and must not leave the engine. */
export class TextTable {
  readonly #seed: number;
  #mask: number;
  #slots: Int32Array;
  #hashes: Int32Array;
  #kinds: Uint8Array;
  #starts: Float64Array;
  #bytes: Buffer;
  #size = 0;

  constructor(seed: number, capacity = 1_024) {
    this.#seed = seed | 0;
    this.#mask = capacity * 2 - 1;
    this.#slots = new Int32Array(capacity * 2);
    this.#hashes = new Int32Array(capacity + 1);
    this.#kinds = new Uint8Array(capacity + 1);
    this.#starts = new Float64Array(capacity + 2);
    this.#bytes = Buffer.allocUnsafeSlow(capacity * 32);
  }

  /** How many there are; also the greatest number. */
  get size(): number {
    return this.#size;
  }

  /** The number of this text, new if it was not known. `kind` is 0 to 127. */
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
    const end = this.#starts[number + 1]!;
    return this.#bytes.toString(this.#isWide(number) ? 'utf16le' : 'latin1', start, end);
  }

  kindOf(number: number): number {
    return this.#kinds[number]! & 0x7f;
  }

  #isWide(number: number): boolean {
    return this.#kinds[number]! > 0x7f;
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
    const start = this.#starts[number]!;
    const length = this.#starts[number + 1]! - start;
    if (this.#isWide(number)) return length === text.length * 2 && this.textOf(number) === text;
    if (length !== text.length) return false;
    for (let at = 0; at < length; at += 1) if (this.#bytes[start + at] !== text.charCodeAt(at)) return false;
    return true;
  }

  #add(kind: number, text: string, hash: number, slot: number): number {
    const number = (this.#size += 1);
    if (number >= this.#hashes.length) this.#growColumns();
    const start = this.#starts[number]!;
    if (start + text.length * 2 > this.#bytes.length) this.#growBytes(text.length * 2);
    const wide = !this.#writeNarrow(text, start);
    if (wide) this.#bytes.write(text, start, 'utf16le');
    this.#starts[number + 1] = start + (wide ? text.length * 2 : text.length);
    this.#kinds[number] = wide ? kind | 0x80 : kind;
    this.#hashes[number] = hash;
    this.#slots[slot] = number;
    if (number * 2 > this.#mask) this.#rehash();
    return number;
  }

  /** False where a unit does not fit a byte; what was written is then overwritten. A call into the runtime costs more. */
  #writeNarrow(text: string, start: number): boolean {
    const bytes = this.#bytes;
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at);
      if (unit > 0xff) return false;
      bytes[start + at] = unit;
    }
    return true;
  }

  #growColumns(): void {
    this.#hashes = grown(this.#hashes, new Int32Array(this.#hashes.length * 2));
    this.#kinds = grown(this.#kinds, new Uint8Array(this.#kinds.length * 2));
    this.#starts = grown(this.#starts, new Float64Array(this.#hashes.length + 1));
  }

  #growBytes(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#bytes.length + needed));
    this.#bytes.copy(larger);
    this.#bytes = larger;
  }

  #rehash(): void {
    this.#mask = this.#mask * 2 + 1;
    this.#slots = new Int32Array(this.#mask + 1);
    for (let number = 1; number <= this.#size; number += 1) {
      let slot = this.#hashes[number]! & this.#mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = number;
    }
  }
}

/** Copies a column into its larger successor and hands that back. */
export function grown<A extends Int32Array | Uint8Array | Uint16Array | Float64Array>(column: A, larger: A): A {
  larger.set(column);
  return larger;
}
