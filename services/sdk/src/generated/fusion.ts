// Generated from schemas/avro by `npm run schemas:types`; not to be edited.

import type {
    Classified,
    Confidence,
    CoverageGap,
    Marking,
    PositionStance,
    Protected,
    Stance,
    StatedLikelihood,
    Target,
    Tlp,
} from "./shared.ts";

export type {
    Classified,
    Confidence,
    CoverageGap,
    Marking,
    PositionStance,
    Protected,
    Stance,
    StatedLikelihood,
    Target,
    Tlp,
};

/**
 * NEW: first emission of a matter that has two members or is severe. BAND: likelihood left its band. CONFIDENCE, SEVERITY, DISSENT: that changed. MERGED: another product was merged into this one. SPLIT: members were separated. RECALLED: a member was recalled. RULE_CHANGE: rules or policy changed, folded into one.
 */
export type AlertReason = "NEW" | "BAND" | "CONFIDENCE" | "SEVERITY" | "DISSENT" | "MERGED" | "SPLIT" | "RECALLED" | "RULE_CHANGE";

/**
 * Handling order.
 */
export type AlertPrecedence = "ROUTINE" | "PRIORITY" | "IMMEDIATE" | "FLASH";

/**
 * A notification that an assessment crossed something a reader cares about. Key of alert.<view> is the assessment id; the order of the one partition is the cursor.
 */
export interface Alert {
    /**
     * UUIDv5 of the view's namespace over assessment id, version and reason: a replay makes the same one.
     */
    readonly id: string;
    /**
     * The view whose fusion wrote this.
     */
    readonly view: string;
    /**
     * What it is about.
     */
    readonly assessmentId: string;
    /**
     * The version of the assessment that raised it.
     */
    readonly version: number;
    /**
     * What was crossed; where several were, the first in this order: RECALLED, SPLIT, DISSENT, BAND, CONFIDENCE, SEVERITY, MERGED, NEW.
     */
    readonly reason: AlertReason;
    /**
     * Time of the cut that raised it.
     */
    readonly at: number;
    /**
     * From the severity of the assessment.
     */
    readonly precedence: AlertPrecedence;
    /**
     * When it must be acknowledged.
     */
    readonly ackDeadline: null | number;
    /**
     * Agencies with members in the assessment, sorted: whose records it is about.
     */
    readonly audience: readonly string[];
    /**
     * The assessment's marking at this version.
     */
    readonly marking: Marking;
}

/**
 * LIVE: current. REDIRECTED: merged into another, see redirectTo. CLOSED: no member is left; a tombstone that still resolves.
 */
export type AssessmentStatus = "LIVE" | "REDIRECTED" | "CLOSED";

/**
 * SAME_ROOT: a stronger record of the same lineage counts. NO_PROVENANCE: a stronger record counts for all that say nothing of their origin. COPY: it says again what the member copyOf said, and never counts beside it.
 */
export type Discount = "SAME_ROOT" | "NO_PROVENANCE" | "COPY";

/**
 * One observation and how it counts.
 */
export interface Member {
    /**
     * The observation.
     */
    readonly id: string;
    /**
     * Who observed.
     */
    readonly agency: string;
    /**
     * Short record type, such as IndicatorReport.
     */
    readonly type: string;
    /**
     * When it was seen, as the agency says.
     */
    readonly observedAt: number;
    /**
     * Its lineage, named by the first member of that lineage that is no copy (its id, or agency/cell/id where that names another lineage); null where nothing says where it comes from.
     */
    readonly root: null | string;
    /**
     * Why it adds no evidence of its own; null where it does.
     */
    readonly discounted: null | Discount;
    /**
     * COPY only: the member of which it is a copy, the first where that is a copy too.
     */
    readonly copyOf: null | string;
    /**
     * Whether it asserts or denies.
     */
    readonly stance: Stance;
    /**
     * A to F.
     */
    readonly sourceGrade: string;
    /**
     * 1 to 6.
     */
    readonly infoGrade: number;
    /**
     * Category of its report, which decides its impact; null for a record without report.
     */
    readonly category: null | string;
    /**
     * Days in which what it says ages to nothing, counted from the first member of its lineage that is no copy.
     */
    readonly lifetimeDays: number;
}

/**
 * One shared value.
 */
