// Which live records carry a value, how many lineages they come from, and whether the value still links.
// Holds: postings name live records only; df, bucket and hub are those of the last `recount`; what follows from a value is
// worked out once. Source: README.md#features, README.md#hubs

import { countLineages, type LineageOf } from './hub.ts';
import { bucketOf, type Rules } from '../rules.ts';
import { PostingLists } from './posting-lists.ts';
import { countSeparateTimes } from './separate-times.ts';
import { MANY_VALUES, grown, lengthFor } from '../growing-columns.ts';
import { TextTable } from '../values/text-table.ts';
import { WordRow, endOfText } from '../values/text-words.ts';
import { writeValue } from '../values/value-words.ts';

/** Ways in which a value is touched: it gained records; it lost some, or has one of another lineage. */
export const GAINED = 1;
export const CHANGED = 2;
const TOUCHED = GAINED | CHANGED;
const HUB = 4;

/** Values that count together with one: near-duplicates of a text. */
export type AlikeOf = (feature: number) => readonly number[];

const NONE: readonly number[] = Object.freeze([]);

/** The inverted index of one view. Values are numbers of `values`; their `kind` is the rules' kind number. */
export class FeatureIndex {
  readonly values: TextTable;
  readonly #rules: Rules;
  readonly #postings = new PostingLists();
  /** At most one more than the hub cap. */
  #df: Int32Array | Uint16Array;
  /** `GAINED` and `CHANGED` since the last `recount`, and `HUB`. */
  #marks = new Uint8Array(2_048);
  /** The one value that follows from a value; or, sign turned, where `#derivedPool` has how many follow, and then those. */
  #derived = new Int32Array(2_048);
  #derivedPool = new Int32Array(1_024);
  #derivedUsed = 1;
  #touched: number[] = [];
  readonly #own: WordRow;

  constructor(rules: Rules, seed: number) {
    this.#rules = rules;
    this.#df = rules.hubCap < 0xffff ? new Uint16Array(2_048) : new Int32Array(2_048);
    this.values = new TextTable(seed);
    this.#own = new WordRow(seed);
  }

  /** Bytes it takes beside its texts. */
  get byteLength(): number {
    const columns = this.#df.byteLength + this.#marks.byteLength + this.#derived.byteLength;
    return this.#postings.byteLength + columns + this.#derivedPool.byteLength;
  }

