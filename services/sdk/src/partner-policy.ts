// What tenancy gives a partner, as types: groups and cells, sources and how they are marked, quotas, keys.
// Holds: the shapes equal schemas/policy/schema/partners.json (a test compares). Source: README.md#policy

import type { ImportDecision, ImportMapping } from './import-policy.ts';

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
