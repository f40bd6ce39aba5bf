// Which ids lead to an id: lists through the entries themselves, because most ids that lead to another do so for a year.
// Holds: an entry is in one list at a time; to come and to go cost the same in a long list; no object an entry.

import { grown, lengthFor } from '../growing-columns.ts';

/** Entries by the entry to which they lead. Numbers of entries begin at 1. */
export class RedirectLists {
  #first = new Int32Array(1_024);
  #next = new Int32Array(1_024);
  #previous = new Int32Array(1_024);

  /** Bytes it takes. */
  get byteLength(): number {
    return this.#first.byteLength * 3;
  }

  /** Whether any leads to this one. */
  has(to: number): boolean {
    return to < this.#first.length && this.#first[to] !== 0;
  }

  /** Those that lead to this one, in no order. */
  leadingTo(to: number): number[] {
    const found: number[] = [];
    for (let entry = this.#first[to] ?? 0; entry !== 0; entry = this.#next[entry]!) found.push(entry);
    return found;
  }

  /** The entry, which is in no list, leads there from now on. */
  add(entry: number, to: number): void {
    this.#reach(Math.max(entry, to));
    const first = this.#first[to]!;
    this.#next[entry] = first;
    this.#previous[entry] = 0;
    if (first !== 0) this.#previous[first] = entry;
    this.#first[to] = entry;
  }

  /** The entry leads there no longer. */
  remove(entry: number, to: number): void {
    const [next, previous] = [this.#next[entry]!, this.#previous[entry]!];
    if (previous === 0) this.#first[to] = next;
    else this.#next[previous] = next;
    if (next !== 0) this.#previous[next] = previous;
  }

  #reach(entry: number): void {
    if (entry < this.#first.length) return;
    const length = lengthFor(entry + 1, this.#first.length);
    this.#first = grown(this.#first, new Int32Array(length));
    this.#next = grown(this.#next, new Int32Array(length));
    this.#previous = grown(this.#previous, new Int32Array(length));
  }
}
