// A feature whose value is the very bytes it was reported in: who can compare, look up and pack bytes needs no text of it.
// Holds: visible ASCII, so that bytes sort and compare as the text does. Source: README.md#features

import type { FeatureKind } from './annotations.ts';

/** What `toString('latin1', …)` calls after looking at its arguments; present on every Node, absent from its types. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice: (this: Buffer, start: number, end: number) => string;
};

/** A feature in a record's bytes, which it keeps alive: for a moment, not to be stored. */
export class PlainFeature {
  readonly kind: FeatureKind;
  readonly bytes: Buffer;
  readonly from: number;
  /** One past the last byte. */
  readonly to: number;
  #value: string | undefined;

  constructor(kind: FeatureKind, bytes: Buffer, from: number, to: number) {
    this.kind = kind;
    this.bytes = bytes;
    this.from = from;
    this.to = to;
  }

  /** The text, made when first asked for. */
  get value(): string {
    return (this.#value ??= latin1Slice.call(this.bytes, this.from, this.to));
  }

  /** Below 0, 0 or above, as the texts of the two compare. */
  compare({ bytes, from, to }: PlainFeature): number {
    const own = this.bytes;
    const length = Math.min(this.to - this.from, to - from);
    for (let at = 0; at < length; at += 1) {
      const difference = own[this.from + at]! - bytes[from + at]!;
      if (difference !== 0) return difference;
    }
    return this.to - this.from - (to - from);
  }
}
