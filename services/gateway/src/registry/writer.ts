// The one writer of the topic `people`: seeds it from policy, raises epochs, issues and ends API keys, and beats.
// Holds: an epoch never falls, across restarts too; a row that did not change is not written again, and what two persons have
// changed stands until policy says something new; a key is returned once and only its hash is written; a heartbeat counts
// what was written before it. Source: README.md#registry

import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { tenantKey } from '@sitebus/kit';
import type { Service, Tenant } from '@sitebus/kit';
import { PEOPLE_TOPIC } from '@sitebus/sdk';
import type { BusPort, BusProducer, BusRecord, Clock, Log } from '@sitebus/sdk';
import { mintKey } from '../api-keys.ts';
import { HEARTBEAT_KEY, keyKey, personKey, proposalKey, rowOf } from '@sitebus/kit';
import type { KeyRow, PersonRow, ProposalRow } from '@sitebus/kit';

/** How often the writer says that it lives. */
export const HEARTBEAT_MS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;

/** What the administration gateway may do to the registry. */
export interface RegistryWriter extends Service {
  /** Writes the row with an epoch above every earlier one. @returns it as written. */
  put(person: PersonRow): Promise<PersonRow>;
  /** Ends a person: no row, no entry. */
  remove(issuer: string, subject: string): Promise<void>;
  /** @returns the new key, `sbk_<name>_<43>`: shown once, kept nowhere. An older key of this name ends. */
  issueKey(key: { name: string; person: string; routes?: readonly string[]; days?: number }): Promise<string>;
  revokeKey(name: string): Promise<void>;
  /** Writes the partner's row with an epoch above its last. @returns it as written. */
  putTenant(tenant: Tenant): Promise<Tenant>;
  putProposal(proposal: ProposalRow): Promise<void>;
  endProposal(proposal: ProposalRow): Promise<void>;
  /** What the topic holds now, as far as this writer knows, who alone writes it. */
  held(): Held;
  /** Writes one heartbeat now. */
  beat(): Promise<void>;
}

/** The rows of every kind, in no particular order. */
export interface Held {
  readonly persons: readonly PersonRow[];
  readonly keys: readonly KeyRow[];
  readonly tenants: readonly Tenant[];
  readonly proposals: readonly ProposalRow[];
}

