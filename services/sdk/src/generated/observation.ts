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
 * Where a record comes from.
 */
export interface Lineage {
    /**
     * Ids of the observations this one was made from; empty where it is original.
     */
    readonly derivedFrom: readonly string[];
    /**
     * Keyed hash of the canonical origin, base64url; equal origins have equal tokens. Null: provenance unknown.
     */
    readonly sourceToken: null | string;
}

/**
 * Reliability of the source: A completely reliable to E unreliable, F cannot be judged.
 */
export type SourceGrade = "A" | "B" | "C" | "D" | "E" | "F";

/**
 * First field of every observation, so that id, agency and marking can be read without the rest.
 */
export interface Envelope {
    /**
     * Id of the observation: a UUID, version 5 for imports and 4 for hand-made records; never time-ordered.
     */
    readonly id: string;
    /**
     * Id of the agency that originates it; must belong to the topic it lies on.
     */
    readonly agency: string;
    /**
     * When it was seen, UTC milliseconds; at most recordedAt.
     */
    readonly observedAt: number;
    /**
     * When the agency recorded it, UTC milliseconds; at most five minutes ahead of the receiver.
     */
    readonly recordedAt: number;
    /**
     * Marking of the whole record: at least the join of its portions.
     */
    readonly marking: Marking;
    /**
     * What it was made from.
     */
    readonly lineage: Lineage;
    /**
     * Reliability of the source.
     */
    readonly sourceGrade: SourceGrade;
    /**
     * Credibility of the information, 1–6: 1 confirmed by others, 5 improbable, 6 cannot be judged.
     */
    readonly infoGrade: number;
    /**
     * Id of the same agency’s observation that this one replaces.
     */
    readonly supersedes: null | string;
    /**
     * Id of the same agency’s observation that this one withdraws.
     */
    readonly recalls: null | string;
}

/**
 * What the Act calls the message.
 */
export type AdKind = "PARTISAN" | "ELECTION";

/**
 * A text with its language.
 */
export interface LangText {
    /**
     * The text as seen, NFC, not translated.
     */
    readonly text: string;
    /**
     * BCP 47 language tag; und where unknown.
     */
    readonly lang: string;
}

/**
 * In which capacity the Act lets somebody buy.
 */
export type BuyerKind = "REGISTERED_PARTY" | "ELIGIBLE_PARTY" | "ASSOCIATION" | "NOMINATION_CONTESTANT" | "CANDIDATE" | "POTENTIAL_CANDIDATE" | "THIRD_PARTY";

/**
 * An entry of the registry of political advertising: a copy of an ad and who authorised it.
 */
export interface AdDisclosure {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * The platform that displays it, by its id of policy.
     */
    readonly platformId: string;
    /**
     * The platform's own name of the ad; unique on the platform.
     */
    readonly adId: string;
    /**
     * Partisan or election advertising.
     */
    readonly kind: AdKind;
    /**
     * Hash of the copy, with its scheme: sha256:<hex>.
     */
    readonly creative: string;
    /**
     * Where a click leads.
     */
    readonly landingUrl: null | string;
    /**
     * The ad's wording, with its language.
     */
    readonly texts: readonly LangText[];
    /**
     * Main language of the ad, BCP 47; und where it is not known.
     */
    readonly lang: string;
    /**
     * In which capacity it was bought.
     */
    readonly buyerKind: BuyerKind;
    /**
     * The buyer as the registry names it.
     */
    readonly buyerName: string;
    /**
     * The buyer: cand:, org: or party:, else a token.
     */
    readonly buyerRef: string;
    /**
     * Who authorised the ad, by name, as the Act wants it published; null where the entry lacks it.
     */
    readonly authoriserName: null | string;
    /**
     * The earliest first display that any entry of this ad has stated.
     */
    readonly firstDisplayedAt: number;
    /**
     * The latest display stated.
     */
    readonly lastDisplayedAt: number;
    /**
     * When the ad was first entered; a correction leaves it.
     */
    readonly enteredAt: number;
    /**
     * The election it belongs to, by its id of policy.
     */
    readonly electionId: string;
    /**
     * Ridings it was aimed at; empty for all.
     */
    readonly ridings: readonly string[];
    /**
     * What is remarkable about the entry, words of AdFlag.
     */
    readonly flags: readonly string[];
    /**
     * Last day of the public registry, in the election's time zone.
     */
    readonly publishUntil: number;
    /**
     * Last day it is kept, in the election's time zone.
     */
    readonly retainUntil: number;
}

