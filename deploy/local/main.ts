// `npm start`: brings the stack up, prints the card, plays the scenario, and runs until told to stop.
// Holds: whatever was started is stopped, brokers last; data is kept unless --fresh; the card goes to stdout, talk to stderr.

import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { removeState } from '@sitebus/cli';
import { SetupError } from '../setup/errors.ts';
import { bringUp, type LocalStack } from './bring-up.ts';
import { announce } from './announce.ts';
import { runningStack } from './checks.ts';
import { parseStartOptions, USAGE, type StartOptions } from './options.ts';
import { placesOf, type Places } from './places.ts';
import { playOnto } from './scenario/play-onto.ts';
import { createSteps } from './steps.ts';
import { within } from './within.ts';

const CHECKOUT = resolve(import.meta.dirname, '..', '..');
const DRAIN_MS = 10_000;
const INTERRUPTED = 130;
const stopping = new AbortController();

process.exitCode = await main().catch((error: unknown) => {
  process.stderr.write(`\n${failureText(error)}\n`);
  return error instanceof SetupError ? error.exitCode : 1;
});
process.exit();

async function main(): Promise<number> {
  const startedAt = Date.now();
  const options = parseStartOptions(process.argv.slice(2));
  if (options.help) return say(USAGE);
  const places = placesOf(CHECKOUT, options.portBase);
  const running = await runningStack(places.stateFile);
  if (running !== undefined)
    return say(`sitebus is running already (pid ${running.pids['stack'] ?? '?'})\n${running.card}\n`);
  if (options.fresh) await wipe(places);
  stopOnSignals();
  const local = await bringUp(CHECKOUT, places, options, createSteps());
  const cause = await live(local, places, options, startedAt);
  if (cause === undefined) return INTERRUPTED;
  process.stderr.write(`\nerror: ${cause.message}\nlog: ${places.logFile}\n`);
  return 1;
}

/** Runs until a signal (undefined) or a part that cannot go on (its error); stops everything either way. */
async function live(
  local: LocalStack,
  places: Places,
  options: StartOptions,
  startedAt: number,
): Promise<Error | undefined> {
  const { stack, processes, scenarioClock } = local;
  try {
    say(await announce(CHECKOUT, places, local, startedAt));
    const { secondsPerDay } = options;
    const scenario =
      scenarioClock === undefined
        ? undefined
        : playOnto(stack, { checkout: CHECKOUT, places, secondsPerDay, clock: scenarioClock, signal: stopping.signal });
    const cause = await Promise.race([stack.fatal, processes.fatal, signalled()]);
    stopping.abort();
    await scenario;
    return cause;
  } finally {
    process.stderr.write('stopping …\n');
    const left = await within(DRAIN_MS, stack.stop());
    if (left === 'late')
      process.stderr.write(
        `services still busy after ${DRAIN_MS / 1000} s; they are cut off, the next start recovers\n`,
      );
    else for (const each of left) process.stderr.write(`${each}\n`);
    await processes.stop();
    await removeState(places.stateFile);
    process.stderr.write('stopped; the data is kept\n');
  }
}

/** First signal: drain. Second: end at once; the next start ends what was left and says what it recovered. */
function stopOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stopping.signal.aborted) {
        process.stderr.write('ended at once: broker and registry were cut off\n');
        process.exit(INTERRUPTED);
      }
      stopping.abort();
    });
}

function signalled(): Promise<undefined> {
  return new Promise((done) => {
    if (stopping.signal.aborted) done(undefined);
    stopping.signal.addEventListener('abort', () => done(undefined), { once: true });
  });
}

async function wipe({ dataDir, inboxDir }: Places): Promise<void> {
  await Promise.all([dataDir, inboxDir].map((dir) => rm(dir, { recursive: true, force: true })));
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}

function failureText(error: unknown): string {
  if (error instanceof SetupError) return `error: ${error.lines.join('\n       ')}`;
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  return `error: ${error.message}${error.cause instanceof Error ? `\ncause: ${error.cause.message}` : ''}`;
}
