// What policy says, as types: agencies, cells, views, people, detection and retention. Data, never code.
// Holds: the shapes equal the JSON Schemas under schemas/policy/schema (a test compares); nothing here decides.
// Source: README.md#policy

import type { Cell, Clearance } from '@sitebus/marking';
import type { AccumulationGroup, Definition, PanelRules } from './panel-policy.ts';
import type { AdPeriod, AdsPolicy } from './ads-policy.ts';
import type { DeliveryPolicy } from './delivery-policy.ts';
import type { VerifierKey } from './merkle/signed-note.ts';
import type { MaskingPolicy } from './masking-policy.ts';
import type { MonitorPolicy } from './monitor-policy.ts';
import type { ResearchPolicy } from './research-policy.ts';
import type {
  AffectedPartyTimers,
  Cadence,
  FeedbackTimers,
  LintWords,
  RfiTimers,
  StandingTearline,
  TargetNotices,
  TargetNoticeTimers,
  TaskForce,
} from './task-force-policy.ts';

/** A text for people, in both official languages. */
export interface Bilingual {
  readonly en: string;
  readonly fr: string;
}

/** A member that originates observations. Tenants of `partners` are agencies `partner-<slug>` with `kind: 'partner'`. */
export interface Agency {
  readonly id: string;
  readonly name: Bilingual;
  readonly kind: 'government' | 'partner' | 'sandbox';
  /** Cells it may write, by id. */
  readonly cells: readonly string[];
  /** Need-to-know groups a partner tenant belongs to; empty for others. */
  readonly groups: readonly string[];
  /** UUID namespace of the agency's derived observation ids. */
  readonly namespace: string;
  /** Networks its sensors protect, as `address/prefix`: of a detection, the other side is the external one. */
  readonly homeNets?: readonly string[];
}

/** An audience: a clearance with a name, for which one fusion instance runs. Its cells are derived by dominance. */
export interface View {
  readonly id: string;
  readonly name: Bilingual;
  /** `validUntil` and `epoch` of a view's clearance are unbounded: views end by policy, not by time. */
  readonly clearance: Clearance;
  /** UUID namespace of the view's assessment ids. */
  readonly namespace: string;
  /** Id of its TAXII collection, a version-4 UUID; absent: the view has none. */
  readonly collection?: string;
}

/** What a person may do, beside what their clearance lets them read; one person may hold several. */
export type Role =
  | 'analyst'
  | 'agency-head'
  | 'release-authority'
  | 'chair'
  | 'secretariat'
  | 'clerk'
  | 'panel-member'
  | 'cleared-rep'
  | 'minister'
  | 'candidate'
  | 'partner-admin'
  | 'researcher'
  | 'reviewer'
  | 'operator'
  | 'administrator'
  | 'public';

/** A row of the registry, keyed by (issuer, subject). A partial row denies. */
export interface Person {
  readonly person: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly agency?: string;
  readonly party?: string;
  readonly roles: readonly Role[];
  readonly seat?: string;
  readonly clearance: Clearance;
  readonly homeView: string;
  /** Ed25519 public keys with which they sign grants and approvals: 32 bytes each in base64url; absent: they sign nothing. */
  readonly signatureKeys?: readonly string[];
  /** Lexicon in which likelihoods are said to them; absent: the first of policy. */
  readonly lexicon?: string;
}

/** How the topics of one kind are made. */
export interface TopicRule {
  /** Matches by the topic's first part: obs, assess, alert, lane, ops, dead, case, ledger, checkpoint, denial, denial-checkpoint, receipt, people, spill. */
  readonly kind: string;
  readonly partitions: number;
  /** As Kafka's `cleanup.policy`. */
  readonly cleanup: 'delete' | 'compact' | 'compact,delete';
  /** -1 keeps for ever. */
  readonly retentionMs: number;
  readonly timestampType: 'CreateTime' | 'LogAppendTime';
  readonly minCompactionLagMs?: number;
  readonly maxMessageBytes?: number;
}

/** How long things may wait for a person, and what happens then. */
export interface Timers {
  readonly notifications: AcknowledgementTimers;
  readonly affectedParties: AffectedPartyTimers;
  readonly targetNotices: TargetNoticeTimers;
  readonly feedback: FeedbackTimers;
  readonly rfis: RfiTimers;
  /** Who is told when a person's deadline has passed; one at most a person. */
  readonly deputies: readonly Deputy[];
}

/** Who stands in for whom. */
export interface Deputy {
  readonly person: string;
  readonly deputy: string;
}

/** Time to acknowledge what was sent. */
export interface AcknowledgementTimers {
  /** From issue to acknowledgement, by precedence. */
  readonly deadlineMinutes: Readonly<Record<'FLASH' | 'IMMEDIATE' | 'PRIORITY' | 'ROUTINE', number>>;
  /** Time after the deadline until it is escalated, as a part of the deadline. */
  readonly gracePerCent: number;
}

