// What is known of each record as columns: a record is a whole number, its parts are places in typed arrays.
// Holds: a number's place is the same in all columns; values lie in one pool, a record's together, those that are over behind
// the others; what left makes gaps, which are closed when they are more than a quarter. Source: README.md#engine

import { MANY_VALUES, grown, lengthFor } from '../growing-columns.ts';

const MIN_POOL = 4_096;

/** The columns of a table of records, by number from 1. */
export class RecordColumns {
  flags = new Uint8Array(1_024);
  /** Names are few: policy and schemas bound them. */
  agency = new Uint16Array(1_024);
  cell = new Uint16Array(1_024);
  type = new Uint16Array(1_024);
  /** Number of the id; several identities may share it. */
  id = new Int32Array(1_024);
  /** Number of the source token, 0 for none. */
  token = new Int32Array(1_024);
  hashHigh = new Int32Array(1_024);
  hashLow = new Int32Array(1_024);
  marking = new Int32Array(1_024);
  facets = new Int32Array(1_024);
  context = new Int32Array(1_024);
  /** Source grade (0 to 5) × 8 + information grade (1 to 6). */
  grades = new Uint8Array(1_024);
  lifetimeDays = new Int32Array(1_024);
  /** The hour since 1970 at which the next of its values, or it, is over. */
  dueHour = new Int32Array(1_024);
  /** The time of the cut that admitted it: what expiry counts from. */
  admittedAt = new Float64Array(1_024);
  observedAt = new Float64Array(1_024);
  firstSeen = new Float64Array(1_024);
  lastSeen = new Float64Array(1_024);
  /** Where its feature numbers lie in `featurePool`, ascending; behind them those that are over. */
  featureStart = new Int32Array(1_024);
  featureCount = new Int32Array(1_024);
  wornCount = new Int32Array(1_024);
  featurePool = new Int32Array(MIN_POOL);
  /** Next record with the same id; 0 ends. */
  nextWithId = new Int32Array(1_024);
  #pooled = 0;
  #wasted = 0;

  /** Bytes the columns take. */
  get columnBytes(): number {
    let bytes = 0;
    for (const column of Object.values(this)) if (ArrayBuffer.isView(column)) bytes += column.byteLength;
    return bytes;
  }

  /** More than a quarter of the pool belongs to records that are gone. */
  get hasGaps(): boolean {
    return this.#pooled > MIN_POOL && this.#wasted * 4 > this.#pooled;
  }

  /** Moves all values to the front of a new pool; `count` is the greatest number in use. Cost: the whole pool. */
  protected packFeatures(count: number): void {
    const before = this.featurePool;
    const pool = new Int32Array(Math.max(MIN_POOL, (this.#pooled - this.#wasted) * 2));
    let place = 0;
    for (let record = 1; record <= count; record += 1) {
      const length = this.featureCount[record]! + this.wornCount[record]!;
      const start = this.featureStart[record]!;
      this.featureStart[record] = place;
      for (let at = start; at < start + length; at += 1, place += 1) pool[place] = before[at]!;
    }
    this.featurePool = pool;
    this.#pooled = place;
    this.#wasted = 0;
  }

  /** Takes values out of use; they stay known, for other rules may let them last longer. */
  wearOut(record: number, isOver: (feature: number) => boolean): void {
    const { featurePool } = this;
    const start = this.featureStart[record]!;
    const lasting: number[] = [];
    const over: number[] = [];
    for (let at = start; at < start + this.featureCount[record]!; at += 1)
      (isOver(featurePool[at]!) ? over : lasting).push(featurePool[at]!);
    featurePool.set([...lasting, ...over], start);
    this.featureCount[record] = lasting.length;
    this.wornCount[record]! += over.length;
  }

  /** Puts a record's values into the pool, where they stand ascending as they come. */
  protected keepFeatures(record: number, features: readonly number[]): void {
    const end = this.#pooled + features.length;
    if (end > this.featurePool.length)
      this.featurePool = grown(this.featurePool, new Int32Array(lengthFor(end, this.featurePool.length, MANY_VALUES)));
    for (let at = 0; at < features.length; at += 1) this.featurePool[this.#pooled + at] = features[at]!;
    this.featureStart[record] = this.#pooled;
    this.featureCount[record] = features.length;
    this.#pooled = end;
  }

  /** A record's values are nobody's. */
  protected dropFeatures(record: number): void {
    this.#wasted += this.featureCount[record]! + this.wornCount[record]!;
    this.featureCount[record] = 0;
    if (this.wornCount[record] !== 0) this.wornCount[record] = 0;
  }

  /** Makes room for records up to this number. */
  protected reach(record: number): void {
    if (record < this.flags.length) return;
    const length = lengthFor(record + 1, this.flags.length);
    const wider = (column: Int32Array<ArrayBuffer>) => grown(column, new Int32Array(length));
    this.flags = grown(this.flags, new Uint8Array(length));
    this.grades = grown(this.grades, new Uint8Array(length));
    this.agency = grown(this.agency, new Uint16Array(length));
    this.cell = grown(this.cell, new Uint16Array(length));
    this.type = grown(this.type, new Uint16Array(length));
    this.id = wider(this.id);
    this.token = wider(this.token);
    this.hashHigh = wider(this.hashHigh);
    this.hashLow = wider(this.hashLow);
    this.marking = wider(this.marking);
    this.facets = wider(this.facets);
    this.context = wider(this.context);
    this.lifetimeDays = wider(this.lifetimeDays);
    this.dueHour = wider(this.dueHour);
    this.wornCount = wider(this.wornCount);
    this.featureStart = wider(this.featureStart);
    this.featureCount = wider(this.featureCount);
    this.nextWithId = wider(this.nextWithId);
    this.admittedAt = grown(this.admittedAt, new Float64Array(length));
    this.observedAt = grown(this.observedAt, new Float64Array(length));
    this.firstSeen = grown(this.firstSeen, new Float64Array(length));
    this.lastSeen = grown(this.lastSeen, new Float64Array(length));
  }
}
