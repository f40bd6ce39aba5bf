// Generated from schemas/avro by `npm run schemas:types`; not to be edited.

import type {
    Classified,
    Confidence,
    Marking,
    Protected,
    Tlp,
} from "./shared.ts";

export type {
    Classified,
    Confidence,
    Marking,
    Protected,
    Tlp,
};

/**
 * Who did something, in which capacity.
 */
export interface Actor {
    /**
     * Id of the person; `guard` for a clock or for what the guard itself found.
     */
    readonly person: string;
    /**
     * The role that the command needs, such as release-authority; `timer` for a clock.
     */
    readonly role: string;
    /**
     * The agency they act for; null for none.
     */
    readonly agency: null | string;
}

/**
 * Where it stands.
 */
export type AffectedPartyState = "PENDING" | "NOTIFIED" | "WITHHELD";

/**
 * Why it may be told.
 */
export type ReleaseBasis = "READABLE" | "TEARLINE" | "STANDING_TEARLINE";

/**
 * What an affected party may be told.
 */
export interface ReleasableText {
    /**
     * READABLE: the party's own clearance dominates it.
     */
    readonly basis: ReleaseBasis;
    /**
     * English.
     */
    readonly en: string;
    /**
     * French.
     */
    readonly fr: string;
    /**
     * Of the text.
     */
    readonly marking: Marking;
    /**
     * Template of policy with its version, such as phishing/1; null for words of its own.
     */
    readonly template: null | string;
    /**
     * With TEARLINE: the published tearline whose approved words these are.
     */
    readonly tearline: null | string;
}

/**
 * One event of the decision whether somebody who is affected is told. Key of case.<view> is the id.
 */
