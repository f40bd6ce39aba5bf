// Which texts of a view are near-duplicates of each other: a text that was passed on and changed a little on the way.
// Holds: a function of the texts that live records carry, whatever came first; two are alike when a bucket that is not too
// full has both, and edit similarity confirms it; a bucket fuller than `bucketCap` compares nobody until it is emptier
// again, as a hub links nobody. Cost: a text that comes or goes is compared with at most 16 × `bucketCap` others.
// Source: README.md#texts

import { BandBuckets } from './band-buckets.ts';
import type { AlikeValues } from '../linking/edge-weight.ts';
import { BANDS, areNearDuplicates, bandKeysOf } from './minhash.ts';
import { isTooShort } from './text-shape.ts';
import { grown, lengthFor } from '../growing-columns.ts';

/** Two texts that came to be alike, or ceased to. */
export type TextPair = readonly [a: number, b: number];

/** What changed among texts; a pair may stand in both lists, or twice. */
export interface AlikeChanges {
  readonly gained: readonly TextPair[];
  readonly lost: readonly TextPair[];
}

const NONE: readonly number[] = Object.freeze([]);
const MICRO = 1_000_000;
const TOO_SHORT = -1;

/** Near-duplicates among the live texts of one view. Texts are numbers of the index. */
export class SimilarTexts implements AlikeValues {
  readonly #textOf: (text: number) => string;
  readonly #bucketCap: number;
  readonly #minChars: number;
  readonly #similarityMicro: number;
  readonly #buckets = new BandBuckets();
  /** Text → where its keys lie, 0 for a text that is not here, TOO_SHORT for one that is compared with none. */
  #place = new Int32Array(1_024);
  #keys = new Int32Array(1_024 * BANDS);
  #used = 0;
  readonly #freePlaces: number[] = [];
  readonly #alike = new Map<number, number[]>();
  #gained: TextPair[] = [];
  #lost: TextPair[] = [];

  constructor(
    rules: { readonly bucketCap: number; readonly similarMinChars: number; readonly similarityMin: number },
    textOf: (text: number) => string,
  ) {
    this.#textOf = textOf;
    this.#bucketCap = rules.bucketCap;
    this.#minChars = rules.similarMinChars;
    this.#similarityMicro = Math.round(rules.similarityMin * MICRO);
  }

  get isEmpty(): boolean {
    return this.#alike.size === 0;
  }

  alikeOf(text: number): readonly number[] {
    return this.#alike.get(text) ?? NONE;
  }