/** Makes the writer. One process of a deployment runs it; the topic's ACL lets no other principal write. */
export function createRegistryWriter(parts: {
  readonly bus: BusPort;
  /** Seed: rows that the topic lacks, or that policy has changed since, are written at start. */
  readonly people: readonly PersonRow[];
  /** Seed of the partners: those that the topic lacks are written at start. */
  readonly tenants: readonly Tenant[];
  readonly clock: Clock;
  readonly log: Log;
  readonly groupId?: string;
  readonly heartbeatMs?: number;
}): RegistryWriter {
  const { bus, clock, log } = parts;
  const persons = new Map<string, PersonRow>();
  const keys = new Map<string, KeyRow>();
  const tenants = new Map<string, Tenant>();
  const proposals = new Map<string, ProposalRow>();
  const epochs = new Map<string, number>(); // survives removal: a person who returns gets a higher epoch
  let producer: BusProducer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastBeat: string = 'no heartbeat yet';
  /** A writer that cannot write closes every gateway by itself, through their lease; it goes on trying. */
  const fatal = new Promise<Error>(() => {});

  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a heartbeat between a row and its count would say that something is missing. */
  const write = async (key: string, row: unknown, note: () => void = () => undefined): Promise<void> => {
    const turn = last.then(async () => {
      if (producer === undefined) throw new Error('registry writer is not started');
      const value = typeof row === 'function' ? (row as () => unknown)() : row;
      await producer.send({
        topic: PEOPLE_TOPIC,
        key,
        value: value === null ? null : Buffer.from(JSON.stringify(value)),
      });
      note();
    });
    last = turn.catch(() => undefined);
    await turn;
  };
  const put = async (person: PersonRow): Promise<PersonRow> => {
    const key = personKey(person.issuer, person.subject);
    const epoch = Math.max(person.clearance.epoch, (epochs.get(key) ?? 0) + 1);
    const seed = person.seed ?? persons.get(key)?.seed;
    const row = { ...person, ...(seed !== undefined && { seed }), clearance: { ...person.clearance, epoch } };
    epochs.set(key, epoch);
    await write(key, row, () => persons.set(key, row));
    return row;
  };
  const putTenant = async (tenant: Tenant): Promise<Tenant> => {
    const key = tenantKey(tenant.slug);
    const row = { ...tenant, epoch: Math.max(tenant.epoch, (tenants.get(key)?.epoch ?? 0) + 1) };
    await write(key, row, () => tenants.set(key, row));
    return row;
  };
  const beat = async (): Promise<void> => {
    const counted = [persons, keys, tenants, proposals];
    await write(HEARTBEAT_KEY, () => ({ at: clock.now(), rows: counted.reduce((sum, { size }) => sum + size, 0) }));
    lastBeat = 'ok';
  };
  const readBack = (record: BusRecord): void => {
    const key = record.key?.toString('utf8') ?? '';
    const row = rowOf(key, record.value);
    if (row.kind === 'person') {
      persons.set(key, row.row);
      epochs.set(key, Math.max(epochs.get(key) ?? 0, row.row.clearance.epoch));
    }
    if (row.kind === 'key') keys.set(key, row.row);
    if (row.kind === 'partner') tenants.set(key, row.row);
    if (row.kind === 'proposal') proposals.set(key, row.row);
    if (row.kind === 'removed') for (const rows of [persons, keys, tenants, proposals]) rows.delete(key);
  };

  return {
    fatal,
    put,
    putTenant,
    beat,
    async start() {
      await readWholeTopic(bus, parts.groupId ?? 'registry.seed', readBack);
      producer = await bus.createProducer();
      for (const person of parts.people) {
        const present = persons.get(personKey(person.issuer, person.subject));
        const seed = seedOf(person);
        if (present === undefined || (present.seed === undefined ? differs(present, person) : present.seed !== seed))
          await put({ ...person, seed });
      }
      for (const tenant of parts.tenants) if (!tenants.has(tenantKey(tenant.slug))) await putTenant(tenant);
      await beat();
      timer = setInterval(() => {
        beat().catch((cause: unknown) => {
          lastBeat = 'heartbeat not written'; // readers deny after their lease; the next beat opens them again
          log.error({ code: (cause as { code?: string }).code }, 'registry heartbeat was not written');
        });
      }, parts.heartbeatMs ?? HEARTBEAT_MS);
    },
    async stop() {
      clearInterval(timer);
      await producer?.close();
      producer = undefined;
    },
    ready: () => ({ ready: lastBeat === 'ok', parts: { registry: lastBeat } }),
    async remove(issuer, subject) {
      const key = personKey(issuer, subject);
      await write(key, null, () => persons.delete(key));
    },
    async issueKey({ name, person, routes = ['*'], days = 90 }) {
      const { key, sha256 } = mintKey(name);
      const row: KeyRow = { name, person, sha256, routes, expiresAt: clock.now() + days * DAY_MS };
      await write(keyKey(name), row, () => keys.set(keyKey(name), row));
      return key;
    },
    async revokeKey(name) {
      await write(keyKey(name), null, () => keys.delete(keyKey(name)));
    },
    async putProposal(proposal) {
      const key = proposalKey(proposal);
      await write(key, proposal, () => proposals.set(key, proposal));
    },
    async endProposal(proposal) {
      const key = proposalKey(proposal);
      await write(key, null, () => proposals.delete(key));
    },
    held: () => ({
      persons: [...persons.values()],
      keys: [...keys.values()],
      tenants: [...tenants.values()],
      proposals: [...proposals.values()],
    }),
  };
}

/** Names what policy says of a person, epochs aside. */
function seedOf(person: PersonRow): string {
  return createHash('sha256').update(epochless(person)).digest('hex');
}

function epochless(row: PersonRow): string {
  return JSON.stringify({ ...row, seed: undefined, clearance: { ...row.clearance, epoch: 0 } });
}

/** True when policy says something else than the row, epochs aside: those belong to the topic. */
function differs(present: PersonRow, seed: PersonRow): boolean {
  const content = (row: PersonRow): unknown => JSON.parse(epochless(row));
  return !isDeepStrictEqual(content(present), content(seed)) || present.clearance.epoch < seed.clearance.epoch;
}

/** Reads `people` up to the ends it has now. Heartbeats are read too, and dropped by the caller. */
async function readWholeTopic(bus: BusPort, groupId: string, each: (record: BusRecord) => void): Promise<void> {
  const open = new Map<number, bigint>();
  for (const { partition, earliest, next } of await bus.inspect.ends(PEOPLE_TOPIC)) {
    if (earliest < next) open.set(partition, next);
  }
  if (open.size === 0) return;
  let done: () => void = () => {};
  const finished = new Promise<void>((resolve) => (done = resolve));
  const consumer = await bus.createConsumer({
    groupId,
    topics: [PEOPLE_TOPIC],
    from: 'earliest',
    commit: 'never',
    onBatch: async (batch) => {
      for (const record of batch.records) {
        each(record);
        const end = open.get(record.partition);
        if (end !== undefined && record.offset + 1n >= end) open.delete(record.partition);
      }
      if (open.size === 0) done();
    },
  });
  const cause = await Promise.race([finished, consumer.fatal]);
  await consumer.close();
  if (cause instanceof Error) throw cause;
}
