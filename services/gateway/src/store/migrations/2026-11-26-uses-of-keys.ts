// When each API key was last used at the gateways of a view.

import { sql } from 'kysely';
import type { Kysely, Migration } from 'kysely';
import { putBehindWall } from './behind-wall.ts';

export const usesOfKeys: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table gateway.key_use (
        view text not null,
        name text not null,
        at timestamptz not null,
        primary key (view, name)
      )`.execute(db);
    await putBehindWall(db, 'key_use');
  },
};
