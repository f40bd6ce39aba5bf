// Makes a database ready for the research room: schema, migrations, one role with the rights it needs and no more.
// Holds: run by whoever provisions, never under the room's role; running it twice changes nothing; events can be added and
// never changed or removed by that role; no password is in a statement.

import { scramVerifierOf } from '@sitebus/kit';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { ROLE, SCHEMA } from './adapters/tables.ts';
import { MIGRATIONS } from './migrations/index.ts';

const RIGHTS: Readonly<Record<string, string>> = {
  event: 'select, insert',
  key: 'select, insert, delete',
  frozen: 'select, insert, delete',
  migration: 'select',
};

/** Any number, the same for everybody who provisions this schema. */
const LOCK = 1_397_314_889;

/** `ownerUrl` names the database's owner, who may create roles. Rejects with the driver's error, or the migration's. */
export async function provisionResearchStore(ownerUrl: string, password: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 1, connectionTimeoutMillis: 5_000 }); // one: the lock is the session's
  pool.on('error', () => undefined); // told by the question that needed it
  pool.on('connect', (client) => void client.on('error', () => undefined));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    await sql`select pg_advisory_lock(${LOCK})`.execute(db);
    await sql`create schema if not exists ${sql.id(SCHEMA)}`.execute(db);
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
      migrationTableSchema: SCHEMA,
      migrationTableName: 'migration',
      migrationLockTableName: 'migration_lock',
    }).migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
    await giveRole(db, password);
  } finally {
    await db.destroy();
  }
}

async function giveRole(db: Kysely<unknown>, password: string): Promise<void> {
  const { rows } = await sql`select from pg_roles where rolname = ${ROLE}`.execute(db);
  const verb = sql.raw(rows.length === 0 ? 'create' : 'alter');
  const verifier = sql.lit(scramVerifierOf(password));
  await sql`${verb} role ${sql.id(ROLE)} login noinherit connection limit 16 password ${verifier}`.execute(db);
  const database = await sql<{ name: string }>`select current_database() as name`.execute(db);
  await sql`grant connect on database ${sql.id(database.rows[0]?.name ?? '')} to ${sql.id(ROLE)}`.execute(db);
  await sql`revoke all on schema ${sql.id(SCHEMA)} from public`.execute(db);
  await sql`grant usage on schema ${sql.id(SCHEMA)} to ${sql.id(ROLE)}`.execute(db);
  for (const [table, rights] of Object.entries(RIGHTS)) {
    const name = sql.id(SCHEMA, table);
    await sql`revoke all on ${name} from ${sql.id(ROLE)}`.execute(db);
    await sql`grant ${sql.raw(rights)} on ${name} to ${sql.id(ROLE)}`.execute(db);
  }
}
