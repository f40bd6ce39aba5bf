// What policy says, as types: agencies, cells, views, people, retention, elections, lexicons; larger matters have a file of their
// own beside it. Data, never code.
// Holds: the shapes equal the JSON Schemas under schemas/policy/schema (a test compares); nothing here decides.
// Source: README.md#policy

import type { Cell, Clearance } from '@sitebus/marking';
import type { AccumulationGroup, Definition, PanelRules } from './panel-policy.ts';
import type { AdPeriod, AdsPolicy } from './ads-policy.ts';
import type { DeliveryPolicy } from './delivery-policy.ts';
import type { Detection } from './detection-policy.ts';
import type { ImportDecision, ImportMapping } from './import-policy.ts';
import type { VerifierKey } from './merkle/signed-note.ts';
import type { MaskingPolicy } from './masking-policy.ts';
import type { MonitorPolicy } from './monitor-policy.ts';
import type { PartnerRules } from './partner-policy.ts';
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
