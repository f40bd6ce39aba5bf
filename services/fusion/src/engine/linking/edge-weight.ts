// How much two records have in common: S(a,b) = Σ w(f)·log2(N/df)/log2(N/2) over the values they share.
// Holds: whole micro-units; hubs count nothing, nor does a value for sightings further apart than its window; one that follows from others counts only where the pair shares none of
// those; of days at a place, and of near-duplicate texts, the strongest counts once; a large report must also share a
// fifth of the smaller one's values. Source: README.md#edges

import type { FeatureIndex } from './feature-index.ts';
import type { RecordTable } from '../records/records.ts';
import { apartMs } from './separate-times.ts';
import { bucketOf, type Rules } from '../rules.ts';

/** Values that records carry beside those of the table: pairs of accounts that share together. */
export interface CarriedBeside {
  /** Numbers, ascending; undefined for most records. */
  valuesOf(record: number): readonly number[] | undefined;
}

/** Near-duplicates among values. */
export interface AlikeValues {
  /** True where no value has any. */
  readonly isEmpty: boolean;
  /** Values alike, never the value itself; empty for most. */
  alikeOf(feature: number): readonly number[];
}

/** One value of two records' score. */
export interface SharedValue {
  /** By its number, the kind it counts as, and what it adds. */
  readonly feature: number;
  readonly kind: number;
  readonly contributionMicro: number;
  readonly dfBucket: number;
}

/** Scores pairs of records of one view. Keeps nothing between two calls but what it writes on. */
export class PairScores {
  readonly #rules: Rules;
  readonly #records: RecordTable;
  readonly #index: FeatureIndex;
  readonly #beside: CarriedBeside;
  readonly #alike: AlikeValues;
  #shared: number[] = [];
  #derived = 0;
  /** How far apart in time the two records of this call lie. */
  #apartMs = 0;
  /** Values that follow from one that is shared. */
  readonly #covered = new Set<number>();
  /** The near-duplicates that count, as (value of a, value of b); 0 for none. */
  #alikeOfA = 0;
  #alikeOfB = 0;
  #alikeMicro = 0;

  constructor(rules: Rules, records: RecordTable, index: FeatureIndex, beside: CarriedBeside, alike: AlikeValues) {
    this.#rules = rules;
    this.#records = records;
    this.#index = index;
    this.#beside = beside;
    this.#alike = alike;
  }