export interface LinkFeature {
    /**
     * Feature kind, such as domain.
     */
    readonly kind: string;
    /**
     * The normalised value.
     */
    readonly value: string;
    /**
     * Floor of log2 of the number of distinct lineages of this view in which the value occurs.
     */
    readonly dfBucket: number;
    /**
     * Weight of the kind in the rules, 0 to 1.
     */
    readonly weight: number;
    /**
     * weight x log2(N / 2^dfBucket) / log2(N / 2), in micro-units, N the rules' population.
     */
    readonly contributionMicro: number;
}

/**
 * Two members whose shared values reach the threshold.
 */
export interface Link {
    /**
     * The lesser id.
     */
    readonly a: string;
    /**
     * The greater id.
     */
    readonly b: string;
    /**
     * Sum of the contributions (micro-units); at least the threshold of the rules.
     */
    readonly scoreMicro: number;
    /**
     * The shared values that count, sorted by (kind, value).
     */
    readonly features: readonly LinkFeature[];
}

/**
 * HUB: in more lineages than the cap. COMMON: on a list of policy of values too common to mean anything. WARNING_LIST: on a published warning list. VAGUE: a text too short, or a time too long, to say who belongs together.
 */
export type ContextReason = "HUB" | "COMMON" | "WARNING_LIST" | "VAGUE";

/**
 * A value that is shown and never links.
 */
export interface ContextValue {
    /**
     * Feature kind.
     */
    readonly kind: string;
    /**
     * The normalised value.
     */
    readonly value: string;
    /**
     * Why it never links.
     */
    readonly why: ContextReason;
}

/**
 * One value told again.
 */
export interface RetoldValue {
    /**
     * Feature kind; similar-text for a text that the other has in slightly other words.
     */
    readonly kind: string;
    /**
     * The normalised value.
     */
    readonly value: string;
}

/**
 * One copy that does not say so.
 */
export interface RetoldMember {
    /**
     * The copy.
     */
    readonly member: string;
    /**
     * The member whose values it has: copyOf of the copy, or a copy between the two; null where that one is no member.
     */
    readonly of: null | string;
    /**
     * How many values it states.
     */
    readonly stated: number;
    /**
     * How many of them are the other's too, as they stand or reworded.
     */
    readonly shared: number;
    /**
     * Those, as the copy has them: texts first, then by (kind, value); the first sixteen.
     */
    readonly values: readonly RetoldValue[];
}

/**
 * A subjective-logic opinion in micro-units.
 */
export interface Likelihood {
    /**
     * Expected probability P (micro).
     */
    readonly pMicro: number;
    /**
     * Uncertainty u (micro): how much of P is only the base rate.
     */
    readonly uMicro: number;
    /**
     * 1 to 7, the row of policy's lexicon in which P lies: what alerts and the content hash go by.
     */
    readonly band: number;
    /**
     * Belief b in whole per cent: P if all that is unknown spoke against.
     */
    readonly lo: number;
    /**
     * Belief plus uncertainty in whole per cent: P if all that is unknown spoke for.
     */
    readonly hi: number;
}

/**
 * One lineage's evidence before weighting.
 */
export interface RootEvidence {
    /**
     * The lineage; null for unknown provenance.
     */
    readonly root: null | string;
    /**
     * The strongest member, the one that counts.
     */
    readonly member: string;
    /**
     * Its evidence for (micro).
     */
    readonly rMicro: number;
    /**
     * Its evidence against (micro).
     */
    readonly sMicro: number;
}

/**
 * One agency's evidence and the opinion it alone would give.
 */
export interface AgencyEvidence {
    /**
     * Agency id.
     */
    readonly agency: string;
    /**
     * Evidence for (micro), lineages weighted by one half to the power of their position.
     */
    readonly rMicro: number;
    /**
     * Evidence against (micro), weighted alike.
     */
    readonly sMicro: number;
    /**
     * P of this agency alone (micro).
     */
    readonly pMicro: number;
    /**
     * u of this agency alone (micro).
     */
    readonly uMicro: number;
    /**
     * The strongest record of each lineage that this agency speaks for.
     */
    readonly roots: readonly RootEvidence[];
}

/**
 * DISSENT: agencies disagree. FEW_ROOTS: at most one independent lineage. NO_RELIABLE_ROOT: no lineage graded A or B. ONE_AGENCY: fewer than two agencies. UNCONFIRMED_1: information graded 1, confirmed, with fewer than two lineages.
 */
export type CapKind = "DISSENT" | "FEW_ROOTS" | "NO_RELIABLE_ROOT" | "ONE_AGENCY" | "UNCONFIRMED_1";

