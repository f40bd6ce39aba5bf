// The desk in memory: for tests without a database. Holds: the same contract as the database (testing/desk-contract.ts
// runs against both); desks made of one `memory` are replicas of a view.

import type { AnswerRun, DeskItem, DeskItemKind, DeskStore, KeptAnswers, KeptTimes, TriageEntry } from './desk.ts';
import { createDeliveryMemory, deliveriesIn } from './in-memory-deliveries.ts';
import type { DeliveryMemory } from './in-memory-deliveries.ts';

/** What replicas share. */
export interface DeskMemory {
  readonly answers: Map<string, Map<string, HeldAnswer>>;
  readonly triage: Map<string, TriageEntry[]>;
  readonly items: Map<string, DeskItem>;
  readonly latePlaces: Map<string, number>;
  readonly keyUses: Map<string, number>;
  readonly deliveries: DeliveryMemory;
}

interface HeldAnswer {
  readonly bodyHash: string;
  holder: string;
  leaseUntilMs: number;
  readonly keptUntilMs: number;
  answer?: { readonly json: string };
}

/** Empty memory, for one view. */
export function createDeskMemory(): DeskMemory {
  return {
    answers: new Map(),
    triage: new Map(),
    items: new Map(),
    latePlaces: new Map(),
    keyUses: new Map(),
    deliveries: createDeliveryMemory(),
  };
}

/** Makes a desk; by default one that shares nothing. */
export function createInMemoryDesk(memory: DeskMemory = createDeskMemory()): DeskStore {
  return {
    state: () => 'ok',
    start: async () => {},
    stop: async () => {},
    answers: answersIn(memory.answers),
    triage: {
      async newest(alertIds) {
        const newest = alertIds.flatMap((id) => {
          const entry = memory.triage.get(id)?.at(-1);
          return entry === undefined ? [] : [[id, entry] as const];
        });
        return new Map(newest);
      },
      async history(alertId) {
        return [...(memory.triage.get(alertId) ?? [])];
      },
      async standing(sinceMs, limit) {
        const newest = [...memory.triage].flatMap(([alertId, entries]) => {
          const entry = entries.at(-1);
          const stands = entry !== undefined && (entry.state === 'ASSIGNED' || entry.state === 'ESCALATED');
          return stands && entry.atMs >= sinceMs ? [{ alertId, entry }] : [];
        });
        const order = newest.sort((a, b) => a.entry.atMs - b.entry.atMs || (a.alertId < b.alertId ? -1 : 1));
        return order.slice(-limit);
      },
      async append(alertId, entry) {
        const entries = memory.triage.get(alertId) ?? [];
        if (entries.length + 1 !== entry.seq) return false;
        memory.triage.set(alertId, [...entries, entry]);
        return true;
      },
    },
    items: itemsIn(memory.items),
    deliveries: deliveriesIn(memory.deliveries),
    latePlaces: timesIn(memory.latePlaces),
    keyUses: timesIn(memory.keyUses),
  };
}

function timesIn(times: Map<string, number>): KeptTimes {
  return {
    all: async () => new Map(times),
    async keep(name, atMs) {
      times.set(name, Math.max(atMs, times.get(name) ?? atMs));
    },
  };
}

function answersIn(scopes: DeskMemory['answers']): KeptAnswers {
  const own = ({ scope, key, holder }: AnswerRun): HeldAnswer | undefined => {
    const held = scopes.get(scope)?.get(key);
    return held?.holder === holder && held.answer === undefined ? held : undefined;
  };
  return {
    async take({ scope, key, holder, bodyHash }, { nowMs, leaseUntilMs, keptUntilMs }) {
      const places = scopes.get(scope) ?? new Map<string, HeldAnswer>();
      scopes.set(scope, places);
      const there = places.get(key);
      const isFree =
        there === undefined ||
        there.keptUntilMs <= nowMs ||
        (there.answer === undefined && there.leaseUntilMs <= nowMs);
      if (isFree) {
        places.delete(key); // to the end of the order, which is the order of age
        places.set(key, { bodyHash, holder, leaseUntilMs, keptUntilMs });
        return { is: 'taken' };
      }
      return there.answer === undefined
        ? { is: 'running', bodyHash: there.bodyHash }
        : { is: 'answered', bodyHash: there.bodyHash, answer: JSON.parse(there.answer.json) as unknown };
    },
    async renew(run, leaseUntilMs) {
      const held = own(run);
      if (held !== undefined) held.leaseUntilMs = leaseUntilMs;
    },
    async keep(run, answer) {
      const held = own(run);
      if (held !== undefined) held.answer = { json: JSON.stringify(answer ?? null) };
      return held !== undefined;
    },
    async drop(run) {
      if (own(run) !== undefined) scopes.get(run.scope)?.delete(run.key);
    },
    async sweep(nowMs, room) {
      for (const places of scopes.values()) {
        for (const [key, { keptUntilMs }] of places) if (keptUntilMs <= nowMs) places.delete(key);
        let answers = 0;
        let bytes = 0;
        for (const [key, { answer }] of [...places].reverse()) {
          if (answer === undefined) continue; // still running
          answers += 1;
          bytes += Buffer.byteLength(answer.json);
          if (answers > room.answers || bytes > room.bytes) places.delete(key);
        }
      }
    },
  };
}

function itemsIn(held: DeskMemory['items']): DeskStore['items'] {
  const isOf = (reader: { person: string; agency?: string }) => (item: DeskItem) =>
    item.person === reader.person || (item.sharedWith !== undefined && item.sharedWith === reader.agency);
  const owned = (kind: DeskItemKind, id: string, person: string): DeskItem | undefined => {
    const item = held.get(id);
    return item?.kind === kind && item.person === person ? item : undefined;
  };
  return {
    async list(kind, reader) {
      const seen = [...held.values()].filter((item) => item.kind === kind).filter(isOf(reader));
      return seen.sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? -1 : 1));
    },
    async get(kind, id, reader) {
      const item = held.get(id);
      return item?.kind === kind && isOf(reader)(item) ? item : undefined;
    },
    async every(kind) {
      return [...held.values()].filter((item) => item.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async add(item, room) {
      const has = [...held.values()].filter(({ kind, person }) => kind === item.kind && person === item.person).length;
      if (has >= room || held.has(item.id)) return false;
      held.set(item.id, item);
      return true;
    },
    async replace(item) {
      const before = owned(item.kind, item.id, item.person);
      if (before?.version !== item.version - 1) return false;
      held.set(item.id, { ...item, createdMs: before.createdMs });
      return true;
    },
    async remove(kind, id, person) {
      return owned(kind, id, person) !== undefined && held.delete(id);
    },
  };
}
