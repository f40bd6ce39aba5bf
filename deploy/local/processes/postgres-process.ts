// PostgreSQL as a child process: the desk's store, on loopback, kept in the data folder.
// Holds: every role signs in with a password (SCRAM), made at the first start and kept 0600, never in a command line;
// a data folder is initialised whole or not at all; what it has answered is on disk; no value of a row is in its log.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SetupError } from '../../setup/errors.ts';
import { startChild, untilReady, type Child } from './child-process.ts';
import { findPostgres } from './postgres-binaries.ts';

/** What the server is started from. */
export interface PostgresSpec {
  readonly dataDir: string;
  readonly port: number;
  /** For tests, whose data nobody wants back: faster, and lost when the machine goes down. */
  readonly isDisposable?: boolean;
}

/** A server that answers, with the database of the stack in it. */
export interface RunningPostgres {
  readonly child: Child;
  /** Of the role that owns the stack's database: for provisioning. */
  readonly ownerUrl: string;
  /** Of the one role that may do everything: for tests of what nobody else may. */
  readonly adminUrl: string;
}

interface Secrets {
  readonly adminPassword: string;
  readonly ownerPassword: string;
}

const READY_WITHIN_MS = 60_000;
const INIT_WITHIN_MS = 60_000;
const SECRET_BYTES = 24;
const ADMIN = 'postgres';
const OWNER = 'sitebus_owner';
const DATABASE = 'sitebus';
const run = promisify(execFile);

/**
 * Starts the server on its data folder, initialising it the first time.
 * @throws SetupError POSTGRES_NOT_FOUND; FORMAT_FAILED; PROCESS_DIED; PROCESS_NOT_READY (retriable)
 */
export async function startPostgres(spec: PostgresSpec): Promise<RunningPostgres> {
  const { initdb, postgres } = await findPostgres();
  const home = join(spec.dataDir, 'postgres');
  const cluster = join(home, 'data');
  const user = await unprivilegedUser();
  await mkdir(home, { recursive: true, mode: 0o700 });
  const secrets = await loadSecrets(home);
  if (!(await exists(join(cluster, 'PG_VERSION')))) await initialise(home, cluster, initdb, secrets, user);
  const [command, args] = runAs(user, postgres, settings(spec, cluster));
  const child = await startChild({
    name: 'postgres',
    command,
    args,
    env: {},
    dataDir: spec.dataDir,
    stopSignal: 'SIGINT',
  });
  const urlOf = (role: string, password: string, database: string): string =>
    `postgres://${role}:${password}@127.0.0.1:${spec.port}/${database}`;
  const adminUrl = urlOf(ADMIN, secrets.adminPassword, DATABASE);
  try {
    // Not at the top: what brings up the brokers of a test run is read where no room's sources can be.
    const { createStoreDatabase } = await import('@sitebus/gateway/store');
    await untilReady(child, READY_WITHIN_MS, () => takesConnections(spec.port));
    await answering(child, () =>
      createStoreDatabase(
        urlOf(ADMIN, secrets.adminPassword, 'postgres'),
        { name: OWNER, password: secrets.ownerPassword },
        DATABASE,
      ),
    );
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, ownerUrl: urlOf(OWNER, secrets.ownerPassword, DATABASE), adminUrl };
}

/** Until a server that recovers lets somebody in, its port is open already. */
async function answering(child: Child, work: () => Promise<void>): Promise<void> {
  let refused: (Error & { readonly code?: string }) | undefined;
  await untilReady(child, READY_WITHIN_MS, async () => {
    refused = await work().then(
      () => undefined,
      (error: unknown) => error as Error & { readonly code?: string },
    );
    return refused?.code !== STARTING_UP;
  });
  if (refused !== undefined) throw refused;
}
const STARTING_UP = '57P03'; // cannot_connect_now

function settings({ port, isDisposable }: PostgresSpec, cluster: string): readonly string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '32MB',
    // A statement, or the detail of an error, may hold a value of a row.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_statement: 'none',
    ...(isDisposable === true ? { fsync: 'off', full_page_writes: 'off' } : {}),
  };
  return [
    '-D',
    cluster,
    '-p',
    String(port),
    ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

/** In a folder beside, renamed when it is whole. */
async function initialise(
  home: string,
  cluster: string,
  initdb: string,
  { adminPassword }: Secrets,
  user: SystemUser | undefined,
): Promise<void> {
  const part = `${cluster}.part`;
  const passwordFile = join(home, 'password.part');
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { mode: 0o700 });
  await writeFile(passwordFile, `${adminPassword}\n`, { mode: 0o600 });
  if (user !== undefined) await chown(part, user.uid, user.gid);
  const [command, args] = runAs(user, initdb, [
    '-D', part, '-U', ADMIN, '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--encoding=UTF8', '--locale=C',
    '--no-sync', '--no-instructions',
  ]); // prettier-ignore
  try {
    await run(command, args, { cwd: home, timeout: INIT_WITHIN_MS });
    await rename(part, cluster);
  } catch (error) {
    const { stderr = '' } = error as { readonly stderr?: string };
    throw new SetupError('FORMAT_FAILED', [`initdb failed in ${home}`, ...stderr.trim().split('\n').slice(-3)], error);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root: then as the user `postgres`, where there is none as `nobody`. */
async function unprivilegedUser(): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((which) => run('id', [which, name]))).catch(() => undefined);
    if (ids !== undefined) return { name, uid: Number(ids[0]?.stdout), gid: Number(ids[1]?.stdout) };
  }
  throw new SetupError('POSTGRES_NOT_FOUND', [
    'PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as',
    'Start sitebus as an ordinary user, or name a database: DATABASE_URL=postgres://owner:password@host/database',
  ]);
}

/** Keeps the right to pass through folders: the checkout and its data are root's own, and closed to others. */
function runAs(user: SystemUser | undefined, program: string, args: readonly string[]): [string, string[]] {
  if (user === undefined) return [program, [...args]];
  const become = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'];
  const passing = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  return ['setpriv', ['--pdeathsig', 'TERM', ...become, ...passing, '--', program, ...args]];
}

async function loadSecrets(home: string): Promise<Secrets> {
  const file = join(home, 'secrets.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as Secrets;
  const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
  const secrets = { adminPassword: secret(), ownerPassword: secret() };
  await writeFile(`${file}.part`, JSON.stringify(secrets), { mode: 0o600 });
  await rename(`${file}.part`, file);
  return secrets;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
