// Which live records are copies that do not say so, and of what: a report is told again, later, with nothing new in it.
// Holds: a function of the live records and their values, whatever came first: never of what links, of hubs or of lineages,
// which follow from it. A copy comes after its original, so there are no circles; a partner's record is never the original of
// a government's, nor is any record that of one it says it has its own from. Cost: a read a value for a record with values of
// its own. Source: README.md#copies

import type { FeatureIndex } from '../linking/feature-index.ts';
import { LIVE, type RecordTable } from '../records/records.ts';
import type { Rules } from '../rules.ts';
import { grown, lengthFor } from '../growing-columns.ts';
import type { Retellings } from './retelling.ts';
import { NamedSources } from './named-sources.ts';

/** Up to this many values a pair that was refused is rather compared again than remembered. */
const FEW = 16;

/** Copies among the live records, kept up to date cut by cut. */
export class Copies {
  readonly #rules: Rules;
  readonly #records: RecordTable;
  readonly #index: FeatureIndex;
  readonly #retellings: Retellings;
  readonly #sources: NamedSources;
  /** The least record of which it is a copy, 0 for none. */
  #original = new Int32Array(1_024);
  #added: number[] = [];
  readonly #doubtful = new Set<number>();

  constructor(rules: Rules, records: RecordTable, index: FeatureIndex, retellings: Retellings) {
    this.#rules = rules;
    this.#records = records;
    this.#index = index;
    this.#retellings = retellings;
    this.#sources = new NamedSources(records, retellings);
  }

  isCopy(record: number): boolean {
    return this.originalOf(record) !== 0;
  }

  /** The record of which it is a copy, which may be one itself; 0 for none. Records without values, such as positions, never enter. */
  originalOf(record: number): number {
    return record < this.#original.length ? this.#original[record]! : 0;
  }

  /** What it is a copy of, and that perhaps of another: the first of them. The record itself where it is no copy. */
  firstOf(record: number): number {
    let first = record;
    for (let next = this.originalOf(first); next !== 0; next = this.originalOf(first)) first = next;
    return first;
  }

  /** A record has become live; its values are in the index. Right again after `settle`. */
  enter(record: number): void {
    if (record >= this.#original.length)
      this.#original = grown(this.#original, new Int32Array(lengthFor(record + 1, this.#original.length)));
    this.#added.push(record);
    this.#sources.enter(record);
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#index.countOf(feature) === this.#rules.volumeCap + 1) this.#doubtCopies(feature, 0);
    }
  }

  /** A record is live no longer; its values are still in the index. */
  leave(record: number): void {
    this.#setOriginal(record, 0);
    this.#sources.leave(record);
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
    for (const record of this.#sources.takeChanged()) this.#doubtful.add(record);
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
      if (!this.#isSought(feature) || this.#retellings.isDerived(feature)) continue;
      for (let posting = this.#index.firstPosting(feature); posting !== 0; posting = this.#index.nextPosting(posting)) {
        const other = this.#index.recordAt(posting);
        const known = this.#original[other]!;
        if (known === record || !this.#precedes(record, other)) continue;
        if (known !== 0 && !this.#precedes(record, known)) continue;
        if (refused?.has(other)) continue;
        if (!this.#isCopyOf(other, record, this.#sources.boundOf(other))) {
          refused?.add(other);
          continue;
        }
        this.#original[other] = record;
        changed.add(other);
      }
    }
  }

  /**
   * An original shares all values but a few, so of the values that it can only share as they are it carries one of any
   * few-and-one: the rarest are looked at, and for a record of up to nine values that is a single one. Texts that may be
   * reworded are looked at besides.
   */
  #leastOriginalOf(record: number): number {
    if (this.#records.parents.has(record)) return 0;
    const stated = this.#retellings.statedCount(record);
    const spare = this.#retellings.spareOf(stated);
    if (this.#hasOwn(record, spare) || stated < this.#retellings.leastShared(record)) return 0;
    const bound = this.#sources.boundOf(record);
    const through = this.#soughtThrough(record, spare + 1);
    const refused = through.length > 1 ? new Set<number>() : undefined;
    let least = 0;
    for (const feature of through) least = this.#leastAmong(record, feature, least, bound, refused);
    return least;
  }

  /** Whether more than `spare` of its values are no other live record's, neither as they are nor reworded. */
  #hasOwn(record: number, spare: number): boolean {
    const { textKind } = this.#rules;
    let own = 0;
    let texts = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#index.countOf(feature) !== 1 || this.#retellings.isDerived(feature)) continue;
      if (this.#index.values.kindOf(feature) === textKind) texts += 1;
      else if ((own += 1) > spare) return true;
    }
    if (own + texts <= spare) return false;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#index.values.kindOf(feature) !== textKind || this.#index.countOf(feature) !== 1) continue;
      if (!this.#retellings.mayBeReworded(feature) && (own += 1) > spare) return true; // last: they cost most
    }
    return false;
  }

  #soughtThrough(record: number, few: number): number[] {
    const through: number[] = [];
    const asTheyAre: number[] = [];
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.#retellings.isDerived(feature)) continue;
      (this.#retellings.mayBeReworded(feature) ? through : asTheyAre).push(feature);
    }
    if (asTheyAre.length <= few) return through.concat(asTheyAre);
    if (few > 1) asTheyAre.sort((a, b) => this.#index.countOf(a) - this.#index.countOf(b));
    else asTheyAre[0] = this.#rarestOf(asTheyAre);
    for (let at = 0; at < few; at += 1) through.push(asTheyAre[at]!);
    return through;
  }

  #rarestOf(features: readonly number[]): number {
    let rarest = features[0]!;
    for (const feature of features) if (this.#index.countOf(feature) < this.#index.countOf(rarest)) rarest = feature;
    return rarest;
  }

  /** The lesser of `least` and the least original among the carriers of a value; 0 for none. */
  #leastAmong(record: number, feature: number, least: number, bound: number, refused?: Set<number>): number {
    if (!this.#isSought(feature)) return least;
    for (let posting = this.#index.firstPosting(feature); posting !== 0; posting = this.#index.nextPosting(posting)) {
      const other = this.#index.recordAt(posting);
      if (other === least || !this.#precedes(other, record)) continue;
      if (least !== 0 && !this.#precedes(other, least)) continue;
      if (refused?.has(other)) continue;
      if (this.#isCopyOf(record, other, bound)) least = other;
      else refused?.add(other);
    }
    return least;
  }

  #precedes(a: number, b: number): boolean {
    return a !== b && this.#records.compareAnchors(a, b) < 0;
  }

  /** Whether the record, which is later, tells the other again, and nothing says that it is the other's source. */
  #isCopyOf(record: number, other: number, bound: number): boolean {
    if (this.#records.parents.has(record) || this.#sources.isAfter(other, bound)) return false;
    return !this.#sources.names(other, record) && this.#retellings.tellsAgain(record, other);
  }
}
