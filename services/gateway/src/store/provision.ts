// Makes the database ready for gateways: database and owner where an administrator asks, schema, migrations, a role a view.
// Holds: run by whoever provisions, never under a gateway's role; running it twice changes nothing; a view's role owns
// nothing, inherits nothing, may do with each table what a gateway does and no more; no password is in a statement.

import { scramVerifierOf } from '@sitebus/kit';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { roleOf } from './adapters/connection.ts';
import { SCHEMA } from './adapters/tables.ts';
import { MIGRATIONS } from './migrations/index.ts';

/** What a view's gateways may do with each table; nothing of triage is ever changed or removed. */
const RIGHTS: Readonly<Record<string, string>> = {
  answer: 'select, insert, delete, update (holder, body_hash, lease_until, kept_until, answer)',
  triage: 'select, insert',
  item: 'select, insert, delete, update (shared_with, version, changed_at, body)',
  late_place: 'select, insert, update (at)',
  key_use: 'select, insert, update (at)',
  delivery_place:
    'select, insert, delete, update (state, next, last_id, failures, first_failed_at, retry_at, last_sent_at, holder, lease_until)',
  delivery: 'select, insert, delete, update (state, ended_at, records, withheld, attempts, code, leaf, lag_ms)',
  told_decision: 'select, insert, delete, update (seq, told_at)',
  migration: 'select',
};

/** Any number, the same for everybody who provisions. */
const LOCK = 1_397_314_888;

/**
 * Creates a database and the role that owns it, where they are missing; without `owner` the administrator owns it.
 * `adminUrl` names a role that may create both.
 */
export async function createStoreDatabase(
  adminUrl: string,
  owner: { readonly name: string; readonly password: string } | undefined,
  database: string,
): Promise<void> {
  await as(adminUrl, async (db) => {
    if (owner !== undefined) {
      const role = await sql`select from pg_roles where rolname = ${owner.name}`.execute(db);
      const verb = sql.raw(role.rows.length === 0 ? 'create' : 'alter');
      await sql`${verb} role ${sql.id(owner.name)} login createrole password ${sql.lit(scramVerifierOf(owner.password))}`.execute(
        db,
      );
    }
    const { rows } = await sql`select from pg_database where datname = ${database}`.execute(db);
    const owned = owner === undefined ? sql`` : sql`owner ${sql.id(owner.name)}`;
    if (rows.length === 0) await sql`create database ${sql.id(database)} ${owned}`.execute(db);
  });
}

/**
 * Brings the schema to its newest version and gives each view its role.
 * `ownerUrl` names the database's owner, who may create roles; a database that is missing is made, if they may. Rejects with the driver's error, or the migration's.
 */
export async function provisionStore(
  ownerUrl: string,
  views: readonly { readonly view: string; readonly password: string }[],
): Promise<void> {
  await createIfMissing(ownerUrl);
  await as(ownerUrl, async (db) => {
    await sql`select pg_advisory_lock(${LOCK})`.execute(db); // until the connection ends
    await sql`create schema if not exists ${sql.id(SCHEMA)}`.execute(db);
    const { error } = await new Migrator({
      db,
      provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
      migrationTableSchema: SCHEMA,
      migrationTableName: 'migration',
      migrationLockTableName: 'migration_lock',
    }).migrateToLatest();
    if (error !== undefined) throw error instanceof Error ? error : new Error('migration failed', { cause: error });
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
    const database = sql.id(rows[0]?.name ?? '');
    await sql`revoke all on database ${database} from public`.execute(db); // temporary tables, and so functions of one's own
    await sql`revoke all on schema public from public`.execute(db);
    await sql`revoke all on schema ${sql.id(SCHEMA)} from public`.execute(db);
    for (const { view, password } of views) await giveRole(db, database, roleOf(view), password);
  });
}

/** Asked for by the name that the server must have. */
async function createIfMissing(ownerUrl: string): Promise<void> {
  const refused = await as(ownerUrl, (db) => sql`select`.execute(db)).then(
    () => undefined,
    (cause: unknown) => cause as Error & { readonly code?: string },
  );
  if (refused === undefined) return;
  if (refused.code !== NO_SUCH_DATABASE) throw refused;
  const url = new URL(ownerUrl);
  const database = decodeURIComponent(url.pathname.slice(1));
  url.pathname = '/postgres';
  await createStoreDatabase(url.href, undefined, database);
}

async function giveRole(
  db: Kysely<unknown>,
  database: ReturnType<typeof sql.id>,
  role: string,
  password: string,
): Promise<void> {
  // A longer name would be cut, and two views could become one.
  if (Buffer.byteLength(role) > MAX_NAME_BYTES) throw new RangeError(`role ${role} has a name that is too long`);
  const { rows } = await sql`select from pg_roles where rolname = ${role}`.execute(db);
  const verb = sql.raw(rows.length === 0 ? 'create' : 'alter');
  await sql`
    ${verb} role ${sql.id(role)} login noinherit connection limit 64
      password ${sql.lit(scramVerifierOf(password))}`.execute(db);
  await sql`grant connect on database ${database} to ${sql.id(role)}`.execute(db);
  await sql`grant usage on schema ${sql.id(SCHEMA)} to ${sql.id(role)}`.execute(db);
  for (const [table, rights] of Object.entries(RIGHTS)) {
    const name = sql.id(SCHEMA, table);
    await sql`revoke all on ${name} from ${sql.id(role)}`.execute(db);
    await sql`grant ${sql.raw(rights)} on ${name} to ${sql.id(role)}`.execute(db);
  }
}

/** One connection, so that the lock is the session's. */
async function as<T>(url: string, work: (db: Kysely<unknown>) => Promise<T>): Promise<T> {
  const pool = new pg.Pool({ connectionString: url, max: 1, connectionTimeoutMillis: 5_000 });
  pool.on('error', () => undefined); // told by the question that needed it
  pool.on('connect', (client) => void client.on('error', () => undefined));
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

const NO_SUCH_DATABASE = '3D000'; // invalid_catalog_name
const MAX_NAME_BYTES = 63; // NAMEDATALEN - 1
