// One view's connection to PostgreSQL: a small pool under the view's own role, and whether it can be trusted just now.
// Holds: nothing is asked of the database before it has been seen to be the right one: signed in as the view's role,
// which nothing exempts from row security, every table behind it, the newest migration there; looked at again and again;
// whatever the driver says becomes `fail-closed` naming `store`; a lost connection is made anew by the next question.

import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import type { Log } from '@sitebus/sdk';
import { failClosed } from '../../errors.ts';
import { NEWEST_MIGRATION } from '../migrations/index.ts';
import { SCHEMA, WALLED_TABLES } from './tables.ts';
import type { Tables } from './tables.ts';

export interface Connection {
  readonly state: () => string;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Runs one question. Rejects with `fail-closed` for whatever goes wrong, and at once while `state` is not ok. */
  readonly ask: <T>(question: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;
}

/** How many connections a replica of a view has. */
const POOL_SIZE = 4;
/** Also how long a question waits for a connection while all are taken. */
const CONNECT_WITHIN_MS = 5_000;
/** The server gives up first, so that the connection can be used again. */
const STATEMENT_WITHIN_MS = 5_000;
const ANSWER_WITHIN_MS = 6_000;
/** How often it is looked at: while all is well, and while it is not. */
const LOOK_MS = 5_000;
const LOOK_AGAIN_MS = 250;

/** The name of the database role of a view's gateways. */
export const roleOf = (view: string): string => `gateway_${view}`;

/** Makes the connection; `url` names the view's role and its password. */
export function createConnection(parts: {
  readonly url: string;
  readonly view: string;
  readonly log: Log;
}): Connection {
  const { view, log } = parts;
  const db = poolOf(parts.url, view, POOL_SIZE);
  const eye = poolOf(parts.url, view, 1); // of its own: that many ask at once does not mean that nobody answers
  let state = 'not asked yet';
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let isStopped = false;

  const change = (next: string): void => {
    if (next === state) return;
    if (next !== 'ok') log.error({ part: 'store', state: next }, 'store cannot be used');
    else if (state !== 'not asked yet') log.info({ part: 'store' }, 'store answers again');
    state = next;
  };
  const lookIn = (ms: number): void => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void look(), ms).unref();
  };
  const look = (): Promise<void> => (looking ??= lookOnce());
  const lookOnce = async (): Promise<void> => {
    change(await stateOf(eye, view).catch(causeOf));
    looking = undefined;
    lookIn(state === 'ok' ? LOOK_MS : LOOK_AGAIN_MS);
  };

  return {
    state: () => state,
    start: look,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await Promise.all([db.destroy(), eye.destroy()]);
    },
    async ask(question) {
      if (state !== 'ok') throw failClosed({ part: 'store' });
      try {
        return await question(db.withSchema(SCHEMA));
      } catch (cause) {
        lookIn(0); // the store, or only this question? The next look tells
        throw failClosed({ part: 'store' }, cause);
      }
    },
  };
}

function poolOf(url: string, view: string, max: number): Kysely<Tables> {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWER_WITHIN_MS,
    statement_timeout: STATEMENT_WITHIN_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    application_name: roleOf(view),
  });
  pool.on('error', () => undefined); // an idle connection was lost: the next look or question shows what that means
  // The pool hears nothing of a connection that is lent out and has no question running: unheard, that would end the process.
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

/** What the database says of itself and of us: `ok`, or the first thing that is not as it must be. */
async function stateOf(db: Kysely<Tables>, view: string): Promise<string> {
  const { rows } = await sql<Facts>`
    select current_user as role, session_user as login,
      (select rolsuper or rolbypassrls from pg_roles where rolname = current_user) as unbound,
      (select count(*) from pg_class c where c.relnamespace = ${SCHEMA}::regnamespace
        and c.relname in (${sql.join([...WALLED_TABLES])}) and c.relkind = 'r'
        and c.relrowsecurity and c.relforcerowsecurity and c.relowner <> current_user::regrole
        and exists (select from pg_policy p where p.polrelid = c.oid))::int as walled,
      (select max(name) from ${sql.id(SCHEMA, 'migration')}) as level`.execute(db);
  const facts = rows[0];
  if (facts === undefined) return 'says nothing';
  if (facts.role !== roleOf(view) || facts.login !== facts.role) return 'signed in as another view';
  if (facts.unbound) return 'row security does not bind this role';
  if (facts.walled !== WALLED_TABLES.length) return 'row security is off';
  return facts.level === NEWEST_MIGRATION ? 'ok' : 'migrations are of another version';
}

interface Facts {
  readonly role: string;
  readonly login: string;
  readonly unbound: boolean;
  readonly walled: number;
  readonly level: string | null;
}

/** Safe words: a class of errors, never the driver's text. */
function causeOf(cause: unknown): string {
  const { code = '' } = cause as { code?: string };
  if (code === '3F000' || code === '42P01') return 'not migrated'; // undefined schema, undefined table
  if (code === '42501') return 'no rights'; // insufficient privilege
  return code.startsWith('28') ? 'sign-in refused' : 'does not answer';
}