  /**
   * Whether two texts are near-duplicates whatever their buckets hold: a function of the two alone. Both must be here. Cost:
   * nothing where a bucket that is not too full has compared them, else an edit distance where they have a bucket in common.
   */
  areNear(a: number, b: number): boolean {
    if (!this.#isCompared(a) || !this.#isCompared(b)) return false;
    if (this.alikeOf(a).includes(b)) return true;
    let isUndecided = false;
    for (let band = 0; band < BANDS; band += 1) {
      const key = this.#keyOf(a, band);
      if (!this.#hasKey(b, key)) continue;
      if (this.#buckets.sizeOf(key) <= this.#bucketCap) return false; // it has compared them
      isUndecided = true;
    }
    return isUndecided && areNearDuplicates(this.#textOf(a), this.#textOf(b), this.#similarityMicro);
  }

  /** False where no text here is near to this one; true where one may be. */
  mayHaveNear(text: number): boolean {
    if (!this.#isCompared(text)) return false;
    if (this.#alike.has(text)) return true;
    for (let band = 0; band < BANDS; band += 1)
      if (this.#buckets.sizeOf(this.#keyOf(text, band)) > this.#bucketCap) return true;
    return false;
  }

  isHere(text: number): boolean {
    return text < this.#place.length && this.#place[text] !== 0;
  }

  /** A text that no live record carried now has one. */
  enter(text: number): void {
    const comparable = this.#textOf(text);
    if (isTooShort(comparable, this.#minChars)) return this.#setPlace(text, TOO_SHORT);
    this.#keep(text, bandKeysOf(comparable));
    const candidates = new Set<number>();
    for (let band = 0; band < BANDS; band += 1) {
      if (this.#isRepeated(text, band)) continue;
      const key = this.#keyOf(text, band);
      const size = this.#buckets.sizeOf(key);
      if (size === this.#bucketCap) this.#shut(key);
      else if (size < this.#bucketCap) for (const other of this.#buckets.textsUnder(key)) candidates.add(other);
      this.#buckets.add(key, text);
    }
    for (const other of candidates) this.#compare(text, other);
  }

  /** No live record carries the text any more. */
  leave(text: number): void {
    if (this.#place[text] === TOO_SHORT) return this.#setPlace(text, 0);
    for (const other of [...this.alikeOf(text)]) this.#part(text, other);
    for (let band = 0; band < BANDS; band += 1) {
      if (this.#isRepeated(text, band)) continue;
      const key = this.#keyOf(text, band);
      this.#buckets.remove(key, text);
      if (this.#buckets.sizeOf(key) === this.#bucketCap) this.#open(key);
    }
    this.#freePlaces.push(this.#place[text]!);
    this.#setPlace(text, 0);
  }

  /** What changed since this was last asked. */
  takeChanges(): AlikeChanges {
    const changes = { gained: this.#gained, lost: this.#lost };
    this.#gained = [];
    this.#lost = [];
    return changes;
  }

  /** The bucket gets its first text too many: pairs that only it brought together are apart again. */
  #shut(key: number): void {
    const texts = new Set(this.#buckets.textsUnder(key));
    for (const a of texts)
      for (const b of [...this.alikeOf(a)])
        if (a < b && texts.has(b) && !this.#shareOpenBucket(a, b, key)) this.#part(a, b);
  }

  /** The bucket has lost its last text too many. */
  #open(key: number): void {
    const texts = [...this.#buckets.textsUnder(key)];
    for (const [at, a] of texts.entries()) for (const b of texts.slice(at + 1)) this.#compare(a, b);
  }

  #compare(a: number, b: number): void {
    if (this.alikeOf(a).includes(b)) return;
    if (!areNearDuplicates(this.#textOf(a), this.#textOf(b), this.#similarityMicro)) return;
    this.#join(a, b);
    this.#join(b, a);
    this.#gained.push([a, b]);
  }

  #join(from: number, to: number): void {
    const alike = this.#alike.get(from);
    if (alike === undefined) this.#alike.set(from, [to]);
    else alike.push(to);
  }

  #part(a: number, b: number): void {
    this.#drop(a, b);
    this.#drop(b, a);
    this.#lost.push([a, b]);
  }

  #drop(from: number, to: number): void {
    const alike = this.#alike.get(from)!;
    if (alike.length === 1) this.#alike.delete(from);
    else alike.splice(alike.indexOf(to), 1);
  }

  #shareOpenBucket(a: number, b: number, butFor: number): boolean {
    for (let band = 0; band < BANDS; band += 1) {
      const key = this.#keyOf(a, band);
      if (key !== butFor && this.#hasKey(b, key) && this.#buckets.sizeOf(key) <= this.#bucketCap) return true;
    }
    return false;
  }

  #hasKey(text: number, key: number): boolean {
    for (let band = 0; band < BANDS; band += 1) if (this.#keyOf(text, band) === key) return true;
    return false;
  }

  #isCompared(text: number): boolean {
    return text < this.#place.length && this.#place[text]! > 0;
  }

  #keyOf(text: number, band: number): number {
    return this.#keys[this.#place[text]! * BANDS + band]!;
  }

  /** True where an earlier band of the text came out with the same key. */
  #isRepeated(text: number, band: number): boolean {
    for (let earlier = 0; earlier < band; earlier += 1)
      if (this.#keyOf(text, earlier) === this.#keyOf(text, band)) return true;
    return false;
  }

  #keep(text: number, keys: Int32Array): void {
    const place = this.#freePlaces.pop() ?? (this.#used += 1);
    if ((place + 1) * BANDS > this.#keys.length)
      this.#keys = grown(this.#keys, new Int32Array(lengthFor((place + 1) * BANDS, this.#keys.length)));
    this.#keys.set(keys, place * BANDS);
    this.#setPlace(text, place);
  }

  #setPlace(text: number, place: number): void {
    if (text >= this.#place.length)
      this.#place = grown(this.#place, new Int32Array(lengthFor(text + 1, this.#place.length)));
    this.#place[text] = place;
  }
}