/**
 * A paragraph with its own marking.
 */
export interface Portion {
    /**
     * One paragraph, NFC.
     */
    readonly text: string;
    /**
     * BCP 47 language tag.
     */
    readonly lang: string;
    /**
     * Marking of this paragraph alone.
     */
    readonly marking: Marking;
}

/**
 * A technique of a published framework.
 */
export interface Ttp {
    /**
     * Word of the vocabulary TtpFramework: ATTACK or DISARM.
     */
    readonly framework: string;
    /**
     * Version of the framework the id was taken from.
     */
    readonly version: string;
    /**
     * Technique id: T1nnn(.nnn) in ATTACK, T0nnn(.nnn) in DISARM.
     */
    readonly id: string;
}

/**
 * How far a state answers for the activity, ascending.
 */
export type StateResponsibility = "STATE_PROHIBITED" | "STATE_PROHIBITED_BUT_INADEQUATE" | "STATE_IGNORED" | "STATE_ENCOURAGED" | "STATE_SHAPED" | "STATE_COORDINATED" | "STATE_ORDERED" | "STATE_ROGUE_CONDUCTED" | "STATE_EXECUTED" | "STATE_INTEGRATED";

/**
 * A claim of who is behind it, with its basis.
 */
export interface ActorClaim {
    /**
     * Name of the actor as claimed, or an ISO 3166-1 alpha-3 code.
     */
    readonly actor: string;
    /**
     * How far a state answers for it.
     */
    readonly responsibility: null | StateResponsibility;
    /**
     * Word of the vocabulary ClaimBasis.
     */
    readonly basis: string;
    /**
     * Index of the portion that makes the claim, from 0.
     */
    readonly portion: number;
}

/**
 * Actor, behaviour, content, degree, effect: a summary of an influence activity.
 */
export interface Abcde {
    /**
     * Who.
     */
    readonly actor: string;
    /**
     * How they act.
     */
    readonly behaviour: string;
    /**
     * What they say.
     */
    readonly content: string;
    /**
     * Whom and how many it reaches.
     */
    readonly degree: string;
    /**
     * What it does or could do.
     */
    readonly effect: string;
}

/**
 * How far it went.
 */
export interface Metrics {
    /**
     * Accounts reached (count, at most 2^53 − 1).
     */
    readonly reach: null | number;
    /**
     * Likes, shares and comments (count, at most 2^53 − 1).
     */
    readonly engagement: null | number;
    /**
     * When the watcher saw nothing because it could not look.
     */
    readonly coverageGaps: readonly CoverageGap[];
}

/**
 * How those with less clearance learn of it.
 */
export type ReleasePlan = "TEARLINE_REQUESTED" | "READABLE_BY_PARTNERS" | "NO_TEARLINE";

/**
 * What every sighting reports. Second field of each sighting type.
 */
export interface Report {
    /**
     * One line, at most 160 characters.
     */
    readonly title: string;
    /**
     * Word of the vocabulary Category.
     */
    readonly category: string;
    /**
     * Paragraphs in reading order, 1–50.
     */
    readonly portions: readonly Portion[];
    /**
     * Whether the report asserts or denies what it describes.
     */
    readonly stance: Stance;
    /**
     * Word of the vocabulary SourceKind.
     */
    readonly sourceKind: string;
    /**
     * The power under which the agency reports this.
     */
    readonly mandateBasis: string;
    /**
     * Id of the election it concerns.
     */
    readonly electionId: null | string;
    /**
     * First sighting, UTC milliseconds.
     */
    readonly firstSeen: null | number;
    /**
     * Last sighting, UTC milliseconds; not before firstSeen.
     */
    readonly lastSeen: null | number;
    /**
     * Words of the vocabulary Tool.
     */
    readonly tools: readonly string[];
    /**
     * Techniques seen.
     */
    readonly ttps: readonly Ttp[];
    /**
     * Who is claimed to be behind it; a mention is no claim.
     */
    readonly actorClaims: readonly ActorClaim[];
    /**
     * Whom it is aimed at; never a feature.
     */
    readonly targets: readonly Target[];
    /**
     * Riding slugs of the election.
     */
    readonly ridings: readonly string[];
    /**
     * Platform ids, lower case.
     */
    readonly platforms: readonly string[];
    /**
     * BCP 47 language tags of what was seen.
     */
    readonly languages: readonly string[];
    /**
     * Free labels; they link nothing.
     */
    readonly labels: readonly string[];
    /**
     * Summary of an influence activity.
     */
    readonly abcde: null | Abcde;
    /**
     * Why the reader should care, at most 400 characters; required where the category’s impact is 40 or more.
     */
    readonly soWhat: string;
    /**
     * Id of the definition the report rests on.
     */
    readonly definitionId: null | string;
    /**
     * How far it went, and what could not be seen.
     */
    readonly metrics: null | Metrics;
    /**
     * How those with less clearance learn of it.
     */
    readonly releasePlan: ReleasePlan;
    /**
     * Why there is no tearline; required with NO_TEARLINE.
     */
    readonly noTearlineReason: null | string;
}

