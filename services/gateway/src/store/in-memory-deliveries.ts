// What is kept of deliveries, in memory: for tests without a database, under the same contract (testing/deliveries-contract.ts).

import type { DeliveryEntry, DeliveryPlace, KeptDeliveries } from './deliveries.ts';

/** What replicas share. */
export interface DeliveryMemory {
  readonly places: Map<string, HeldPlace>;
  /** By subscription, then id. */
  readonly log: Map<string, Map<string, DeliveryEntry>>;
  /** By person, then alert. */
  readonly told: Map<string, Map<string, { readonly seq: number; readonly atMs: number }>>;
}

interface HeldPlace {
  place: DeliveryPlace;
  holder?: string | undefined;
  leaseUntilMs?: number | undefined;
}

/** Empty memory, for one view. */
export function createDeliveryMemory(): DeliveryMemory {
  return { places: new Map(), log: new Map(), told: new Map() };
}

/** Makes the part of a desk. */
export function deliveriesIn({ places, log, told }: DeliveryMemory): KeptDeliveries {
  const own = (name: string, holder: string): HeldPlace | undefined => {
    const held = places.get(name);
    return held?.holder === holder ? held : undefined;
  };
  return {
    place: async (name) => places.get(name)?.place,
    places: async (names) =>
      new Map(names.flatMap((name) => {
        const held = places.get(name);
        return held === undefined ? [] : [[name, held.place] as const];
      })), // prettier-ignore
    async take(name, holder, { nowMs, leaseUntilMs }, { next, lastId }) {
      const held = places.get(name) ?? { place: { state: 'ACTIVE', next, lastId, failures: 0 } as const };
      if (held.holder !== undefined && held.holder !== holder && (held.leaseUntilMs ?? 0) > nowMs) return undefined;
      places.set(name, { ...held, holder, leaseUntilMs });
      return held.place;
    },
    async move(name, holder, { isDead, ...move }) {
      const held = own(name, holder);
      if (held === undefined) return false;
      const { state } = held.place;
      held.place = { ...move, state: isDead === true && state === 'ACTIVE' ? 'DEAD' : state };
      return true;
    },
    async leave(name, holder) {
      const held = own(name, holder);
      if (held !== undefined) held.holder = held.leaseUntilMs = undefined;
    },
    async turn(name, state, { next, lastId }) {
      const held = places.get(name) ?? { place: { state, next, lastId, failures: 0 } };
      const { firstFailedMs, retryAtMs, failures, ...place } = held.place;
      const failed = {
        failures,
        ...(firstFailedMs === undefined ? {} : { firstFailedMs }),
        ...(retryAtMs === undefined ? {} : { retryAtMs }),
      };
      places.set(name, { ...held, place: { ...place, ...(state === 'ACTIVE' ? { failures: 0 } : failed), state } });
    },
    async pass(name, { next, lastId, lastSentMs }) {
      const held = places.get(name) ?? { place: { state: 'ACTIVE', next, lastId, failures: 0 } as const };
      if (held.place.next > next) return;
      places.set(name, { ...held, place: { ...held.place, next, lastId, lastSentMs } });
    },
    async log(entry) {
      const entries = log.get(entry.subscription) ?? new Map<string, DeliveryEntry>();
      log.set(entry.subscription, entries);
      const { startedMs, kind } = entries.get(entry.id) ?? entry;
      entries.set(entry.id, { ...entry, startedMs, kind });
    },
    async newest(subscription, limit) {
      const entries = [...(log.get(subscription)?.values() ?? [])];
      return entries.sort((a, b) => b.startedMs - a.startedMs || (a.id < b.id ? -1 : 1)).slice(0, limit);
    },
    async told(person, alertIds) {
      const of = told.get(person);
      return new Map(alertIds.flatMap((id) => {
        const seq = of?.get(id)?.seq;
        return seq === undefined ? [] : [[id, seq] as const];
      })); // prettier-ignore
    },
    async tell(person, what, atMs) {
      const of = told.get(person) ?? new Map<string, { seq: number; atMs: number }>();
      told.set(person, of);
      for (const { alertId, seq } of what) of.set(alertId, { seq: Math.max(seq, of.get(alertId)?.seq ?? 0), atMs });
    },
    async forget(name, subscription) {
      places.delete(name);
      log.delete(subscription);
    },
    async sweep(beforeMs) {
      for (const entries of log.values())
        for (const [id, { startedMs }] of entries) if (startedMs < beforeMs) entries.delete(id);
      for (const of of told.values()) for (const [id, { atMs }] of of) if (atMs < beforeMs) of.delete(id);
    },
  };
}
