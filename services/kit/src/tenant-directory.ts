// A service's own copy of the tenants on the topic `people`, with the registry's lease.
// Holds: it answers only while it is complete and its newest heartbeat at most 2 s old; else every question rejects, and
// nothing is taken in for anybody. Source: README.md#tenants

import { isJsonObject, PEOPLE_TOPIC, type BusConsumer, type BusPort, type BusRecord, type Clock } from '@sitebus/sdk'; // prettier-ignore
import { registryStale } from './errors.ts';
import type { Service } from './service.ts';
import { HEARTBEAT_KEY, isTenant, LEASE_MS, tenantAgency, tenantKey, type Tenant } from './tenants.ts';

/** Who is a tenant, as of now. */
export interface TenantDirectory extends Service {
  /** Undefined for no tenant, and for one that has left. Throws REGISTRY_STALE (retriable) where that is not known. */
  tenant(agency: string): Tenant | undefined;
  /** Those that have not left. Throws as `tenant`. */
  tenants(): readonly Tenant[];
  /** Calls back after every change of a tenant; @returns how to stop that. */
  onChange(listener: () => void): () => void;
}

/** Makes the copy, in a consumer group of this process alone. */
export function createTenantDirectory(parts: {
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly groupId: string;
}): TenantDirectory {
  const { bus, clock, groupId } = parts;
  const rows = new Map<string, Tenant | undefined>(); // by key; undefined for what is no tenant's: it counts as a row
  const listeners = new Set<() => void>();
  let beat: { readonly at: number; readonly isWhole: boolean } | undefined;
  let consumer: BusConsumer | undefined;
  let died: (cause: Error) => void = () => undefined;
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const state = (): string => {
    if (beat === undefined) return 'empty';
    if (Math.abs(clock.now() - beat.at) > LEASE_MS) return 'stale';
    return beat.isWhole ? 'ok' : 'partial';
  };
  const active = (): readonly Tenant[] => {
    if (state() !== 'ok') throw registryStale({ state: state() });
    return [...rows.values()].flatMap((row) => (row?.state === 'ACTIVE' ? row : []));
  };
  const take = ({ key, value }: BusRecord): boolean => {
    const name = key?.toString('utf8') ?? '';
    const row = value === null ? undefined : jsonOf(value);
    if (name === HEARTBEAT_KEY) {
      const { at, rows: count } = isJsonObject(row) ? row : {};
      if (typeof at === 'number') beat = { at, isWhole: count === rows.size };
      return false;
    }
    const before = rows.get(name);
    if (value === null) rows.delete(name);
    else rows.set(name, isTenant(row) && name === tenantKey(row.slug) ? Object.freeze(row) : undefined);
    return before !== rows.get(name);
  };

  return {
    fatal,
    tenant: (agency) => active().find(({ slug }) => tenantAgency(slug) === agency),
    tenants: active,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async start() {
      consumer = await bus.createConsumer({
        groupId,
        topics: [PEOPLE_TOPIC],
        from: 'earliest',
        commit: 'never',
        onBatch: async ({ records }) => {
          const changed = records.map(take).some(Boolean);
          if (changed) for (const listener of [...listeners]) listener();
        },
      });
      void consumer.fatal.then(died);
      await consumer.assigned;
    },
    async stop() {
      await consumer?.close();
    },
    ready: () => ({ ready: state() === 'ok', parts: { registry: state() } }),
  };
}

function jsonOf(value: Buffer): unknown {
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined; // no row: it denies whom it is about
  }
}
