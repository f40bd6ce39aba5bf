// Where each record of one very long list stands, so that it can leave without a search.
// Holds: open addressing, linear probing, no holes; two whole numbers a slot, filled to two thirds at most.

/** Record → place. Records are above 0. */
export class PlaceTable {
  #records: Int32Array;
  #places: Int32Array;
  #size = 0;

  constructor(records: number) {
    const length = 2 ** (32 - Math.clz32(records * 2));
    this.#records = new Int32Array(length);
    this.#places = new Int32Array(length);
  }

  /** Bytes it takes. */
  get byteLength(): number {
    return this.#records.byteLength + this.#places.byteLength;
  }

  /** The record stands there from now on. */
  set(record: number, place: number): void {
    if ((this.#size + 1) * 3 > this.#records.length * 2) this.#widen();
    const slot = this.#slotOf(record);
    if (this.#records[slot] === 0) this.#size += 1;
    this.#records[slot] = record;
    this.#places[slot] = place;
  }

  /** Takes out a record that is in. @returns where it stood. */
  take(record: number): number {
    const records = this.#records;
    const mask = records.length - 1;
    let slot = this.#slotOf(record);
    const place = this.#places[slot]!;
    this.#size -= 1;
    // Linear probing has no holes: whatever follows and may lie here moves up.
    for (let next = (slot + 1) & mask; records[next] !== 0; next = (next + 1) & mask) {
      if (((next - homeOf(records[next]!, mask)) & mask) < ((next - slot) & mask)) continue;
      records[slot] = records[next]!;
      this.#places[slot] = this.#places[next]!;
      slot = next;
    }
    records[slot] = 0;
    return place;
  }

  #slotOf(record: number): number {
    const mask = this.#records.length - 1;
    let slot = homeOf(record, mask);
    while (this.#records[slot] !== 0 && this.#records[slot] !== record) slot = (slot + 1) & mask;
    return slot;
  }

  #widen(): void {
    const [records, places] = [this.#records, this.#places];
    this.#records = new Int32Array(records.length * 2);
    this.#places = new Int32Array(records.length * 2);
    this.#size = 0;
    for (const [at, record] of records.entries()) if (record !== 0) this.set(record, places[at]!);
  }
}

function homeOf(record: number, mask: number): number {
  const mixed = Math.imul(record, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}
