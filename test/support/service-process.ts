// One service as its own process runs it (`src/main.ts` with its environment), which a test may kill and start again.
// Holds: nothing is inherited but PATH and the like; it is ready when its own /readyz says so; whoever starts one ends it.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { randomInt } from 'node:crypto';
import { eventually } from './eventually.ts';

/** What to run, and where it tells whether it is ready. */
export interface ServiceProcessWish {
  /** Such as `services/research/src/main.ts`. */
  readonly main: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly adminPort: number;
}

/** A running service. */
export interface ServiceProcess {
  /** SIGKILL: nothing of it gets to say goodbye. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code once it has drained. */
  end(): Promise<number | null>;
}

const READY_WITHIN_MS = 120_000;
/** Of what a service wrote that did not become ready: its beginning says why. */
const MOST_SHOWN_CHARS = 4_000;

/** Starts it; resolves when it is ready, rejects with what it wrote where it ends before. */
export async function startServiceProcess({
  main,
  environment,
  adminPort,
}: ServiceProcessWish): Promise<ServiceProcess> {
  const child: ChildProcess = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', main], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited(),
      ...environment,
      SITEBUS_ADMIN_HOST: '127.0.0.1',
      SITEBUS_ADMIN_PORT: String(adminPort),
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (!isOver()) child.kill(signal);
    return isOver() ? child.exitCode : exited;
  };
  let told = '';
  const isReady = async (): Promise<boolean> => {
    if (isOver()) return true;
    const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`).catch(() => undefined);
    told = (await answer?.text()) ?? 'it does not listen';
    return answer?.status === 200;
  };
  await eventually(isReady, { withinMs: READY_WITHIN_MS, what: `${main} is ready` }).catch(async (cause: unknown) => {
    await end('SIGKILL');
    throw new Error(`${main}: ${told}\n${output.slice(0, MOST_SHOWN_CHARS)}`, { cause });
  });
  if (isOver()) throw new Error(`${main} ended with ${child.exitCode}:\n${output}`);
  return {
    async kill() {
      await end('SIGKILL');
    },
    end: () => end('SIGTERM'),
  };
}

/** Ports that a service can have again after a kill: below those that outgoing connections are given. */
export async function servicePorts(count: number): Promise<readonly number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

const inherited = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(SITEBUS|BUS|DATABASE|NODE_OPTIONS|JEST)/.test(name)),
  );
