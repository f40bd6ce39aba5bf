// The first tables of the research room: events, keys of editions, frozen rows.
// Holds: no statistics of columns are kept, so that the catalogue tells nothing of rows or keys.

import { sql, type Kysely, type Migration } from 'kysely';

export const research: Migration = {
  async up(db: Kysely<unknown>) {
    await sql`
      create table research.event (
        place bigint generated always as identity,
        kind text not null check (kind in ('project', 'dataset')),
        id uuid not null,
        seq integer not null check (seq > 0),
        body text not null,
        prev_hash text not null,
        hash text not null,
        primary key (id, seq)
      )`.execute(db);
    await sql`
      create table research.key (
        dataset uuid not null,
        edition integer not null check (edition > 0),
        secret bytea not null check (octet_length(secret) = 32),
        primary key (dataset, edition)
      )`.execute(db);
    await sql`
      create table research.frozen (
        dataset uuid not null,
        edition integer not null check (edition > 0),
        content bytea not null,
        primary key (dataset, edition)
      )`.execute(db);
    for (const table of ['event', 'key', 'frozen']) await keepNoStatistics(db, table);
  },
};

async function keepNoStatistics(db: Kysely<unknown>, table: string): Promise<void> {
  const columns = await sql<{ attname: string }>`
    select attname from pg_attribute where attrelid = ${`research.${table}`}::regclass and attnum > 0 and not attisdropped
  `.execute(db);
  for (const { attname } of columns.rows)
    await sql`alter table ${sql.id('research', table)} alter column ${sql.id(attname)} set statistics 0`.execute(db);
}
