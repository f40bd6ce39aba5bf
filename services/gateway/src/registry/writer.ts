// The one writer of the topic `people`: seeds it from policy, raises epochs, issues and ends API keys, and beats.
// Holds: an epoch never falls, across restarts too; a row that did not change is not written again; a key is returned
// once and only its hash is written. Source: README.md#registry

import { isDeepStrictEqual } from 'node:util';
import type { Service } from '@sitebus/kit';
import { PEOPLE_TOPIC } from '@sitebus/sdk';
import type { BusPort, BusProducer, BusRecord, Clock, Log } from '@sitebus/sdk';
import { mintKey } from '../api-keys.ts';
import { HEARTBEAT_KEY, keyKey, personKey, rowOf } from './rows.ts';
import type { KeyRow, PersonRow } from './rows.ts';

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
  /** Writes one heartbeat now. */
  beat(): Promise<void>;
}

/** Makes the writer. One process of a deployment runs it; the topic's ACL lets no other principal write. */
export function createRegistryWriter(parts: {
  readonly bus: BusPort;
  /** Seed: rows that the topic lacks, or that policy has changed since, are written at start. */
  readonly people: readonly PersonRow[];
  readonly clock: Clock;
  readonly log: Log;
  readonly groupId?: string;
  readonly heartbeatMs?: number;
}): RegistryWriter {
  const { bus, clock, log } = parts;
  const persons = new Map<string, PersonRow>();
  const keys = new Map<string, KeyRow>();
  const epochs = new Map<string, number>(); // survives removal: a person who returns gets a higher epoch
  let producer: BusProducer | undefined;
  let timer: NodeJS.Timeout | undefined;
  let lastBeat: string = 'no heartbeat yet';
  /** A writer that cannot write closes every gateway by itself, through their lease; it goes on trying. */
  const fatal = new Promise<Error>(() => {});

  const write = async (key: string, row: unknown): Promise<void> => {
    if (producer === undefined) throw new Error('registry writer is not started');
    await producer.send({ topic: PEOPLE_TOPIC, key, value: row === null ? null : Buffer.from(JSON.stringify(row)) });
  };
  const put = async (person: PersonRow): Promise<PersonRow> => {
    const key = personKey(person.issuer, person.subject);
    const epoch = Math.max(person.clearance.epoch, (epochs.get(key) ?? 0) + 1);
    const row = { ...person, clearance: { ...person.clearance, epoch } };
    await write(key, row);
    persons.set(key, row);
    epochs.set(key, epoch);
    return row;
  };
  const beat = async (): Promise<void> => {
    await write(HEARTBEAT_KEY, { at: clock.now(), rows: persons.size + keys.size });
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
    if (row.kind === 'removed') {
      persons.delete(key);
      keys.delete(key);
    }
  };

  return {
    fatal,
    put,
    beat,
    async start() {
      await readWholeTopic(bus, parts.groupId ?? 'registry.seed', readBack);
      producer = await bus.createProducer();
      for (const person of parts.people) {
        const present = persons.get(personKey(person.issuer, person.subject));
        if (present === undefined || differs(present, person)) await put(person);
      }
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
      await write(key, null);
      persons.delete(key);
    },
    async issueKey({ name, person, routes = ['*'], days = 90 }) {
      const { key, sha256 } = mintKey(name);
      const row: KeyRow = { name, person, sha256, routes, expiresAt: clock.now() + days * DAY_MS };
      await write(keyKey(name), row);
      keys.set(keyKey(name), row);
      return key;
    },
    async revokeKey(name) {
      await write(keyKey(name), null);
      keys.delete(keyKey(name));
    },
  };
}

/** True when policy says something else than the row, epochs aside: those belong to the topic. */
function differs(present: PersonRow, seed: PersonRow): boolean {
  const epochless = (row: PersonRow): unknown =>
    JSON.parse(JSON.stringify({ ...row, clearance: { ...row.clearance, epoch: 0 } }));
  return !isDeepStrictEqual(epochless(present), epochless(seed)) || present.clearance.epoch < seed.clearance.epoch;
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
