// A service's own copy of the registry, with a lease: it answers only while it is complete and at most 2 s old.
// Holds: stale, partial, empty or from the future ⇒ every question throws REGISTRY_STALE; there is no default identity.
// A change reaches listeners at once, so that open streams end before their next record. Who meets it a moment too old may wait
// a second for the next heartbeat, and asks again. A consumer that dies or falls silent is got over: the copy is empty, and
// denies, until another has read the topic again.
// Source: README.md#registry

import { PEOPLE_TOPIC } from '@sitebus/sdk';
import type { BusBatch, BusPort, Clock, Log } from '@sitebus/sdk';
import { registryStale } from '../errors.ts';
import { HEARTBEAT_KEY, LEASE_MS, tenantAgency } from '../tenants.ts';
import type { Tenant } from '../tenants.ts';
import { createFollowing } from './following.ts';
import { createLateHeartbeat, type LateHeartbeat, type SetTimer } from './late-heartbeat.ts';
import { keyKey, personKey, rowOf } from './rows.ts';
import type { Heartbeat, KeyRow, PersonRow, ProposalRow } from './rows.ts';

/** `fresh`: it answers. `empty`: nothing was read yet. `partial`: rows are missing. `stale`: no heartbeat lately. */
export type RegistryState = 'fresh' | 'empty' | 'partial' | 'stale';

/** Who people are, as of now. Every question throws REGISTRY_STALE (retriable) unless the state is `fresh`. */
export interface Registry {
  /** @returns the row; undefined where there is none or it is not whole. */
  readonly personOf: (issuer: string, subject: string) => PersonRow | undefined;
  readonly personNamed: (person: string) => PersonRow | undefined;
  readonly keyNamed: (name: string) => KeyRow | undefined;
  /** Everyone, in no particular order. */
  readonly persons: () => readonly PersonRow[];
  /** The partner that is this agency, gone ones included; undefined for every other agency. */
  readonly tenantOf: (agency: string) => Tenant | undefined;
  /** Keys of everybody, ended ones included until they are revoked, in no particular order. */
  readonly keys: () => readonly KeyRow[];
  /** Partners, gone ones included, in no particular order. */
  readonly tenants: () => readonly Tenant[];
  /** What waits for a second person, those whose time has passed included. */
  readonly proposals: () => readonly ProposalRow[];
  readonly state: () => RegistryState;
  /** Rises with every change of a row: what was looked up under the same one still stands. Throws as every question does. */
  readonly version: () => number;
  /** For who would rather wait a second than be refused by a copy a moment too old. It answers nothing: ask again after it. */
  readonly heartbeat: Pick<LateHeartbeat, 'isAwaited' | 'awaited'>;
  /** Calls back after every change of a row; @returns how to stop that. */
  onChange(listener: () => void): () => void;
}

/** A registry's copy and its life. */
export interface RegistryCopy extends Registry {
  /** Calls back with the version of policy that the writer judges by, whenever a heartbeat names another than before. */
  onPolicyVersion(listener: (version: number) => void): void;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly fatal: Promise<Error>;
}

/** The writer beats every half second: so long without one is a consumer that reads no more. */
const SILENT_AFTER_MS = 10_000;

