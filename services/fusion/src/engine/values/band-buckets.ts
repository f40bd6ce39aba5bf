// Which texts lie under one band key: a table of keys, most of which only one text has.
// Holds: no object a text; a key with several texts has a set; nothing here depends on the order of arrival but slots.

const EMPTY = 0;
const GONE = 0x7fffffff;

/** Texts by key. Texts are numbers above 0; a text is put under a key once. */
export class BandBuckets {
  #mask = 4_095;
  #keys = new Int32Array(4_096);
  /** A text, or −1 − the place of a set in `#sets`. */
  #slots = new Int32Array(4_096);
  #used = 0;
  readonly #sets: Set<number>[] = [];
  readonly #freeSets: number[] = [];

  /** Texts under the key, in no order. */
  textsUnder(key: number): Iterable<number> {
    const held = this.#slots[this.#find(key)]!;
    if (held === EMPTY) return NONE;
    return held > 0 ? [held] : this.#sets[-1 - held]!;
  }

  sizeOf(key: number): number {
    const held = this.#slots[this.#find(key)]!;
    return held === EMPTY ? 0 : held > 0 ? 1 : this.#sets[-1 - held]!.size;
  }

  add(key: number, text: number): void {
    const slot = this.#find(key);
    const held = this.#slots[slot]!;
    if (held === EMPTY) return this.#put(key, text, slot);
    if (held > 0) this.#slots[slot] = -1 - this.#newSet(held, text);
    else this.#sets[-1 - held]!.add(text);
  }

  remove(key: number, text: number): void {
    const slot = this.#find(key);
    const held = this.#slots[slot]!;
    if (held === text) this.#slots[slot] = GONE;
    if (held >= 0) return;
    const set = this.#sets[-1 - held]!;
    set.delete(text);
    if (set.size > 1) return;
    this.#slots[slot] = [...set][0]!;
    set.clear();
    this.#freeSets.push(-1 - held);
  }

  #newSet(a: number, b: number): number {
    const place = this.#freeSets.pop() ?? this.#sets.push(new Set()) - 1;
    this.#sets[place]!.add(a).add(b);
    return place;
  }

  /** The key's slot, or the empty one where it would stand. */
  #find(key: number): number {
    let slot = (Math.imul(key, 0x9e3779b1) >>> 0) & this.#mask;
    for (;;) {
      const held = this.#slots[slot]!;
      if (held === EMPTY || (held !== GONE && this.#keys[slot] === key)) return slot;
      slot = (slot + 1) & this.#mask;
    }
  }

  #put(key: number, text: number, slot: number): void {
    this.#keys[slot] = key;
    this.#slots[slot] = text;
    this.#used += 1;
    if (this.#used * 2 > this.#mask) this.#rehash();
  }

  /** Slots of keys that are gone are free again only here. */
  #rehash(): void {
    const [keys, slots] = [this.#keys, this.#slots];
    const live = slots.reduce((count, held) => (held === EMPTY || held === GONE ? count : count + 1), 0);
    while (live * 4 > this.#mask) this.#mask = this.#mask * 2 + 1;
    this.#keys = new Int32Array(this.#mask + 1);
    this.#slots = new Int32Array(this.#mask + 1);
    this.#used = live;
    for (const [at, held] of slots.entries()) {
      if (held === EMPTY || held === GONE) continue;
      const slot = this.#find(keys[at]!);
      this.#keys[slot] = keys[at]!;
      this.#slots[slot] = held;
    }
  }
}

const NONE: readonly number[] = Object.freeze([]);