  /**
   * The score of two records in micro-units, 0 when they do not link: score below the threshold, or containment too low.
   * Cost: the sum of their features.
   */
  score(a: number, b: number): number {
    this.#collect(a, b);
    let score = this.#alikeMicro;
    for (const feature of this.#shared) score += this.#index.contributionMicro(feature);
    return score >= this.#rules.thresholdMicro && this.#isContained(a, b) ? score : 0;
  }

  /** The values of which `score` is the sum, in no order; a near-duplicate text by the value that `a` has. */
  shared(a: number, b: number): SharedValue[] {
    this.#collect(a, b);
    const found = this.#shared.map((feature) => this.#asShared(feature, this.#index.values.kindOf(feature)));
    if (this.#alikeMicro === 0) return found;
    const commoner =
      this.#index.dfOf(this.#alikeOfA) < this.#index.dfOf(this.#alikeOfB) ? this.#alikeOfB : this.#alikeOfA;
    return [...found, { ...this.#asShared(commoner, this.#rules.similarTextKind), feature: this.#alikeOfA }];
  }

  #asShared(feature: number, kind: number): SharedValue {
    const contributionMicro = this.#index.contributionAs(kind, feature);
    return { feature, kind, contributionMicro, dfBucket: bucketOf(this.#index.dfOf(feature)) };
  }

  #collect(a: number, b: number): void {
    this.#shared.length = 0;
    this.#derived = 0;
    this.#alikeMicro = 0;
    this.#apartMs = apartMs(this.#records, a, b);
    this.#collectStated(a, b);
    this.#collectBeside(a, b);
    if (this.#derived > 0) this.#keepWhatCounts();
    if (!this.#alike.isEmpty) this.#collectAlike(a, b);
  }

  #collectStated(a: number, b: number): void {
    const { featurePool, featureStart, featureCount } = this.#records;
    let atA = featureStart[a]!;
    let atB = featureStart[b]!;
    const endA = atA + featureCount[a]!;
    const endB = atB + featureCount[b]!;
    while (atA < endA && atB < endB) {
      const left = featurePool[atA]!;
      const right = featurePool[atB]!;
      if (left === right) this.#take(left);
      if (left <= right) atA += 1;
      if (right <= left) atB += 1;
    }
  }

  #collectBeside(a: number, b: number): void {
    const ofA = this.#beside.valuesOf(a);
    const ofB = ofA === undefined ? undefined : this.#beside.valuesOf(b);
    if (ofA === undefined || ofB === undefined) return;
    let atB = 0;
    for (const feature of ofA) {
      while (atB < ofB.length && ofB[atB]! < feature) atB += 1;
      if (ofB[atB] === feature) this.#take(feature);
    }
  }

  #take(feature: number): void {
    if (this.#index.contributionMicro(feature) === 0) return;
    if (this.#apartMs > this.#rules.linkWindowMs[this.#index.values.kindOf(feature)]!) return;
    this.#shared.push(feature);
    if (this.#index.isDerived(feature)) this.#derived += 1;
  }

  /** Leaves out what follows from another shared value, and of a kind that counts once all but the strongest. */
  #keepWhatCounts(): void {
    const index = this.#index;
    this.#covered.clear();
    for (const feature of this.#shared)
      for (let at = index.derivedStart(feature); at < index.derivedEnd(feature); at += 1)
        this.#covered.add(index.derivedAt(at));
    let kept = 0;
    for (const feature of this.#shared) {
      if (!this.#covered.has(feature) && this.#isStrongestOfItsKind(feature, kept)) {
        this.#shared[kept] = feature;
        kept += 1;
      }
    }
    this.#shared.length = kept;
  }

  /** False where the value gives way to one that is kept; puts it in the place of a weaker one. */
  #isStrongestOfItsKind(feature: number, kept: number): boolean {
    const kind = this.#index.values.kindOf(feature);
    if (this.#rules.countsOnce[kind] === 0) return true;
    for (let at = 0; at < kept; at += 1) {
      const other = this.#shared[at]!;
      if (this.#index.values.kindOf(other) !== kind) continue;
      if (this.#precedes(feature, other)) this.#shared[at] = feature;
      return false;
    }
    return true;
  }

  /** Rarer first; of equally rare ones the lesser text, because numbers depend on arrival. */
  #precedes(a: number, b: number): boolean {
    const { values } = this.#index;
    const difference = this.#index.contributionMicro(a) - this.#index.contributionMicro(b);
    return difference !== 0 ? difference > 0 : values.textOf(a) < values.textOf(b);
  }

  /** The strongest pair of texts that are alike; a text that both records have says so itself. */
  #collectAlike(a: number, b: number): void {
    const { featurePool, featureStart, featureCount } = this.#records;
    const { values } = this.#index;
    const end = featureStart[a]! + featureCount[a]!;
    for (let at = featureStart[a]!; at < end; at += 1) {
      const ofA = featurePool[at]!;
      if (values.kindOf(ofA) !== this.#rules.textKind) continue;
      const alike = this.#alike.alikeOf(ofA);
      if (alike.length === 0 || this.#has(b, ofA)) continue;
      for (const ofB of alike) if (this.#has(b, ofB) && !this.#has(a, ofB)) this.#weighAlike(ofA, ofB);
    }
  }

  #weighAlike(ofA: number, ofB: number): void {
    const index = this.#index;
    const kind = this.#rules.similarTextKind;
    if (this.#apartMs > this.#rules.linkWindowMs[kind]!) return;
    const micro = Math.min(index.contributionAs(kind, ofA), index.contributionAs(kind, ofB));
    if (micro === 0 || micro < this.#alikeMicro) return;
    if (micro === this.#alikeMicro && !this.#isLesserPair(ofA, ofB)) return;
    this.#alikeMicro = micro;
    this.#alikeOfA = ofA;
    this.#alikeOfB = ofB;
  }

  #isLesserPair(ofA: number, ofB: number): boolean {
    const { values } = this.#index;
    const [mine, theirs] = [values.textOf(ofA), values.textOf(this.#alikeOfA)];
    return mine !== theirs ? mine < theirs : values.textOf(ofB) < values.textOf(this.#alikeOfB);
  }

  /** A record's values ascend. */
  #has(record: number, feature: number): boolean {
    const { featurePool, featureStart, featureCount } = this.#records;
    let low = featureStart[record]!;
    let high = low + featureCount[record]! - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = featurePool[middle]!;
      if (found === feature) return true;
      if (found < feature) low = middle + 1;
      else high = middle - 1;
    }
    return false;
  }

  #isContained(a: number, b: number): boolean {
    const { largeReportFeatures, containmentMicro } = this.#rules;
    const { featureCount } = this.#records;
    if (featureCount[a]! <= largeReportFeatures && featureCount[b]! <= largeReportFeatures) return true;
    const countA = this.#statedCount(a);
    const countB = this.#statedCount(b);
    if (countA <= largeReportFeatures && countB <= largeReportFeatures) return true;
    const shared = this.#shared.length + (this.#alikeMicro > 0 ? 1 : 0);
    return shared * 1_000_000 >= containmentMicro * Math.min(countA, countB);
  }

  /** Values that the record states and that can link. */
  #statedCount(record: number): number {
    const { featurePool, featureStart, featureCount } = this.#records;
    const end = featureStart[record]! + featureCount[record]!;
    let count = 0;
    for (let at = featureStart[record]!; at < end; at += 1) {
      const kind = this.#index.values.kindOf(featurePool[at]!);
      if (this.#rules.isDerived[kind] === 0 && this.#rules.weights[kind] !== 0) count += 1;
    }
    return count;
  }
}
