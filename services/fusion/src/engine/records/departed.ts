// Ids whose record is gone: enough of each to go on where it stopped, should the same record be sent again.
// Holds: found by 64 bits of the id, which are as good as random (UUIDv5); two whole numbers and a day an id, no object;
// forgotten a fixed number of days after the record left. Source: README.md#identity

/** Days for which a departed id is remembered: those for which assess.<view> keeps all its versions. */
export const REMEMBERED_DAYS = 400;

/** One departed id, as an image lists it. */
export interface Departed {
  readonly high: number;
  readonly low: number;
  /** The last version of a closed id; negative: an entry, where more must be remembered. */
  readonly value: number;
  /** Whole days since 1970 on which it left. */
  readonly day: number;
}

/** Slots are filled to four fifths at most, and then half as many come. */
const fits = (ids: number, slots: number): boolean => ids * 5 <= slots * 4;
const GROWTH = 1.5;
const FEWEST = 1_024;
const TWO_32 = 2 ** 32;
const { floor, imul } = Math;

/** A hash table of whole numbers, open addressing, linear probing. */
export class DepartedIds {
  #high = new Int32Array(FEWEST);
  #low = new Int32Array(FEWEST);
  /** 0 is a free slot. */
  #value = new Int32Array(FEWEST);
  #day = new Uint16Array(FEWEST);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes it takes. */
  get byteLength(): number {
    return this.#value.length * 14;
  }

  add(high: number, low: number, value: number, day: number): void {
    if (!fits(this.#size + 1, this.#value.length)) this.#rebuild(floor(this.#value.length * GROWTH), () => true);
    const slot = this.#slotOf(high, low);
    if (this.#value[slot] === 0) this.#size += 1;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#value[slot] = value;
    this.#day[slot] = day;
  }

  /** Whether the id is remembered. */
  has(high: number, low: number): boolean {
    return this.#value[this.#slotOf(high, low)] !== 0;
  }

  /** Takes an id out. @returns its value, 0 where it is not known. */
  take(high: number, low: number): number {
    const slots = this.#value.length;
    let slot = this.#slotOf(high, low);
    const value = this.#value[slot]!;
    if (value === 0) return 0;
    this.#size -= 1;
    // Linear probing has no holes: whatever follows and may lie here moves up.
    for (let next = this.#after(slot); this.#value[next] !== 0; next = this.#after(next)) {
      const home = this.#homeOf(this.#high[next]!, this.#low[next]!);
      if ((next - home + slots) % slots < (next - slot + slots) % slots) continue;
      this.#high[slot] = this.#high[next]!;
      this.#low[slot] = this.#low[next]!;
      this.#value[slot] = this.#value[next]!;
      this.#day[slot] = this.#day[next]!;
      slot = next;
    }
    this.#value[slot] = 0;
    return value;
  }

  /** Keeps those that left on `day` or later, and others of which `keeps` says so. Cost: the whole table. */
  dropBefore(day: number, keeps: (value: number) => boolean): void {
    let old = 0;
    for (let slot = 0; slot < this.#value.length; slot += 1)
      if (this.#value[slot] !== 0 && this.#day[slot]! < day) old += 1;
    if (old > 0) this.#rebuild(this.#value.length, (slot) => this.#day[slot]! >= day || keeps(this.#value[slot]!));
  }

  /** In no order. */
  *[Symbol.iterator](): Generator<Departed> {
    for (let slot = 0; slot < this.#value.length; slot += 1)
      if (this.#value[slot] !== 0)
        yield { high: this.#high[slot]!, low: this.#low[slot]!, value: this.#value[slot]!, day: this.#day[slot]! };
  }

  #slotOf(high: number, low: number): number {
    let slot = this.#homeOf(high, low);
    while (this.#value[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low)) slot = this.#after(slot);
    return slot;
  }

  /** The id's bits are random enough to be their own hash; slots are not a power of two. */
  #homeOf(high: number, low: number): number {
    const mixed = imul(high ^ imul(low, 0x9e3779b1), 0x85ebca6b) >>> 0;
    return floor((mixed / TWO_32) * this.#value.length);
  }

  #after(slot: number): number {
    return slot + 1 === this.#value.length ? 0 : slot + 1;
  }

  #rebuild(length: number, keeps: (slot: number) => boolean): void {
    const [highs, lows, values, days] = [this.#high, this.#low, this.#value, this.#day];
    const kept = new Uint8Array(values.length);
    for (let slot = 0; slot < values.length; slot += 1) if (values[slot] !== 0 && keeps(slot)) kept[slot] = 1;
    this.#high = new Int32Array(length);
    this.#low = new Int32Array(length);
    this.#value = new Int32Array(length);
    this.#day = new Uint16Array(length);
    this.#size = 0;
    for (let slot = 0; slot < values.length; slot += 1)
      if (kept[slot] === 1) this.add(highs[slot]!, lows[slot]!, values[slot]!, days[slot]!);
  }
}
