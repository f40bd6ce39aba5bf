// Where records that came late stand in the order of collections.

import { sql } from 'kysely';
import type { Kysely, Migration } from 'kysely';
import { putBehindWall } from './behind-wall.ts';

export const latePlaces: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table gateway.late_place (
        view text not null,
        name text not null,
        at timestamptz not null,
        primary key (view, name)
      )`.execute(db);
    await putBehindWall(db, 'late_place');
  },
};
