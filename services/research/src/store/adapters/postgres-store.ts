// The store in PostgreSQL, under the room's own role.
// Holds: what belongs together is one transaction; nothing is asked before the database has been seen to be the right one,
// and it is looked at again; whatever the driver says becomes STORE_CLOSED. Source: README.md#store

import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type { Log } from '@sitebus/sdk';
import { storeClosed } from '../../errors.ts';
import { NEWEST_MIGRATION } from '../migrations/index.ts';
import type { EditionPlace, KeptEvent, ResearchStore } from '../store.ts';
import { ROLE, SCHEMA, type Tables } from './tables.ts';

const POOL_SIZE = 2;
const CONNECT_WITHIN_MS = 5_000;
const STATEMENT_WITHIN_MS = 30_000;
/** A connection that broke without a word would otherwise be waited for as long as the system takes to notice. */
const ANSWER_WITHIN_MS = 31_000;
/** How often it is looked at: while all is well, and while it is not. */
const LOOK_MS = 5_000;
const LOOK_AGAIN_MS = 250;

/** Makes the store; `url` names the room's role and its password. */
export function createPostgresStore({ url, log }: { readonly url: string; readonly log: Log }): ResearchStore {
  const pool = new pg.Pool({
    connectionString: url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    statement_timeout: STATEMENT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    keepAlive: true,
    application_name: ROLE,
  });
  pool.on('error', () => undefined); // an idle connection was lost: the next question shows what that means
  pool.on('connect', (client) => void client.on('error', () => undefined)); // unheard, it would end the process
  const root = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  const db = root.withSchema(SCHEMA);
  let state = 'not asked yet';
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const look = async (): Promise<void> => {
    const next = await stateOf(root).catch(causeOf);
    if (next !== state && next !== 'ok') log.error({ part: 'store', state: next }, 'store cannot be used');
    state = next;
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void look(), state === 'ok' ? LOOK_MS : LOOK_AGAIN_MS).unref();
  };
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    if (state !== 'ok') throw storeClosed({});
    try {
      return await question();
    } catch (cause) {
      void look(); // the store, or only this question?
      throw storeClosed({}, cause);
    }
  };
  /** The event, and what must happen with it; false where its place is taken, and then nothing happens. */
  const together = (event: KeptEvent, more: (inside: Inside) => Promise<unknown>): Promise<boolean> =>
    ask(() =>
      root.transaction().execute(async (transaction) => {
        const inside = transaction.withSchema(SCHEMA);
        if (!(await add(inside, event))) return false;
        await more(inside);
        return true;
      }),
    );

  return {
    state: () => state,
    start: look,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await root.destroy();
    },
    async events() {
      const rows = await ask(() => db.selectFrom('event').selectAll().orderBy('place').execute());
      return rows.map(({ kind, id, seq, body, prev_hash, hash }) => ({
        kind,
        id,
        seq,
        body,
        prevHash: prev_hash,
        hash,
      }));
    },
    append: (event) => together(event, async () => undefined),
    beginEdition: (event, { dataset, edition }, secret) =>
      together(event, async (inside) => {
        await forget(inside, dataset);
        await inside.insertInto('key').values({ dataset, edition, secret }).execute();
      }),
    async keyOf(place) {
      const row = await ask(() => at(db.selectFrom('key').select('secret'), place).executeTakeFirst());
      return row?.secret;
    },
    freeze: (event, { dataset, edition }, content) =>
      together(event, async (inside) => {
        await inside.deleteFrom('key').where('dataset', '=', dataset).execute();
        await inside.insertInto('frozen').values({ dataset, edition, content }).execute();
      }),
    async rowsOf(place) {
      const row = await ask(() => at(db.selectFrom('frozen').select('content'), place).executeTakeFirst());
      return row?.content;
    },
    retract: (event, dataset) => together(event, (inside) => forget(inside, dataset)),
  };
}

type Inside = Transaction<Tables>;

async function add(inside: Inside, { kind, id, seq, body, prevHash, hash }: KeptEvent): Promise<boolean> {
  const { numInsertedOrUpdatedRows: added } = await inside
    .insertInto('event')
    .values({ kind, id, seq, body, prev_hash: prevHash, hash })
    .onConflict((conflict) => conflict.columns(['id', 'seq']).doNothing())
    .executeTakeFirst();
  return added === 1n;
}

async function forget(inside: Inside, dataset: string): Promise<void> {
  await inside.deleteFrom('key').where('dataset', '=', dataset).execute();
  await inside.deleteFrom('frozen').where('dataset', '=', dataset).execute();
}

function at<Q extends { where(column: 'dataset' | 'edition', operator: '=', value: string | number): Q }>(
  query: Q,
  { dataset, edition }: EditionPlace,
): Q {
  return query.where('dataset', '=', dataset).where('edition', '=', edition);
}

/** What the database says of itself and of us: `ok`, or the first thing that is not as it must be. */
async function stateOf(db: Kysely<Tables>): Promise<string> {
  const { rows } = await sql<{ role: string; login: string; owned: number; level: string | null }>`
    select current_user as role, session_user as login,
      (select count(*) from pg_class c where c.relnamespace = ${SCHEMA}::regnamespace
        and c.relowner = current_user::regrole)::int as owned,
      (select max(name) from ${sql.id(SCHEMA, 'migration')}) as level`.execute(db);
  const facts = rows[0];
  if (facts === undefined) return 'says nothing';
  if (facts.role !== ROLE || facts.login !== ROLE) return 'signed in as somebody else';
  if (facts.owned > 0) return 'owns what it may only use';
  return facts.level === NEWEST_MIGRATION ? 'ok' : 'migrations are of another version';
}

/** Safe words: a class of errors, never the driver's text. */
function causeOf(cause: unknown): string {
  const { code = '' } = cause as { code?: string };
  if (code === '3F000' || code === '42P01') return 'not migrated'; // undefined schema, undefined table
  if (code === '42501') return 'no rights'; // insufficient privilege
  return code.startsWith('28') ? 'sign-in refused' : 'does not answer';
}
