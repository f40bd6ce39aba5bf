// Which live records carry a value, how many lineages they come from, and whether the value still links.
// Holds: postings name live records only; df, bucket and hub are those of the last `recount`; what follows from a value is
// worked out once; adding and taking away a posting cost the same for a rare value and a hot one; memory is a few whole
// numbers a posting. Source: README.md#features, README.md#hubs

import { countLineages, type LineageOf } from './hub.ts';
import { bucketOf, type Rules } from '../rules.ts';
import { countSeparateTimes } from './separate-times.ts';
import { TextTable, grown } from '../values/text-table.ts';

/** Ways in which a value is touched. */
export const GAINED = 1;
export const CHANGED = 2;

/** Values that count together with one: near-duplicates of a text. */
export type AlikeOf = (feature: number) => readonly number[];

const NONE: readonly number[] = Object.freeze([]);

/** The inverted index of one view. Values are numbers of `values`; their `kind` is the rules' kind number. */
export class FeatureIndex {
  readonly values: TextTable;
  readonly #rules: Rules;
  #head = new Int32Array(2_048);
  #count = new Int32Array(2_048);
  /** At most one more than the hub cap. */
  #df: Int32Array | Uint16Array;
  #hub = new Uint8Array(2_048);
  /** Bits since `takeTouched`: 1 gained postings, 2 lost some or holds a record of another lineage. */
  #touch = new Uint8Array(2_048);
  /** Where `#derivedPool` has how many values follow from a value, and then those; 0 says none. */
  #derivedAt = new Int32Array(2_048);
  #derivedPool = new Int32Array(1_024);
  #derivedUsed = 1;
  #touched: number[] = [];
  #record = new Int32Array(4_096);
  #next = new Int32Array(4_096);
  #previous = new Int32Array(4_096);
  #used = 0;
  #free = 0;
  /** Place in the records' pool of values → posting. */
  #postingAt = new Int32Array(4_096);

  constructor(rules: Rules, seed: number) {
    this.#rules = rules;
    this.#df = rules.hubCap < 0xffff ? new Uint16Array(2_048) : new Int32Array(2_048);
    this.values = new TextTable(seed);
  }

