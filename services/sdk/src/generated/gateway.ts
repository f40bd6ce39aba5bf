// Generated from schemas/avro by `npm run schemas:types`; not to be edited.

import type {
    Classified,
    Marking,
    Protected,
    Tlp,
} from "./shared.ts";

export type {
    Classified,
    Marking,
    Protected,
    Tlp,
};

/**
 * What kind of product it is.
 */
export type ProductKind = "ASSESSMENT" | "SITREP" | "NOTICE" | "TEARLINE";

/**
 * How fast it must be acknowledged, the fastest first.
 */
export type DistributionPrecedence = "FLASH" | "IMMEDIATE" | "PRIORITY" | "ROUTINE";

/**
 * One person it is issued to, or from whom it is withheld.
 */
export interface DistributionRecipient {
    /**
     * Who; never a department.
     */
    readonly person: string;
    /**
     * True: nothing is sent to them; nobody is told why.
     */
    readonly isWithheld: boolean;
    /**
     * Until when it must be acknowledged, UTC.
     */
    readonly deadlineAt: number;
    /**
     * When it is escalated, UTC.
     */
    readonly graceEndsAt: number;
}

/**
 * That one version of a product was issued to named persons, by whom and why. Key of receipt.<view> is the product id. One record for all its recipients, so that it is issued to all of them or to nobody.
 */
export interface Distribution {
    /**
     * Of the distribution.
     */
    readonly id: string;
    /**
     * The product.
     */
    readonly productId: string;
    /**
     * Its version, from 1.
     */
    readonly productVersion: number;
    /**
     * What the id names.
     */
    readonly productKind: ProductKind;
    /**
     * The person who decided it.
     */
    readonly sender: string;
    /**
     * The agency they act for; null for none.
     */
    readonly onBehalfOf: null | string;
    /**
     * How fast it must be acknowledged.
     */
    readonly precedence: DistributionPrecedence;
    /**
     * Why it is sent to them: the decision to disseminate.
     */
    readonly reason: string;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * The sender's epoch in the registry at that moment.
     */
    readonly epoch: number;
    /**
     * Version of the policy it was decided under.
     */
    readonly policyVersion: number;
    /**
     * Persons, in the order in which they were named.
     */
    readonly recipients: readonly DistributionRecipient[];
    /**
     * Of the product.
     */
    readonly marking: Marking;
}

/**
 * ATTEMPTED: its bytes may be on their way; written before the first of them. WITHHELD: their clearance no longer dominates. OVERDUE, ESCALATED: deadline and grace passed unacknowledged. …_TOLD: the persons in told were sent word of it.
 */
export type NotificationEventKind = "ATTEMPTED" | "WITHHELD" | "ATTEMPTS_EXHAUSTED" | "OVERDUE" | "ESCALATED" | "WITHHELD_TOLD" | "OVERDUE_TOLD" | "ESCALATED_TOLD";

/**
 * What happened to one person's notification that is no receipt of theirs: an attempt, a clock, a clearance that fell, or that somebody else was told of it. Key of receipt.<view> is the product id; folded in any order, with the receipts, they give one state.
 */
export interface NotificationEvent {
    /**
     * The product.
     */
    readonly productId: string;
    /**
     * Its version, from 1.
     */
    readonly productVersion: number;
    /**
     * Whose notification it is.
     */
    readonly person: string;
    /**
     * What happened.
     */
    readonly kind: NotificationEventKind;
    /**
     * Persons who are to be told; of …_TOLD, who was. Empty otherwise.
     */
    readonly told: readonly string[];
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * The leaf on ledger.<view> of what was released; null where nothing was.
     */
    readonly leafIndex: null | number;
    /**
     * Of the product.
     */
    readonly marking: Marking;
}

/**
 * ORDERED: a person decided it. MEMBER_RECALLED: an observation it rests on was recalled. PRODUCT_CLOSED, PRODUCT_REDIRECTED: it ended, or was merged into another.
 */
export type RecallCause = "ORDERED" | "MEMBER_RECALLED" | "PRODUCT_CLOSED" | "PRODUCT_REDIRECTED";

/**
 * That a version of a product counts no longer: everyone who may have been sent it is owed word of that. Key of receipt.<view> is the product id.
 */
export interface ProductRecall {
    /**
     * The product.
     */
    readonly productId: string;
    /**
     * Its version, from 1.
     */
    readonly productVersion: number;
    /**
     * The distribution it is about; null for all of this version.
     */
    readonly distributionId: null | string;
    /**
     * Why.
     */
    readonly cause: RecallCause;
    /**
     * The person who decided it; null where nobody had to.
     */
    readonly orderedBy: null | string;
    /**
     * What they said; null where nobody had to.
     */
    readonly reason: null | string;
    /**
     * When, UTC.
     */
    readonly at: number;
    /**
     * Of the product.
     */
    readonly marking: Marking;
}

/**
 * SENT: its bytes went out. OPENED: its body was fetched by that person. ACKNOWLEDGED, ACTIONED: that person said so. RECALL_SENT, RECALL_ACKNOWLEDGED: the same of its recall. None is inferred from another.
 */
export type ReceiptKind = "SENT" | "OPENED" | "ACKNOWLEDGED" | "ACTIONED" | "RECALL_SENT" | "RECALL_ACKNOWLEDGED";

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
     * SHA-256 of what was released, hexadecimal, as its leaf commits to it; null where nothing was.
     */
    readonly contentHash: null | string;
    /**
     * What that person said of it; null unless ACTIONED.
     */
    readonly text: null | string;
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
    readonly Distribution: Distribution;
    readonly NotificationEvent: NotificationEvent;
    readonly ProductRecall: ProductRecall;
    readonly Receipt: Receipt;
}
