// An admitted record as the engine takes it: identity, grades, lineage, features and what an assessment shows of it.
// Holds: no bus, no Avro, no clock; every list is as the record has it, the engine sorts. Source: README.md#engine

import type { Marking } from '@sitebus/marking';

/** A normalised value by which records are linked. */
export interface LinkingValue {
  readonly kind: string;
  readonly value: string;
}

/** A value that is shown and never links. */
export interface CommonValue extends LinkingValue {
  readonly why: 'COMMON' | 'WARNING_LIST' | 'VAGUE';
}

/** What an assessment says of a sighting beyond its features. */
export interface Facets {
  readonly category: string;
  readonly tools: readonly string[];
  readonly targets: readonly { readonly kind: string; readonly ref: string; readonly suppressedAs: string | null }[];
  readonly ridings: readonly string[];
  readonly platforms: readonly string[];
  readonly gaps: readonly {
    readonly platform: string;
    readonly from: number;
    readonly to: number | null;
    readonly reason: string;
  }[];
}

/** The content of an AgencyPosition. */
export interface PositionContent {
  readonly about: string;
  readonly stance: 'CONCUR' | 'DISSENT' | 'ABSTAIN';
  readonly definitionId: string;
  readonly likelihood: {
    readonly lexiconId: string;
    readonly term: string;
    readonly lo: number;
    readonly hi: number;
  } | null;
  readonly confidence: 'LOW' | 'MODERATE' | 'HIGH' | null;
}

/** One admitted record. Identity is (agency, cell, id); two records of one identity differ by `contentHash`. */
export interface FusionObservation {
  readonly id: string;
  readonly agency: string;
  /** True for a partner: never the anchor beside a government record, and counted with a quota. */
  readonly tenant: boolean;
  readonly cell: string;
  /** Hexadecimal, of the record's bytes; at least 16 digits, and the first 16 decide. */
  readonly contentHash: string;
  /** Short record type. */
  readonly type: string;
  readonly marking: Marking;
  /** UTC milliseconds. */
  readonly observedAt: number;
  readonly derivedFrom: readonly string[];
  readonly sourceToken: string | null;
  readonly sourceGrade: 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
  /** 1 to 6. */
  readonly infoGrade: number;
  readonly supersedes: string | null;
  readonly recalls: string | null;
  readonly denies: boolean;
  /** Null for a record without `report`: it joins, and never makes an assessment alone. */
  readonly facets: Facets | null;
  /** UTC milliseconds; `observedAt` where the report does not say. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly features: readonly LinkingValue[];
  readonly context: readonly CommonValue[];
  readonly position?: PositionContent;
  readonly lineageLink?: { readonly child: string; readonly parent: string };
}
