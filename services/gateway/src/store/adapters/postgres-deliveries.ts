// What is kept of deliveries, in PostgreSQL. Every statement names the view; the database holds the view's role to it too.

import { sql } from 'kysely';
import type { Insertable, Selectable } from 'kysely';
import type { DeliveryEntry, DeliveryKind, DeliveryPlace, DeliveryState, KeptDeliveries, PlaceState } from '../deliveries.ts'; // prettier-ignore
import type { Connection } from './connection.ts';
import type { DeliveryPlaceTable, DeliveryTable } from './tables.ts';

/** Makes the part of one view's desk. */
export function deliveriesOf({ ask }: Connection, view: string): KeptDeliveries {
  const placesOf = async (names: readonly string[]): Promise<ReadonlyMap<string, DeliveryPlace>> => {
    if (names.length === 0) return new Map();
    const rows = await ask((db) =>
      db
        .selectFrom('delivery_place')
        .selectAll()
        .where('view', '=', view)
        .where('name', 'in', [...names])
        .execute(),
    );
    return new Map(rows.map((row) => [row.name, toPlace(row)]));
  };
  /** A place as it begins: nobody holds it, and nothing has failed. */
  const fresh = (
    name: string,
    { next, lastId }: Pick<DeliveryPlace, 'next' | 'lastId'>,
    over: Partial<Insertable<DeliveryPlaceTable>>,
  ): Insertable<DeliveryPlaceTable> => ({
    ...{ view, name, state: 'ACTIVE', next: String(next), last_id: lastId, failures: 0, first_failed_at: null },
    ...{ retry_at: null, last_sent_at: null, holder: null, lease_until: null, ...over },
  });
  return {
    places: placesOf,
    place: async (name) => (await placesOf([name])).get(name),
    async take(name, holder, { nowMs, leaseUntilMs }, begin) {
      const row = await ask((db) =>
        db
          .insertInto('delivery_place')
          .values(fresh(name, begin, { holder, lease_until: new Date(leaseUntilMs) }))
          .onConflict((conflict) =>
            conflict
              .columns(['view', 'name'])
              .doUpdateSet({ holder, lease_until: new Date(leaseUntilMs) })
              .where(
                sql<boolean>`(delivery_place.holder is null or delivery_place.holder = ${holder}
                  or delivery_place.lease_until <= ${new Date(nowMs)}::timestamptz)`,
              ),
          )
          .returningAll()
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : toPlace(row);
    },
    async move(name, holder, move) {
      const moved = await ask((db) =>
        db
          .updateTable('delivery_place')
          .set({
            next: String(move.next),
            last_id: move.lastId,
            failures: move.failures,
            first_failed_at: dateOf(move.firstFailedMs),
            retry_at: dateOf(move.retryAtMs),
            last_sent_at: dateOf(move.lastSentMs),
            ...(move.isDead === true
              ? { state: sql<string>`case state when 'ACTIVE' then 'DEAD' else state end` }
              : {}),
          }) // prettier-ignore
          .where('view', '=', view)
          .where('name', '=', name)
          .where('holder', '=', holder)
          .executeTakeFirst(),
      );
      return moved.numUpdatedRows === 1n;
    },
    async leave(name, holder) {
      await ask((db) =>
        db
          .updateTable('delivery_place')
          .set({ holder: null, lease_until: null })
          .where('view', '=', view)
          .where('name', '=', name)
          .where('holder', '=', holder)
          .execute(),
      );
    },
    async turn(name, state, begin) {
      const again = state === 'ACTIVE' ? { failures: 0, first_failed_at: null, retry_at: null } : {};
      await ask((db) =>
        db
          .insertInto('delivery_place')
          .values(fresh(name, begin, { state }))
          .onConflict((conflict) => conflict.columns(['view', 'name']).doUpdateSet({ state, ...again }))
          .execute(),
      );
    },
    async pass(name, passed) {
      const [next, at] = [String(passed.next), new Date(passed.lastSentMs)];
      await ask((db) =>
        db
          .insertInto('delivery_place')
          .values(fresh(name, passed, { last_sent_at: at }))
          .onConflict((conflict) =>
            conflict
              .columns(['view', 'name'])
              .doUpdateSet({ next, last_id: passed.lastId, last_sent_at: at })
              .where(sql<boolean>`delivery_place.next <= ${next}::bigint`),
          )
          .execute(),
      );
    },
    async log({ id, subscription, kind, startedMs, ...rest }) {
      const latest = {
        state: rest.state,
        ended_at: dateOf(rest.endedMs),
        records: rest.records,
        withheld: rest.withheld,
        attempts: rest.attempts,
        code: rest.code ?? null,
        leaf: rest.leafIndex === undefined ? null : String(rest.leafIndex),
        lag_ms: rest.lagMs === undefined ? null : String(rest.lagMs),
      };
      await ask((db) =>
        db
          .insertInto('delivery')
          .values({ view, id, subscription, kind, started_at: new Date(startedMs), ...latest })
          .onConflict((conflict) => conflict.columns(['view', 'subscription', 'id']).doUpdateSet(latest))
          .execute(),
      );
    },
    async newest(subscription, limit) {
      const rows = await ask((db) =>
        db
          .selectFrom('delivery')
          .selectAll()
          .where('view', '=', view)
          .where('subscription', '=', subscription)
          .orderBy('started_at', 'desc')
          .orderBy('id')
          .limit(limit)
          .execute(),
      );
      return rows.map(toDelivery);
    },
    async told(person, alertIds) {
      if (alertIds.length === 0) return new Map();
      const rows = await ask((db) =>
        db
          .selectFrom('told_decision')
          .select(['alert_id', 'seq'])
          .where('view', '=', view)
          .where('person', '=', person)
          .where('alert_id', 'in', [...alertIds])
          .execute(),
      );
      return new Map(rows.map(({ alert_id, seq }) => [alert_id, seq]));
    },
    async tell(person, what, atMs) {
      if (what.length === 0) return;
      const told_at = new Date(atMs);
      await ask((db) =>
        db
          .insertInto('told_decision')
          .values(what.map(({ alertId, seq }) => ({ view, person, alert_id: alertId, seq, told_at })))
          .onConflict((conflict) =>
            conflict.columns(['view', 'person', 'alert_id']).doUpdateSet({
              seq: sql<number>`greatest(told_decision.seq, excluded.seq)`,
              told_at,
            }),
          )
          .execute(),
      );
    },
    async forget(name, subscription) {
      await ask((db) => db.deleteFrom('delivery_place').where('view', '=', view).where('name', '=', name).execute());
      await ask((db) =>
        db.deleteFrom('delivery').where('view', '=', view).where('subscription', '=', subscription).execute(),
      );
    },
    async sweep(beforeMs) {
      const before = new Date(beforeMs);
      await ask((db) => db.deleteFrom('delivery').where('view', '=', view).where('started_at', '<', before).execute());
      await ask((db) =>
        db.deleteFrom('told_decision').where('view', '=', view).where('told_at', '<', before).execute(),
      );
    },
  };
}

function dateOf(ms: number | undefined): Date | null {
  return ms === undefined ? null : new Date(ms);
}

function toPlace(row: Selectable<DeliveryPlaceTable>): DeliveryPlace {
  return {
    state: row.state as PlaceState, // the table's own check lets no other in
    next: BigInt(row.next),
    lastId: row.last_id,
    failures: row.failures,
    ...(row.first_failed_at === null ? {} : { firstFailedMs: row.first_failed_at.getTime() }),
    ...(row.retry_at === null ? {} : { retryAtMs: row.retry_at.getTime() }),
    ...(row.last_sent_at === null ? {} : { lastSentMs: row.last_sent_at.getTime() }),
  };
}

function toDelivery(row: Selectable<DeliveryTable>): DeliveryEntry {
  return {
    id: row.id,
    subscription: row.subscription,
    kind: row.kind as DeliveryKind,
    state: row.state as DeliveryState,
    startedMs: row.started_at.getTime(),
    ...(row.ended_at === null ? {} : { endedMs: row.ended_at.getTime() }),
    records: row.records,
    withheld: row.withheld,
    attempts: row.attempts,
    ...(row.code === null ? {} : { code: row.code }),
    ...(row.leaf === null ? {} : { leafIndex: BigInt(row.leaf) }),
    ...(row.lag_ms === null ? {} : { lagMs: Number(row.lag_ms) }),
  };
}
