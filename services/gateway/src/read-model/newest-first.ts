// A list in the order of positions, read from its newest end, that may grow and change while it is being read.
// Holds: whoever reads on from a position meets every live entry below it once; entries usually come nearly in order,
// and then cost O(log n). Used by the in-memory read model alone.

import type { Position } from './model.ts';

/** An entry; set `gone` when it no longer counts. */
export interface Listed extends Position {
  gone?: boolean;
}

/** @returns below zero when `a` is older than `b`. */
export function comparePositions(a: Position, b: Position): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  const [partOfA, partOfB] = [a.part ?? 0n, b.part ?? 0n];
  return partOfA < partOfB ? -1 : partOfA > partOfB ? 1 : 0;
}

/** An ordered list of entries. */
export class NewestFirst<E extends Listed> {
  #entries: E[] = [];
  #sorted = true;
  #gone = 0;

  /** Adds an entry; positions may come in any order. */
  add(entry: E): void {
    const last = this.#entries.at(-1);
    this.#entries.push(entry);
    if (last !== undefined && comparePositions(last, entry) > 0) this.#sorted = false;
  }

  /** Takes an entry out. */
  remove(entry: E): void {
    entry.gone = true;
    this.#gone += 1;
    if (this.#gone > 1_000 && this.#gone > this.#entries.length / 2) {
      this.#entries = this.#entries.filter(({ gone }) => gone !== true);
      this.#gone = 0;
    }
  }

  /**
   * The newest entry below `before`, or of all; undefined at the end. Of several at one position, an entry is followed by
   * the one added before it; a position that is no entry stands below them all.
   */
  next(before?: Position): E | undefined {
    if (!this.#sorted) {
      this.#entries.sort(comparePositions);
      this.#sorted = true;
    }
    let at = before === undefined ? this.#entries.length - 1 : this.#placeOf(before) - 1;
    while (at >= 0 && this.#entries[at]?.gone === true) at -= 1;
    return this.#entries[at];
  }

  #placeOf(before: Position): number {
    const first = this.#firstNotBelow(before);
    let at = first;
    for (let entry = this.#entries[at]; entry !== undefined; entry = this.#entries[(at += 1)]) {
      if ((entry as Position) === before) return at;
      if (comparePositions(entry, before) !== 0) break;
    }
    return first;
  }

  #firstNotBelow(position: Position): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePositions(this.#entries[middle] as E, position) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
