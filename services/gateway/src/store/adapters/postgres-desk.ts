// The desk in PostgreSQL. Every statement names the view; the database holds the view's role to it all the same.

import { sql } from 'kysely';
import type { Log, WireMarking } from '@sitebus/sdk';
import type { AnswerRun, DeskItem, DeskItemKind, DeskStore, Found, KeptAnswers, KeptTimes, TriageEntry, TriageState } from '../desk.ts'; // prettier-ignore
import { createConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import { deliveriesOf } from './postgres-deliveries.ts';

/** Makes the desk of one view; `url` is of the view's own role. */
export function createPostgresDesk(parts: {
  readonly url: string;
  readonly view: string;
  readonly log: Log;
}): DeskStore {
  const connection = createConnection(parts);
  return {
    state: connection.state,
    start: connection.start,
    stop: connection.stop,
    answers: answersOf(connection, parts.view),
    triage: triageOf(connection, parts.view),
    items: itemsOf(connection, parts.view),
    latePlaces: timesOf(connection, parts.view, 'late_place'),
    keyUses: timesOf(connection, parts.view, 'key_use'),
    deliveries: deliveriesOf(connection, parts.view),
  };
}

function answersOf({ ask }: Connection, view: string): KeptAnswers {
  const running = ({ scope, key, holder }: AnswerRun) =>
    sql<boolean>`view = ${view} and scope = ${scope} and key = ${key} and holder = ${holder} and answer is null`;
  return {
    take({ scope, key, holder, bodyHash }, times) {
      const [now, leaseUntil, keptUntil] = [times.nowMs, times.leaseUntilMs, times.keptUntilMs].map(
        (ms) => new Date(ms),
      );
      return ask(async (db): Promise<Found> => {
        // One statement decides: the row's lock lets the second of two see what the first has made of it.
        const { numInsertedOrUpdatedRows: taken } = await db
          .insertInto('answer')
          .values({
            view,
            scope,
            key,
            holder,
            body_hash: bodyHash,
            lease_until: leaseUntil!,
            kept_until: keptUntil!,
            answer: null,
          }) // prettier-ignore
          .onConflict((conflict) =>
            conflict
              .columns(['view', 'scope', 'key'])
              .doUpdateSet({
                holder,
                body_hash: bodyHash,
                lease_until: leaseUntil!,
                kept_until: keptUntil!,
                answer: null,
              })
              .where(
                sql<boolean>`answer.kept_until <= ${now} or (answer.answer is null and answer.lease_until <= ${now})`,
              ),
          )
          .executeTakeFirst();
        if (taken === 1n) return { is: 'taken' };
        const there = await db
          .selectFrom('answer')
          .select(['body_hash', 'answer'])
          .where('view', '=', view)
          .where('scope', '=', scope)
          .where('key', '=', key)
          .executeTakeFirst();
        // Dropped or swept between the two: as if it were running still, so that the caller asks again.
        if (there === undefined) return { is: 'running', bodyHash };
        return there.answer === null
          ? { is: 'running', bodyHash: there.body_hash }
          : { is: 'answered', bodyHash: there.body_hash, answer: JSON.parse(there.answer) as unknown };
      });
    },
    async renew(run, leaseUntilMs) {
      await ask((db) =>
        db
          .updateTable('answer')
          .set({ lease_until: new Date(leaseUntilMs) })
          .where(running(run))
          .execute(),
      );
    },
    keep(run, answer) {
      return ask(async (db) => {
        const kept = await db
          .updateTable('answer')
          .set({ answer: JSON.stringify(answer ?? null) })
          .where(running(run))
          .executeTakeFirst();
        return kept.numUpdatedRows === 1n;
      });
    },
    async drop(run) {
      await ask((db) => db.deleteFrom('answer').where(running(run)).execute());
    },
    async sweep(nowMs, room) {
      await ask((db) =>
        db.deleteFrom('answer').where('view', '=', view).where('kept_until', '<=', new Date(nowMs)).execute(),
      );
      await ask((db) =>
        sql`
          delete from gateway.answer a using (
            select scope, key,
              row_number() over newest as answers,
              sum(octet_length(answer)) over newest as bytes
            from gateway.answer
            where view = ${view} and answer is not null
            window newest as (partition by scope order by kept_until desc, key rows unbounded preceding)
          ) old
          where a.view = ${view} and a.scope = old.scope and a.key = old.key
            and (old.answers > ${room.answers} or old.bytes > ${room.bytes})`.execute(db),
      );
    },
  };
}

function triageOf({ ask }: Connection, view: string): DeskStore['triage'] {
  return {
    async newest(alertIds) {
      if (alertIds.length === 0) return new Map();
      const rows = await ask((db) =>
        db
          .selectFrom('triage')
          .selectAll()
          .distinctOn('alert_id')
          .where('view', '=', view)
          .where('alert_id', 'in', [...alertIds])
          .orderBy('alert_id')
          .orderBy('seq', 'desc')
          .execute(),
      );
      return new Map(rows.map((row) => [row.alert_id, toEntry(row)]));
    },
    async history(alertId) {
      const rows = await ask((db) =>
        db
          .selectFrom('triage')
          .selectAll()
          .where('view', '=', view)
          .where('alert_id', '=', alertId)
          .orderBy('seq')
          .execute(),
      );
      return rows.map(toEntry);
    },
    async standing(sinceMs, limit) {
      const { rows } = await ask((db) =>
        sql<TriageRow & { alert_id: string }>`
          select * from (
            select distinct on (alert_id) * from gateway.triage where view = ${view} order by alert_id, seq desc
          ) newest
          where state in ('ASSIGNED', 'ESCALATED') and decided_at >= ${new Date(sinceMs)}
          order by decided_at desc, alert_id desc limit ${limit}`.execute(db),
      );
      return rows.reverse().map((row) => ({ alertId: row.alert_id, entry: toEntry(row) }));
    },
    append(alertId, { seq, state, assignee, reason, by, atMs, marking }) {
      return ask(async (db) => {
        const { numInsertedOrUpdatedRows: added } = await db
          .insertInto('triage')
          .values({
            view,
            alert_id: alertId,
            seq,
            state,
            assignee: assignee ?? null,
            reason,
            decided_by: by,
            decided_at: new Date(atMs),
            marking: JSON.stringify(marking),
          }) // prettier-ignore
          .onConflict((conflict) => conflict.columns(['view', 'alert_id', 'seq']).doNothing())
          .executeTakeFirst();
        return added === 1n;
      });
    },
  };
}

interface TriageRow {
  readonly seq: number;
  readonly state: string;
  readonly assignee: string | null;
  readonly reason: string;
  readonly decided_by: string;
  readonly decided_at: Date;
  readonly marking: object;
}

function toEntry(row: TriageRow): TriageEntry {
  return {
    seq: row.seq,
    state: row.state as TriageState, // the table's own check lets no other in
    ...(row.assignee === null ? {} : { assignee: row.assignee }),
    reason: row.reason,
    by: row.decided_by,
    atMs: row.decided_at.getTime(),
    marking: row.marking as WireMarking,
  };
}

function itemsOf({ ask }: Connection, view: string): DeskStore['items'] {
  const isSeenBy = ({ person, agency }: { person: string; agency?: string }) =>
    sql<boolean>`(person = ${person} or shared_with = ${agency ?? null})`;
  return {
    async list(kind, reader) {
      const rows = await ask((db) =>
        db
          .selectFrom('item')
          .selectAll()
          .where('view', '=', view)
          .where('kind', '=', kind)
          .where(isSeenBy(reader))
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .execute(),
      );
      return rows.map(toItem);
    },
    async get(kind, id, reader) {
      if (!UUID.test(id)) return undefined; // another text is no id, and would be an error of the database
      const row = await ask((db) =>
        db
          .selectFrom('item')
          .selectAll()
          .where('view', '=', view)
          .where('kind', '=', kind)
          .where('id', '=', id)
          .where(isSeenBy(reader))
          .executeTakeFirst(),
      );
      return row === undefined ? undefined : toItem(row);
    },
    async every(kind) {
      const rows = await ask((db) =>
        db.selectFrom('item').selectAll().where('view', '=', view).where('kind', '=', kind).orderBy('id').execute(),
      );
      return rows.map(toItem);
    },
    add({ kind, id, person, sharedWith, version, createdMs, changedMs, body }, room) {
      return ask(async (db) => {
        const { numAffectedRows: added } = await sql`
          insert into gateway.item (view, kind, id, person, shared_with, version, created_at, changed_at, body)
          select ${view}, ${kind}, ${id}::uuid, ${person}, ${sharedWith ?? null}, ${version}::integer,
            ${new Date(createdMs)}::timestamptz, ${new Date(changedMs)}::timestamptz, ${JSON.stringify(body)}::jsonb
          where (select count(*) from gateway.item where view = ${view} and kind = ${kind} and person = ${person}) < ${room}
          on conflict do nothing`.execute(db);
        return added === 1n;
      });
    },
    replace({ kind, id, person, sharedWith, version, changedMs, body }) {
      return ask(async (db) => {
        const changed = await db
          .updateTable('item')
          .set({
            shared_with: sharedWith ?? null,
            version,
            changed_at: new Date(changedMs),
            body: JSON.stringify(body),
          })
          .where('view', '=', view)
          .where('kind', '=', kind)
          .where('id', '=', id)
          .where('person', '=', person)
          .where('version', '=', version - 1)
          .executeTakeFirst();
        return changed.numUpdatedRows === 1n;
      });
    },
    remove(kind, id, person) {
      if (!UUID.test(id)) return Promise.resolve(false);
      return ask(async (db) => {
        const removed = await db
          .deleteFrom('item')
          .where('view', '=', view)
          .where('kind', '=', kind)
          .where('id', '=', id)
          .where('person', '=', person)
          .executeTakeFirst();
        return removed.numDeletedRows === 1n;
      });
    },
  };
}

function timesOf({ ask }: Connection, view: string, table: 'late_place' | 'key_use'): KeptTimes {
  return {
    async all() {
      const rows = await ask((db) => db.selectFrom(table).selectAll().where('view', '=', view).execute());
      return new Map(rows.map(({ name, at }) => [name, at.getTime()]));
    },
    async keep(name, atMs) {
      const at = new Date(atMs);
      await ask((db) =>
        db
          .insertInto(table)
          .values({ view, name, at })
          .onConflict((conflict) =>
            conflict
              .columns(['view', 'name'])
              .doUpdateSet({ at: sql<Date>`greatest(${sql.ref(`${table}.at`)}, ${at})` }),
          )
          .execute(),
      );
    },
  };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

function toItem(row: {
  kind: string; id: string; person: string; shared_with: string | null; version: number; created_at: Date; changed_at: Date;
  body: Record<string, unknown>;
}): DeskItem {
  return {
    kind: row.kind as DeskItemKind, // the table's own check lets no other in
    id: row.id,
    person: row.person,
    ...(row.shared_with === null ? {} : { sharedWith: row.shared_with }),
    version: row.version,
    createdMs: row.created_at.getTime(),
    changedMs: row.changed_at.getTime(),
    body: row.body,
  };
} // prettier-ignore
