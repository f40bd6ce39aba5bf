// A service's own copy of the tenants on the topic `people`, with the registry's lease.
// Holds: it answers only while it is complete and its newest heartbeat at most 2 s old; else every question rejects, and
// nothing is taken in for anybody. Source: README.md#tenants

import { silentLog, type BusPort, type Clock } from '@sitebus/sdk';
import { askPolicyInForce, createPolicyAge } from './policy-age.ts';
import { createRegistryCopy } from './registry/registry-copy.ts';
import type { Service } from './service.ts';
import { tenantAgency, type Tenant } from './tenants.ts';

/** Who is a tenant, as of now. */
export interface TenantDirectory extends Service {
  /** Undefined for no tenant, and for one that has left. Throws REGISTRY_STALE (retriable) where that is not known. */
  tenant(agency: string): Tenant | undefined;
  /** Those that have not left. Throws as `tenant`. */
  tenants(): readonly Tenant[];
  /** Calls back after every change of a tenant; @returns how to stop that. */
  onChange(listener: () => void): () => void;
}

/** Makes it over a copy of the registry in a consumer group of this process alone. */
export function createTenantDirectory(parts: {
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly groupId: string;
  /** Of the policy that tenants are part of here: under an older one than that in force nobody is a tenant. */
  readonly policyVersion: number;
}): TenantDirectory {
  const age = createPolicyAge(parts.policyVersion);
  const copy = createRegistryCopy({ ...parts, log: silentLog }); // the registry's own writer says which row is not whole
  const state = (): string => (copy.state() === 'fresh' ? 'ok' : copy.state());
  copy.onPolicyVersion(age.saw);
  const active = (): readonly Tenant[] => {
    age.check();
    return copy.tenants().filter((tenant) => tenant.state === 'ACTIVE');
  };
  return {
    fatal: Promise.race([copy.fatal, age.outdated]),
    tenant: (agency) => active().find(({ slug }) => tenantAgency(slug) === agency),
    tenants: active,
    onChange: (listener) => copy.onChange(listener),
    async start() {
      await askPolicyInForce(parts.bus, age, `${parts.groupId}.policy`);
      await copy.start();
    },
    stop: () => copy.stop(),
    ready: () => ({
      ready: state() === 'ok' && age.state() === 'ok',
      parts: { registry: state(), policy: age.state() },
    }),
  };
}