  /** The value's number; makes room for its postings and for what follows from it. */
  intern(kind: number, value: string): number {
    const own = this.#own;
    own.length = 0;
    writeValue(own, this.#rules, kind, value);
    return this.internWords(own.words, 0, own.seed);
  }

  /** The same for a value in words. */
  internWords(words: Int32Array, at: number, seed: number): number {
    const { additions } = this.values;
    const feature = this.values.internWords(words, at, seed);
    if (this.values.additions === additions) return feature;
    if (feature >= this.#marks.length) this.#growValues(feature);
    const countAt = endOfText(words, at);
    if (words[countAt] !== 0) this.#follow(feature, words, countAt, seed);
    return feature;
  }

  /** Values that follow from this one are `derivedAt(place)` for places from here … */
  derivedStart(feature: number): number {
    const derived = this.#derived[feature]!;
    return derived < 0 ? 1 - derived : -derived;
  }

  /** … to before this one. */
  derivedEnd(feature: number): number {
    const derived = this.#derived[feature]!;
    if (derived < 0) return 1 - derived + this.#derivedPool[-derived]!;
    return derived === 0 ? 0 : 1 - derived;
  }

  derivedAt(place: number): number {
    return place < 0 ? -place : this.#derivedPool[place]!;
  }

  /** True for a value that no record states. */
  isDerived(feature: number): boolean {
    return this.#rules.isDerived[this.values.kindOf(feature)] === 1;
  }

  /** The record carries the value from now on. */
  add(feature: number, record: number): void {
    this.#postings.add(feature, record);
    this.touch(feature, GAINED);
  }

  /** The record carries the value no longer. */
  remove(feature: number, record: number): void {
    this.#postings.remove(feature, record);
    this.touch(feature, CHANGED);
  }

  /** Frees the numbers of values for which `kept` has 0. No live record may have one, nor may one follow from a value kept. */
  keepOnly(kept: Uint8Array): void {
    this.values.keepOnly(kept, (feature) => {
      if (feature >= this.#marks.length) return;
      if (this.countOf(feature) !== 0) throw new Error('a value that live records carry was about to be freed');
      this.#df[feature] = 0;
      this.#marks[feature] = 0;
      this.#derived[feature] = 0;
    });
    this.#packDerived();
    this.#postings.pack();
  }

  /** Notes that the value must be counted again. */
  touch(feature: number, how: typeof GAINED | typeof CHANGED): void {
    const marks = this.#marks[feature]!;
    if ((marks & TOUCHED) === 0) this.#touched.push(feature);
    this.#marks[feature] = marks | how;
  }

  /** Values touched since the last `recount`; may be touched further while it is read. */
  get touched(): readonly number[] {
    return this.#touched;
  }

  /**
   * Counts lineages of every touched value again. @returns values by which two records now score less than before, and
   * values by which they score more; each without those that nobody shares.
   */
  recount(
    of: LineageOf,
    alikeOf: AlikeOf,
  ): { readonly commoner: readonly number[]; readonly rarer: readonly number[] } {
    const commoner: number[] = [];
    const rarer: number[] = [];
    for (const feature of this.#touched) {
      const kind = this.values.kindOf(feature);
      const alike = kind === this.#rules.textKind ? alikeOf(feature) : NONE;
      const change = this.#recount(feature, kind, of, alike);
      this.#marks[feature]! &= ~TOUCHED;
      if (change !== 0) (change < 0 ? commoner : rarer).push(feature);
    }
    this.#touched = [];
    return { commoner, rarer };
  }

  isHub(feature: number): boolean {
    return (this.#marks[feature]! & HUB) !== 0;
  }

  /** 0 for a value of a kind that has no weight. */
  dfOf(feature: number): number {
    return this.#df[feature]!;
  }

  countOf(feature: number): number {
    return this.#postings.countOf(feature);
  }

  /** What sharing this value adds to a score (micro); 0 for a hub. */
  contributionMicro(feature: number): number {
    return this.contributionAs(this.values.kindOf(feature), feature);
  }

  /** What it adds when it counts as a value of another kind. */
  contributionAs(kind: number, feature: number): number {
    if (this.isHub(feature)) return 0;
    const df = this.#df[feature]!;
    return this.#rules.contributionsMicro[kind]![df > 1 ? bucketOf(df) : 0]!;
  }

  /** First posting of the value, 0 for none; go on with `nextPosting` until 0. */
  firstPosting(feature: number): number {
    return this.#postings.first(feature);
  }

  nextPosting(posting: number): number {
    return this.#postings.next(posting);
  }

  recordAt(posting: number): number {
    return this.#postings.recordAt(posting);
  }

  /**
   * How what the value adds to a score changed. A hub by its lineages that only gained stays one, and need not be walked;
   * nor need a value that so many records carry that it is a hub whoever they are. A hub because it comes back may gain
   * the sighting that joins two times in one.
   */
  #recount(feature: number, kind: number, of: LineageOf, alike: readonly number[]): number {
    if (this.#rules.weights[kind] === 0) return 0;
    const wasHub = this.isHub(feature);
    let count = this.countOf(feature);
    for (const other of alike) count += this.countOf(other);
    if (count <= 1 && !wasHub) {
      this.#df[feature] = count;
      return 0;
    }
    const { hubCap, volumeCap } = this.#rules;
    if (wasHub && this.#df[feature]! > hubCap && (this.#marks[feature]! & TOUCHED) === GAINED) return 0;
    const before = this.contributionMicro(feature);
    const df =
      count <= 1 ? count : count > volumeCap ? hubCap + 1 : countLineages(this.#rules, this, feature, alike, of);
    this.#df[feature] = df;
    if (df > hubCap || this.#comesBack(feature, kind, of)) this.#marks[feature]! |= HUB;
    else this.#marks[feature]! &= ~HUB;
    return this.contributionMicro(feature) - before;
  }

  #comesBack(feature: number, kind: number, of: LineageOf): boolean {
    const { linkWindowMs, recurrenceCap } = this.#rules;
    const windowMs = linkWindowMs[kind]!;
    if (windowMs === Infinity || this.countOf(feature) < recurrenceCap) return false;
    return countSeparateTimes(this, feature, of, of.times, windowMs) >= recurrenceCap;
  }

  /** Notes what follows from a new value: so many texts behind `countAt`. */
  #follow(feature: number, words: Int32Array, countAt: number, seed: number): void {
    const count = words[countAt]!;
    let at = countAt + 1;
    if (count === 1) {
      const only = this.#internDerived(words, at, seed); // first: the columns may be others afterwards
      this.#derived[feature] = only;
      return;
    }
    const end = this.#derivedUsed + 1 + count;
    if (end > this.#derivedPool.length)
      this.#derivedPool = grown(this.#derivedPool, new Int32Array(lengthFor(end, this.#derivedPool.length)));
    this.#derivedPool[this.#derivedUsed] = count;
    for (let place = this.#derivedUsed + 1; place < end; place += 1, at = endOfText(words, at)) {
      const derived = this.#internDerived(words, at, seed);
      this.#derivedPool[place] = derived;
    }
    this.#derived[feature] = -this.#derivedUsed;
    this.#derivedUsed = end;
  }

  /** From what follows nothing follows. */
  #internDerived(words: Int32Array, at: number, seed: number): number {
    const derived = this.values.internWords(words, at, seed);
    if (derived >= this.#marks.length) this.#growValues(derived);
    return derived;
  }

  #packDerived(): void {
    const before = this.#derivedPool;
    let used = 1;
    for (let feature = 1; feature <= this.values.size; feature += 1)
      if (this.#derived[feature]! < 0) used += 1 + before[-this.#derived[feature]!]!;
    const pool = new Int32Array(Math.max(1_024, used * 2));
    let place = 1;
    for (let feature = 1; feature <= this.values.size; feature += 1) {
      const from = -this.#derived[feature]!;
      if (from <= 0) continue;
      this.#derived[feature] = -place;
      for (let at = from; at <= from + before[from]!; at += 1, place += 1) pool[place] = before[at]!;
    }
    this.#derivedPool = pool;
    this.#derivedUsed = used;
  }

  #growValues(value: number): void {
    const length = lengthFor(value + 1, this.#marks.length, MANY_VALUES);
    this.#postings.reach(length);
    const df = this.#df instanceof Uint16Array ? new Uint16Array(length) : new Int32Array(length);
    this.#df = grown<Int32Array | Uint16Array>(this.#df, df);
    this.#marks = grown(this.#marks, new Uint8Array(length));
    this.#derived = grown(this.#derived, new Int32Array(length));
  }
}
