// The origin a record speaks for, by its source token, or else by itself, or, if it is a copy, by what it copies; and the
// live records of an origin.
// Holds: a record is listed under one origin at a time; equal tokens are one origin. Source: README.md#lineage

import type { Copies } from './copies.ts';
import { LIVE, type RecordTable } from '../records/records.ts';
import { grown, lengthFor } from '../growing-columns.ts';

/** An origin as a number: a token's (odd) or, without token, an id's (even). Means nothing outside the engine. */
export type Origin = number;

const ofToken = (token: number): Origin => token * 2 + 1;
const ofId = (id: number): Origin => id * 2;

/** True where nothing but the record itself says where it comes from. */
export const isOwnId = (origin: Origin): boolean => (origin & 1) === 0;

/** Which live records speak for which origin. */
export class Origins {
  readonly #records: RecordTable;
  readonly #copies: Copies;
  /** 0 for a record that is not listed. */
  #origin = new Int32Array(1_024);
  /** Token → first record listed under it; a doubly linked list goes on from there. */
  #firstWithToken = new Int32Array(1_024);
  /** The same for copies of records without token, by the id that they copy. */
  readonly #firstCopyOfId = new Map<number, number>();
  #next = new Int32Array(1_024);
  #previous = new Int32Array(1_024);

  constructor(records: RecordTable, copies: Copies) {
    this.#records = records;
    this.#copies = copies;
  }

  /** The origin under which a record is listed; 0 for none. */
  of(record: number): Origin {
    return this.#origin[record]!;
  }

  /** Lists a live record under the origin that is its own now. */
  list(record: number): void {
    const origin = this.#originOf(record);
    this.#makeRoom(record, origin >> 1);
    this.#origin[record] = origin;
    if (this.#isOwn(record, origin)) return; // found by its id
    const first = this.#first(origin);
    if (this.#next[record] !== first) this.#next[record] = first;
    if (this.#previous[record] !== 0) this.#previous[record] = 0;
    if (first !== 0) this.#previous[first] = record;
    this.#setFirst(origin, record);
  }

  /** Takes a record off its list. */
  unlist(record: number): void {
    const origin = this.#origin[record]!;
    this.#origin[record] = 0;
    if (this.#isOwn(record, origin)) return;
    const next = this.#next[record]!;
    const previous = this.#previous[record]!;
    if (previous === 0) this.#setFirst(origin, next);
    else this.#next[previous] = next;
    if (next !== 0) this.#previous[next] = previous;
  }

  /** Live records of an origin, in no order. */
  recordsOf(origin: Origin): number[] {
    const found: number[] = [];
    if (isOwnId(origin))
      for (const record of this.liveWithId(origin >> 1)) if (this.#origin[record] === origin) found.push(record);
    for (let record = this.#first(origin); record !== 0; record = this.#next[record]!)
      if (!isOwnId(origin) || this.#records.id[record] !== origin >> 1) found.push(record);
    return found;
  }

  /** Another record on the list of a record's origin; 0 for none. */
  neighbourOf(record: number): number {
    if (this.#isOwn(record, this.#origin[record]!)) return 0;
    return this.#next[record]! || this.#previous[record]!;
  }

  /** The origins an id stands for: those of its live records, or the id itself where there is none. */
  ofId(id: number): Origin[] {
    const origins = new Set<Origin>();
    for (const record of this.liveWithId(id)) origins.add(this.#origin[record]!);
    return origins.size === 0 ? [ofId(id)] : [...origins];
  }

  liveWithId(id: number): number[] {
    const found: number[] = [];
    for (let record = this.#records.firstWithId(id); record !== 0; record = this.#records.nextWithId[record]!)
      if (this.#records.is(record, LIVE)) found.push(record);
    return found;
  }

  #originOf(record: number): Origin {
    const first = this.#copies.firstOf(record);
    const token = this.#records.token[first]!;
    return token === 0 ? ofId(this.#records.id[first]!) : ofToken(token);
  }

  /** Without token, and no copy of another: its id leads to it, so it stands on no list. */
  #isOwn(record: number, origin: Origin): boolean {
    return isOwnId(origin) && this.#records.id[record] === origin >> 1;
  }

  #first(origin: Origin): number {
    return isOwnId(origin) ? (this.#firstCopyOfId.get(origin >> 1) ?? 0) : this.#firstWithToken[origin >> 1]!;
  }

  #setFirst(origin: Origin, record: number): void {
    if (!isOwnId(origin)) this.#firstWithToken[origin >> 1] = record;
    else if (record === 0) this.#firstCopyOfId.delete(origin >> 1);
    else this.#firstCopyOfId.set(origin >> 1, record);
  }

  #makeRoom(record: number, number: number): void {
    if (record >= this.#origin.length) {
      const length = lengthFor(record + 1, this.#origin.length);
      this.#origin = grown(this.#origin, new Int32Array(length));
      this.#next = grown(this.#next, new Int32Array(length));
      this.#previous = grown(this.#previous, new Int32Array(length));
    }
    if (number >= this.#firstWithToken.length)
      this.#firstWithToken = grown(
        this.#firstWithToken,
        new Int32Array(lengthFor(number + 1, this.#firstWithToken.length)),
      );
  }
}