/** How fusion links: weights, lifetimes and caps, versioned as `ruleVersion`. */
export interface Detection {
  readonly ruleVersion: number;
  /** Weight of a shared value by feature kind; 1.0 is written 1. A kind that is absent never links. */
  readonly weights: Readonly<Record<string, number>>;
  /** How long a feature value links, in days, by kind; `default` for the rest. */
  readonly lifetimeDays: Readonly<Record<string, number>>;
  /** Link threshold θ on the df-weighted sum. */
  readonly linkThreshold: number;
  /** A value seen in more distinct lineages than this links nothing. */
  readonly hubCap: number;
  /** Days that two sightings may lie apart and still be linked by a value of this kind; a kind without links at any distance. */
  readonly linkWindowDays: Readonly<Record<string, number>>;
  /** A value of a kind with a window, seen at this many separate times by government agencies, links nothing. */
  readonly recurrenceCap: number;
  /** N̂: the constant population against which df is weighed; a power of two. */
  readonly population: number;
  /** A place and time that touches more days (UTC) than this is context. */
  readonly placeDaysMax: number;
  /** When two texts count as one that was changed a little. */
  readonly texts: TextRules;
  /** When two accounts count as sharing together. */
  readonly coShares: CoShareRules;
  /** Observations with more features than this also need `containmentMin`. */
  readonly largeReportFeatures: number;
  readonly containmentMin: number;
  /** Share of its values that a later record has from an earlier one, from which it is a copy. */
  readonly copyContainment: number;
  /** Values that a record with a source token of its own must share before it is a copy all the same. */
  readonly copyMinValues: number;
  /** Values that a record without source token must share before it is presumed a copy. */
  readonly copyPresumedMinValues: number;
  /** Letters and digits from which a text that two records share, reworded or not, needs few others beside it. */
  readonly copyTextMinChars: number;
  /** Values that must be shared beside such a text for the later record to be a copy, whatever its source token says. */
  readonly copyTextOtherValues: number;
  /** Lineages of one partner tenant that count towards a value's df. */
  readonly tenantLineagesPerValue: number;
  /** Severity from which a report that nothing links to is an assessment of its own; 0: every report. */
  readonly assessAloneFrom: number;
  /** Ageing exponent δ of decay(t) = 1 − (t/τ)^(1/δ). */
  readonly decayDelta: number;
  /** Records a view holds at most; the rest is given up, and operators are told. */
  readonly maxLiveRecords?: number;
  /** Agency → live records beyond which it is the first to give up some; `tenant` and `default` for the rest. */
  readonly liveQuota?: Readonly<Record<string, number>>;
  /** Times in which nothing leaves by its age, such as an election under review; ISO 8601, with the reason. */
  readonly holds?: readonly Hold[];
  /** Prior base rate a, and prior weight W, of the likelihood. */
  readonly baseRate: number;
  readonly priorWeight: number;
}

