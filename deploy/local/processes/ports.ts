// Which ports the local stack takes, and who holds the ones it could not have.
// Holds: a taken port is passed over for the next free one (20 tried) and reported with its holder, never silently;
// no two names get the same port.
import { execFile } from 'node:child_process';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { SetupError } from '../../setup/errors.ts';

/** Every port of the local stack, by what listens there. */
export type PortName =
  'gateway' | 'health' | 'registry' | 'kafkaInternal' | 'kafkaController' | 'kafkaClients' | 'postgres';

/** A port for each name. */
export type Ports = Readonly<Record<PortName, number>>;

/** A port that was wanted but taken, what was taken instead, and by whom as far as the system tells. */
export interface MovedPort {
  readonly name: PortName;
  readonly wanted: number;
  readonly port: number;
  readonly holder: PortHolder | undefined;
}

/** The process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  readonly command: string;
}

const USUAL: Ports = {
  gateway: 7080,
  health: 7081,
  registry: 18081,
  kafkaInternal: 19092,
  kafkaController: 19093,
  kafkaClients: 19094,
  postgres: 19095,
};
const MAX_TRIED = 20;
const run = promisify(execFile);

/** @returns the usual ports, or all of them counted up from `portBase`, in the order of the names above */
export function wantedPorts(portBase?: number): Ports {
  if (portBase === undefined) return USUAL;
  const names = Object.keys(USUAL) as PortName[];
  return Object.fromEntries(names.map((name, index) => [name, portBase + index])) as Ports;
}

/**
 * Chooses a free port for each name, beginning at the wanted one.
 * @throws SetupError PORT_TAKEN (retriable) when `strict` and one is taken, or when 20 in a row are
 */
export async function choosePorts(
  wanted: Ports,
  options: { readonly strict?: boolean } = {},
): Promise<{ ports: Ports; moved: readonly MovedPort[] }> {
  const chosen: Partial<Record<PortName, number>> = {};
  const moved: MovedPort[] = [];
  // A port that another name wants is left to it, as long as there are others.
  const reserved = new Set(Object.values(wanted));
  for (const name of Object.keys(wanted) as PortName[]) {
    const first = wanted[name];
    if (await isFree(first)) {
      chosen[name] = first;
      continue;
    }
    const holder = await holderOf(first);
    const port = options.strict ? undefined : await nextFree(first, reserved);
    if (port === undefined) throw portTaken(name, first, holder, options.strict === true);
    reserved.add(port);
    chosen[name] = port;
    moved.push({ name, wanted: first, port, holder });
  }
  return { ports: chosen as Ports, moved };
}

/** @returns ports the system picked, all different; somebody else may still take one before it is used */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(0)));
  const ports = servers.map((server) => (server?.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server?.close(resolve))));
  return ports;
}

/** @returns who listens on a TCP port of this machine; undefined where the system does not say (other users' processes) */
export async function holderOf(port: number): Promise<PortHolder | undefined> {
  return process.platform === 'linux' ? holderFromProc(port) : holderFromLsof(port);
}

async function nextFree(first: number, reserved: ReadonlySet<number>): Promise<number | undefined> {
  for (let port = first + 1; port <= Math.min(first + MAX_TRIED, 65_535); port++) {
    if (!reserved.has(port) && (await isFree(port))) return port;
  }
  return undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listening(port);
  if (!server) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listening(port: number): Promise<ReturnType<typeof createServer> | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined)); // taken, or not ours to open: both mean "not this one"
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(server));
  });
}

async function holderFromProc(port: number): Promise<PortHolder | undefined> {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const LISTENS = '0A';
  const rows = tables
    .join('\n')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  const inodes = rows
    .filter((row) => row[1]?.endsWith(`:${hexPort}`) && row[3] === LISTENS)
    .map((row) => `socket:[${row[9]}]`);
  if (inodes.length === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const files = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '');
      if (inodes.includes(target))
        return { pid: Number(pid), command: (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim() };
    }
  }
  return undefined;
}

async function holderFromLsof(port: number): Promise<PortHolder | undefined> {
  const output = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']).then(
    ({ stdout }) => stdout,
    () => '',
  );
  const pid = /^p(\d+)$/m.exec(output)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), command: /^c(.+)$/m.exec(output)?.[1] ?? '' };
}

function portTaken(name: PortName, port: number, holder: PortHolder | undefined, strict: boolean): SetupError {
  const by = holder ? `pid ${holder.pid} ${holder.command}` : 'another process';
  return new SetupError('PORT_TAKEN', [
    `port ${port} (${name}) is taken by ${by}${strict ? '' : `, and so are the ${MAX_TRIED} after it`}`,
    'Stop that process, or take all ports elsewhere: npm start -- --port-base 27000',
  ]);
}