/**
 * One cap and its reason.
 */
export interface ConfidenceCap {
    /**
     * Which rule.
     */
    readonly cap: CapKind;
    /**
     * The highest confidence this rule allows.
     */
    readonly atMost: Confidence;
}

/**
 * Two agencies apart.
 */
export interface Dissent {
    /**
     * One agency.
     */
    readonly a: string;
    /**
     * The other.
     */
    readonly b: string;
    /**
     * |P_a - P_b| (1 - u_a)(1 - u_b), micro; at least 150,000.
     */
    readonly degreeMicro: number;
}

/**
 * An AgencyPosition about one of the members.
 */
export interface Position {
    /**
     * The AgencyPosition record.
     */
    readonly id: string;
    /**
     * Who takes the position.
     */
    readonly agency: string;
    /**
     * The member observation it cites.
     */
    readonly about: string;
    /**
     * When the position was taken.
     */
    readonly observedAt: number;
    /**
     * Stance.
     */
    readonly stance: PositionStance;
    /**
     * The definition the position cites.
     */
    readonly definitionId: string;
    /**
     * The agency's own estimate, if it gave one.
     */
    readonly likelihood: null | StatedLikelihood;
    /**
     * The agency's own confidence, if it gave one.
     */
    readonly confidence: null | Confidence;
}

/**
 * One lineage's contribution.
 */
export interface SeverityInput {
    /**
     * Category, or PROXIMITY for the multiplier.
     */
    readonly name: string;
    /**
     * Impact of the category (0 to 100), or the multiplier in per cent.
     */
    readonly value: number;
}

/**
 * Score and what it is made of.
 */
export interface Severity {
    /**
     * Sum of impacts, the i-th worst lineage divided by i^1.5, times proximity; 0 and up, one worst event alone is 100.
     */
    readonly score: number;
    /**
     * Worst first.
     */
    readonly inputs: readonly SeverityInput[];
}

/**
 * Fusion's consolidated product of one view: which observations belong together, why, and how likely the whole is. Key of assess.<view> is its id; the newest version counts.
 */
export interface Assessment {
    /**
     * UUIDv5 of the view's namespace and the anchor: the member with the least (observedAt, id). Never changes while the anchor lives.
     */
    readonly id: string;
    /**
     * The view whose fusion wrote this; another view's assessments have other ids.
     */
    readonly view: string;
    /**
     * 1 at first, one more at every emission of this id.
     */
    readonly version: number;
    /**
     * SHA-256, hex, of the RFC 8785 canonical JSON of the content: everything but version, this hash, times of the cut and the figures that age (likelihood and evidence enter by their band).
     */
    readonly contentHash: string;
    /**
     * Whether this id stands for a product.
     */
    readonly status: AssessmentStatus;
    /**
     * REDIRECTED only: the id under which the content goes on; never itself redirected at the time of writing.
     */
    readonly redirectTo: null | string;
    /**
     * The assessment of which these members were part before a retraction or a hub separated them.
     */
    readonly splitFrom: null | string;
    /**
     * Join of the markings of members, attached positions and the lineage links that count.
     */
    readonly marking: Marking;
    /**
     * The observations of the component, sorted by (observedAt, id).
     */
    readonly members: readonly Member[];
    /**
     * Every surviving link between two members, sorted by (a, b).
     */
    readonly links: readonly Link[];
    /**
     * Values of members that link nothing, and why; sorted by (kind, value).
     */
    readonly contextValues: readonly ContextValue[];
    /**
     * Members that count nothing because they tell another again, and by which values that was seen; in the order of members.
     */
    readonly copies: readonly RetoldMember[];
    /**
     * How likely the matter is, as of the cut that wrote this version.
     */
    readonly likelihood: Likelihood;
    /**
     * What the likelihood is made of: per agency, then per lineage, strongest first.
     */
    readonly evidence: readonly AgencyEvidence[];
    /**
     * After the caps below.
     */
    readonly confidence: Confidence;
    /**
     * What kept confidence down, sorted by cap.
     */
    readonly confidenceCaps: readonly ConfidenceCap[];
    /**
     * Distinct lineages among the sightings; unknown provenance counts none.
     */
    readonly independentRoots: number;
    /**
     * Pairs of agencies whose evidence disagrees, printed and never averaged away; sorted by (a, b).
     */
    readonly dissents: readonly Dissent[];
    /**
     * What agencies say of the product itself: one an agency, the newest; sorted by agency. Adds no evidence.
     */
    readonly positions: readonly Position[];
    /**
     * How bad it would be, kept apart from how likely it is.
     */
    readonly severity: Severity;
    /**
     * Categories of the sightings, sorted.
     */
    readonly categories: readonly string[];
    /**
     * Tools of the sightings, sorted.
     */
    readonly tools: readonly string[];
    /**
     * Whom the sightings name as targets, sorted by (kind, ref).
     */
    readonly targets: readonly Target[];
    /**
     * Ridings named, sorted.
     */
    readonly ridings: readonly string[];
    /**
     * Platforms named, sorted.
     */
    readonly platforms: readonly string[];
    /**
     * Times at which a platform's data were missing, sorted by (platform, from).
     */
    readonly gaps: readonly CoverageGap[];
    /**
     * Earliest sighting time of the members.
     */
    readonly firstSeen: number;
    /**
     * Latest sighting time of the members.
     */
    readonly lastSeen: number;
    /**
     * When the last of its values stops linking, if nothing new comes.
     */
    readonly expiresAt: null | number;
    /**
     * Time of the cut that wrote this version: the figures are those of this moment, and ages are counted up to it.
     */
    readonly assessedAt: number;
    /**
     * Version of the detection rules.
     */
    readonly ruleVersion: number;
    /**
     * Version of the policy.
     */
    readonly policyVersion: number;
}

