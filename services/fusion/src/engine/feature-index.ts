// Which live records carry a value, how many lineages they come from, and whether the value still links.
// Holds: postings name live records only; df, bucket and hub are those of the last `recount`; memory is a few whole
// numbers a posting. Source: README.md#features

import { countLineages, type LineageOf } from './hub.ts';
import { bucketOf, type Rules } from './rules.ts';
import { TextTable, grown } from './text-table.ts';

/** Ways in which a value is touched. */
export const GAINED = 1;
export const CHANGED = 2;

/** The inverted index of one view. Values are numbers of `values`; their `kind` is the rules' kind number. */
export class FeatureIndex {
  readonly values: TextTable;
  readonly #rules: Rules;
  #head = new Int32Array(2_048);
  #count = new Int32Array(2_048);
  #df = new Int32Array(2_048);
  #hub = new Uint8Array(2_048);
  /** Bits since `takeTouched`: 1 gained postings, 2 lost some or holds a record of another lineage. */
  #touch = new Uint8Array(2_048);
  #touched: number[] = [];
  #record = new Int32Array(4_096);
  #next = new Int32Array(4_096);
  #used = 0;
  #free = 0;

  constructor(rules: Rules, seed: number) {
    this.#rules = rules;
    this.values = new TextTable(seed);
  }

  /** The value's number; makes room for its postings. */
  intern(kind: number, value: string): number {
    const feature = this.values.intern(kind, value);
    if (feature >= this.#head.length) this.#growValues();
    return feature;
  }

  add(feature: number, record: number): void {
    const posting = this.#take();
    this.#record[posting] = record;
    this.#next[posting] = this.#head[feature]!;
    this.#head[feature] = posting;
    this.#count[feature]! += 1;
    this.touch(feature, GAINED);
  }

  /** Cost: the length of the value's posting list. */
  remove(feature: number, record: number): void {
    this.touch(feature, CHANGED);
    let before = 0;
    for (let posting = this.#head[feature]!; posting !== 0; before = posting, posting = this.#next[posting]!) {
      if (this.#record[posting] !== record) continue;
      if (before === 0) this.#head[feature] = this.#next[posting]!;
      else this.#next[before] = this.#next[posting]!;
      this.#next[posting] = this.#free;
      this.#free = posting;
      this.#count[feature]! -= 1;
      return;
    }
  }

  /** Notes that the value must be counted again. */
  touch(feature: number, how: typeof GAINED | typeof CHANGED): void {
    if (this.#touch[feature] === 0) this.#touched.push(feature);
    this.#touch[feature]! |= how;
  }

  /**
   * Counts lineages of every touched value again. @returns values by which two records now score less than before, and
   * values by which they score more; each without those that nobody shares.
   */
  recount(of: LineageOf): { readonly commoner: readonly number[]; readonly rarer: readonly number[] } {
    const commoner: number[] = [];
    const rarer: number[] = [];
    for (const feature of this.#touched) {
      const change = this.#recount(feature, of, this.#touch[feature] === GAINED);
      this.#touch[feature] = 0;
      if (change !== 0) (change < 0 ? commoner : rarer).push(feature);
    }
    this.#touched = [];
    return { commoner, rarer };
  }

  isHub(feature: number): boolean {
    return this.#hub[feature] === 1;
  }

  dfOf(feature: number): number {
    return this.#df[feature]!;
  }

  countOf(feature: number): number {
    return this.#count[feature]!;
  }

  /** What sharing this value adds to a score (micro); 0 for a hub. */
  contributionMicro(feature: number): number {
    if (this.#hub[feature] === 1) return 0;
    const df = this.#df[feature]!;
    return this.#rules.contributionsMicro[this.values.kindOf(feature)]![df > 1 ? bucketOf(df) : 0]!;
  }

  /** First posting of the value, 0 for none; go on with `nextPosting`. */
  firstPosting(feature: number): number {
    return this.#head[feature]!;
  }

  nextPosting(posting: number): number {
    return this.#next[posting]!;
  }

  recordAt(posting: number): number {
    return this.#record[posting]!;
  }

  /** How what the value adds to a score changed. A hub that only gained stays one, and need not be walked. */
  #recount(feature: number, of: LineageOf, gainedOnly: boolean): number {
    const count = this.#count[feature]!;
    const wasHub = this.#hub[feature] === 1;
    if (count <= 1 && !wasHub) {
      this.#df[feature] = count;
      return 0;
    }
    if (gainedOnly && wasHub) return 0;
    const before = this.contributionMicro(feature);
    const df = count <= 1 ? count : countLineages(this.#rules, this, feature, of);
    this.#df[feature] = df;
    this.#hub[feature] = df > this.#rules.hubCap || count > this.#rules.volumeCap ? 1 : 0;
    return this.contributionMicro(feature) - before;
  }

  #take(): number {
    if (this.#free !== 0) {
      const posting = this.#free;
      this.#free = this.#next[posting]!;
      return posting;
    }
    const posting = (this.#used += 1);
    if (posting >= this.#record.length) {
      this.#record = grown(this.#record, new Int32Array(this.#record.length * 2));
      this.#next = grown(this.#next, new Int32Array(this.#next.length * 2));
    }
    return posting;
  }

  #growValues(): void {
    const length = this.#head.length * 2;
    this.#head = grown(this.#head, new Int32Array(length));
    this.#count = grown(this.#count, new Int32Array(length));
    this.#df = grown(this.#df, new Int32Array(length));
    this.#hub = grown(this.#hub, new Uint8Array(length));
    this.#touch = grown(this.#touch, new Uint8Array(length));
  }
}
