// Where the texts of a table are found: pairs of a hash and a number, open addressing with linear probing.
// Holds: a pair has the whole hash, so nothing is read of a text to move it, and of two texts only those are compared whose
// hashes are equal; many pairs lie in segments that grow one by one, in the order in which they lie, so that no addition
// waits for a whole table. Source: README.md#memory

/** Segments of a table that has more than `ONE_SEGMENT` pairs; by the first bits of the hash. */
const SEGMENTS = 256;
const SEGMENT_SHIFT = 24;
const ONE_SEGMENT = 2 ** 15;
/** A segment is filled to four fifths at most; then an eighth comes on top, or as much again while there is but one. */
const fits = (pairs: number, room: number): boolean => pairs * 5 <= room * 4;
const GROWTH = 1.125;
/** Room for a pair where a segment is made for so many. */
const ROOM = 1.35;
const FEWEST_PAIRS = 16;
const TWO_32 = 2 ** 32;
const { ceil, floor, max } = Math;

/** A segment: at an even place the hash, behind it the number; 0 for none. */
export type Pairs = Int32Array;

/** The pairs of one table. */
export class TextSlots {
  #segments: Pairs[];
  /** Pairs of each segment. */
  #counts: Int32Array;
  #count = 0;

  constructor(capacity: number) {
    this.#segments = [room(max(FEWEST_PAIRS, capacity))];
    this.#counts = new Int32Array(1);
  }

  /** Bytes it takes. */
  get byteLength(): number {
    return this.#segments.reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /** The segment of texts with this hash: from `homeIn` on, up to the first place without a number, then from the beginning. */
  of(hash: number): Pairs {
    return this.#segments[this.#segments.length === 1 ? 0 : hash >>> SEGMENT_SHIFT]!;
  }

  /** Puts a pair at the free place that was found for it in its segment. */
  put(hash: number, number: number, at: number): void {
    const nth = this.#segments.length === 1 ? 0 : hash >>> SEGMENT_SHIFT;
    const pairs = this.#segments[nth]!;
    pairs[at] = hash;
    pairs[at + 1] = number;
    this.#count += 1;
    const count = (this.#counts[nth]! += 1);
    if (fits(count, pairs.length / 2)) return;
    if (this.#segments.length > 1) this.#segments[nth] = moved(pairs, ceil((pairs.length / 2) * GROWTH));
    else if (this.#count < ONE_SEGMENT) this.#segments[nth] = moved(pairs, pairs.length);
    else this.#divide(pairs);
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
      this.#segments[nth] = moved(pairs, roomFor(count));
    }
  }

  #divide(all: Pairs): void {
    this.#counts = new Int32Array(SEGMENTS);
    for (let at = 0; at < all.length; at += 2) if (all[at + 1] !== 0) this.#counts[all[at]! >>> SEGMENT_SHIFT]! += 1;
    this.#segments = Array.from(this.#counts, (count) => room(roomFor(count)));
    for (let at = 0; at < all.length; at += 2)
      if (all[at + 1] !== 0) place(this.#segments[all[at]! >>> SEGMENT_SHIFT]!, all[at]!, all[at + 1]!);
  }
}

/** Where a search begins. It rises with the hash, so pairs that are read in order are written in order. */
export function homeIn(pairs: Pairs, hash: number): number {
  return floor((((hash << (32 - SEGMENT_SHIFT)) >>> 0) / TWO_32) * (pairs.length / 2)) * 2;
}

const room = (pairs: number): Pairs => new Int32Array(pairs * 2);

/** So much that more fit. */
function roomFor(pairs: number): number {
  return max(FEWEST_PAIRS, ceil(pairs * ROOM));
}

function moved(from: Pairs, pairs: number): Pairs {
  const to = room(pairs);
  for (let at = 0; at < from.length; at += 2) if (from[at + 1] !== 0) place(to, from[at]!, from[at + 1]!);
  return to;
}

function place(pairs: Pairs, hash: number, number: number): void {
  let at = homeIn(pairs, hash);
  while (pairs[at + 1] !== 0) {
    at += 2;
    if (at === pairs.length) at = 0;
  }
  pairs[at] = hash;
  pairs[at + 1] = number;
}
