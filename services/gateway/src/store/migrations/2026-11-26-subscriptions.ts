// Where subscriptions stand, what they sent when, and which decisions a person has been told in a digest.

import { sql } from 'kysely';
import type { Kysely, Migration } from 'kysely';
import { putBehindWall } from './behind-wall.ts';

export const subscriptions: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table gateway.delivery_place (
        view text not null,
        name text not null,
        state text not null check (state in ('ACTIVE', 'PAUSED', 'DEAD')),
        next bigint not null,
        last_id text not null,
        failures integer not null,
        first_failed_at timestamptz,
        retry_at timestamptz,
        last_sent_at timestamptz,
        holder text,
        lease_until timestamptz,
        primary key (view, name)
      )`.execute(db);
    await sql`
      create table gateway.delivery (
        view text not null,
        subscription uuid not null,
        id uuid not null,
        kind text not null check (kind in ('WEBHOOK', 'DIGEST', 'TEST')),
        state text not null check (state in ('SENDING', 'SENT', 'RETRYING', 'FAILED', 'WITHHELD')),
        started_at timestamptz not null,
        ended_at timestamptz,
        records integer not null,
        withheld integer not null,
        attempts integer not null,
        code text,
        leaf bigint,
        lag_ms bigint,
        primary key (view, subscription, id)
      )`.execute(db);
    await sql`create index delivery_started_at on gateway.delivery (view, started_at)`.execute(db);
    await sql`
      create table gateway.told_decision (
        view text not null,
        person text not null,
        alert_id text not null,
        seq integer not null check (seq > 0),
        told_at timestamptz not null,
        primary key (view, person, alert_id)
      )`.execute(db);
    for (const table of ['delivery_place', 'delivery', 'told_decision']) await putBehindWall(db, table);
  },
};
