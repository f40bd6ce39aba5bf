// Observations as rows of numbers and bytes, as the engine takes them in: no object and no string for a record, but for what
// few records say. Holds: a function of the observations, the rules and the seed, so whoever packs them, here or in another
// thread, packs the same; what follows from a value lies behind it; the seed decides hashes and nothing that is published;
// can be cloned and transferred. Source: README.md#packed-records

import type { Marking } from '@sitebus/marking';
import type { CommonValue, Facets, FusionObservation } from './observation.ts';

/** What a record says of others; few do. */
export type References = Pick<FusionObservation, 'derivedFrom' | 'supersedes' | 'recalls' | 'position' | 'lineageLink'>;

/** An object that many records have in common, and the key by which equal ones are told. */
export interface Keyed<T> {
  readonly key: string;
  readonly object: T;
}

/** Records by place, from 0. */
export interface PackedObservations {
  /** Places; not every place need have an observation. */
  readonly count: number;
  readonly seed: number;
  /** By place, where its words begin; −1 where there is no observation. */
  readonly starts: Int32Array<ArrayBuffer>;
  /** The words of all: `WORD` says in which order, then the values, the id, and the token where there is one. */
  readonly words: Int32Array<ArrayBuffer>;
  /** Three a place, UTC milliseconds: observed, first seen, last seen. */
  readonly times: Float64Array<ArrayBuffer>;
  /** What words name by their place in these; facets and context count from 1. */
  readonly names: readonly string[];
  readonly markings: readonly Marking[];
  readonly facets: readonly Keyed<Facets>[];
  readonly contexts: readonly Keyed<readonly CommonValue[]>[];
  /** By place. */
  readonly references: ReadonlyMap<number, References>;
}

/** Some places of packed observations, one behind the other. */
export interface PackedSlice {
  readonly packed: PackedObservations;
  readonly from: number;
  /** One past the last. */
  readonly to: number;
  /** By marking: 1 where the view may read what bears it. Other records leave no trace. */
  readonly readable: Uint8Array;
}

/** Where each number stands behind a record's beginning. */
export const WORD = Object.freeze({
  agency: 0, cell: 1, type: 2, marking: 3, facets: 4, context: 5, grades: 6, flags: 7,
  hashHigh: 8, hashLow: 9, lifetimeDays: 10, hasToken: 11, values: 12,
}); // prettier-ignore
/** Words of a record before its values. */
export const RECORD_WORDS = Object.keys(WORD).length;
/** Numbers of a record in `times`. */
export const TIMES = 3;

/** All of them, for a view that may read whatever it is given. */
export function wholeOf(packed: PackedObservations): PackedSlice {
  return { packed, from: 0, to: packed.count, readable: new Uint8Array(packed.markings.length).fill(1) };
}
