// Records that report coordinated sharing carry its pairs of accounts, as values beside those they state.
// Holds: a record carries a pair exactly while a share it states stands in a row of that pair; so what it carries follows
// from the live records alone, and changes when another agency's share arrives. A share that very many records repeat
// makes no row, as a hub links nobody. Source: README.md#co-shares

import { CoShares } from './co-shares.ts';
import type { CarriedBeside } from '../linking/edge-weight.ts';
import type { FeatureIndex } from '../linking/feature-index.ts';
import type { RecordTable } from '../records/records.ts';
import type { Rules } from '../rules.ts';

/** A record that carries a pair it did not carry, or no longer carries one. */
export interface PairChanges {
  readonly gained: readonly (readonly [record: number, feature: number])[];
  /** Records that carry a pair less. */
  readonly lost: ReadonlySet<number>;
}

const NO_CHANGES: PairChanges = Object.freeze({ gained: Object.freeze([]), lost: new Set<number>() });

/** What the records of one view carry beside the values they state. */
export class CoSharePairs implements CarriedBeside {
  readonly #rules: Rules;
  readonly #records: RecordTable;
  readonly #index: FeatureIndex;
  readonly #shares: CoShares;
  /** Record → numbers of pairs, ascending. */
  readonly #carried = new Map<number, readonly number[]>();
  #passed = 0;

  constructor(rules: Rules, records: RecordTable, index: FeatureIndex) {
    this.#rules = rules;
    this.#records = records;
    this.#index = index;
    this.#shares = new CoShares(rules.coShares, (share) => index.values.textOf(share));
  }

  valuesOf(record: number): readonly number[] | undefined {
    return this.#carried.get(record);
  }

  /** Numbers of the pairs that records carry, some several times. */
  *features(): Generator<number> {
    for (const features of this.#carried.values()) yield* features;
  }

  /** How many pairs came to stand for nothing at most, since `startSweep`. */
  get passed(): number {
    return this.#passed;
  }

  startSweep(): void {
    this.#passed = 0;
  }

  /** A record is live no longer. */
  leave(record: number): void {
    const carried = this.#carried.get(record);
    if (carried === undefined) return;
    this.#passed += carried.length;
    for (const feature of carried) this.#index.remove(feature, record);
    this.#carried.delete(record);
  }

  /**
   * Works out again what records carry, after the index was told of shares that came and went. `own` are live records
   * whose stated values may be others than before. Cost: the rows that changed, and the records that state their shares.
   */
  settle(own: Iterable<number>): PairChanges {
    if (this.#rules.shareKind < 0) return NO_CHANGES;
    for (const feature of this.#index.touched)
      if (this.#index.values.kindOf(feature) === this.#rules.shareKind) this.#settleShare(feature);
    const changed = this.#shares.takeChanged();
    if (this.#shares.isEmpty && this.#carried.size === 0) return NO_CHANGES;
    const records = new Set<number>();
    for (const record of own) records.add(record);
    for (const share of changed)
      if (this.#index.countOf(share) <= this.#rules.volumeCap)
        for (let at = this.#index.firstPosting(share); at !== 0; at = this.#index.nextPosting(at))
          records.add(this.#index.recordAt(at));
      else this.#addCarriersOf(share, records);
    const changes = { gained: [] as (readonly [number, number])[], lost: new Set<number>() };
    for (const record of records) this.#carry(record, changes);
    return changes;
  }

  #settleShare(share: number): void {
    const count = this.#index.countOf(share);
    const counts = count > 0 && count <= this.#rules.volumeCap;
    if (counts === this.#shares.isHere(share)) return;
    if (counts) this.#shares.enter(share);
    else this.#shares.leave(share);
  }

  /** Of very many records that state a share only those that carry a pair can lose one. */
  #addCarriersOf(share: number, to: Set<number>): void {
    for (const record of this.#carried.keys()) if (this.#states(record, share)) to.add(record);
  }

  #states(record: number, share: number): boolean {
    const { featurePool, featureStart, featureCount } = this.#records;
    const start = featureStart[record]!;
    return featurePool.subarray(start, start + featureCount[record]!).includes(share);
  }

  #carry(record: number, changes: { gained: (readonly [number, number])[]; lost: Set<number> }): void {
    const before = this.#carried.get(record);
    const features = this.#pairsOf(record);
    if (features.length === 0 && before === undefined) return;
    const lost = new Set(before);
    for (const feature of features) {
      if (lost.delete(feature)) continue;
      changes.gained.push([record, feature]);
      this.#index.add(feature, record);
    }
    for (const feature of lost) this.#index.remove(feature, record);
    if (lost.size > 0) changes.lost.add(record);
    this.#passed += lost.size;
    if (features.length === 0) this.#carried.delete(record);
    else this.#carried.set(record, features);
  }

  /** Ascending. */
  #pairsOf(record: number): number[] {
    const { featurePool, featureStart, featureCount } = this.#records;
    const { coSharePairKind, shareKind } = this.#rules;
    const pairs = new Set<number>();
    const end = featureStart[record]! + featureCount[record]!;
    for (let at = featureStart[record]!; at < end; at += 1) {
      const feature = featurePool[at]!;
      if (this.#index.values.kindOf(feature) !== shareKind) continue;
      for (const pair of this.#shares.pairsOf(feature)) pairs.add(this.#index.intern(coSharePairKind, pair));
    }
    return [...pairs].sort((a, b) => a - b);
  }
}
