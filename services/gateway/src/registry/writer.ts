// The one writer of the topic `people`: seeds it from policy, raises epochs, issues and ends API keys, and beats.
// Holds: an epoch never falls, across restarts too; a row that did not change is not written again, and what two persons have
// changed stands until policy says something new; a key is returned once and only its hash is written; a heartbeat counts
// what was written before it; of two writers the one that started later is the only one. Source: README.md#registry

import { createHash, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { askPolicyInForce, createPolicyAge, tenantKey } from '@sitebus/kit';
import type { Service, Tenant } from '@sitebus/kit';
import { groupOf, PEOPLE_TOPIC, REGISTRY_PRINCIPAL, REGISTRY_TRANSACTIONAL_ID } from '@sitebus/sdk';
import type { BusPort, BusRecord, Clock, Log } from '@sitebus/sdk';
import { mintKey } from '../api-keys.ts';
import { createFencedTopic } from './fenced-topic.ts';
import { createGroupedWrites, type Change } from './grouped-writes.ts';
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
  /** Of the policy that seeds them: said with every heartbeat. */
  readonly policyVersion: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly heartbeatMs?: number;
}): RegistryWriter {
  const { clock, log } = parts;
  const persons = new Map<string, PersonRow>();
  const keys = new Map<string, KeyRow>();
  const tenants = new Map<string, Tenant>();
  const proposals = new Map<string, ProposalRow>();
  const epochs = new Map<string, number>(); // survives removal: a person who returns gets a higher epoch
  let timer: NodeJS.Timeout | undefined;
  let lastBeat: string = 'no heartbeat yet';
  const people = createFencedTopic({
    bus: parts.bus,
    topic: PEOPLE_TOPIC,
    transactionalId: REGISTRY_TRANSACTIONAL_ID,
    groupId: groupOf(REGISTRY_PRINCIPAL, 'seed'),
    onReading: () => [persons, keys, tenants, proposals].forEach((rows) => rows.clear()),
    onRecord: (record) => readBack(record),
    log,
  });
  /** A writer that cannot write closes every gateway by itself, through their lease, and goes on trying; one that is followed ends. */
  const fatal = people.fenced;

  const writing = createGroupedWrites((changes) =>
    people.write(
      changes.map(({ key, row }) => {
        const made = typeof row === 'function' ? (row as () => unknown)() : row;
        return { key, value: made === null ? null : Buffer.from(JSON.stringify(made)) };
      }),
    ),
  );
  const writeAll = (changes: readonly Change[]): Promise<void> => writing.write({ changes });
  const write = (key: string, row: unknown, note?: () => void): Promise<void> =>
    writeAll([{ key, row, ...(note && { note }) }]);
  const personChange = (person: PersonRow): Change & { readonly row: PersonRow } => {
    const key = personKey(person.issuer, person.subject);
    const epoch = Math.max(person.clearance.epoch, (epochs.get(key) ?? 0) + 1);
    const seed = person.seed ?? persons.get(key)?.seed;
    const row = { ...person, ...(seed !== undefined && { seed }), clearance: { ...person.clearance, epoch } };
    epochs.set(key, epoch);
    return { key, row, note: () => void persons.set(key, row) };
  };
  const put = async (person: PersonRow): Promise<PersonRow> => {
    const change = personChange(person);
    await writeAll([change]);
    return change.row;
  };
  const tenantChange = (tenant: Tenant): Change & { readonly row: Tenant } => {
    const key = tenantKey(tenant.slug);
    const row = { ...tenant, epoch: Math.max(tenant.epoch, (tenants.get(key)?.epoch ?? 0) + 1) };
    return { key, row, note: () => void tenants.set(key, row) };
  };
  const putTenant = async (tenant: Tenant): Promise<Tenant> => {
    const change = tenantChange(tenant);
    await writeAll([change]);
    return change.row;
  };
  const beat = async (): Promise<void> => {
    const counted = [persons, keys, tenants, proposals];
    const { policyVersion } = parts;
    const row = () => ({ at: clock.now(), rows: counted.reduce((sum, { size }) => sum + size, 0), policyVersion });
    await writing.write({ changes: [{ key: HEARTBEAT_KEY, row }], isAlone: true });
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
      const group = groupOf(REGISTRY_PRINCIPAL, `policy.${randomUUID().slice(0, 8)}`);
      await askPolicyInForce(parts.bus, createPolicyAge(parts.policyVersion), group); // before it fences who has a newer one
      await people.open();
      const seeds = parts.people
        .map((person) => ({ ...person, seed: seedOf(person) }))
        .filter((person) => isNews(persons.get(personKey(person.issuer, person.subject)), person))
        .map(personChange);
      const partners = parts.tenants.filter(({ slug }) => !tenants.has(tenantKey(slug))).map(tenantChange);
      if (seeds.length + partners.length > 0) await writeAll([...seeds, ...partners]); // in one transaction
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
      await writing.idle();
      await people.close();
    },
    ready: () => ({ ready: lastBeat === 'ok', parts: { registry: lastBeat } }),
    async remove(issuer, subject) {
      const key = personKey(issuer, subject);
      await write(key, null, () => persons.delete(key));
    },
    async issueKey({ name, person, routes = ['*'], days = 90 }) {
      const { key, sha256 } = mintKey(name);
      const madeAt = clock.now();
      const row: KeyRow = { name, person, sha256, routes, madeAt, expiresAt: madeAt + days * DAY_MS };
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

/** True where policy says something that the topic does not have yet. */
function isNews(present: PersonRow | undefined, person: PersonRow): boolean {
  if (present === undefined) return true;
  return present.seed === undefined ? differs(present, person) : present.seed !== person.seed;
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
