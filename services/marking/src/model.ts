// The label on a record, and what a reader or service may hold, on the same axes.
// Holds: every value is frozen; lists are sorted, without duplicates; `relTo: []` is nobody, never everybody;
// a classified marking never has `relTo: 'ALL'`. Source: README.md#the-model

/** National-interest ladder, ascending. */
export const CLASSIFIED = Object.freeze(['UNCLASSIFIED', 'CONFIDENTIAL', 'SECRET', 'TOP_SECRET'] as const);
/** Ladder for other-than-national-interest information, ascending. */
export const PROTECTED = Object.freeze(['NONE', 'A', 'B', 'C'] as const);
/** TLP 2.0 colours, ascending. On the wire AMBER+STRICT is spelled AMBER_STRICT. */
export const TLP = Object.freeze(['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const);

/** A level of CLASSIFIED. */
export type Classified = (typeof CLASSIFIED)[number];
/** A level of PROTECTED. */
export type Protected = (typeof PROTECTED)[number];
/** A colour of TLP. */
export type Tlp = (typeof TLP)[number];

/** The label on a record or a portion. Made by `createMarking`, `parse` and `join`; equal by `markingKey`. */
export interface Marking {
  readonly classified: Classified;
  readonly protected: Protected;
  /** Closed: with `SI-G` stands `SI`. */
  readonly compartments: readonly string[];
  /** ISO 3166-1 alpha-3. `[]` is nobody; `'ALL'` never stands beside a classification. */
  readonly relTo: 'ALL' | readonly string[];
  readonly tlp: Tlp;
  readonly orcon: boolean;
  readonly owners: readonly string[];
  readonly origins: readonly string[];
  /** Conjunction of any-of sets: a reader needs one group out of every inner list. */
  readonly needToKnow: readonly (readonly string[])[];
}

/** What a reader, a service or a channel holds. Made by `createClearance` and `meet`. */
export interface Clearance {
  readonly classified: Classified;
  readonly protected: Protected;
  readonly compartments: readonly string[];
  /** Never empty: everyone behind the channel; all of them must be releasable. */
  readonly nations: readonly string[];
  readonly maxTlp: Tlp;
  readonly groups: readonly string[];
  /** UTC milliseconds; exclusive. */
  readonly validUntil: number;
  readonly epoch: number;
}

/** A security domain of topics: `rank` orders cells totally, the ceiling bounds the mandatory axes of what lies in it. */
export interface Cell {
  readonly id: string;
  readonly rank: number;
  readonly ceiling: Marking;
}
