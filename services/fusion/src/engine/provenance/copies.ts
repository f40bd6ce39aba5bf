// Which live records are copies that do not say so, and of what: a report is told again, later, with nothing new in it.
// Holds: a function of the live records and their values, whatever came first: never of what links, of hubs or of lineages,
// which follow from it. A copy comes after its original, so there are no circles; a partner's record is never the original of
// a government's. Cost: a read a value for a record with values of its own. Source: README.md#copies

import type { FeatureIndex } from '../linking/feature-index.ts';
import { DENIES, LIVE, type RecordTable } from '../records/records.ts';
import type { Rules } from '../rules.ts';
import { grown } from '../values/text-table.ts';

const MICRO = 1_000_000;
/** Up to this many values a pair that was refused is rather compared again than remembered. */
const FEW = 16;

/** Copies among the live records, kept up to date cut by cut. */
export class Copies {
  readonly #rules: Rules;
  readonly #records: RecordTable;
  readonly #index: FeatureIndex;
  /** The least record of which it is a copy, 0 for none. */
  #original = new Int32Array(1_024);
  #added: number[] = [];
  readonly #doubtful = new Set<number>();

  constructor(rules: Rules, records: RecordTable, index: FeatureIndex) {
    this.#rules = rules;
    this.#records = records;
    this.#index = index;
  }

  isCopy(record: number): boolean {
    return this.#originalOf(record) !== 0;
  }