/**
 * A breach of the advertising rules, as the election administration sees it.
 */
export interface AdFinding {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * What was found, a word of FindingKind.
     */
    readonly kind: string;
    /**
     * The platform on which it was found, by its id of policy.
     */
    readonly platformId: string;
    /**
     * The AdDisclosure it is about; null where there is no entry.
     */
    readonly adRef: null | string;
    /**
     * Local days between first display and entry; null unless late.
     */
    readonly daysLate: null | number;
    /**
     * Hashes of the copy, with their scheme.
     */
    readonly media: readonly string[];
    /**
     * Where a click leads, as reported or normalised.
     */
    readonly urls: readonly string[];
    /**
     * Buyers: cand:, org: or party:, else tokens.
     */
    readonly persons: readonly string[];
}

/**
 * Which version of an assessment somebody had read.
 */
export interface SeenVersion {
    /**
     * Id of the view in which it was read; not above the cell of this record.
     */
    readonly view: string;
    /**
     * Version that was read, from 1; 0: of no assessment, the record alone was.
     */
    readonly version: number;
}

/**
 * One agency’s view of a matter; attached where both are readable, never counted as evidence.
 */
export interface AgencyPosition {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Id of any member observation of the assessment in question, or of an observation that is in none.
     */
    readonly about: string;
    /**
     * What the agency had before it.
     */
    readonly seen: SeenVersion;
    /**
     * The position; a dissent carries text.
     */
    readonly stance: PositionStance;
    /**
     * The agency’s own likelihood.
     */
    readonly likelihood: null | StatedLikelihood;
    /**
     * The agency’s own confidence.
     */
    readonly confidence: null | Confidence;
    /**
     * Id of the definition the position cites.
     */
    readonly definitionId: string;
    /**
     * Paragraphs in reading order, 0–50; at least one for a dissent.
     */
    readonly portions: readonly Portion[];
}

/**
 * One account sharing one object at one instant.
 */
export interface CoShare {
    /**
     * What was shared: a URL, or a media hash with its scheme prefix.
     */
    readonly object: string;
    /**
     * Who shared it, <platform>:<handle>.
     */
    readonly account: string;
    /**
     * When it was shared, UTC milliseconds.
     */
    readonly at: number;
}

/**
 * Accounts that share the same objects together.
 */