/** A time in which nothing expires, such as an election. */
export interface Hold {
  /** ISO 8601 instants; `to` exclusive. */
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** When two texts are near-duplicates. Characters are counted after normalisation. */
export interface TextRules {
  /** A text with fewer letters and digits is context. */
  readonly minChars: number;
  /** A text with fewer is compared for equality alone: one word changed in a short sentence is another sentence. */
  readonly similarMinChars: number;
  /** Least edit similarity, 1 − distance / length of the longer. */
  readonly similarityMin: number;
  /** Distinct texts that may look alike in one bucket; more, and the bucket compares nobody. */
  readonly bucketCap: number;
}

/** When two accounts share the same objects together: the rule of coordination analysis. */
export interface CoShareRules {
  /** Two shares of one object further apart than this are no row. */
  readonly windowSeconds: number;
  /** Least contents of an account: in all, and of one of the two accounts among the rows. */
  readonly minParticipation: number;
  /** A share with more others of its object within the window is part of a crowd, and makes no row. */
  readonly crowdCap: number;
}

/** An election of the calendar. */
export interface Election {
  readonly id: string;
  readonly name: Bilingual;
  readonly kind: 'GENERAL_FIXED' | 'GENERAL_OTHER' | 'BY_ELECTION';
  /** IANA name; its local dates are the election's days. */
  readonly timeZone: string;
  /** Local date, yyyy-mm-dd. */
  readonly pollingDay: string;
  /** Ridings that vote; empty for all. */
  readonly ridings: readonly string[];
  /** Days before polling day that a period of the Act spans, both inclusive. */
  readonly periods?: readonly {
    readonly period: AdPeriod;
    readonly fromDaysBefore: number;
    readonly toDaysBefore: number;
  }[];
  /** Registered parties. */
  readonly parties?: readonly { readonly ref: string; readonly name: string }[];
  /** Registered third parties; others that buy advertising are flagged. */
  readonly thirdParties?: readonly string[];
}

/** From `fromDays` local days before a polling day to its end, severity is multiplied; the nearest step counts. */
export interface ProximityStep {
  readonly fromDays: number;
  readonly percent: number;
}

/** The words in which one school speaks of likelihood, lowest first. */
export interface Lexicon {
  readonly id: string;
  readonly name: Bilingual;
  readonly bands: readonly LexiconBand[];
}

/** One term of a lexicon; it holds from `lower` to the next. Whole per cent. */
export interface LexiconBand {
  /** The row of the seven of `ca-cyber` that it stands in. */
  readonly row: number;
  readonly term: Bilingual;
  readonly lower: number;
  /** Bounds as the school states them, which may leave gaps or overlap. */
  readonly statedLo: number;
  readonly statedHi: number;
}

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

/** What every partner tenant is given, how what it sends is marked, how much it may send, what counts as an attribution. */
export interface PartnerRules {
  readonly everyTenant: PartnerGrant;
  /** Tenancy is an import decision, in force while the tenancy lasts; this is its reason. */
  readonly tenancyReason: string;
  /** Sources that every tenant has; with the tenant's id each is an import mapping, and its decisions are the tenant's. */
  readonly sources: readonly PartnerSource[];
  readonly quota: PartnerQuota;
  /** How long a proposal waits for its second person. */
  readonly proposalHours: number;
  readonly keyDays: number;
  readonly ownKeys: OwnKeyRules;
  /** Hosts, with everything below them, whose publications count as a credible public attribution. */
  readonly attributionHosts: readonly string[];
}

/** Keys that persons make for themselves: how long one opens where they say nothing, at most, and how many a person may have. */
export interface OwnKeyRules {
  readonly days: number;
  readonly mostDays: number;
  readonly most: number;
}

/** What a tenant has beside the groups that it was given. */
export interface PartnerGrant {
  readonly cells: readonly string[];
  readonly groups: readonly string[];
  readonly homeView: string;
}

/** One source that every tenant has. */
export interface PartnerSource extends Omit<
  ImportMapping,
  | 'agency'
  | 'noTearlineReason'
  | 'columns'
  | 'attributionBasis'
  | 'evidenceUrl'
  | 'phase'
  | 'grades'
  | 'sharingGroups'
  | 'contextTypes'
  | 'trackingRelations'
  | 'ignoreToIds'
> {
  readonly format: string;
  readonly decisions: readonly PartnerDecision[];
}

/** What tenancy decides for items of one source. */
export interface PartnerDecision {
  readonly condition: ImportDecision['condition'];
  readonly marking: string;
  readonly needToKnow?: readonly (readonly string[])[];
}

/** How much one tenant may send. */
export interface PartnerQuota {
  readonly fileBytes: number;
  readonly itemsPerHour: number;
}

/** The whole of policy as one value; `version` is monotone. */
export interface Policy {
  readonly version: number;
  /** ISO 3166-1 alpha-3; decides how `relTo` prints. */
  readonly homeNation: string;
  readonly nationGroups: Readonly<Record<string, readonly string[]>>;
  readonly cells: readonly Cell[];
  readonly views: readonly View[];
  readonly agencies: readonly Agency[];
  /** Seed of the registry of people. */
  readonly people: readonly Person[];
  readonly topics: readonly TopicRule[];
  readonly timers: Timers;
  readonly deliveries: DeliveryPolicy;
  readonly taskForce: TaskForce;
  readonly cadences: readonly Cadence[];
  readonly targetNotices: TargetNotices;
  readonly standingTearlines: readonly StandingTearline[];
  readonly lintWords: LintWords;
  /** Record type → agencies (or `partner-*`) that may write it; a type not listed is open to all. */
  readonly writers: Readonly<Record<string, readonly string[]>>;
  readonly detection: Detection;
  readonly importDecisions: readonly ImportDecision[];
  readonly importMappings: readonly ImportMapping[];
  /** Vocabulary name → allowed words. */
  readonly vocabulary: Readonly<Record<string, readonly string[]>>;
  /** Category → impact 0–100. */
  readonly impact: Readonly<Record<string, number>>;
  /** Steps of the multiplier of severity, farthest first. */
  readonly proximity: readonly ProximityStep[];
  readonly elections: readonly Election[];
  readonly ads: AdsPolicy;
  readonly monitor: MonitorPolicy;
  readonly masking: MaskingPolicy;
  readonly research: ResearchPolicy;
  readonly partners: PartnerRules;
  readonly panel: PanelRules;
  readonly definitions: readonly Definition[];
  readonly accumulation: readonly AccumulationGroup[];
  /** By id; `ca-cyber` is among them. */
  readonly lexicons: readonly Lexicon[];
  /** Keys pinned by whoever loaded it, whose persons sign policy and spill orders; absent: no signature counts. */
  readonly signers?: readonly VerifierKey[];
}
