// What policy says of the protocol that tells the public: who sits on the panel, what is rated, who may open a case, who is told,
// what definitions positions rest on, and when small matters add up.
// Holds: the shapes equal the JSON Schemas panel, definitions and accumulation. Source: README.md#policy

import type { Bilingual, Role } from './policy.ts';

/** One seat of the panel: an office, with one vote and no alternate. */
export interface Seat {
  readonly id: string;
  readonly title: Bilingual;
}

/** Who is told of a decision before the public is: everyone with the role, of the agency where one is named. */
export interface PanelRecipient {
  readonly capacity: string;
  readonly role: Role;
  readonly agency?: string;
}

/** How the panel works; every rule of it that law or practice can change. */
export interface PanelRules {
  readonly seats: readonly Seat[];
  readonly criteria: readonly string[];
  readonly factors: readonly string[];
  /** Kinds of election that have a caretaker period. */
  readonly caretakerKinds: readonly string[];
  /** Member agencies: they open cases, are consulted, and act within their own mandate. */
  readonly openingAgencies: readonly string[];
  readonly recipients: readonly PanelRecipient[];
  readonly sameBrief: boolean;
  readonly agencyActionIndependent: boolean;
  readonly namedHeadsMayIssue: boolean;
  readonly outsideCaretaker: 'REFERRED_MINISTERIAL' | 'EVALUATING';
  readonly whenPeriodCloses: 'REFERRED_MINISTERIAL' | 'STAY';
  readonly finishAnnouncement: boolean;
  readonly notForwardedDaysMax: number;
  readonly belowThresholdStatement: Bilingual;
  /** What those are told who were briefed, when the evidence changes before the announcement. */
  readonly standDownStatement: Bilingual;
  /** Roles of those persons of an originator who are sent a case that rests on its observations. */
  readonly originatorsTold: readonly string[];
  /** Cadence of situation reports from the writ until the period is closed. */
  readonly writCadence: string;
}

/** What a word of positions means; a changed text is a new version. */
export interface Definition {
  readonly id: string;
  readonly version: number;
  readonly title: Bilingual;
  readonly text: Bilingual;
}

/** When many small matters are one large one. */
export interface AccumulationGroup {
  readonly id: string;
  readonly key: 'riding' | 'tool';
  readonly windowDays: number;
  readonly minCount: number;
  /** 0–100. */
  readonly minSeverity: number;
}
