// Where the texts of a table are found: pairs of a hash and a number, open addressing, ascending by the hash.
// Holds: a pair has the whole hash, so nothing is read of a text to move it, and of two texts only those are compared whose
// hashes are equal; a search ends at the first greater hash; pairs move in the order in which they lie, each to the next
// free place, so that nothing is searched; many pairs lie in segments that grow one by one, each at its own time, so that no
// addition waits for a whole table. Source: README.md#memory

/** Segments of a table that has more than `ONE_SEGMENT` pairs; by the last bits of the hash. */
const SEGMENTS = 256;
const ONE_SEGMENT = 2 ** 15;
/** A segment has at most seven pairs for eight homes; then a third comes on top, or as much again while there is but one. */
const fits = (pairs: number, homes: number): boolean => pairs * 8 <= homes * 7;
const GROWTH = 4 / 3;
/** Homes for a pair where a segment is made for so many: from the first to the last, or all would grow at once. */
const FEWEST_HOMES = 1.15;
const MOST_HOMES = 1.52;
const FEWEST_PAIRS = 16;
/** Places behind the last home, of which the last is always free; twice as many where they are full. */
const TAIL = 32;
const TWO_31 = 2 ** 31;
const TWO_32 = 2 ** 32;
const { ceil, max } = Math;

/** A segment: at an even place the hash, behind it the number; 0 for none. */
type Pairs = Int32Array;

/** The pairs of one table. `first` and `next` search, and `put` puts where a search has ended. */
export class TextSlots {
  #segments: Pairs[];
  /** Homes and pairs of each segment. */
  #homes: Int32Array;
  #counts: Int32Array;
  #count = 0;
  #mask = 0;
  /** Where the search is. */
  #pairs: Pairs;
  #at = 0;
  #seen = 0;

  constructor(capacity: number) {
    const homes = max(FEWEST_PAIRS, capacity);
    this.#pairs = room(homes);
    this.#segments = [this.#pairs];
    this.#homes = Int32Array.of(homes);
    this.#counts = new Int32Array(1);
  }

  /** Bytes it takes. */
  get byteLength(): number {
    return this.#segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The first number put with this hash, or 0; go on with `next` until 0. */
  first(hash: number): number {
    const nth = hash & this.#mask;
    const pairs = this.#segments[nth]!;
    let at = homeOf(hash, this.#homes[nth]!);
    while (pairs[at + 1] !== 0 && pairs[at]! < hash) at += 2;
    this.#pairs = pairs;
    this.#at = at;
    return pairs[at] === hash ? pairs[at + 1]! : 0;
  }

  /** The next number with the hash that was searched. */
  next(hash: number): number {
    this.#at += 2;
    return this.#pairs[this.#at] === hash ? this.#pairs[this.#at + 1]! : 0;
  }

  /**
   * Looks where a search would begin, and at nothing else. Of many looks in a row the processor has several under way, so
   * that what is searched next lies near by then; a search waits for its own.
   */
  glance(hash: number): void {
    const nth = hash & this.#mask;
    const there = this.#segments[nth]![homeOf(hash, this.#homes[nth]!)]!;
    this.#seen = this.#seen ^ there; // kept, or the runtime would leave the look out
  }

  /** Puts a pair whose hash was searched in vain, or to the end. */
  put(hash: number, number: number): void {
    const nth = hash & this.#mask;
    const pairs = this.#pairs;
    const at = this.#at;
    let end = at;
    while (pairs[end + 1] !== 0) end += 2;
    for (let to = end + 1; to > at + 1; to -= 1) pairs[to] = pairs[to - 2]!;
    pairs[at] = hash;
    pairs[at + 1] = number;
    if (end === pairs.length - 2) this.#segments[nth] = longer(pairs, this.#homes[nth]!);
    this.#count += 1;
    const count = (this.#counts[nth]! += 1);
    if (!fits(count, this.#homes[nth]!)) this.#grow(nth);
  }

  /** Drops the pairs of numbers for which `kept` has 0, and the room that they took. */
  keepOnly(kept: Uint8Array): void {
    this.#count = 0;
    for (const [nth, pairs] of this.#segments.entries()) {
      let count = 0;
      for (let at = 0; at < pairs.length; at += 2) {
        const number = pairs[at + 1]!;
        if (number !== 0 && kept[number] === 0) pairs[at + 1] = 0;
        else if (number !== 0) count += 1;
      }
      this.#counts[nth] = count;
      this.#count += count;
      this.#move(nth, homesFor(count, nth));
    }
  }

  #grow(nth: number): void {
    if (this.#segments.length > 1) this.#move(nth, ceil(this.#homes[nth]! * GROWTH));
    else if (this.#count < ONE_SEGMENT) this.#move(nth, this.#homes[nth]! * 2);
    else this.#divide(this.#segments[nth]!);
  }

  #move(nth: number, homes: number): void {
    this.#segments[nth] = moved(this.#segments[nth]!, homes);
    this.#homes[nth] = homes;
  }

  #divide(all: Pairs): void {
    this.#mask = SEGMENTS - 1;
    const parts: number[][] = Array.from({ length: SEGMENTS }, () => []);
    for (let at = 0; at < all.length; at += 2)
      if (all[at + 1] !== 0) parts[all[at]! & this.#mask]!.push(all[at]!, all[at + 1]!);
    this.#counts = Int32Array.from(parts, ({ length }) => length / 2);
    this.#homes = this.#counts.map(homesFor);
    this.#segments = parts.map((pairs, nth) => moved(Int32Array.from(pairs), this.#homes[nth]!));
  }
}

/** Where a search begins. It rises with the hash. */
function homeOf(hash: number, homes: number): number {
  return (((hash + TWO_31) * homes) / TWO_32) << 1;
}

const room = (homes: number): Pairs => new Int32Array((homes + TAIL) * 2);

/** So many that more fit. */
function homesFor(pairs: number, nth: number): number {
  return max(FEWEST_PAIRS, ceil(pairs * (FEWEST_HOMES + ((MOST_HOMES - FEWEST_HOMES) * nth) / SEGMENTS)));
}

/** The pairs in a segment of so many homes. They ascend, so each comes to its home or behind the one before. */
function moved(from: Pairs, homes: number): Pairs {
  let to = room(homes);
  let free = 0;
  for (let at = 0; at < from.length; at += 2) {
    const number = from[at + 1]!;
    if (number === 0) continue;
    const hash = from[at]!;
    const place = max(free, homeOf(hash, homes));
    if (place === to.length - 2) to = longer(to, homes);
    to[place] = hash;
    to[place + 1] = number;
    free = place + 2;
  }
  return to;
}

/** The same with twice the places behind the last home. */
function longer(pairs: Pairs, homes: number): Pairs {
  const larger = new Int32Array(pairs.length * 2 - homes * 2);
  larger.set(pairs);
  return larger;
}