  /** The value's number; makes room for its postings and works out what follows from it. */
  intern(kind: number, value: string): number {
    const { additions } = this.values;
    const feature = this.values.intern(kind, value);
    if (this.values.additions === additions) return feature;
    if (feature >= this.#head.length) this.#growValues();
    if (this.#rules.derivations[kind] !== undefined) this.#derive(feature, kind, value);
    return feature;
  }

  /** Values that follow from this one are `derivedAt(place)` for places from here … */
  derivedStart(feature: number): number {
    return this.#derivedAt[feature]! + 1;
  }

  /** … to before this one. */
  derivedEnd(feature: number): number {
    const at = this.#derivedAt[feature]!;
    return at + 1 + this.#derivedPool[at]!;
  }

  derivedAt(place: number): number {
    return this.#derivedPool[place]!;
  }

  /** True for a value that no record states. */
  isDerived(feature: number): boolean {
    return this.#rules.isDerived[this.values.kindOf(feature)] === 1;
  }

  /** `place` is where the records' pool holds the value of this record: what `remove` finds the posting by. */
  add(feature: number, record: number, place: number): void {
    if (place >= this.#postingAt.length)
      this.#postingAt = grown(this.#postingAt, new Int32Array(Math.max(place + 1, this.#postingAt.length * 2)));
    this.#postingAt[place] = this.post(feature, record);
  }

  remove(feature: number, place: number): void {
    this.unpost(feature, this.#postingAt[place]!);
  }

  /** Like `add`, for a value outside the pool. @returns the posting, which `unpost` asks for. */
  post(feature: number, record: number): number {
    const posting = this.#take();
    const head = this.#head[feature]!;
    this.#record[posting] = record;
    this.#next[posting] = head;
    this.#previous[posting] = 0;
    if (head !== 0) this.#previous[head] = posting;
    this.#head[feature] = posting;
    this.#count[feature]! += 1;
    this.touch(feature, GAINED);
    return posting;
  }

  unpost(feature: number, posting: number): void {
    this.touch(feature, CHANGED);
    const previous = this.#previous[posting]!;
    const next = this.#next[posting]!;
    if (previous === 0) this.#head[feature] = next;
    else this.#next[previous] = next;
    if (next !== 0) this.#previous[next] = previous;
    this.#next[posting] = this.#free;
    this.#free = posting;
    this.#count[feature]! -= 1;
  }

  /** Frees the numbers of values for which `kept` has 0. No live record may have one, nor may one follow from a value kept. */
  keepOnly(kept: Uint8Array): void {
    this.values.keepOnly(kept, (feature) => {
      if (feature >= this.#head.length) return;
      if (this.#head[feature] !== 0) throw new Error('a value that live records carry was about to be freed');
      this.#df[feature] = 0;
      this.#hub[feature] = 0;
      this.#derivedAt[feature] = 0;
    });
    this.#packDerived();
  }

  /** The records' pool is about to be packed. @returns who must be told of each place that moves. */
  repool(): (from: number, to: number) => void {
    const before = this.#postingAt;
    const after = new Int32Array(before.length);
    this.#postingAt = after;
    return (from, to) => {
      if (from < before.length) after[to] = before[from]!;
    };
  }

  /** Notes that the value must be counted again. */
  touch(feature: number, how: typeof GAINED | typeof CHANGED): void {
    if (this.#touch[feature] === 0) this.#touched.push(feature);
    this.#touch[feature]! |= how;
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
      this.#touch[feature] = 0;
      if (change !== 0) (change < 0 ? commoner : rarer).push(feature);
    }
    this.#touched = [];
    return { commoner, rarer };
  }

  isHub(feature: number): boolean {
    return this.#hub[feature] === 1;
  }

  /** 0 for a value of a kind that has no weight. */
  dfOf(feature: number): number {
    return this.#df[feature]!;
  }

  countOf(feature: number): number {
    return this.#count[feature]!;
  }

  /** What sharing this value adds to a score (micro); 0 for a hub. */
  contributionMicro(feature: number): number {
    return this.contributionAs(this.values.kindOf(feature), feature);
  }

  /** What it adds when it counts as a value of another kind. */
  contributionAs(kind: number, feature: number): number {
    if (this.#hub[feature] === 1) return 0;
    const df = this.#df[feature]!;
    return this.#rules.contributionsMicro[kind]![df > 1 ? bucketOf(df) : 0]!;
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

  /**
   * How what the value adds to a score changed. A hub by its lineages that only gained stays one, and need not be walked;
   * nor need a value that so many records carry that it is a hub whoever they are. A hub because it comes back may gain
   * the sighting that joins two times in one.
   */
  #recount(feature: number, kind: number, of: LineageOf, alike: readonly number[]): number {
    if (this.#rules.weights[kind] === 0) return 0;
    const wasHub = this.#hub[feature] === 1;
    let count = this.#count[feature]!;
    for (const other of alike) count += this.#count[other]!;
    if (count <= 1 && !wasHub) {
      this.#df[feature] = count;
      return 0;
    }
    const { hubCap, volumeCap } = this.#rules;
    if (wasHub && this.#df[feature]! > hubCap && this.#touch[feature] === GAINED) return 0;
    const before = this.contributionMicro(feature);
    const df =
      count <= 1 ? count : count > volumeCap ? hubCap + 1 : countLineages(this.#rules, this, feature, alike, of);
    this.#df[feature] = df;
    this.#hub[feature] = df > hubCap || this.#comesBack(feature, kind, of) ? 1 : 0;
    return this.contributionMicro(feature) - before;
  }

  #comesBack(feature: number, kind: number, of: LineageOf): boolean {
    const { linkWindowMs, recurrenceCap } = this.#rules;
    const windowMs = linkWindowMs[kind]!;
    if (windowMs === Infinity || this.#count[feature]! < recurrenceCap) return false;
    return countSeparateTimes(this, feature, of, of.times, windowMs) >= recurrenceCap;
  }

  #derive(feature: number, kind: number, value: string): void {
    const { derivations, derivationRules } = this.#rules;
    const { kind: derived, derive } = derivations[kind]!;
    const values = derive(value, derivationRules);
    if (values.length === 0) return;
    const numbers = values.map((each) => this.intern(derived, each));
    const end = this.#derivedUsed + 1 + numbers.length;
    if (end > this.#derivedPool.length)
      this.#derivedPool = grown(this.#derivedPool, new Int32Array(Math.max(end, this.#derivedPool.length * 2)));
    this.#derivedPool[this.#derivedUsed] = numbers.length;
    this.#derivedPool.set(numbers, this.#derivedUsed + 1);
    this.#derivedAt[feature] = this.#derivedUsed;
    this.#derivedUsed = end;
  }

  #packDerived(): void {
    const before = this.#derivedPool;
    let used = 1;
    for (let feature = 1; feature <= this.values.size; feature += 1)
      if (this.#derivedAt[feature]! !== 0) used += 1 + before[this.#derivedAt[feature]!]!;
    const pool = new Int32Array(Math.max(1_024, used * 2));
    let place = 1;
    for (let feature = 1; feature <= this.values.size; feature += 1) {
      const from = this.#derivedAt[feature]!;
      if (from === 0) continue;
      this.#derivedAt[feature] = place;
      for (let at = from; at <= from + before[from]!; at += 1, place += 1) pool[place] = before[at]!;
    }
    this.#derivedPool = pool;
    this.#derivedUsed = used;
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
      this.#previous = grown(this.#previous, new Int32Array(this.#previous.length * 2));
    }
    return posting;
  }

  #growValues(): void {
    const length = this.#head.length * 2;
    this.#head = grown(this.#head, new Int32Array(length));
    this.#count = grown(this.#count, new Int32Array(length));
    const df = this.#df instanceof Uint16Array ? new Uint16Array(length) : new Int32Array(length);
    this.#df = grown<Int32Array | Uint16Array>(this.#df, df);
    this.#hub = grown(this.#hub, new Uint8Array(length));
    this.#touch = grown(this.#touch, new Uint8Array(length));
    this.#derivedAt = grown(this.#derivedAt, new Int32Array(length));
  }
}
