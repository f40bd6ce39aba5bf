// Generated from schemas/avro by `npm run schemas:types`; not to be edited.

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
 * Whether a report says that a thing is so, or that it is not.
 */
export type Stance = "ASSERTS" | "DENIES";

/**
 * Confidence in a judgement, ascending; never a likelihood.
 */
export type Confidence = "LOW" | "MODERATE" | "HIGH";

/**
 * An agency’s position on an assessment.
 */
export type PositionStance = "CONCUR" | "DISSENT" | "ABSTAIN";

/**
 * A likelihood in the words and numbers of one lexicon.
 */
export interface StatedLikelihood {
    /**
     * Id of the lexicon the term belongs to.
     */
    readonly lexiconId: string;
    /**
     * The term, as the lexicon spells it.
     */
    readonly term: string;
    /**
     * Lower bound, per cent, inclusive.
     */
    readonly lo: number;
    /**
     * Upper bound, per cent, inclusive.
     */
    readonly hi: number;
}

/**
 * Whom it is aimed at.
 */
export interface Target {
    /**
     * Word of the vocabulary TargetKind.
     */
    readonly kind: string;
    /**
     * Public id (cand:, org:, party:), person token, or a description.
     */
    readonly ref: string;
    /**
     * Label that stands for a suppressed identity, such as Canadian 1.
     */
    readonly suppressedAs: null | string;
}

/**
 * A time in which a platform could not be watched.
 */
export interface CoverageGap {
    /**
     * Platform id, lower case.
     */
    readonly platform: string;
    /**
     * Begin of the gap, UTC milliseconds, inclusive.
     */
    readonly from: number;
    /**
     * End of the gap, UTC milliseconds, exclusive; null while it lasts.
     */
    readonly to: null | number;
    /**
     * Why nothing could be seen.
     */
    readonly reason: string;
}
