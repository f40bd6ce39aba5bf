// The live records of each value: the one that carries it, or a list where several do.
// Holds: a value that one record carries costs the one number; adding and taking away cost the same for a rare value and a
// hot one; a list gives way to the one record that is left; lists are in no order, and a record is in a list once.
// Source: README.md#features

import { PlaceTable } from './place-table.ts';
import { MANY_VALUES, grown, lengthFor } from '../growing-columns.ts';

/** Words of a list before its records: how long it may become, and how long it is. */
const HEADER = 2;
/** A list ends with a 0. */
const FRAME = HEADER + 1;
const MIN_POOL = 4_096;
/** From so many records on a list is not searched: where each record stands is looked up. */
const LARGE = 64;

/** Lists of records by value. A posting is a number below 0 in a list, or the record itself. */
export class PostingLists {
  /** Value → 0 for nobody, the one record, or where its list begins with the sign turned. */
  #head = new Int32Array(2_048);
  #pool = new Int32Array(MIN_POOL);
  #used = 1;
  /** Words of the pool that belong to no list. */
  #unused = 0;
  /** Room → the first free list of that room, which names the next. */
  readonly #free = new Map<number, number>();
  readonly #placesOf = new Map<number, PlaceTable>();

  /** Bytes it takes. */
  get byteLength(): number {
    let bytes = this.#head.byteLength + this.#pool.byteLength;
    for (const places of this.#placesOf.values()) bytes += places.byteLength;
    return bytes;
  }

  /** Makes room for values up to before this number. */
  reach(length: number): void {
    if (length > this.#head.length) this.#head = grown(this.#head, new Int32Array(length));
  }

  countOf(value: number): number {
    const head = this.#head[value]!;
    return head < 0 ? this.#pool[1 - head]! : head === 0 ? 0 : 1;
  }

  /** First posting of the value, 0 for none; go on with `next`. A list must not change while it is walked. */
  first(value: number): number {
    const head = this.#head[value]!;
    return head < 0 ? head - HEADER : head;
  }

  next(posting: number): number {
    if (posting > 0) return 0;
    return this.#pool[1 - posting] === 0 ? 0 : posting - 1;
  }

  recordAt(posting: number): number {
    return posting > 0 ? posting : this.#pool[-posting]!;
  }

  /** The record carries the value from now on. It must not have done so before. */
  add(value: number, record: number): void {
    const head = this.#head[value]!;
    if (head === 0) this.#head[value] = record;
    else if (head > 0) this.#beginList(value, head, record);
    else this.#addToList(value, -head, record);
  }

  /** The record carries the value no longer. It must have done so. */
  remove(value: number, record: number): void {
    const head = this.#head[value]!;
    if (head === record) this.#head[value] = 0;
    else this.#removeFromList(value, -head, record);
  }

  /** Moves lists together when more than half of the pool belongs to none. Cost: all lists. */
  pack(): void {
    if (this.#unused * 2 <= this.#used) return;
    const before = this.#pool;
    this.#pool = new Int32Array(Math.max(MIN_POOL, (this.#used - this.#unused) * 2));
    this.#used = 1;
    this.#unused = 0;
    this.#free.clear();
    for (let value = 1; value < this.#head.length; value += 1) {
      const at = -this.#head[value]!;
      if (at > 0) this.#head[value] = -this.#moveFrom(before, at, roomFor(before[at + 1]!));
    }
  }

  #beginList(value: number, first: number, second: number): void {
    const at = this.#take(roomFor(2));
    this.#pool[at + 1] = 2;
    this.#pool[at + HEADER] = first;
    this.#pool[at + HEADER + 1] = second;
    this.#head[value] = -at;
  }

  #addToList(value: number, from: number, record: number): void {
    let at = from;
    const count = this.#pool[at + 1]!;
    if (count + 1 + FRAME > this.#pool[at]!) at = this.#move(value, at, roomFor(count + 1));
    this.#pool[at + HEADER + count] = record;
    this.#pool[at + 1] = count + 1;
    if (count + 1 > LARGE) this.#placesOf.get(value)?.set(record, count);
  }

  #removeFromList(value: number, at: number, record: number): void {
    const pool = this.#pool;
    const last = pool[at + 1]! - 1;
    const start = at + HEADER;
    const place = last < LARGE ? pool.indexOf(record, start) - start : this.#takePlace(value, record, start, last);
    const moved = pool[start + last]!;
    pool[start + place] = moved;
    pool[start + last] = 0;
    pool[at + 1] = last;
    if (last < LARGE) this.#placesOf.delete(value);
    else if (moved !== record) this.#placesOf.get(value)!.set(moved, place);
    if (last === 1) {
      this.#head[value] = pool[start]!;
      this.#giveBack(at);
    } else if ((last + FRAME) * 4 <= pool[at]!) this.#move(value, at, roomFor(last));
  }

  /** Places are worked out when the first record leaves a large list, and kept up from then on. */
  #takePlace(value: number, record: number, start: number, last: number): number {
    let places = this.#placesOf.get(value);
    if (places === undefined) {
      places = new PlaceTable(last + 1);
      for (let place = 0; place <= last; place += 1) places.set(this.#pool[start + place]!, place);
      this.#placesOf.set(value, places);
    }
    return places.take(record);
  }

  #move(value: number, from: number, room: number): number {
    const to = this.#moveFrom(this.#pool, from, room);
    this.#giveBack(from);
    this.#head[value] = -to;
    return to;
  }

  #moveFrom(pool: Int32Array, from: number, room: number): number {
    const to = this.#take(room);
    this.#pool.set(pool.subarray(from + 1, from + HEADER + pool[from + 1]!), to + 1);
    return to;
  }

  /** A list without records, its room noted, the rest 0. */
  #take(room: number): number {
    const freed = this.#free.get(room) ?? 0;
    if (freed !== 0) {
      this.#free.set(room, this.#pool[freed + 1]!);
      this.#pool[freed + 1] = 0;
      this.#unused -= room;
      return freed;
    }
    const at = this.#used;
    this.#used += room;
    if (this.#used > this.#pool.length)
      this.#pool = grown(this.#pool, new Int32Array(lengthFor(this.#used, this.#pool.length, MANY_VALUES)));
    this.#pool[at] = room;
    return at;
  }

  #giveBack(at: number): void {
    const room = this.#pool[at]!;
    this.#pool.fill(0, at + 1, at + room);
    this.#pool[at + 1] = this.#free.get(room) ?? 0;
    this.#free.set(room, at);
    this.#unused += room;
  }
}

/** Words for a list of so many records: 6, 8, 12, 16, 24 and so on. */
function roomFor(records: number): number {
  const words = records + FRAME;
  if (words <= 6) return 6;
  const power = 2 ** (31 - Math.clz32(words - 1));
  return words <= power * 1.5 ? power * 1.5 : power * 2;
}