  /** What it is a copy of, and that perhaps of another: the first of them. The record itself where it is no copy. */
  firstOf(record: number): number {
    let first = record;
    for (let next = this.#originalOf(first); next !== 0; next = this.#originalOf(first)) first = next;
    return first;
  }

  /** A record has become live; its values are in the index. Right again after `settle`. */
  enter(record: number): void {
    if (record >= this.#original.length)
      this.#original = grown(this.#original, new Int32Array(Math.max(record + 1, this.#original.length * 2)));
    this.#added.push(record);
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#index.countOf(feature) === this.#rules.volumeCap + 1) this.#doubtCopies(feature, 0);
    }
  }

  /** A record is live no longer; its values are still in the index. */
  leave(record: number): void {
    this.#setOriginal(record, 0);
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      const count = this.#index.countOf(feature);
      if (count === this.#rules.volumeCap + 1) this.#doubtAll(feature);
      else if (count > 1 && count <= this.#rules.volumeCap) this.#doubtCopies(feature, record);
    }
  }

  /** Finds copies again where something changed. @returns records whose first original may be another now. */
  settle(): ReadonlySet<number> {
    const changed = new Set<number>();
    for (const record of this.#added)
      if (this.#records.is(record, LIVE)) this.#setOriginal(record, this.#leastOriginalOf(record));
    for (const record of this.#added) if (this.#records.is(record, LIVE)) this.#offer(record, changed);
    for (const record of this.#doubtful) {
      const before = this.#original[record]!;
      this.#original[record] = this.#records.is(record, LIVE) ? this.#leastOriginalOf(record) : 0;
      if (this.#original[record] !== before) changed.add(record);
    }
    this.#added = [];
    this.#doubtful.clear();
    for (const record of changed) this.#addCopiesOf(record, changed); // a set hands out what is added meanwhile
    return changed;
  }

  /** Most are copies of nothing. */
  #setOriginal(record: number, original: number): void {
    if (this.#original[record] !== original) this.#original[record] = original;
  }

  /** Records without values, such as positions, never enter. */
  #originalOf(record: number): number {
    return record < this.#original.length ? this.#original[record]! : 0;
  }

  #start(record: number): number {
    return this.#records.featureStart[record]!;
  }

  #end(record: number): number {
    return this.#records.featureStart[record]! + this.#records.featureCount[record]!;
  }

  #doubtAll(feature: number): void {
    for (let at = this.#index.firstPosting(feature); at !== 0; at = this.#index.nextPosting(at))
      this.#doubtful.add(this.#index.recordAt(at));
  }

  /** Copies that carry the value: those of one record, or with 0 all. */
  #doubtCopies(feature: number, of: number): void {
    for (let at = this.#index.firstPosting(feature); at !== 0; at = this.#index.nextPosting(at)) {
      const original = this.#original[this.#index.recordAt(at)]!;
      if (original !== 0 && (of === 0 || original === of)) this.#doubtful.add(this.#index.recordAt(at));
    }
  }

  #addCopiesOf(record: number, to: Set<number>): void {
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (!this.#isSought(feature)) continue;
      for (let posting = this.#index.firstPosting(feature); posting !== 0; posting = this.#index.nextPosting(posting)) {
        const other = this.#index.recordAt(posting);
        if (this.#original[other] === record) to.add(other);
      }
    }
  }

  /** Whether originals are sought among the carriers of a value: several, and no more than `volumeCap`. */
  #isSought(feature: number): boolean {
    const count = this.#index.countOf(feature);
    return count > 1 && count <= this.#rules.volumeCap;
  }

  /** Sets the record as the original of later ones that had a later one, or none. */
  #offer(record: number, changed: Set<number>): void {
    const refused = this.#records.featureCount[record]! > FEW ? new Set<number>() : undefined;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (!this.#isSought(feature) || this.#isDerived(feature)) continue;
      for (let posting = this.#index.firstPosting(feature); posting !== 0; posting = this.#index.nextPosting(posting)) {
        const other = this.#index.recordAt(posting);
        const known = this.#original[other]!;
        if (known === record || !this.#precedes(record, other)) continue;
        if (known !== 0 && !this.#precedes(record, known)) continue;
        if (refused?.has(other)) continue;
        if (!this.#isCopyOf(other, record)) {
          refused?.add(other);
          continue;
        }
        this.#original[other] = record;
        changed.add(other);
      }
    }
  }

  /**
   * An original shares all values but a few, so it carries one of any few-and-one of them: the rarest are looked at, and
   * for a record of up to nine values that is a single one.
   */
  #leastOriginalOf(record: number): number {
    if (this.#records.parents.has(record)) return 0;
    const stated = this.#statedCount(record);
    const spare = spareOf(stated, this.#rules.copyContainmentMicro);
    if (stated < this.#fewestShared(record) || this.#ownValues(record) > spare) return 0;
    if (spare === 0) return this.#leastAmong(record, this.#rarestOf(record), 0);
    let least = 0;
    const refused = new Set<number>();
    for (const feature of this.#rarestFew(record, spare + 1)) least = this.#leastAmong(record, feature, least, refused);
    return least;
  }

  /** Values that no other live record carries. */
  #ownValues(record: number): number {
    let own = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#index.countOf(feature) === 1 && !this.#isDerived(feature)) own += 1;
    }
    return own;
  }

  #rarestOf(record: number): number {
    let rarest = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#isDerived(feature)) continue;
      if (rarest === 0 || this.#index.countOf(feature) < this.#index.countOf(rarest)) rarest = feature;
    }
    return rarest;
  }

  #rarestFew(record: number, few: number): number[] {
    return [...this.#records.featurePool.subarray(this.#start(record), this.#end(record))]
      .filter((feature) => !this.#isDerived(feature))
      .sort((a, b) => this.#index.countOf(a) - this.#index.countOf(b))
      .slice(0, few);
  }

  /** The lesser of `least` and the least original among the carriers of a value; 0 for none. */
  #leastAmong(record: number, feature: number, least: number, refused?: Set<number>): number {
    if (!this.#isSought(feature)) return least;
    for (let posting = this.#index.firstPosting(feature); posting !== 0; posting = this.#index.nextPosting(posting)) {
      const other = this.#index.recordAt(posting);
      if (other === least || !this.#precedes(other, record)) continue;
      if (least !== 0 && !this.#precedes(other, least)) continue;
      if (refused?.has(other)) continue;
      if (this.#isCopyOf(record, other)) least = other;
      else refused?.add(other);
    }
    return least;
  }

  #precedes(a: number, b: number): boolean {
    return a !== b && this.#records.compareAnchors(a, b) < 0;
  }

  /** Whether the record, which is later, has nothing that the other has not; and does not say that it is no copy. */
  #isCopyOf(record: number, other: number): boolean {
    const { parents, token, flags } = this.#records;
    if (parents.has(record) || ((flags[record]! ^ flags[other]!) & DENIES) !== 0) return false;
    const ownToken = token[record]!;
    if (ownToken !== 0 && ownToken === token[other]) return false; // one origin, as stated
    const stated = this.#statedCount(record);
    const spare = spareOf(stated, this.#rules.copyContainmentMicro);
    const least = Math.max(stated - spare, this.#fewestShared(record));
    return stated >= least && this.#sharedWith(record, other, stated - least) >= least;
  }

  /** Without token it is presumed a copy once it shares a few: a single value may be anybody's sighting. */
  #fewestShared(record: number): number {
    const { copyMinValues, copyPresumedMinValues } = this.#rules;
    return this.#records.token[record] === 0 ? copyPresumedMinValues : copyMinValues;
  }

  /** Stated values of the record that the other has too; less than the whole truth once more than `spare` are missing. */
  #sharedWith(record: number, other: number, spare: number): number {
    const { featurePool } = this.#records;
    const end = this.#end(other);
    let from = this.#start(other);
    let shared = 0;
    let missing = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = featurePool[at]!;
      if (this.#isDerived(feature)) continue;
      from = lowerBound(featurePool, feature, from, end);
      if (from < end && featurePool[from] === feature) shared += 1;
      else if ((missing += 1) > spare) return shared;
    }
    return shared;
  }

  #statedCount(record: number): number {
    let stated = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1)
      if (!this.#isDerived(this.#records.featurePool[at]!)) stated += 1;
    return stated;
  }

  #isDerived(feature: number): boolean {
    return this.#rules.isDerived[this.#index.values.kindOf(feature)] === 1;
  }
}

/** How many of the values a copy may have beyond its original. */
function spareOf(stated: number, containmentMicro: number): number {
  return Math.floor((stated * (MICRO - containmentMicro)) / MICRO);
}

/** The first place from `from` on whose number is not less. */
function lowerBound(pool: Int32Array, number: number, from: number, end: number): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pool[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