/** Reads the topic `people` from its beginning, in a consumer group of its own, and keeps the newest row of every key. */
export function createRegistryCopy(parts: {
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly log: Log;
  /** Must be this process's alone: everybody needs every row. */
  readonly groupId: string;
  /** How long nothing may be read before it joins again, ms. Default 10 s. */
  readonly silentAfterMs?: number;
  /** For the wait for a late heartbeat; default: the machine's. */
  readonly setTimer?: SetTimer;
}): RegistryCopy {
  const { clock, log } = parts;
  let copy = createRows();
  let version = 0;
  const listeners = new Set<() => void>();
  const policyListeners = new Set<(version: number) => void>();
  let policyVersion: number | undefined;
  const hearPolicy = (said: number | undefined): void => {
    if (said === undefined || said === policyVersion) return;
    policyVersion = said;
    for (const listener of [...policyListeners]) listener(said);
  };
  const following = createFollowing({
    what: PEOPLE_TOPIC,
    join: (heard) =>
      parts.bus.createConsumer({
        groupId: parts.groupId,
        topics: [PEOPLE_TOPIC],
        from: 'earliest',
        commit: 'never',
        onBatch: async (batch) => {
          if (!heard()) return;
          const changed = copy.apply(batch, (key) =>
            log.warn({ key: key.split(':')[0] }, 'a registry row is not whole'),
          );
          if (changed) version += 1;
          hearPolicy(copy.heartbeat()?.policyVersion);
          heartbeat.heard();
          if (changed) for (const listener of [...listeners]) listener();
        },
      }),
    onLost() {
      copy = createRows();
      version += 1;
    },
    isWell: () => state() === 'fresh',
    silentAfterMs: parts.silentAfterMs ?? SILENT_AFTER_MS,
    log,
  });

  const state = (): RegistryState => {
    const beat = copy.heartbeat();
    if (beat === undefined) return 'empty';
    if (Math.abs(clock.now() - beat.at) > LEASE_MS) return 'stale';
    return copy.wasComplete() ? 'fresh' : 'partial';
  };
  const heartbeat = createLateHeartbeat({
    isLate: () => state() === 'stale',
    ...(parts.setTimer && { setTimer: parts.setTimer }),
  });
  const answering =
    <A extends unknown[], R>(ask: (...args: A) => R) =>
    (...args: A): R => {
      if (state() !== 'fresh') throw registryStale({ state: state() });
      return ask(...args);
    };

  return {
    fatal: following.fatal,
    state,
    version: answering(() => version),
    heartbeat,
    start: () => following.start(),
    stop: () => following.stop(),
    personOf: answering((issuer: string, subject: string) => copy.person(personKey(issuer, subject))),
    personNamed: answering((person: string) => copy.personNamed(person)),
    keyNamed: answering((name: string) => copy.key(keyKey(name))),
    persons: answering(() => copy.persons()),
    tenantOf: answering((agency: string) => copy.tenants().find(({ slug }) => tenantAgency(slug) === agency)),
    keys: answering(() => copy.keys()),
    tenants: answering(() => copy.tenants()),
    proposals: answering(() => copy.proposals()),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onPolicyVersion(listener) {
      policyListeners.add(listener);
      if (policyVersion !== undefined) listener(policyVersion);
    },
  };
}

interface Rows {
  /** @returns true when a row of a person or key changed. */
  apply(batch: BusBatch, onRefused: (key: string) => void): boolean;
  person(key: string): PersonRow | undefined;
  /** Of several rows with this name the one that was written first. */
  personNamed(name: string): PersonRow | undefined;
  persons(): readonly PersonRow[];
  tenants(): readonly Tenant[];
  proposals(): readonly ProposalRow[];
  key(key: string): KeyRow | undefined;
  keys(): readonly KeyRow[];
  heartbeat(): Heartbeat | undefined;
  /** Whether the copy had as many rows as the newest heartbeat counted, when that heartbeat was read. */
  wasComplete(): boolean;
}

function createRows(): Rows {
  const persons = new Map<string, PersonRow>();
  const keys = new Map<string, KeyRow>();
  const tenants = new Map<string, Tenant>();
  const proposals = new Map<string, ProposalRow>();
  let byName: Map<string, PersonRow> | undefined; // made when asked for, forgotten with the next change
  const refused = new Set<string>(); // counted as present, answered as absent: a damaged row denies one person only
  let beat: Heartbeat | undefined;
  let complete = false;
  return {
    apply(batch, onRefused) {
      let changed = false;
      for (const record of batch.records) {
        const key = record.key?.toString('utf8') ?? '';
        const row = rowOf(key, record.value);
        if (row.kind === 'heartbeat') {
          beat = row.row;
          complete =
            [persons, keys, tenants, proposals, refused].reduce((sum, { size }) => sum + size, 0) === beat.rows;
          continue;
        }
        changed = true;
        byName = undefined;
        for (const rows of [persons, keys, tenants, proposals, refused]) rows.delete(key);
        if (row.kind === 'partner') tenants.set(key, Object.freeze(row.row));
        if (row.kind === 'proposal') proposals.set(key, Object.freeze(row.row));
        if (row.kind === 'person') persons.set(key, Object.freeze(row.row));
        if (row.kind === 'key') keys.set(key, Object.freeze(row.row));
        if (row.kind === 'refused' && key !== HEARTBEAT_KEY) {
          refused.add(key);
          onRefused(key);
        }
      }
      return changed;
    },
    person: (key) => persons.get(key),
    personNamed(name) {
      byName ??= new Map([...persons.values()].reverse().map((row) => [row.person, row]));
      return byName.get(name);
    },
    persons: () => [...persons.values()],
    tenants: () => [...tenants.values()],
    proposals: () => [...proposals.values()],
    key: (key) => keys.get(key),
    keys: () => [...keys.values()],
    heartbeat: () => beat,
    wasComplete: () => complete,
  };
}
