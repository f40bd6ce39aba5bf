// Generated from schemas/avro by `npm run schemas:types`; not to be edited.

/**
 * SENT: its bytes went out. OPENED: its body was fetched by that person. ACKNOWLEDGED, ACTIONED: that person said so. RECALL_SENT, RECALL_ACKNOWLEDGED: the same of its recall. None is inferred from another.
 */
export type ReceiptKind = "SENT" | "OPENED" | "ACKNOWLEDGED" | "ACTIONED" | "RECALL_SENT" | "RECALL_ACKNOWLEDGED";

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
 * That one named person was sent, opened, acknowledged or acted on one version of a product, or its recall. Key of receipt.<view> is the product id; folded in any order they give one state.
 */
export interface Receipt {
    /**
     * The product: an assessment, a notice, a situation report.
     */
    readonly productId: string;
    /**
     * Its version, from 1.
     */
    readonly productVersion: number;
    /**
     * Who; never a department.
     */
    readonly person: string;
    /**
     * The agency or party they act for; null for none.
     */
    readonly onBehalfOf: null | string;
    /**
     * How it came to them, such as stream, http, taxii.
     */
    readonly channel: string;
    /**
     * What happened.
     */
    readonly kind: ReceiptKind;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * The leaf on ledger.<view> of what was sent; null where nothing was released.
     */
    readonly leafIndex: null | number;
    /**
     * The person's epoch in the registry at that moment.
     */
    readonly epoch: number;
    /**
     * Of the product.
     */
    readonly marking: Marking;
}

/**
 * Every record type of ca.sitebus.gateway, by its name without namespace.
 */
export interface GatewayByType {
    readonly Receipt: Receipt;
}
