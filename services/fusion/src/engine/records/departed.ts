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

/** A hash table of whole numbers, open addressing, linear probing. */
export class DepartedIds {
  #mask = 1_023;
  #high = new Int32Array(1_024);
  #low = new Int32Array(1_024);
  /** 0 is a free slot. */
  #value = new Int32Array(1_024);
  #day = new Uint16Array(1_024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(high: number, low: number, value: number, day: number): void {
    if ((this.#size + 1) * 3 > this.#mask * 2) this.#rebuild((this.#mask + 1) * 2, () => true);
    const slot = this.#slotOf(high, low);
    if (this.#value[slot] === 0) this.#size += 1;
    this.#high[slot] = high;
    this.#low[slot] = low;
    this.#value[slot] = value;
    this.#day[slot] = day;
  }

  /** Takes an id out. @returns its value, 0 where it is not known. */
  take(high: number, low: number): number {
    let slot = this.#slotOf(high, low);
    const value = this.#value[slot]!;
    if (value === 0) return 0;
    this.#size -= 1;
    // Linear probing has no holes: whatever follows and may lie here moves up.
    for (let next = (slot + 1) & this.#mask; this.#value[next] !== 0; next = (next + 1) & this.#mask) {
      const home = homeOf(this.#high[next]!, this.#low[next]!) & this.#mask;
      if (((next - home) & this.#mask) < ((next - slot) & this.#mask)) continue;
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
    for (let slot = 0; slot <= this.#mask; slot += 1) if (this.#value[slot] !== 0 && this.#day[slot]! < day) old += 1;
    if (old > 0) this.#rebuild(this.#mask + 1, (slot) => this.#day[slot]! >= day || keeps(this.#value[slot]!));
  }

  /** In no order. */
  *[Symbol.iterator](): Generator<Departed> {
    for (let slot = 0; slot <= this.#mask; slot += 1)
      if (this.#value[slot] !== 0)
        yield { high: this.#high[slot]!, low: this.#low[slot]!, value: this.#value[slot]!, day: this.#day[slot]! };
  }

  #slotOf(high: number, low: number): number {
    let slot = homeOf(high, low) & this.#mask;
    while (this.#value[slot] !== 0 && (this.#high[slot] !== high || this.#low[slot] !== low))
      slot = (slot + 1) & this.#mask;
    return slot;
  }

  #rebuild(length: number, keeps: (slot: number) => boolean): void {
    const [highs, lows, values, days] = [this.#high, this.#low, this.#value, this.#day];
    const kept: number[] = [];
    for (let slot = 0; slot < values.length; slot += 1) if (values[slot] !== 0 && keeps(slot)) kept.push(slot);
    this.#mask = length - 1;
    this.#high = new Int32Array(length);
    this.#low = new Int32Array(length);
    this.#value = new Int32Array(length);
    this.#day = new Uint16Array(length);
    this.#size = 0;
    for (const slot of kept) this.add(highs[slot]!, lows[slot]!, values[slot]!, days[slot]!);
  }
}

/** The id's bits are random enough to be their own hash. */
const homeOf = (high: number, low: number): number => high ^ Math.imul(low, 0x9e3779b1);
