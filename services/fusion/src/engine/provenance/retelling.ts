// Whether one record tells another again: it takes the same stance and has hardly a value that the other has not.
// Holds: a function of the two records alone: a text reworded on the way counts as the text it was, whatever else is in the
// view, so nobody can hide a retelling behind a crowd. Cost: a look a value, and for texts that differ and sound alike an edit
// distance where the view has not compared them already. Source: README.md#copies

import type { FeatureIndex } from '../linking/feature-index.ts';
import { DENIES, type RecordTable } from '../records/records.ts';
import type { Rules } from '../rules.ts';
import type { SimilarTexts } from '../values/similar-texts.ts';
import { isTooShort } from '../values/text-shape.ts';

const MICRO = 1_000_000;

/** A value of a record that tells another again, as the record has it. */
export interface RetoldValue {
  /** By its number. */
  readonly feature: number;
  /** The other has a text near to it, and not the text itself. */
  readonly isReworded: boolean;
}

/** Compares pairs of live records. Their texts must be among the similar texts. Keeps nothing between two calls. */
export class Retellings {
  readonly #rules: Rules;
  readonly #records: RecordTable;
  readonly #index: FeatureIndex;
  readonly #texts: SimilarTexts;
  readonly #reworded: number[] = [];

  constructor(rules: Rules, records: RecordTable, index: FeatureIndex, texts: SimilarTexts) {
    this.#rules = rules;
    this.#records = records;
    this.#index = index;
    this.#texts = texts;
  }

  /** Whether the record has nothing that the other has not, but for one value in ten, and enough in all; and no origin in common, as stated. */
  tellsAgain(record: number, other: number): boolean {
    const { token, flags } = this.#records;
    if (((flags[record]! ^ flags[other]!) & DENIES) !== 0) return false;
    if (token[record] !== 0 && token[record] === token[other]) return false;
    const stated = this.statedCount(record);
    const spare = this.spareOf(stated);
    const missing = this.#missingFrom(record, other, spare);
    return missing <= spare && this.#isEnough(record, other, stated - missing);
  }

  /** The values by which the record tells the other again, in no order. */
  retoldValues(record: number, other: number): RetoldValue[] {
    const retold: RetoldValue[] = [];
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (this.isDerived(feature)) continue;
      if (this.#has(other, feature)) retold.push({ feature, isReworded: false });
      else if (this.#hasNear(other, feature)) retold.push({ feature, isReworded: true });
    }
    return retold;
  }

  /** How many values it must share at least to be taken for a retelling of anything. */
  leastShared(record: number): number {
    const { copyTextMinChars, copyTextOtherValues } = this.#rules;
    const least = this.#leastWithoutText(record);
    if (least <= 1 + copyTextOtherValues) return least;
    for (let at = this.#start(record); at < this.#end(record); at += 1)
      if (this.#isTextOf(this.#records.featurePool[at]!, copyTextMinChars)) return 1 + copyTextOtherValues;
    return least;
  }

  /** Values that a record states: without those that follow from others. */
  statedCount(record: number): number {
    let stated = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1)
      if (!this.isDerived(this.#records.featurePool[at]!)) stated += 1;
    return stated;
  }

  /** How many of so many values may be the record's own. */
  spareOf(stated: number): number {
    return Math.floor((stated * (MICRO - this.#rules.copyContainmentMicro)) / MICRO);
  }

  /** Whether another record may have the value without carrying it: it is a text, and some text sounds like it. */
  mayBeReworded(feature: number): boolean {
    return this.#isText(feature) && this.#texts.mayHaveNear(feature);
  }

  /** Whether no record states the value. */
  isDerived(feature: number): boolean {
    return this.#rules.isDerived[this.#index.values.kindOf(feature)] === 1;
  }

  /** Stated values that the other has not; more than `most` once they are too many. */
  #missingFrom(record: number, other: number, most: number): number {
    const { featurePool } = this.#records;
    const end = this.#end(other);
    let from = this.#start(other);
    let missing = 0;
    this.#reworded.length = 0;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = featurePool[at]!;
      if (this.isDerived(feature)) continue;
      from = lowerBound(featurePool, feature, from, end);
      if (from < end && featurePool[from] === feature) continue;
      if (this.mayBeReworded(feature)) this.#reworded.push(feature);
      else if ((missing += 1) > most) return missing;
    }
    for (const text of this.#reworded) if (!this.#hasNear(other, text) && (missing += 1) > most) break; // last: they cost most
    return missing;
  }

  /** A text that is long enough says more than a value, so that few others need stand beside it. */
  #isEnough(record: number, other: number, shared: number): boolean {
    const { copyTextMinChars, copyTextOtherValues } = this.#rules;
    if (shared >= this.#leastWithoutText(record)) return true;
    if (shared < 1 + copyTextOtherValues) return false;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (!this.#isTextOf(feature, copyTextMinChars)) continue;
      if (this.#has(other, feature) || this.#hasNear(other, feature)) return true;
    }
    return false;
  }

  /** Without token it is presumed a copy once it shares a few: a single value may be anybody's sighting. */
  #leastWithoutText(record: number): number {
    const { copyMinValues, copyPresumedMinValues } = this.#rules;
    return this.#records.token[record] === 0 ? copyPresumedMinValues : copyMinValues;
  }

  #isText(feature: number): boolean {
    return this.#index.values.kindOf(feature) === this.#rules.textKind;
  }

  #isTextOf(feature: number, minChars: number): boolean {
    return this.#isText(feature) && !isTooShort(this.#index.values.textOf(feature), minChars);
  }

  #hasNear(record: number, text: number): boolean {
    if (!this.mayBeReworded(text)) return false;
    for (let at = this.#start(record); at < this.#end(record); at += 1) {
      const feature = this.#records.featurePool[at]!;
      if (feature !== text && this.#isText(feature) && this.#texts.areNear(text, feature)) return true;
    }
    return false;
  }

  #has(record: number, feature: number): boolean {
    const { featurePool } = this.#records;
    const end = this.#end(record);
    const at = lowerBound(featurePool, feature, this.#start(record), end);
    return at < end && featurePool[at] === feature;
  }

  #start(record: number): number {
    return this.#records.featureStart[record]!;
  }

  #end(record: number): number {
    return this.#records.featureStart[record]! + this.#records.featureCount[record]!;
  }
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