export interface CoordinatedSharing {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Who shared what, when.
     */
    readonly shares: readonly CoShare[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Perceptual or SHA-256 hashes of media, <scheme>:<hex>.
     */
    readonly media: readonly string[];
    /**
     * Width of the window within which sharing counts as together, seconds.
     */
    readonly windowSeconds: number;
    /**
     * Number of distinct accounts.
     */
    readonly participants: number;
    /**
     * The platform’s own case number.
     */
    readonly platformCase: null | string;
    /**
     * What the platform did, such as TAKEDOWN or LABEL.
     */
    readonly platformActions: readonly string[];
}

/**
 * A place during a span of time.
 */
export interface PlaceTime {
    /**
     * Riding slug of the election, or a geohash of five characters.
     */
    readonly place: string;
    /**
     * Begin, UTC milliseconds, inclusive.
     */
    readonly from: number;
    /**
     * End, UTC milliseconds, inclusive; not before from.
     */
    readonly to: number;
}

/**
 * Covert, deceptive or threatening activity on behalf of a foreign principal.
 */
export interface CovertActivity {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Person tokens prs_<hex>, or public ids cand:, org:, party:.
     */
    readonly persons: readonly string[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Payment addresses and accounts, <scheme>:<value>.
     */
    readonly wallets: readonly string[];
    /**
     * Where and when.
     */
    readonly placeTimes: readonly PlaceTime[];
    /**
     * Texts as seen, with their language.
     */
    readonly texts: readonly LangText[];
    /**
     * How it is done.
     */
    readonly method: string;
    /**
     * ISO 3166-1 alpha-3 code of the state it serves.
     */
    readonly onBehalfOf: null | string;
}

/**
 * Whether leaked material is what it claims to be.
 */
export type LeakAuthenticity = "AUTHENTIC" | "ALTERED" | "FABRICATED" | "MIXED" | "UNKNOWN";

/**
 * An incident at a system of an election or of those who take part in it.
 */
export interface CyberIncident {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * What happened: a category of the cyber kind, such as PHISHING or HACK_AND_LEAK.
     */
    readonly incidentKind: string;
    /**
     * Word of the vocabulary ElectoralPhase.
     */
    readonly phase: string;
    /**
     * For leaks: whether the material is what it claims to be.
     */
    readonly authenticityOfLeak: null | LeakAuthenticity;
    /**
     * Systems that were hit, described.
     */
    readonly impactedSystems: readonly string[];
    /**
     * How long a service was down, seconds.
     */
    readonly outageSeconds: null | number;
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * IPv4 or IPv6 addresses; a range wider than one address is context.
     */
    readonly ips: readonly string[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Hexadecimal digests (MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512).
     */
    readonly hashes: readonly string[];
    /**
     * E-mail addresses of senders and registrants, never of targets.
     */
    readonly emails: readonly string[];
}

/**
 * Money that moves to sway an election.
 */
export interface FinancialActivity {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Payment addresses and accounts, <scheme>:<value>.
     */
    readonly wallets: readonly string[];
    /**
     * Person tokens prs_<hex>, or public ids cand:, org:, party:.
     */
    readonly persons: readonly string[];
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * Amount in minor units of the currency.
     */
    readonly amountMinor: null | number;
    /**
     * ISO 4217 code, or the scheme of the wallet.
     */
    readonly currency: null | string;
    /**
     * When it was paid, UTC milliseconds.
     */
    readonly paidAt: null | number;
    /**
     * What it was for.
     */
    readonly purpose: string;
}

/**
 * On whose behalf the registrant acts.
 */
export interface ForeignPrincipal {
    /**
     * ISO 3166-1 alpha-3, as the register says.
     */
    readonly country: string;
    /**
     * The principal as the register names it.
     */
    readonly name: string;
}

/**
 * What is done under an arrangement.
 */
export type ArrangementActivity = "OFFICE_HOLDER" | "PUBLIC" | "DISBURSEMENT";

/**
 * An agreement with a foreign principal to communicate or disburse about a government or political process.
 */
export interface ForeignArrangement {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Who acts for the principal: org:, cand: or party:, else a token.
     */
    readonly registrantRef: string;
    /**
     * The foreign principal.
     */
    readonly principal: ForeignPrincipal;
    /**
     * What is done: communicating with an office holder or the public, disbursing money or services.
     */
    readonly activities: readonly ArrangementActivity[];
    /**
     * The government or political process it is about.
     */
    readonly process: string;
    /**
     * The day the arrangement was entered into.
     */
    readonly enteredOn: number;
    /**
     * The day it was registered.
     */
    readonly registeredOn: number;
    /**
     * Registered after the days that policy allows.
     */
    readonly late: boolean;
}

/**
 * Something that worked against interference and that others can adopt; it links nothing.
 */
export interface GoodPractice {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Word of the vocabulary PracticeArea.
     */
    readonly area: string;
    /**
     * The practice in one line.
     */
    readonly title: string;
    /**
     * What was done, and what others need in order to do it.
     */
    readonly text: string;
    /**
     * Language of title and text, BCP 47.
     */
    readonly lang: string;
    /**
     * Public notices from whose cases it comes, by notice id; never a case.
     */
    readonly noticesLinked: readonly string[];
    /**
     * Where to ask, an office and never a person.
     */
    readonly contact: null | string;
}

/**
 * Technical indicators of one report, or of one numbered part of it.
 */
export interface IndicatorReport {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * IPv4 or IPv6 addresses; a range wider than one address is context.
     */
    readonly ips: readonly string[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Hexadecimal digests (MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512).
     */
    readonly hashes: readonly string[];
    /**
     * E-mail addresses of senders and registrants, never of targets.
     */
    readonly emails: readonly string[];
    /**
     * Certificate fingerprints: SHA-256 or SHA-1 hexadecimal, or <issuer>#<serial>.
     */
    readonly certificates: readonly string[];
    /**
     * Analytics and advertising ids, <scheme>:<value>.
     */
    readonly trackers: readonly string[];
    /**
     * Payment addresses and accounts, <scheme>:<value>.
     */
    readonly wallets: readonly string[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * Similarity digests (ssdeep, TLSH, imphash), <scheme>:<value>; they link nothing.
     */
    readonly fuzzyHashes: readonly string[];
    /**
     * Where to read more; links nothing.
     */
    readonly references: readonly string[];
    /**
     * What else was reported, one line each; links nothing.
     */
    readonly context: readonly string[];
    /**
     * Number of this part, from 1.
     */
    readonly part: number;
    /**
     * Number of parts of the report, at least 1.
     */
    readonly parts: number;
}

/**
 * What an influence activity describes.
 */
export type InfluenceKind = "NARRATIVE" | "CHANNEL" | "CONTENT" | "EVENT";

/**
 * A narrative, channel, content or event that sways an election.
 */
export interface InfluenceActivity {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * What is described.
     */
    readonly kind: InfluenceKind;
    /**
     * Texts as seen, with their language.
     */
    readonly texts: readonly LangText[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Perceptual or SHA-256 hashes of media, <scheme>:<hex>.
     */
    readonly media: readonly string[];
    /**
     * Hashtags without the sign, as seen; they link nothing.
     */
    readonly hashtags: readonly string[];
    /**
     * Kinds of narrative, as the source names them.
     */
    readonly narrativeTypes: readonly string[];
    /**
     * Kinds of channel, as the source names them.
     */
    readonly channelTypes: readonly string[];
    /**
     * Kinds of event, as the source names them.
     */
    readonly eventTypes: readonly string[];
    /**
     * Name of the operation it is said to belong to; links nothing.
     */
    readonly operation: null | string;
    /**
     * Begin, UTC milliseconds.
     */
    readonly startTime: null | number;
    /**
     * End, UTC milliseconds; not before startTime.
     */
    readonly stopTime: null | number;
    /**
     * Whether the content was made by a machine; null where unknown.
     */
    readonly synthetic: null | boolean;
}

/**
 * How the link became known.
 */
export type LineageBasis = "TEARLINE" | "STATED_LATER" | "COPY_FOUND";

/**
 * Says later that one observation was made from another; marked at least as both.
 */
export interface LineageLink {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Id of the derived observation.
     */
    readonly child: string;
    /**
     * Id of the observation it was made from.
     */
    readonly parent: string;
    /**
     * How the link became known.
     */
    readonly basis: LineageBasis;
}

/**
 * A sensor’s alert on network traffic.
 */
export interface NetworkDetection {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Name of the sensor.
     */
    readonly sensor: string;
    /**
     * Number of the signature that fired.
     */
    readonly signatureId: number;
    /**
     * Text of the signature.
     */
    readonly signature: string;
    /**
     * Class of the signature.
     */
    readonly signatureCategory: string;
    /**
     * 1–4; 1 is worst.
     */
    readonly severity: number;
    /**
     * What the sensor did: allowed or blocked.
     */
    readonly action: string;
    /**
     * The side outside the home networks, IPv4 or IPv6.
     */
    readonly externalIp: null | string;
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Hexadecimal digests (MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512).
     */
    readonly hashes: readonly string[];
    /**
     * Certificate fingerprints: SHA-256 or SHA-1 hexadecimal, or <issuer>#<serial>.
     */
    readonly certificates: readonly string[];
    /**
     * Octets of the flow, both directions.
     */
    readonly bytes: null | number;
    /**
     * The sensor’s number of the flow, decimal digits as text.
     */
    readonly flowId: string;
}

/**
 * What a member of the public reported; the tipster’s contact never leaves the agency.
 */
export interface PublicTip {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Texts as seen, with their language.
     */
    readonly texts: readonly LangText[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * Whether the tipster saw it themselves.
     */
    readonly firsthand: boolean;
    /**
     * How the tip came in.
     */
    readonly channel: string;
}

/**
 * Withdraws an observation of the same agency; the envelope’s recalls names it.
 */
export interface Recall {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Why it is withdrawn.
     */
    readonly reason: string;
    /**
     * Id of the observation to read instead.
     */
    readonly replacement: null | string;
}

/**
 * An agency says that it did not observe in a cell for a while: absence of its records in that time means nothing.
 */
export interface SourceGap {
    /**
     * Who says so, when, under the ceiling of the cell that it is about.
     */
    readonly envelope: Envelope;
    /**
     * Begin, inclusive.
     */
    readonly from: number;
    /**
     * End, exclusive; null while it lasts.
     */
    readonly to: null | number;
    /**
     * Why nothing was observed.
     */
    readonly reason: string;
}

/**
 * Whose voice a state-media account is.
 */
export type StateMediaClass = "DIPLOMATIC_GOVERNMENT" | "MEDIA";

/**
 * An account that openly speaks for a foreign state: reference data of the monitor, linking nothing.
 */
export interface StateMediaAccount {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Account, <platform>:<handle>; no feature.
     */
    readonly account: string;
    /**
     * The state, as the list names it.
     */
    readonly country: string;
    /**
     * Government or media, never mixed.
     */
    readonly class: StateMediaClass;
    /**
     * Finer type, as the list gives it.
     */
    readonly typology: null | string;
    /**
     * Why the account counts as the state's.
     */
    readonly attributionBasis: string;
    /**
     * Where that can be read.
     */
    readonly evidenceUrl: string;
    /**
     * First day on which it counts.
     */
    readonly from: null | number;
    /**
     * Last day on which it counts.
     */
    readonly to: null | number;
}

/**
 * What is ranked.
 */
export type RankedKind = "ACCOUNT" | "POST" | "HASHTAG" | "TOPIC" | "COUNTRY" | "LINK";

/**
 * One place of a ranking.
 */
export interface RankedValue {
    /**
     * What is ranked.
     */
    readonly kind: RankedKind;
    /**
     * What has the place.
     */
    readonly value: string;
    /**
     * How often it was counted.
     */
    readonly count: number;
}

/**
 * A day of state-media posts of one country on one platform; it raises questions and answers none.
 */
export interface StateMediaDailyAggregate {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * The day, in the election's time zone.
     */
    readonly date: number;
    /**
     * The state.
     */
    readonly country: string;
    /**
     * The platform.
     */
    readonly platform: string;
    /**
     * Number of posts; null inside a gap, never 0.
     */
    readonly posts: null | number;
    /**
     * Rankings, highest first within a kind.
     */
    readonly top: readonly RankedValue[];
    /**
     * Likes, shares and comments together; null inside a gap.
     */
    readonly engagement: null | number;
    /**
     * When the posts were last collected.
     */
    readonly lastRefresh: number;
    /**
     * Times within the day that nothing was collected.
     */
    readonly gaps: readonly CoverageGap[];
    /**
     * Key of the bilingual caveat that every rendering carries.
     */
    readonly caveatId: string;
}

/**
 * One post of a listed state-media account. Who is mentioned in it is no actor.
 */
export interface StateMediaPost {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * Account, <platform>:<handle>.
     */
    readonly account: string;
    /**
     * The platform's own id.
     */
    readonly postId: string;
    /**
     * When it was posted.
     */
    readonly postedAt: number;
    /**
     * When its text and counts were read.
     */
    readonly collectedAt: number;
    /**
     * BCP 47 language tag.
     */
    readonly lang: string;
    /**
     * Texts as seen, with their language.
     */
    readonly texts: readonly LangText[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Hashtags, without #.
     */
    readonly hashtags: readonly string[];
    /**
     * Topics given by the collector.
     */
    readonly topics: readonly string[];
    /**
     * Countries mentioned; no claim about them.
     */
    readonly countries: readonly string[];
    /**
     * Number of likes when collected.
     */
    readonly likes: null | number;
    /**
     * Number of shares when collected.
     */
    readonly shares: null | number;
    /**
     * Number of comments when collected.
     */
    readonly comments: null | number;
    /**
     * Number of views when collected.
     */
    readonly views: null | number;
}

/**
 * How soon a threat says it will be carried out.
 */
export type Immediacy = "NONE_STATED" | "DAYS" | "HOURS";

/**
 * A threat to a candidate, an office holder or an election worker.
 */
export interface ThreatToPerson {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Person tokens prs_<hex>, or public ids cand:, org:, party:.
     */
    readonly persons: readonly string[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * Where and when.
     */
    readonly placeTimes: readonly PlaceTime[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Texts as seen, with their language.
     */
    readonly texts: readonly LangText[];
    /**
     * How soon.
     */
    readonly immediacy: Immediacy;
    /**
     * Whether a weapon is named; null where unknown.
     */
    readonly weaponStated: null | boolean;
}

/**
 * How exactly a time is known; of a span the coarser end.
 */
export type DatePrecision = "DAY" | "MONTH" | "YEAR" | "CIRCA" | "UNKNOWN";

/**
 * Where an incident was published.
 */
export interface IncidentSource {
    /**
     * Address of the publication.
     */
    readonly url: string;
    /**
     * Its title; empty where the catalogue has none.
     */
    readonly title: string;
    /**
     * Whether policy counts it as a credible public attribution.
     */
    readonly attribution: boolean;
}

/**
 * A past incident of interference in the public catalogue: memory and vocabulary, linking nothing and corroborating nothing.
 */
export interface TrackedIncident {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What the catalogue calls it.
     */
    readonly title: string;
    /**
     * What happened, as plain text.
     */
    readonly text: string;
    /**
     * Countries it was aimed at; one incident under several is one record.
     */
    readonly countries: readonly string[];
    /**
     * Who is publicly said to be behind it.
     */
    readonly actors: readonly string[];
    /**
     * Words of the vocabulary Tool, at least one.
     */
    readonly tools: readonly string[];
    /**
     * When, as the catalogue wrote it.
     */
    readonly dateText: string;
    /**
     * First day of the time that dateText gives; null where none could be read.
     */
    readonly start: null | number;
    /**
     * Last day, inclusive; null while it goes on, and where none could be read.
     */
    readonly end: null | number;
    /**
     * How exact start and end are.
     */
    readonly precision: DatePrecision;
    /**
     * One to five, at least one of them a credible public attribution.
     */
    readonly sources: readonly IncidentSource[];
    /**
     * Organisations that it concerned.
     */
    readonly organizations: readonly string[];
    /**
     * False for an incident that is kept and no longer shown.
     */
    readonly display: boolean;
}

/**
 * False information or obstruction about how, when or where to vote.
 */
export interface VotingInterference {
    /**
     * Who saw it, when, under which marking.
     */
    readonly envelope: Envelope;
    /**
     * What is reported.
     */
    readonly report: Report;
    /**
     * Texts as seen, with their language.
     */
    readonly texts: readonly LangText[];
    /**
     * URLs, as reported or normalised; each also yields its host.
     */
    readonly urls: readonly string[];
    /**
     * Host names, as reported or normalised.
     */
    readonly domains: readonly string[];
    /**
     * Accounts, <platform>:<handle>.
     */
    readonly accounts: readonly string[];
    /**
     * Where and when.
     */
    readonly placeTimes: readonly PlaceTime[];
    /**
     * What is falsely claimed, one sentence.
     */
    readonly falseClaim: string;
    /**
     * What is true, one sentence, from the election authority.
     */
    readonly correctInformation: string;
}

/**
 * Every record type of ca.sitebus.observation, by its name without namespace.
 */
export interface ObservationByType {
    readonly AdDisclosure: AdDisclosure;
    readonly AdFinding: AdFinding;
    readonly AgencyPosition: AgencyPosition;
    readonly CoordinatedSharing: CoordinatedSharing;
    readonly CovertActivity: CovertActivity;
    readonly CyberIncident: CyberIncident;
    readonly FinancialActivity: FinancialActivity;
    readonly ForeignArrangement: ForeignArrangement;
    readonly GoodPractice: GoodPractice;
    readonly IndicatorReport: IndicatorReport;
    readonly InfluenceActivity: InfluenceActivity;
    readonly LineageLink: LineageLink;
    readonly NetworkDetection: NetworkDetection;
    readonly PublicTip: PublicTip;
    readonly Recall: Recall;
    readonly SourceGap: SourceGap;
    readonly StateMediaAccount: StateMediaAccount;
    readonly StateMediaDailyAggregate: StateMediaDailyAggregate;
    readonly StateMediaPost: StateMediaPost;
    readonly ThreatToPerson: ThreatToPerson;
    readonly TrackedIncident: TrackedIncident;
    readonly VotingInterference: VotingInterference;
}
