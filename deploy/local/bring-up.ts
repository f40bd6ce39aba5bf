// The steps of a start, in order: checks, downloads, broker, provision, services. Each ends with a line on stderr.
// Holds: what was started before a step failed is stopped before the failure is thrown on; the services' code is loaded
// while the broker starts, because neither needs the other until both are there.

import { join } from 'node:path';
import { createLog } from '@sitebus/kit';
import { systemClock } from '@sitebus/sdk';
import { cacheFolders } from '../setup/cache-folder.ts';
import { ensureJava, type Java } from '../setup/java.ts';
import { ensureJvmParts } from '../setup/jvm-parts.ts';
import { checkRoom } from './checks.ts';
import type { StartOptions } from './options.ts';
import type { Places } from './places.ts';
import {
  choosePorts,
  startProcesses,
  wantedPorts,
  type MovedPort,
  type Ports,
  type Processes,
} from './processes/index.ts';
import { createScenarioClock, type ScenarioClock } from './scenario/clock.ts';
import { onPollingDay } from './scenario/election-day.ts';
import { playedTo, pollingDayOf } from './scenario/player.ts';
import type { Stack, StackOptions } from './stack.ts';
import type { Steps } from './steps.ts';

/** The address of every listener of the local stack. */
export const HOST = '127.0.0.1';

/** Everything that runs after a start. */
export interface LocalStack {
  readonly stack: Stack;
  readonly processes: Processes;
  /** Ports that somebody else had. */
  readonly moved: readonly MovedPort[];
  /** What time it is for the election; absent where no scenario is left to play. */
  readonly scenarioClock?: ScenarioClock;
}

/** Brings the local stack up. Rejects with the failed step's error; nothing is left running then. */
export async function bringUp(
  checkout: string,
  places: Places,
  options: StartOptions,
  steps: Steps,
): Promise<LocalStack> {
  const { java, ports, moved } = await steps.run('checks', (say) => check(places, options, say));
  await steps.run('downloads', fetchParts);
  const services = import('./stack.ts');
  services.catch(() => undefined); // told where it is awaited
  const processes = await steps.run('broker', (say) => startBroker(places, ports, java, say));
  try {
    const ownerUrl = await steps.run('store', async () => storeOf(processes));
    const { stack, scenarioClock } = await startServices(
      (await services).startStack,
      processes,
      { checkout, places, ports, ownerUrl, isScenario: options.scenario },
      steps,
    );
    return { stack, processes, moved, ...(scenarioClock === undefined ? {} : { scenarioClock }) };
  } catch (error) {
    await processes.stop();
    throw error;
  }
}

interface Checked {
  readonly java: Java;
  readonly ports: Ports;
  readonly moved: readonly MovedPort[];
}

async function check(
  places: Places,
  options: StartOptions,
  say: (text: string) => void,
): Promise<readonly [Checked, string]> {
  const room = await checkRoom(places.dataDir);
  const java = await ensureJava({ folders: cacheFolders(), onProgress: say });
  const { ports, moved } = await choosePorts(wantedPorts(options.portBase), { strict: options.strictPorts });
  const words = `node ${process.versions.node} · java ${java.version} · ${room} · ports ${Object.values(ports).join(' ')}`;
  return [{ java, ports, moved }, words];
}

async function fetchParts(say: (text: string) => void): Promise<readonly [undefined, string]> {
  const { fetchedBytes } = await ensureJvmParts({
    folders: cacheFolders(),
    onProgress: ({ doneBytes, totalBytes, file }) =>
      say(`${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB · ${file}`),
  });
  const how = fetchedBytes === 0 ? 'in the cache' : `${megabytes(fetchedBytes)} MB, checksums match`;
  return [undefined, `broker and schema registry, ${how}`];
}

async function startBroker(
  places: Places,
  ports: Ports,
  java: Java,
  say: (text: string) => void,
): Promise<readonly [Processes, string]> {
  say('starting');
  const startedAt = Date.now();
  const processes = await startProcesses({ dataDir: places.dataDir, ports: isStoreNamed() ? without(ports) : ports });
  const recovered = processes.recovered ? ', recovered after an unclean stop' : '';
  return [
    processes,
    `one node, ACLs on, SCRAM-SHA-512, java ${java.version}, up in ${seconds(startedAt)} s${recovered}`,
  ];
}

/** Where DATABASE_URL names a database, that one is used and none is started. */
function isStoreNamed(): boolean {
  return (process.env['DATABASE_URL'] ?? '') !== '';
}

function without({ postgres: _postgres, ...ports }: Ports): Omit<Ports, 'postgres'> {
  return ports;
}

/** The database's owner, and the line that says which database it is. */
function storeOf({ store }: Processes): readonly [string, string] {
  if (store !== undefined)
    return [store.ownerUrl, `PostgreSQL, one role a view, up in ${(store.upInMs / 1000).toFixed(1)} s`];
  const url = new URL(process.env['DATABASE_URL'] ?? '');
  return [url.href, `PostgreSQL of DATABASE_URL at ${url.host}, one role a view`];
}

type StartStack = (options: StackOptions) => Promise<Stack>;

async function startServices(
  startStack: StartStack,
  processes: Processes,
  where: {
    readonly checkout: string;
    readonly places: Places;
    readonly ports: Ports;
    readonly ownerUrl: string;
    readonly isScenario: boolean;
  },
  steps: Steps,
): Promise<Pick<LocalStack, 'stack' | 'scenarioClock'>> {
  const { places, ports } = where;
  let provisionedAs: (words: string) => void = () => undefined;
  const provisioned = new Promise<string>((done) => (provisionedAs = done));
  const scenario = { stateFile: join(places.dataDir, 'scenario.json'), clock: systemClock };
  const pollingDayMs = where.isScenario ? await pollingDayOf(scenario) : undefined;
  const fromMs = where.isScenario ? await playedTo(scenario) : undefined;
  const scenarioClock = fromMs === undefined ? undefined : createScenarioClock(scenario.clock, fromMs);
  const starting = startStack({
    bootstrap: processes.bootstrap,
    registryUrl: processes.registryUrl,
    admin: processes.admin,
    store: { ownerUrl: where.ownerUrl },
    dataDir: places.dataDir,
    schemasDir: join(where.checkout, 'schemas'),
    inboxDir: places.inboxDir,
    host: HOST,
    gatewayPort: ports.gateway,
    healthPort: ports.health,
    log: createLog({ name: 'sitebus', level: 'info', file: places.logFile }),
    ...(scenarioClock === undefined ? {} : { electionClock: scenarioClock }),
    ...(pollingDayMs === undefined ? {} : { toLocal: (policy) => onPollingDay(policy, pollingDayMs) }),
    onProvisioned: ({ cells, views, topics, principals, acls, schemas }) =>
      provisionedAs(
        `${cells} cells · ${views} views · ${topics} topics · ${principals} principals · ${acls} rights · ${schemas} schemas`,
      ),
  });
  await steps.run('provision', async () => [
    undefined,
    await Promise.race([provisioned, starting.then(() => provisioned)]),
  ]);
  const stack = await steps.run('services', async () => {
    const startedAt = Date.now();
    const stack = await starting;
    const { fusion, gateways, ledgers, agencies } = stack.services;
    return [
      stack,
      `${fusion} fusion · ${gateways} gateways · ${ledgers} ledgers · ${agencies} agencies, up in ${seconds(startedAt)} s`,
    ] as const;
  });
  return { stack, ...(scenarioClock === undefined ? {} : { scenarioClock }) };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
const seconds = (sinceMs: number): string => ((Date.now() - sinceMs) / 1000).toFixed(1);
