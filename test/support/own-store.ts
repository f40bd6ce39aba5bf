// A database of its own for one test file, or one world: on the server of DATABASE_URL, else on an embedded server.
// Holds: fresh; ends with whoever started it; where there is neither, it fails loudly and names what would help.

import { createStoreDatabase } from '@sitebus/gateway/store';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../../deploy/local/processes/index.ts';
import { startPostgres } from '../../deploy/local/processes/postgres-process.ts';
import { SetupError } from '../../deploy/setup/errors.ts';

/** How to provision it, how to look behind its walls, how to end it. */
export interface OwnStore {
  readonly ownerUrl: string;
  /** Of a role that may do everything. */
  readonly adminUrl: string;
  /** Kills the server, as a crash would; only of an embedded one. */
  kill(): Promise<void>;
  /** Starts a killed server again, on the same data and port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const PORT_RACES = 3;
/** Of every view's role in tests: one for all, because the roles of a server are shared by its databases. */
export const STORE_PASSWORD = 'of-tests-alone';

/** How the view's role signs in. */
export function deskUrl({ ownerUrl }: Pick<OwnStore, 'ownerUrl'>, view: string, password = STORE_PASSWORD): string {
  const url = new URL(ownerUrl);
  url.username = `gateway_${view}`;
  url.password = password;
  return url.href;
}

/** Starts one. @throws SetupError as `startPostgres` does */
export async function startOwnStore(): Promise<OwnStore> {
  const named = process.env['DATABASE_URL'];
  return named === undefined || named === '' ? startEmbeddedStore() : on(named);
}

async function on(serverUrl: string): Promise<OwnStore> {
  const database = `sitebus_${randomBytes(6).toString('hex')}`;
  const owner = { name: 'sitebus_owner', password: STORE_PASSWORD };
  await createStoreDatabase(serverUrl, owner, database);
  const urlAs = ({ name, password }: { name: string; password: string }): string => {
    const url = new URL(serverUrl);
    [url.pathname, url.username, url.password] = [`/${database}`, name, password];
    return url.href;
  };
  const { username, password } = new URL(serverUrl);
  const notOurs = async (): Promise<void> => {
    throw new Error('the server of DATABASE_URL is not ours to end');
  };
  const stop = async (): Promise<void> => {}; // the database stays: whoever made the server throws it away
  return {
    ownerUrl: urlAs(owner),
    adminUrl: urlAs({ name: username, password: decodeURIComponent(password) }),
    kill: notOurs, restart: notOurs, stop, [Symbol.asyncDispose]: stop,
  };
} // prettier-ignore

/** An embedded one even where DATABASE_URL names another: for tests that kill it. */
export async function startEmbeddedStore(): Promise<OwnStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'sitebus-store-'));
  const first = await onFreePort(dataDir);
  let { running } = first;
  const stop = async (): Promise<void> => {
    await running.child.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return {
    ownerUrl: running.ownerUrl,
    adminUrl: running.adminUrl,
    async kill() {
      process.kill(running.child.pid, 'SIGQUIT'); // ends at once, without a checkpoint, and its own children with it
      await running.child.exited;
    },
    async restart() {
      running = await startPostgres({ dataDir, port: first.port, isDisposable: true });
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** A port that was free a moment ago can be gone; another one then is tried. */
async function onFreePort(dataDir: string) {
  for (let attempt = 1; ; attempt += 1) {
    const [port = 0] = await freePorts(1);
    try {
      return { port, running: await startPostgres({ dataDir, port, isDisposable: true }) };
    } catch (error) {
      const inUse = error instanceof SetupError && error.lines.some((line) => /address already in use/i.test(line));
      if (!inUse || attempt === PORT_RACES) throw error;
    }
  }
}
