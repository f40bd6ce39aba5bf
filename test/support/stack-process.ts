// `npm start` as a user runs it: a process of its own on ports of its own, which a test may kill.
// Holds: its folders lie below the checkout's ignored data folder and are removed when the test is done.

import { type ChildProcess, spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { placesOf } from '../../deploy/local/places.ts';
import { type StateFile, findState } from '@sitebus/cli';
import { eventually } from './eventually.ts';

const CHECKOUT = resolve(import.meta.dirname, '..', '..');

export interface StackProcess {
  readonly state: StateFile;
  /** Everything the process wrote so far. */
  output(): string;
  /** SIGKILL to the stack's process: nothing of it gets to say goodbye. */
  kill(): Promise<void>;
  /** SIGINT, as Ctrl-C; resolves with the exit code. */
  interrupt(): Promise<number | null>;
}

/** Starts the stack; resolves when its card is out. */
export async function startStackProcess(portBase: number, words: readonly string[] = []): Promise<StackProcess> {
  const places = placesOf(CHECKOUT, portBase);
  const args = [
    '--conditions=source',
    '--import',
    'tsx',
    'deploy/local/main.ts',
    '--port-base',
    String(portBase),
    ...words,
  ];
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const exited = new Promise<number | null>((done) => child.once('exit', done));
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    return exited;
  };
  await eventually(
    () => {
      if (child.exitCode !== null) throw new Error(`the stack ended with ${child.exitCode}:\n${output}`);
      return /ready in/.test(output);
    },
    { withinMs: 180_000, what: `the card of the stack on ${portBase}` },
  ).catch(async (error: unknown) => {
    await endIfRunning(child, end);
    throw error;
  });
  const found = await findState(dirname(dirname(places.stateFile)));
  if (found === undefined) throw new Error('the stack left no state file');
  return {
    state: found.state,
    output: () => output,
    kill: async () => {
      await end('SIGKILL');
    },
    interrupt: () => end('SIGINT'),
  };
}

/** Removes what the stack on these ports left. */
export async function removeStack(portBase: number): Promise<void> {
  await rm(dirname(placesOf(CHECKOUT, portBase).dataDir), { recursive: true, force: true });
}

async function endIfRunning(child: ChildProcess, end: (signal: NodeJS.Signals) => Promise<unknown>): Promise<void> {
  if (child.exitCode === null) await end('SIGKILL');
}
