// The first tables of the desk: answers, triage, items; each row is one view's, behind row security.
// Holds: a policy looks at who is signed in (`current_user`), never at a setting that a statement could change; FORCE
// binds the owner as well; no statistics of columns are kept, so that the planner cannot tell one view of another's values.

import { sql } from 'kysely';
import type { Kysely, Migration } from 'kysely';
import { putBehindWall } from './behind-wall.ts';

export const desk: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table gateway.answer (
        view text not null,
        scope text not null,
        key text not null,
        body_hash text not null,
        holder text not null,
        lease_until timestamptz not null,
        kept_until timestamptz not null,
        answer text,
        primary key (view, scope, key)
      )`.execute(db);
    await sql`
      create table gateway.triage (
        view text not null,
        alert_id text not null,
        seq integer not null check (seq > 0),
        state text not null check (state in ('OPEN', 'ACKNOWLEDGED', 'ASSIGNED', 'ESCALATED', 'CLOSED')),
        assignee text,
        reason text not null,
        decided_by text not null,
        decided_at timestamptz not null,
        marking jsonb not null,
        primary key (view, alert_id, seq)
      )`.execute(db);
    await sql`
      create table gateway.item (
        view text not null,
        kind text not null check (kind in ('subscription', 'saved-view')),
        id uuid not null,
        person text not null,
        shared_with text,
        version integer not null check (version > 0),
        created_at timestamptz not null,
        changed_at timestamptz not null,
        body jsonb not null,
        primary key (view, id)
      )`.execute(db);
    await sql`create index item_of_person on gateway.item (view, kind, person)`.execute(db);
    await sql`create index item_of_agency on gateway.item (view, kind, shared_with)`.execute(db);
    await sql`create index answer_kept_until on gateway.answer (view, kept_until)`.execute(db);
    for (const table of ['answer', 'triage', 'item']) await putBehindWall(db, table);
  },
};
