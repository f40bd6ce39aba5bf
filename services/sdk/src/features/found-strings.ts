// Where the strings of annotated fields lie in the bytes of a record, so that nobody has to make texts of them to look.
// Holds: in the order of the record; the bytes are UTF-8; written over by the next record. Source: README.md#codec

import type { FeatureKind } from './annotations.ts';

/** One record's strings, by their number from 0 to `count` − 1. */
export class FoundStrings {
  /** The record; nobody writes into it. */
  bytes: Buffer = Buffer.alloc(0);
  count = 0;
  readonly #kinds: FeatureKind[] = [];
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  /** Forgets what was found, and goes on in another record. */
  begin(bytes: Buffer): void {
    this.bytes = bytes;
    this.count = 0;
  }

  /** `to` is one past the last byte. */
  add(kind: FeatureKind, from: number, to: number): void {
    const nth = this.count++;
    this.#kinds[nth] = kind;
    this.#from[nth] = from;
    this.#to[nth] = to;
  }

  kindOf(nth: number): FeatureKind {
    return this.#kinds[nth]!;
  }

  fromOf(nth: number): number {
    return this.#from[nth]!;
  }

  toOf(nth: number): number {
    return this.#to[nth]!;
  }

  /** What a whole decode would have read. */
  textOf(nth: number): string {
    return this.bytes.toString('utf8', this.#from[nth], this.#to[nth]);
  }
}
