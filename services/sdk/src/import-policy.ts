// What is decided about sources that are imported, as types: how they are marked, and what their format lacks.
// Holds: the shapes equal schemas/policy/schema/import-decisions.json and import-mappings.json (a test compares).
// Source: services/imports/README.md

/** A signed decision that says how an unmarked or TLP-only source is marked. There is no default without one. */
export interface ImportDecision {
  readonly id: string;
  readonly agency: string;
  readonly source: string;
  readonly format: string;
  readonly condition: 'UNMARKED' | 'TLP_ONLY';
  /** Text form; joined with what the item says, never lowering it. */
  readonly marking: string;
  /** Need-to-know demands, which the text form does not show: a reader needs one group out of every inner list. */
  readonly needToKnow?: readonly (readonly string[])[];
  readonly reason: string;
  readonly decidedAt: string;
  readonly expiresAt: string;
}

/** What a source's format lacks (page "imports" of the README): fillers by agency and source. */
export interface ImportMapping {
  readonly agency: string;
  readonly source: string;
  readonly category: string;
  readonly mandateBasis: string;
  readonly soWhat: string;
  readonly releasePlan: 'TEARLINE_REQUESTED' | 'READABLE_BY_PARTNERS' | 'NO_TEARLINE';
  readonly noTearlineReason?: string;
  readonly sourceKind: string;
  /** How a table of this source writes its days; without it a day cannot be read. */
  readonly dateFormat?: 'yyyy-mm-dd' | 'dd/mm/yyyy' | 'mm/dd/yyyy';
  /** Column header of this source → column of our format; `platform:<name>` for a column of accounts. */
  readonly columns?: Readonly<Record<string, string>>;
  /** What an account list says nowhere in its rows: why an account counts as a state's, and where that can be read. */
  readonly attributionBasis?: string;
  readonly evidenceUrl?: string;
  /** Shares of one object no further apart than this are one burst. */
  readonly burstSeconds?: number;
  /** Word of the vocabulary ElectoralPhase, for incidents of a format that has none. */
  readonly phase?: string;
  /** Grades of a source whose format has none. */
  readonly sourceGrade?: 'A' | 'B' | 'C' | 'D' | 'E' | 'F';
  readonly infoGrade?: number;
  /** Source grades outside A–F, in lower case → the grade meant. */
  readonly grades?: Readonly<Record<string, string>>;
  /** MISP sharing group (uuid, or id) → need-to-know group. */
  readonly sharingGroups?: Readonly<Record<string, string>>;
  /** Further MISP types carried as context. */
  readonly contextTypes?: readonly string[];
  /** MISP object relations whose values are tracking ids. */
  readonly trackingRelations?: readonly string[];
  /** True: a value counts as a feature even where the producer says `to_ids: false`. */
  readonly ignoreToIds?: boolean;
  /** Category of a structured report → record type it becomes; `*` for every other category. */
  readonly reportTypes?: Readonly<Record<string, ReportType>>;
}

/** The record types that a structured report can become. */
export type ReportType =
  | 'CyberIncident'
  | 'CovertActivity'
  | 'FinancialActivity'
  | 'ThreatToPerson'
  | 'InfluenceActivity'
  | 'VotingInterference';
