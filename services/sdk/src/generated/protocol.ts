// Generated from schemas/avro by `npm run schemas:types`; not to be edited.

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
 * Where a downgrade stands.
 */
export type DowngradeState = "SIGNING" | "GRANTED" | "REFUSED" | "EXPIRED" | "APPLIED";

/**
 * National-interest ladder, ascending.
 */
export type Classified = "UNCLASSIFIED" | "CONFIDENTIAL" | "SECRET" | "TOP_SECRET";

/**
 * Ladder for other-than-national-interest information, ascending.
 */
export type Protected = "NONE" | "A" | "B" | "C";

/**
 * TLP 2.0 colours, ascending; AMBER_STRICT is printed AMBER+STRICT.
 */
export type Tlp = "CLEAR" | "GREEN" | "AMBER" | "AMBER_STRICT" | "RED";

/**
 * The label on a record or portion. No field has a default: what is left out would protect less.
 */
export interface Marking {
    /**
     * Level on the national-interest ladder.
     */
    readonly classified: Classified;
    /**
     * Level on the PROTECTED ladder.
     */
    readonly protected: Protected;
    /**
     * Control systems and compartments, sorted, without duplicates; a reader needs all of them.
     */
    readonly compartments: readonly string[];
    /**
     * True: releasable to every nation, and relTo is empty. Never true on a classified marking.
     */
    readonly relToAll: boolean;
    /**
     * ISO 3166-1 alpha-3 codes it may be released to, sorted. Empty with relToAll false means nobody.
     */
    readonly relTo: readonly string[];
    /**
     * Traffic Light Protocol 2.0 colour.
     */
    readonly tlp: Tlp;
    /**
     * True: the originator controls onward release.
     */
    readonly orcon: boolean;
    /**
     * ISO 3166-1 alpha-3 codes of the nations whose information it is, sorted.
     */
    readonly owners: readonly string[];
    /**
     * Agency ids the information comes from, sorted.
     */
    readonly origins: readonly string[];
    /**
     * Conjunction of any-of sets: a reader needs one group out of every inner list.
     */
    readonly needToKnow: readonly (readonly string[])[];
}

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
    readonly DowngradeEvent: DowngradeEvent;
    readonly IdentityReleaseEvent: IdentityReleaseEvent;
    readonly TearlineEvent: TearlineEvent;
}
