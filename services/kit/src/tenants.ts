// Tenants of the partners' service: who they are, as rows of the topic `people`, and what policy gives them.
// Holds: pure; a row is whole or it is none; a tenancy is the import decision of its sources, and ends with it.
// Source: README.md#tenants

import { isJsonObject, type Agency, type Bilingual, type ImportDecision, type ImportMapping, type Policy } from '@sitebus/sdk'; // prettier-ignore

/** A row of the topic `people`; `epoch` rises with every change of it. */
export interface Tenant {
  /** Without `partner-`. */
  readonly slug: string;
  readonly name: Bilingual;
  /** Its own and everybody's, sorted. */
  readonly groups: readonly string[];
  /** UUID namespace of the ids of what it imports. */
  readonly namespace: string;
  readonly state: 'ACTIVE' | 'OFFBOARDED';
  /** Since when it is a tenant, UTC milliseconds. */
  readonly since: number;
  readonly epoch: number;
  /** Who asked for the last change and who approved it; absent where policy made it. */
  readonly changedBy?: readonly string[];
}

/** Key of a tenant's row. */
export const tenantKey = (slug: string): string => `partner:${slug}`;
/** The agency that a tenant is. */
export const tenantAgency = (slug: string): string => `${TENANT_PREFIX}${slug}`;
const TENANT_PREFIX = 'partner-';
/** Key of the registry writer's heartbeat. */
export const HEARTBEAT_KEY = 'heartbeat';
/** Oldest heartbeat, either way, on which a copy of the registry still answers. */
export const LEASE_MS = 2_000;

/** True for a row with every field that a decision needs. */
export function isTenant(row: unknown): row is Tenant {
  return (
    isJsonObject(row) &&
    typeof row['slug'] === 'string' &&
    /^[a-z0-9](-?[a-z0-9])*$/.test(row['slug']) &&
    isJsonObject(row['name']) &&
    ['en', 'fr'].every((language) => typeof (row['name'] as Record<string, unknown>)[language] === 'string') &&
    Array.isArray(row['groups']) &&
    row['groups'].every((group) => typeof group === 'string' && group !== '') &&
    typeof row['namespace'] === 'string' &&
    /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(row['namespace']) &&
    (row['state'] === 'ACTIVE' || row['state'] === 'OFFBOARDED') &&
    Number.isSafeInteger(row['since']) &&
    Number.isSafeInteger(row['epoch'])
  );
}

/** The tenants that signed policy names: the seed of the registry. */
export function seedTenants({ agencies }: Pick<Policy, 'agencies'>): readonly Tenant[] {
  return agencies.flatMap(({ id, kind, name, groups, namespace }) =>
    kind !== 'partner' || !id.startsWith(TENANT_PREFIX)
      ? []
      : [
          {
            slug: id.slice(TENANT_PREFIX.length),
            name,
            groups,
            namespace,
            state: 'ACTIVE' as const,
            since: 0,
            epoch: 1,
          },
        ],
  );
}

/**
 * Policy as it is for these tenants: each an agency with the import decisions and mappings of every tenant. Tenants that
 * policy names itself are taken from the rows alone; those that are gone have neither.
 */
export function withTenants(policy: Policy, tenants: readonly Tenant[]): Policy {
  const active = tenants.filter(({ state }) => state === 'ACTIVE');
  return {
    ...policy,
    agencies: [...policy.agencies.filter(({ kind }) => kind !== 'partner'), ...active.map((tenant) => agencyOf(tenant, policy))],
    importDecisions: [...policy.importDecisions, ...active.flatMap((tenant) => decisionsOf(tenant, policy))],
    importMappings: [...policy.importMappings, ...active.flatMap((tenant) => mappingsOf(tenant, policy))],
  }; // prettier-ignore
}

/** The need-to-know groups that policy knows: those of views and of agencies. */
export function groupsOf({ views, agencies }: Pick<Policy, 'views' | 'agencies'>): ReadonlySet<string> {
  return new Set([...views.flatMap(({ clearance }) => clearance.groups), ...agencies.flatMap(({ groups }) => groups)]);
}

function agencyOf({ slug, name, groups, namespace }: Tenant, { partners }: Policy): Agency {
  return { id: tenantAgency(slug), kind: 'partner', name, cells: partners.everyTenant.cells, groups, namespace };
}

function decisionsOf({ slug, since }: Tenant, { partners }: Policy): ImportDecision[] {
  return partners.sources.flatMap(({ source, format, decisions }) =>
    decisions.map((decision) => ({
      ...decision,
      id: `${tenantAgency(slug)} ${source} ${decision.condition}`,
      agency: tenantAgency(slug),
      source,
      format,
      reason: partners.tenancyReason,
      decidedAt: new Date(since).toISOString(),
      expiresAt: WHILE_A_TENANT,
    })),
  );
}

/** It is no longer looked at once the tenancy has ended. */
const WHILE_A_TENANT = '9999-12-31T00:00:00Z';

function mappingsOf({ slug }: Tenant, { partners }: Policy): ImportMapping[] {
  return partners.sources.map(({ format: _format, decisions: _decisions, ...mapping }) => ({
    ...mapping,
    agency: tenantAgency(slug),
  }));
}