export interface AffectedPartyEvent {
    /**
     * The decision.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | AffectedPartyState;
    /**
     * State after.
     */
    readonly to: AffectedPartyState;
    /**
     * On `opened`: who is affected: a public id, an organisation or a token.
     */
    readonly party: null | string;
    /**
     * On `opened`: who is told for them, by name of the registry, sorted.
     */
    readonly persons: readonly string[];
    /**
     * On `opened`: id of the assessment or case.
     */
    readonly about: null | string;
    /**
     * On `opened`: word of the vocabulary Category.
     */
    readonly category: null | string;
    /**
     * Until when somebody must decide, or it is notified where a text is there, UTC.
     */
    readonly dueAt: null | number;
    /**
     * On `text-found`.
     */
    readonly releasable: null | ReleasableText;
    /**
     * On `withholding-proposed` and `withheld`: why.
     */
    readonly reason: null | string;
    /**
     * On `withholding-proposed` and `withheld`: until when it holds, UTC.
     */
    readonly reviewBy: null | number;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a brief stands: STOOD_DOWN once its evidence has changed and nothing will be announced on it.
 */
export type BriefState = "ISSUED" | "STOOD_DOWN";

/**
 * A brief's words in the other official language.
 */
export interface BriefWords {
    /**
     * What happened and why it matters.
     */
    readonly summary: string;
    /**
     * What is not known or not covered; as many as in the first language.
     */
    readonly gaps: readonly string[];
}

/**
 * The one page that a reader is given: what is cited, and what is not known.
 */
export interface CaseBrief {
    /**
     * What happened and why it matters.
     */
    readonly summary: string;
    /**
     * What is not known or not covered; never empty.
     */
    readonly gaps: readonly string[];
    /**
     * The evidence it speaks of.
     */
    readonly evidenceHash: string;
    /**
     * SHA-256 of the canonical JSON of the other fields, without those that are null.
     */
    readonly hash: string;
    /**
     * The same in French, where it was given.
     */
    readonly fr: null | BriefWords;
}

/**
 * A notice in one language.
 */
export interface NoticeText {
    /**
     * Its title.
     */
    readonly title: string;
    /**
     * What is known.
     */
    readonly known: string;
    /**
     * What people should do, in order.
     */
    readonly steps: readonly string[];
}

/**
 * One event of a brief to those whom policy wants told before the public is: a product of its own in the view where they read. It names no case. Key of case.<view> is the id.
 */
export interface BriefEvent {
    /**
     * The brief.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | BriefState;
    /**
     * State after.
     */
    readonly to: BriefState;
    /**
     * From 1; what is sent anew is a version of its own.
     */
    readonly version: number;
    /**
     * The election.
     */
    readonly electionId: string;
    /**
     * On `issued` and `reissued`: its words.
     */
    readonly brief: null | CaseBrief;
    /**
     * On `issued` and `reissued`: what the public is to be told, in English.
     */
    readonly en: null | NoticeText;
    /**
     * The same in French.
     */
    readonly fr: null | NoticeText;
    /**
     * Content hash of those two.
     */
    readonly noticeHash: null | string;
    /**
     * When the public is told, UTC.
     */
    readonly announceAt: null | number;
    /**
     * By which its deadline is set.
     */
    readonly precedence: string;
    /**
     * Who decided that it is sent.
     */
    readonly issuer: string;
    /**
     * The policy that was in force.
     */
    readonly policyVersion: number;
    /**
     * To whom, by name of the registry, sorted.
     */
    readonly recipients: readonly string[];
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a case stands.
 */
export type CaseState = "DETECTED" | "AGENCY_CONSULTATION" | "NOT_FORWARDED" | "PANEL_INFORMED" | "SCOPE_CHECK" | "REFERRED_CEO" | "REFERRED_MINISTERIAL" | "EVALUATING" | "INFO_REQUESTED" | "BELOW_MONITOR" | "BELOW_INTERVENTION" | "BELOW_DISCLOSED" | "NO_CONSENSUS" | "THRESHOLD_MET" | "NOTIFYING" | "ANNOUNCED" | "CLOSED";

/**
 * OPEN: what everyone at work on the case may see. PANEL: ratings, motions, votes and their reasons.
 */
export type CaseStrand = "OPEN" | "PANEL";

/**
 * Where an election stands for the protocol.
 */
export type PeriodState = "PRE_WRIT" | "CARETAKER" | "CLOSED" | "INDEPENDENT_REVIEW";

/**
 * An observation that a cited assessment stands on.
 */
export interface CitedMember {
    /**
     * The observation.
     */
    readonly id: string;
    /**
     * Whose.
     */
    readonly agency: string;
}

/**
 * An assessment as the case cites it: one version, and what of it would be a material change.
 */
export interface PinnedAssessment {
    /**
     * The assessment.
     */
    readonly id: string;
    /**
     * The version cited.
     */
    readonly version: number;
    /**
     * Its content hash, hexadecimal.
     */
    readonly contentHash: string;
    /**
     * Row of the likelihood among the seven.
     */
    readonly band: number;
    /**
     * How good the evidence is.
     */
    readonly confidence: Confidence;
    /**
     * Pairs of member agencies whose evidence disagrees, as `<agency>/<agency>`, sorted.
     */
    readonly dissents: readonly string[];
    /**
     * Positions of member agencies, as `<agency> <stance> <id>`, sorted.
     */
    readonly positions: readonly string[];
    /**
     * Observations it stands on, sorted by id; without those that were recalled.
     */
    readonly members: readonly CitedMember[];
    /**
     * Of the assessment at this version.
     */
    readonly marking: Marking;
}

/**
 * A document that was attached; the case holds its hash and title.
 */
export interface CaseDocument {
    /**
     * The document.
     */
    readonly id: string;
    /**
     * What it is called.
     */
    readonly title: string;
    /**
     * SHA-256 of its bytes, hexadecimal.
     */
    readonly contentHash: string;
}

/**
 * What an agency that was asked says of the matter; NO_VIEW is an answer.
 */
export type ConsultationStance = "CONCUR" | "DISSENT" | "NO_VIEW";

/**
 * One agency's answer to a consultation.
 */
export interface ConsultationAnswer {
    /**
     * Who answers.
     */
    readonly agency: string;
    /**
     * What it says.
     */
    readonly stance: ConsultationStance;
    /**
     * Its reasons; a dissent has some.
     */
    readonly text: string;
    /**
     * Definition of policy that the answer rests on.
     */
    readonly definitionId: null | string;
    /**
     * Version of that definition in force when it was given.
     */
    readonly definitionVersion: null | number;
    /**
     * When, UTC.
     */
    readonly at: number;
}

/**
 * A question of the panel to agencies.
 */
export interface InfoRequest {
    /**
     * The request for information.
     */
    readonly rfiId: string;
    /**
     * What is asked.
     */
    readonly question: string;
    /**
     * Who is asked, sorted.
     */
    readonly toAgencies: readonly string[];
    /**
     * Until when, UTC; after it the panel goes on.
     */
    readonly due: number;
}

/**
 * How strongly a criterion or factor speaks.
 */
export type RatingLevel = "NONE" | "LOW" | "MODERATE" | "HIGH";

/**
 * One criterion or factor as a seat rates it.
 */
export interface RatedPoint {
    /**
     * Of policy: a criterion or a factor.
     */
    readonly name: string;
    /**
     * The rating.
     */
    readonly level: RatingLevel;
    /**
     * Why; never empty.
     */
    readonly rationale: string;
}

/**
 * One seat's rating of the matter, on one evidence hash.
 */
export interface SeatRating {
    /**
     * Whose.
     */
    readonly seat: string;
    /**
     * The evidence that was rated.
     */
    readonly evidenceHash: string;
    /**
     * Every criterion of policy once.
     */
    readonly criteria: readonly RatedPoint[];
    /**
     * Every factor of policy once.
     */
    readonly factors: readonly RatedPoint[];
}

/**
 * What a motion would have the panel decide; UPDATE and CORRECT are for what was announced already.
 */
export type MotionOutcome = "BELOW_MONITOR" | "BELOW_INTERVENTION" | "BELOW_DISCLOSED" | "THRESHOLD_MET" | "UPDATE" | "CORRECT";

/**
 * Steps short of and up to an announcement, ascending.
 */
export type LadderStep = "MONITOR" | "BRIEF_AFFECTED" | "BRIEF_PARTIES" | "ENGAGE_PLATFORM" | "ENGAGE_CIVIL_SOCIETY" | "AGENCY_ACTION" | "PUBLIC_ADVISORY" | "PANEL_ANNOUNCEMENT";

/**
 * What five seats vote on, bound to one evidence hash.
 */
export interface Motion {
    /**
     * The motion.
     */
    readonly motionId: string;
    /**
     * Who proposes.
     */
    readonly seat: string;
    /**
     * What it would decide.
     */
    readonly outcome: MotionOutcome;
    /**
     * What is to be done besides.
     */
    readonly ladder: readonly LadderStep[];
    /**
     * The evidence it is bound to.
     */
    readonly evidenceHash: string;
    /**
     * When to look at the matter again, UTC.
     */
    readonly reviewAt: null | number;
    /**
     * The text it would have issued, and no other.
     */
    readonly draftId: null | string;
}

/**
 * For or against; there is no abstaining.
 */
export type Vote = "AGREE" | "DISAGREE";

/**
 * One seat's vote on one motion.
 */
export interface SeatVote {
    /**
     * The motion.
     */
    readonly motionId: string;
    /**
     * Whose.
     */
    readonly seat: string;
    /**
     * The vote.
     */
    readonly vote: Vote;
    /**
     * Why; never empty.
     */
    readonly reasons: string;
}

/**
 * What the panel decided. Who voted how, and why, is in the panel's own events.
 */
export interface CaseDecision {
    /**
     * The motion's outcome where all five agreed, else NO_CONSENSUS.
     */
    readonly outcome: string;
    /**
     * The evidence it was decided on.
     */
    readonly evidenceHash: string;
    /**
     * Steps that go with it.
     */
    readonly ladder: readonly LadderStep[];
    /**
     * When to look at it again, UTC.
     */
    readonly reviewAt: null | number;
    /**
     * For UPDATE and CORRECT: the text that was agreed, where the motion named one.
     */
    readonly draftId: null | string;
    /**
     * SHA-256 of the canonical JSON of the motion with its five votes and reasons: what is sealed.
     */
    readonly decisionHash: string;
}

/**
 * BELOW_THRESHOLD says that the threshold was not met; ANNOUNCEMENT that it was.
 */
export type NoticeKind = "BELOW_THRESHOLD" | "ANNOUNCEMENT";

/**
 * What went to the public in this very commit.
 */
export interface NoticeIssue {
    /**
     * The notice.
     */
    readonly noticeId: string;
    /**
     * Its version, from 1.
     */
    readonly version: number;
    /**
     * What it is.
     */
    readonly kind: NoticeKind;
    /**
     * English.
     */
    readonly en: NoticeText;
    /**
     * French.
     */
    readonly fr: NoticeText;
}

/**
 * A notice before it is issued: both languages or none.
 */
export interface NoticeDraft {
    /**
     * The draft.
     */
    readonly draftId: string;
    /**
     * What it would be.
     */
    readonly kind: NoticeKind;
    /**
     * English.
     */
    readonly en: NoticeText;
    /**
     * French.
     */
    readonly fr: NoticeText;
    /**
     * Who wrote it last: they may not issue it.
     */
    readonly drafter: string;
    /**
     * SHA-256 of the canonical JSON of kind, en and fr.
     */
    readonly contentHash: string;
}

/**
 * One person who is told of a decision already taken.
 */
export interface NotifiedPerson {
    /**
     * Who.
     */
    readonly person: string;
    /**
     * As what, of policy: such as prime-minister.
     */
    readonly capacity: string;
    /**
     * The brief they are given.
     */
    readonly briefHash: string;
    /**
     * False: not cleared at that moment, so that nothing was sent; it holds nothing up.
     */
    readonly issued: boolean;
    /**
     * The view in which they are given it; null where nothing was sent.
     */
    readonly view: null | string;
    /**
     * The brief as a product of that view; null where nothing was sent.
     */
    readonly product: null | string;
}

/**
 * Who is told before the public is, and when the public is.
 */
export interface CaseNotification {
    /**
     * When it is announced, UTC, whatever those told do.
     */
    readonly announceAt: number;
    /**
     * The text that will be announced.
     */
    readonly draftId: string;
    /**
     * What they are given: one for all, unless policy allows others.
     */
    readonly briefs: readonly CaseBrief[];
    /**
     * Persons, sorted.
     */
    readonly recipients: readonly NotifiedPerson[];
    /**
     * Of the brief; null in events of before briefs were products.
     */
    readonly marking: null | Marking;
    /**
     * Tearlines and downgrades that it rests on, where it is marked below the case.
     */
    readonly released: readonly string[];
}

/**
 * One event of a case before the panel. Key of case.<view> is the id. What the panel deliberates is a strand of its own, with need-to-know panel: numbers and hashes run separately, so that nobody who reads one strand sees a gap.
 */
export interface CaseEvent {
    /**
     * The case.
     */
    readonly id: string;
    /**
     * Number of the event within its strand, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | CaseState;
    /**
     * State after.
     */
    readonly to: CaseState;
    /**
     * Which chain the event belongs to.
     */
    readonly strand: CaseStrand;
    /**
     * The election.
     */
    readonly electionId: string;
    /**
     * Where the election stood then.
     */
    readonly periodState: PeriodState;
    /**
     * Of the evidence after this event.
     */
    readonly evidenceHash: string;
    /**
     * On `opened`: what the panel would be asked.
     */
    readonly question: null | string;
    /**
     * On `opened` and `informed`: ROUTINE, PRIORITY, IMMEDIATE or FLASH.
     */
    readonly precedence: null | string;
    /**
     * On `opened`: the closed case it follows.
     */
    readonly successorOf: null | string;
    /**
     * On `opened` and `accumulated`: the crossing of an accumulation group that caused it.
     */
    readonly crossing: null | string;
    /**
     * On `opened` and `accumulated`: what is cited. On `evidence-changed` and `refreshed`: what is cited now in place of the same ids.
     */
    readonly assessments: readonly PinnedAssessment[];
    /**
     * On `evidence-changed`: what about the cited assessments changed, as `<what> <id>`.
     */
    readonly changes: readonly string[];
    /**
     * On `attached` and `detached`.
     */
    readonly document: null | CaseDocument;
    /**
     * On `consulted`: who is asked. On `informed`: who was asked and did not answer. Sorted.
     */
    readonly agencies: readonly string[];
    /**
     * On `consulted`: until when, UTC.
     */
    readonly due: null | number;
    /**
     * On `responded`.
     */
    readonly answer: null | ConsultationAnswer;
    /**
     * Why, where the command gives a reason.
     */
    readonly reason: null | string;
    /**
     * On `not-forwarded`: when it comes back by itself, UTC.
     */
    readonly reviewBy: null | number;
    /**
     * On `informed`: the brief, frozen.
     */
    readonly brief: null | CaseBrief;
    /**
     * On `found`: ELECTION_ADMINISTRATION or IN_SCOPE.
     */
    readonly finding: null | string;
    /**
     * On `information-requested`.
     */
    readonly infoRequest: null | InfoRequest;
    /**
     * On `rated`, in the panel's strand.
     */
    readonly rating: null | SeatRating;
    /**
     * On `proposed`, in the panel's strand.
     */
    readonly motion: null | Motion;
    /**
     * On `voted`, in the panel's strand.
     */
    readonly vote: null | SeatVote;
    /**
     * On `decided`.
     */
    readonly decision: null | CaseDecision;
    /**
     * On `disclosed`, `announced`, `updated` and `corrected`.
     */
    readonly notice: null | NoticeIssue;
    /**
     * On `drafted`.
     */
    readonly draft: null | NoticeDraft;
    /**
     * On `notified`, `updated` and `corrected`.
     */
    readonly notification: null | CaseNotification;
    /**
     * On `opened` and `not-forwarded`: persons of the originators. On `informed` and `packed`: who holds a seat. Where evidence changes: who had been told, and now gets an update. Sorted.
     */
    readonly told: readonly string[];
    /**
     * On `issuer-named`: the head of an agency who may issue notices of this case.
     */
    readonly issuer: null | string;
    /**
     * Of the event: the join of what the case cites; in the panel's strand with need-to-know panel besides.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before in the same strand; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a downgrade stands.
 */
export type DowngradeState = "SIGNING" | "GRANTED" | "REFUSED" | "EXPIRED" | "APPLIED";

/**
 * An observation as it lay on the bus when it was cited: where, and which bytes.
 */
export interface CitedRecord {
    /**
     * Its id.
     */
    readonly id: string;
    /**
     * Its originator.
     */
    readonly agency: string;
    /**
     * The cell it lies in.
     */
    readonly cell: string;
    /**
     * Where it lies.
     */
    readonly topic: string;
    /**
     * Where it lies.
     */
    readonly partition: number;
    /**
     * Where it lies, as decimal digits.
     */
    readonly offset: string;
    /**
     * SHA-256 of its value, hexadecimal.
     */
    readonly contentHash: string;
    /**
     * Its marking, origins included.
     */
    readonly marking: Marking;
}

/**
 * One person's word on one statement.
 */
export interface Signature {
    /**
     * Id of the person.
     */
    readonly person: string;
    /**
     * The agency they acted for when they signed; null for none.
     */
    readonly agency: null | string;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Ed25519 (RFC 8032) over the statement's canonical JSON (RFC 8785), base64url.
     */
    readonly signature: string;
}

/**
 * What the guard hands to the originator's service: ids and token are drawn before anything is written, so that a second try writes the same.
 */
export interface HandedDown {
    /**
     * Id of the lower observation.
     */
    readonly id: string;
    /**
     * Id of the LineageLink that cites it from above.
     */
    readonly linkId: string;
    /**
     * What a fresh source token is made from; null where the record keeps its own.
     */
    readonly origin: null | string;
}

/**
 * One event of a downgrade: the same content again under a lower marking, as a new record. Key of case.<view> is the id.
 */
export interface DowngradeEvent {
    /**
     * The downgrade; the grant's id.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | DowngradeState;
    /**
     * State after.
     */
    readonly to: DowngradeState;
    /**
     * On `requested`: the record, its marking being the grant's `from`.
     */
    readonly record: null | CitedRecord;
    /**
     * On `requested`: the grant's `to`.
     */
    readonly lowered: null | Marking;
    /**
     * On `requested`: from when on the grant is void, UTC.
     */
    readonly expires: null | number;
    /**
     * On `signed`.
     */
    readonly signature: null | Signature;
    /**
     * Why, where the command gives a reason.
     */
    readonly reason: null | string;
    /**
     * On `applying` and `applied`.
     */
    readonly handedDown: null | HandedDown;
    /**
     * Of the event: that of the record it is about.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where it stands.
 */
export type FeedbackState = "GIVEN" | "NOT_FORWARDED" | "REVIEW_DUE" | "FORWARDED";

/**
 * Whether a product helped its reader.
 */
export type Usefulness = "YES" | "PARTLY" | "NO";

/**
 * One event of what a recipient says of a product. Key of case.<view> is the id.
 */
export interface FeedbackEvent {
    /**
     * The feedback.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | FeedbackState;
    /**
     * State after.
     */
    readonly to: FeedbackState;
    /**
     * On `given`: the product.
     */
    readonly productId: null | string;
    /**
     * On `given`.
     */
    readonly useful: null | Usefulness;
    /**
     * On `given` and `forwarded`: what was done about it.
     */
    readonly action: null | string;
    /**
     * On `given` and `renewed`: why it was not forwarded; null where it was.
     */
    readonly reason: null | string;
    /**
     * Until when that holds, UTC; null where it was forwarded.
     */
    readonly reviewBy: null | number;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where an identity release stands.
 */
export type IdentityReleaseState = "REQUESTED" | "JUSTIFIED" | "APPROVED" | "REFUSED" | "REVIEWED";

/**
 * One event of the release of a suppressed identity to one requester. The identity itself is in no event. Key of case.<view> is the id.
 */
export interface IdentityReleaseEvent {
    /**
     * The request.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | IdentityReleaseState;
    /**
     * State after.
     */
    readonly to: IdentityReleaseState;
    /**
     * On `requested`: the record in which the identity is suppressed; its agency is the holder.
     */
    readonly product: null | CitedRecord;
    /**
     * On `requested`: the name under which it is printed there.
     */
    readonly suppressedRef: null | string;
    /**
     * On `requested`: by when it must be justified, UTC.
     */
    readonly dueAt: null | number;
    /**
     * On `justified`: the legal authority of the requester.
     */
    readonly authority: null | string;
    /**
     * On `justified`.
     */
    readonly justification: null | string;
    /**
     * Why, where the command gives a reason.
     */
    readonly reason: null | string;
    /**
     * On `reviewed`.
     */
    readonly finding: null | string;
    /**
     * Of the event: that of the record it is about.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * One event of an election's period. Key of case.public is the election's id.
 */
export interface PeriodEvent {
    /**
     * The election, as policy names it.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | PeriodState;
    /**
     * State after.
     */
    readonly to: PeriodState;
    /**
     * When it took effect, UTC: the writ, the swearing-in, the clear result.
     */
    readonly effectiveAt: null | number;
    /**
     * Preset of policy/cadence that holds from here on.
     */
    readonly cadence: null | string;
    /**
     * On `independent-review`: who reviews.
     */
    readonly body: null | string;
    /**
     * Of the event: everyone may know.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where an enrolment stands.
 */
export type EnrolmentState = "ENROLLED" | "ENDED";

/**
 * One event of an organisation's enrolment for being told of attacks. Key of case.<view> is the id.
 */
export interface ProtectedAccountEvent {
    /**
     * The enrolment.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | EnrolmentState;
    /**
     * State after.
     */
    readonly to: EnrolmentState;
    /**
     * On `enrolled`: the organisation, party:<slug>, org:<slug> or partner-<slug>.
     */
    readonly org: null | string;
    /**
     * On `enrolled`: who is told for the organisation, by name of the registry, sorted.
     */
    readonly contacts: readonly string[];
    /**
     * On `identifier-added`, `consented` and `revoked`: the person, by name of the registry; null for the organisation.
     */
    readonly member: null | string;
    /**
     * On `identifier-added`: email, account or domain.
     */
    readonly identifierKind: null | string;
    /**
     * On `identifier-added`: keyed hash (HMAC-SHA-256) of the normalised value, hexadecimal; the value itself is nowhere.
     */
    readonly identifierHash: null | string;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * A notice has one state: what was issued stays.
 */
export type NoticeState = "ISSUED";

/**
 * An earlier version, which stays readable.
 */
export interface NoticeCorrection {
    /**
     * The version that was replaced.
     */
    readonly version: number;
    /**
     * UPDATE or CORRECT.
     */
    readonly why: string;
    /**
     * When it was replaced, UTC.
     */
    readonly at: number;
    /**
     * Its English.
     */
    readonly en: NoticeText;
    /**
     * Its French.
     */
    readonly fr: NoticeText;
}

/**
 * One version of a notice to the public: both languages in one record. Key of case.public is the notice's id. It names no case.
 */
export interface PublicNotice {
    /**
     * The notice.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * ISSUED for every version but the first.
     */
    readonly from: null | NoticeState;
    /**
     * ISSUED.
     */
    readonly to: NoticeState;
    /**
     * From 1; equals seq.
     */
    readonly version: number;
    /**
     * What it is.
     */
    readonly noticeKind: NoticeKind;
    /**
     * The election.
     */
    readonly electionId: string;
    /**
     * English.
     */
    readonly en: NoticeText;
    /**
     * French.
     */
    readonly fr: NoticeText;
    /**
     * The case; null for the public view.
     */
    readonly caseId: null | string;
    /**
     * Hash of the sealed decision it rests on.
     */
    readonly decisionHash: string;
    /**
     * Earlier versions, oldest first.
     */
    readonly corrections: readonly NoticeCorrection[];
    /**
     * When this version was issued, UTC.
     */
    readonly issuedAt: number;
    /**
     * Of the service that issues it, on its statement: id, version, kind, election, texts, decision hash and instant. Null where it has no key.
     */
    readonly signature: null | Signature;
    /**
     * Everyone may know.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a request stands.
 */
export type RfiState = "OPEN" | "PAST_DUE" | "ANSWERED" | "CLOSED";

/**
 * What one agency answers.
 */
export interface RfiAnswer {
    /**
     * The agency.
     */
    readonly agency: string;
    /**
     * Its words.
     */
    readonly text: string;
    /**
     * Of the answer.
     */
    readonly marking: Marking;
}

/**
 * One event of a request for information. Key of case.<view> is the id.
 */
export interface RfiEvent {
    /**
     * The request.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | RfiState;
    /**
     * State after.
     */
    readonly to: RfiState;
    /**
     * On `asked`: what is wanted to be known.
     */
    readonly question: null | string;
    /**
     * On `asked`: agencies that are asked, sorted.
     */
    readonly toAgencies: readonly string[];
    /**
     * On `asked`: by when, UTC.
     */
    readonly dueAt: null | number;
    /**
     * On `asked`: id of the product that the question is about; null for none.
     */
    readonly about: null | string;
    /**
     * On `asked`: id of the case that asks; null where a person asked for themselves.
     */
    readonly onBehalfOf: null | string;
    /**
     * On `answered`.
     */
    readonly answer: null | RfiAnswer;
    /**
     * On `closed`: why.
     */
    readonly reason: null | string;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a report stands.
 */
export type SitrepState = "OPEN" | "COMPILED" | "CHAIR_APPROVED" | "ISSUED" | "CORRECTED";

/**
 * One paragraph of a situation report, or one gap that its agency states.
 */
export interface SitrepPortion {
    /**
     * The same in every view: the first 16 hexadecimal digits of a SHA-256 over agency, section, text, language and marking.
     */
    readonly id: string;
    /**
     * Section of policy, or `gaps` for what the agency could not see.
     */
    readonly section: string;
    /**
     * The words.
     */
    readonly text: string;
    /**
     * Their language, en or fr.
     */
    readonly lang: string;
    /**
     * Of this paragraph.
     */
    readonly marking: Marking;
    /**
     * Whose it is.
     */
    readonly agency: string;
}

/**
 * What one member said, once.
 */
export interface SitrepContribution {
    /**
     * The member.
     */
    readonly agency: string;
    /**
     * True: it has nothing to report, and says so.
     */
    readonly isNil: boolean;
    /**
     * True: after the cut-off.
     */
    readonly isLate: boolean;
    /**
     * Its paragraphs, in order; empty where it has nothing to report.
     */
    readonly portions: readonly SitrepPortion[];
}

/**
 * What a member did by the cut-off.
 */
export type SitrepStatus = "SUBMITTED" | "NIL" | "LATE";

/**
 * How a member stands at the cut-off.
 */
export interface SitrepStanding {
    /**
     * The member.
     */
    readonly agency: string;
    /**
     * LATE: nothing that this view can read was there in time; that says nothing of what happened.
     */
    readonly status: SitrepStatus;
}

/**
 * The difference from the report before, in this view.
 */
export interface SitrepDelta {
    /**
     * Number of the report before; null for the first.
     */
    readonly previous: null | number;
    /**
     * Paragraphs that the one before did not have, by id.
     */
    readonly fresh: readonly string[];
    /**
     * Paragraphs that it had, by id.
     */
    readonly repeated: readonly string[];
    /**
     * Paragraphs that only it had, by id.
     */
    readonly dropped: readonly string[];
}

/**
 * One gap that an agency declared of one of its sources. It counts as no contribution and in no figure.
 */
export interface SitrepSourceGap {
    /**
     * The observation that declares it.
     */
    readonly id: string;
    /**
     * Whose source it is.
     */
    readonly agency: string;
    /**
     * The cell that the source writes to.
     */
    readonly cell: string;
    /**
     * Begin, inclusive.
     */
    readonly from: number;
    /**
     * End, exclusive; null where none was declared by then.
     */
    readonly to: null | number;
    /**
     * Why nothing was observed, in the words of the agency.
     */
    readonly reason: string;
    /**
     * True: it had ended before `since`, and no earlier report of the series names it.
     */
    readonly isLate: boolean;
    /**
     * Of the gap.
     */
    readonly marking: Marking;
}

/**
 * What sources did not observe, as their agencies had declared it when the report was compiled and as far as this view may read it.
 */
export interface SitrepSourceGaps {
    /**
     * Begin of the time of the report, inclusive: the cut-off before its own, at which its time ends.
     */
    readonly since: number;
    /**
     * By their begin; of many, the newest of each source.
     */
    readonly gaps: readonly SitrepSourceGap[];
    /**
     * How many more there were, which are not named.
     */
    readonly omitted: number;
}

/**
 * One event of a situation report in one view. Key of case.<view> is the id.
 */
export interface SitrepEvent {
    /**
     * The report in this view.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | SitrepState;
    /**
     * State after.
     */
    readonly to: SitrepState;
    /**
     * On `opened`: number in its series, from 1; the same in every view.
     */
    readonly number: null | number;
    /**
     * On `opened`: the election of the calendar.
     */
    readonly electionId: null | string;
    /**
     * On `opened`: cadence of policy.
     */
    readonly cadence: null | string;
    /**
     * On `opened`: when contributions end, UTC.
     */
    readonly cutOffAt: null | number;
    /**
     * On `opened`: views that have this report, in the order of policy.
     */
    readonly views: readonly string[];
    /**
     * On `contributed`, `nil`, `late` and `carried`.
     */
    readonly contribution: null | SitrepContribution;
    /**
     * On `compiled`: every member, in the order of policy.
     */
    readonly standings: readonly SitrepStanding[];
    /**
     * On `compiled`.
     */
    readonly delta: null | SitrepDelta;
    /**
     * On `compiled`. Null in a report that was compiled before there was this field: it says nothing of sources.
     */
    readonly sourceGaps: null | SitrepSourceGaps;
    /**
     * On `issued`: persons of this view to whom it goes, by name of the registry.
     */
    readonly recipients: readonly string[];
    /**
     * On `issued`: ROUTINE, PRIORITY, IMMEDIATE or FLASH.
     */
    readonly precedence: null | string;
    /**
     * On `issued` and `corrected`: the policy that was in force.
     */
    readonly policyVersion: null | number;
    /**
     * On `corrected`: paragraphs that were taken out, by id.
     */
    readonly removed: readonly string[];
    /**
     * On `corrected`: paragraphs that were put in.
     */
    readonly added: readonly SitrepPortion[];
    /**
     * On `issued` and `corrected`: number of the version, from 1.
     */
    readonly version: null | number;
    /**
     * Why, where this view may know: the dissemination decision, or why it was corrected.
     */
    readonly reason: null | string;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, and without `sourceGaps` where that is null; hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a series stands.
 */
export type SitrepSeriesState = "RUNNING" | "STOPPED";

/**
 * One event of a series of situation reports: those of one election and cadence. Key of case.<view> is the id.
 */
export interface SitrepSeriesEvent {
    /**
     * The series.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | SitrepSeriesState;
    /**
     * State after.
     */
    readonly to: SitrepSeriesState;
    /**
     * On `opened`: the election of the calendar.
     */
    readonly electionId: null | string;
    /**
     * On `opened`: cadence of policy.
     */
    readonly cadence: null | string;
    /**
     * On `numbered`: number of the report that is opened, from 1.
     */
    readonly number: null | number;
    /**
     * On `numbered`: when its contributions end, UTC.
     */
    readonly cutOffAt: null | number;
    /**
     * On `stopped`: why.
     */
    readonly reason: null | string;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a message stands.
 */
export type TargetMessageState = "SENT";

/**
 * One language of a message.
 */
export interface MessageText {
    /**
     * Its title.
     */
    readonly title: string;
    /**
     * Its words.
     */
    readonly text: string;
    /**
     * What its reader can do, in order.
     */
    readonly steps: readonly string[];
}

/**
 * One event of a message to named persons in the view where they read: words of a template or words that were released, and nothing of what they come from. Key of case.<view> is the id.
 */
export interface TargetMessageEvent {
    /**
     * The message.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | TargetMessageState;
    /**
     * State after.
     */
    readonly to: TargetMessageState;
    /**
     * On `sent`: English.
     */
    readonly en: null | MessageText;
    /**
     * On `sent`: French.
     */
    readonly fr: null | MessageText;
    /**
     * On `sent`: template of policy with its version; null for words of its own.
     */
    readonly template: null | string;
    /**
     * On `sent` and `added`: the policy that was in force.
     */
    readonly policyVersion: null | number;
    /**
     * On `sent` and `added`: to whom, by name of the registry, sorted.
     */
    readonly recipients: readonly string[];
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a notice stands.
 */
export type TargetNoticeState = "MATCHED" | "SENT" | "STOPPED";

/**
 * One event of telling one organisation of one assessment that names it or its people as targets. Key of case.<view> is the id.
 */
export interface TargetNoticeEvent {
    /**
     * The notice.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | TargetNoticeState;
    /**
     * State after.
     */
    readonly to: TargetNoticeState;
    /**
     * On `matched`: the enrolment.
     */
    readonly enrolment: null | string;
    /**
     * On `matched`: the assessment.
     */
    readonly about: null | string;
    /**
     * On `matched`: the organisation.
     */
    readonly org: null | string;
    /**
     * On `matched` and `folded`: consenting persons who are targets, by name of the registry, sorted.
     */
    readonly members: readonly string[];
    /**
     * On `sent`: who is told, after looking at consents again, sorted.
     */
    readonly recipients: readonly string[];
    /**
     * On `sent`: template of policy with its version.
     */
    readonly template: null | string;
    /**
     * On `matched`: local day of the attack, yyyy-mm-dd.
     */
    readonly day: null | string;
    /**
     * On `matched`: word of the vocabulary Category.
     */
    readonly category: null | string;
    /**
     * On `sent`: the policy that was in force.
     */
    readonly policyVersion: null | number;
    /**
     * On `sent`: number of the notice, from 1; one that follows after the time of folding is another.
     */
    readonly version: null | number;
    /**
     * Of the event: of everything that it says.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Where a tearline stands.
 */
export type TearlineState = "REQUESTED" | "DRAFTED" | "ORIGINATOR_REVIEW" | "APPROVED" | "REFUSED" | "PUBLISHED" | "WITHDRAWN";

/**
 * A value of the source that the draft keeps.
 */
export interface KeptValue {
    /**
     * domain, ip, url, hash, email, certificate, tracker, wallet or account.
     */
    readonly kind: string;
    /**
     * As it will be published.
     */
    readonly value: string;
}

/**
 * What would be published: nothing of the source but what stands here.
 */
export interface TearlineDraft {
    /**
     * The one paragraph.
     */
    readonly text: string;
    /**
     * Its language, en or fr.
     */
    readonly lang: string;
    /**
     * At most 160 characters.
     */
    readonly title: string;
    /**
     * Word of the vocabulary Category.
     */
    readonly category: string;
    /**
     * What readers can do; may be empty where the category asks for none.
     */
    readonly soWhat: string;
    /**
     * Values it keeps.
     */
    readonly values: readonly KeptValue[];
    /**
     * Of the lower observation.
     */
    readonly marking: Marking;
    /**
     * SHA-256 of the canonical JSON of the other fields, hexadecimal: what originators approve.
     */
    readonly contentHash: string;
}

/**
 * One event of a tearline: a separate, lower observation made from a higher one with its originators' consent. Key of case.<view> is the id.
 */
export interface TearlineEvent {
    /**
     * The tearline.
     */
    readonly id: string;
    /**
     * Number of the event within it, from 1, without gaps.
     */
    readonly seq: number;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Who.
     */
    readonly by: Actor;
    /**
     * What happened; the kinds are those of the room protocol.
     */
    readonly kind: string;
    /**
     * State before; null for the first event.
     */
    readonly from: null | TearlineState;
    /**
     * State after.
     */
    readonly to: TearlineState;
    /**
     * On `requested`: the higher record.
     */
    readonly source: null | CitedRecord;
    /**
     * On `requested`: for whom it is wanted, in words.
     */
    readonly for: null | string;
    /**
     * On `requested`: by when it is wanted, UTC; null where nobody said.
     */
    readonly wantedBy: null | number;
    /**
     * On `drafted`.
     */
    readonly draft: null | TearlineDraft;
    /**
     * On `approved`: the originator's word on the draft's content hash.
     */
    readonly approval: null | Signature;
    /**
     * Why, where the command gives a reason.
     */
    readonly reason: null | string;
    /**
     * On `publishing` and `published`.
     */
    readonly handedDown: null | HandedDown;
    /**
     * Of the event: that of the record it is about.
     */
    readonly marking: Marking;
    /**
     * `hash` of the event before; empty for the first.
     */
    readonly prevHash: string;
    /**
     * SHA-256 of the canonical JSON (RFC 8785) of this event without this field, hexadecimal.
     */
    readonly hash: string;
}

/**
 * Every record type of ca.sitebus.protocol, by its name without namespace.
 */
export interface ProtocolByType {
    readonly AffectedPartyEvent: AffectedPartyEvent;
    readonly BriefEvent: BriefEvent;
    readonly CaseEvent: CaseEvent;
    readonly DowngradeEvent: DowngradeEvent;
    readonly FeedbackEvent: FeedbackEvent;
    readonly IdentityReleaseEvent: IdentityReleaseEvent;
    readonly PeriodEvent: PeriodEvent;
    readonly ProtectedAccountEvent: ProtectedAccountEvent;
    readonly PublicNotice: PublicNotice;
    readonly RfiEvent: RfiEvent;
    readonly SitrepEvent: SitrepEvent;
    readonly SitrepSeriesEvent: SitrepSeriesEvent;
    readonly TargetMessageEvent: TargetMessageEvent;
    readonly TargetNoticeEvent: TargetNoticeEvent;
    readonly TearlineEvent: TearlineEvent;
}