/**
 * STEP: input was applied. CLAIM: an instance took the lead; all cuts before it are final.
 */
export type CutKind = "STEP" | "CLAIM";

/**
 * How far one partition has been read.
 */
export interface CutInput {
    /**
     * Input topic.
     */
    readonly topic: string;
    /**
     * Partition.
     */
    readonly partition: number;
    /**
     * First offset that this step could read: where the step before stopped, or the first that existed.
     */
    readonly from: number;
    /**
     * First offset that this step did not read.
     */
    readonly next: number;
}

/**
 * That this step reads no input but brings what is published in line with the versions named here.
 */
export interface RuleChange {
    /**
     * How far the writer had read the partitions of assess.<view>, which it compared with: from is the first offset that existed, next the one after the last record.
     */
    readonly issued: readonly CutInput[];
}

/**
 * One committed step of a view's fusion, written in the same transaction as its outputs, the last record of it. Applying the same cuts to the same inputs gives the same bytes.
 */
export interface Cut {
    /**
     * The view.
     */
    readonly view: string;
    /**
     * What this record is.
     */
    readonly kind: CutKind;
    /**
     * The instance and its term of leadership that wrote it.
     */
    readonly by: string;
    /**
     * 1 for the first step of the view, then one more each; a claim repeats the number of the last step its writer knew.
     */
    readonly seq: number;
    /**
     * The only time the engine saw in this step; never less than the cut before.
     */
    readonly now: number;
    /**
     * Partitions of which this step read records, sorted by (topic, partition). Partitions not named stay where an earlier cut left them.
     */
    readonly inputs: readonly CutInput[];
    /**
     * Input records of this step, admitted or not.
     */
    readonly records: number;
    /**
     * Assessments written in this step.
     */
    readonly changes: number;
    /**
     * Alerts written in this step.
     */
    readonly alerts: number;
    /**
     * Policy in force.
     */
    readonly policyVersion: number;
    /**
     * Detection rules in force.
     */
    readonly ruleVersion: number;
    /**
     * SHA-256, hex, of the schema lock in force.
     */
    readonly lockVersion: string;
    /**
     * SHA-256, hex, of the lists of common values in force.
     */
    readonly commonValuesVersion: string;
    /**
     * SHA-256, hex, of id, version and content hash of every assessment and of the id of every alert of this step: a replay that differs says so.
     */
    readonly outputsHash: string;
    /**
     * Version of the engine in force: raised when the same input gives other output.
     */
    readonly engineVersion: number;
    /**
     * Set on a step that follows a change of rules, policy, lists, schemas, engine or spills; null on any other.
     */
    readonly ruleChange: null | RuleChange;
    /**
     * What was skipped as spilled: <cell>=<orders in force> of every cell with an order, sorted, parted by blanks. A step under other orders than the one before follows from records of which some are no longer read.
     */
    readonly spills: string;
}

/**
 * Every record type of ca.sitebus.fusion, by its name without namespace.
 */
export interface FusionByType {
    readonly Alert: Alert;
    readonly Assessment: Assessment;
    readonly Cut: Cut;
}
