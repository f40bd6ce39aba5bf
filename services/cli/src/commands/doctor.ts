// doctor: every part that must be well for the rest to work, each ok or with its next step.
// Holds: no check stops another; a check that cannot be made says why and counts as red only where its part is needed;
// exit code 1 as soon as one is red.

import { statfs } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { dirname, join } from 'node:path';
import { loadPolicy, loadSchemaLock } from '@sitebus/sdk';
import { isAlive } from '../alive.ts';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../errors.ts';
import { findState } from '../state-file.ts';
import type { StateFile } from '../state-file.ts';
import type { Registration } from './command.ts';

/** How one check came out. `next` is a command or a sentence, given when it is not ok. */
export interface CheckResult {
  readonly name: string;
  readonly state: 'ok' | 'red' | 'skipped';
  readonly detail: string;
  readonly next?: string;
}

type Check = (
  context: CliContext,
  found: { readonly path: string; readonly state: StateFile } | undefined,
) => Promise<readonly CheckResult[]>;

const MIN_DISK_BYTES = 3e9;
const MAX_CLOCK_SKEW_MS = 5_000;
const SOCKET_TIMEOUT_MS = 2_000;

/** Registers doctor. */
export const registerDoctor: Registration = (program, run) => {
  program
    .command('doctor')
    .description('check runtime, disk, policy, broker, registry, gateway, tokens; each ok or a next step')
    .addHelpText('before', 'Examples:\n  sitebus doctor\n  sitebus doctor --json\n')
    .action(() =>
      run(async (context, flags) => {
        const results = await examine(context);
        if (flags.json) results.forEach((result) => context.out(`${JSON.stringify(result)}\n`));
        else context.out(`${results.map(lineOf).join('\n')}\n${summaryOf(results)}\n`);
        return results.some(({ state }) => state === 'red') ? EXIT.failed : EXIT.done;
      }),
    );
};

/** Runs every check; their order is that in which one depends on another. */
export async function examine(context: CliContext): Promise<readonly CheckResult[]> {
  const found = await findState(context.cwd).catch(() => undefined);
  const checks: readonly Check[] = [
    runtime,
    disk,
    policy,
    stateFile,
    processes,
    broker,
    registry,
    schemaLock,
    liveness,
    readiness,
    clock,
    tokens,
  ];
  return (await Promise.all(checks.map((check) => check(context, found)))).flat();
}

const ok = (name: string, detail: string): CheckResult => ({ name, state: 'ok', detail });
const red = (name: string, detail: string, next: string): CheckResult => ({ name, state: 'red', detail, next });
const skipped = (name: string, detail: string): CheckResult => ({ name, state: 'skipped', detail });

async function runtime(): Promise<readonly CheckResult[]> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const isOld = major < 20 || (major === 20 && minor < 19);
  return [
    isOld ? red('node', process.versions.node, 'install Node 20.19 or newer') : ok('node', process.versions.node),
  ];
}

async function disk(context: CliContext): Promise<readonly CheckResult[]> {
  const { bavail, bsize } = await statfs(context.cwd);
  const free = bavail * bsize;
  const detail = `${(free / 1e9).toFixed(0)} GB free`;
  return [free < MIN_DISK_BYTES ? red('disk', detail, 'free 3 GB, or move the checkout') : ok('disk', detail)];
}

async function policy(context: CliContext): Promise<readonly CheckResult[]> {
  const folder = join(contractFolder(context.env), 'policy');
  try {
    const { version, cells, views, agencies } = await loadPolicy(folder);
    return [
      ok('policy', `version ${version}: ${cells.length} cells, ${views.length} views, ${agencies.length} agencies`),
    ];
  } catch (error) {
    return [red('policy', error instanceof Error ? error.message : 'unreadable', `repair the files in ${folder}`)];
  }
}

async function stateFile(_context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  return [
    found === undefined ? red('stack', 'no .sitebus/state.json here or above', 'npm start') : ok('stack', found.path),
  ];
}

async function processes(_context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  return Object.entries(found?.state.pids ?? {}).map(([part, pid]) =>
    isAlive(pid) ? ok(`process ${part}`, `pid ${pid}`) : red(`process ${part}`, `pid ${pid} is gone`, 'npm start'),
  );
}

async function broker(_context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  const bootstrap = found?.state.bus.bootstrap;
  if (bootstrap === undefined) return [skipped('broker', 'no stack')];
  return [
    (await answers(bootstrap))
      ? ok('broker', `${bootstrap} accepts connections`)
      : red('broker', `${bootstrap} does not answer`, 'npm start'),
  ];
}

async function registry(context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  const url = found?.state.registry;
  if (url === undefined) return [skipped('schema registry', 'no stack')];
  const answer = await ask(context, `${url}/config`);
  if (answer === undefined) return [red('schema registry', `${url} does not answer`, 'npm start')];
  const level = (answer.body as { compatibilityLevel?: string }).compatibilityLevel;
  return [
    level === 'FULL_TRANSITIVE'
      ? ok('schema registry', level)
      : red('schema registry', `compatibility ${level ?? 'unknown'}`, 'npm run provision -- --apply'),
  ];
}

async function schemaLock(context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  if (found === undefined) return [skipped('schema lock', 'no stack')];
  const path = join(found.state.dataDir ?? join(dirname(found.path), 'data'), 'schemas.lock.json');
  try {
    const { entries } = await loadSchemaLock(path);
    const differing = await Promise.all(
      entries.map(async ({ id, subject, schema }) => {
        const answer = await ask(context, `${found.state.registry}/schemas/ids/${id}`);
        return sameSchema((answer?.body as { schema?: string } | undefined)?.schema, schema) ? [] : [subject];
      }),
    );
    const drifted = differing.flat();
    if (drifted.length === 0) return [ok('schema lock', `${entries.length} schemas agree with the registry`)];
    return [red('schema lock', `${drifted.length} differ: ${drifted.join(', ')}`, 'npm run provision -- --plan')];
  } catch (error) {
    return [red('schema lock', error instanceof Error ? error.message : 'unreadable', 'npm run provision -- --apply')];
  }
}

async function liveness(context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  if (found === undefined) return [skipped('services alive', 'no stack')];
  const answer = await ask(context, `${found.state.admin}/livez`);
  return [
    answer?.ok === true
      ? ok('services alive', found.state.admin)
      : red('services alive', `${found.state.admin}/livez does not answer`, 'npm start'),
  ];
}

async function readiness(context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  if (found === undefined) return [skipped('services ready', 'no stack')];
  const answer = await ask(context, `${found.state.admin}/readyz`);
  if (answer === undefined) return [red('services ready', 'no answer', 'npm start')];
  const parts = Object.entries((answer.body as { parts?: Readonly<Record<string, string>> }).parts ?? {});
  const notReady = parts.filter(([, state]) => state !== 'ok');
  return [
    answer.ok
      ? ok('services ready', `${parts.length} parts`)
      : red('services ready', `${notReady.length} of ${parts.length} parts are not`, 'the parts below say why'),
    ...notReady.map(([part, state]) => red(`ready: ${part}`, state, 'see the log of the stack')),
  ];
}

async function clock(context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  if (found === undefined) return [skipped('clock', 'no stack')];
  const before = context.now();
  const answer = await ask(context, `${found.state.gateway}/version`);
  if (answer?.date === undefined) return [skipped('clock', 'the gateway told no time')];
  const skewMs = Math.max(0, Math.abs(answer.date - before) - 1_000); // HTTP dates have whole seconds
  return [
    skewMs > MAX_CLOCK_SKEW_MS
      ? red('clock', `${skewMs} ms from the gateway's`, 'set the clock by NTP')
      : ok('clock', 'agrees with the gateway'),
  ];
}

async function tokens(context: CliContext, found: Parameters<Check>[1]): Promise<readonly CheckResult[]> {
  if (found === undefined) return [skipped('tokens', 'no stack')];
  const { gateway, tokens: byRole } = found.state;
  const answers = await Promise.all(
    Object.entries(byRole).map(async ([role, token]) => [role, await ask(context, `${gateway}/v1/me`, token)] as const),
  );
  const refused = answers.filter(([, answer]) => answer?.ok !== true);
  if (refused.length === 0) return [ok('tokens', `${answers.length} accepted`)];
  return refused.map(([role, answer]) =>
    answer === undefined
      ? red(`token ${role}`, `${gateway} does not answer`, 'npm start')
      : red(`token ${role}`, `refused with ${answer.status}`, 'npm start -- --fresh'),
  );
}

async function ask(context: CliContext, url: string, token?: string) {
  try {
    const response = await context.fetch(url, {
      signal: AbortSignal.timeout(SOCKET_TIMEOUT_MS),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });
    const date = response.headers.get('date');
    const body: unknown = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, body, date: date === null ? undefined : Date.parse(date) };
  } catch {
    return undefined; // no answer is an answer here: the check says so
  }
}

function answers(address: string): Promise<boolean> {
  const [host = '', port = ''] = address.split(/:(?=\d+$)/);
  return new Promise((resolve) => {
    const socket = connectSocket({ host, port: Number(port), timeout: SOCKET_TIMEOUT_MS });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once('connect', () => end(true))
      .once('timeout', () => end(false))
      .once('error', () => end(false));
  });
}

function sameSchema(registered: string | undefined, locked: string): boolean {
  return registered !== undefined && JSON.stringify(JSON.parse(registered)) === JSON.stringify(JSON.parse(locked));
}

function lineOf({ name, state, detail, next }: CheckResult): string {
  const mark = { ok: 'ok  ', red: 'RED ', skipped: '–   ' }[state];
  return `${mark} ${name.padEnd(20)} ${detail}${next === undefined ? '' : `\n     next: ${next}`}`;
}

function summaryOf(results: readonly CheckResult[]): string {
  const count = (state: CheckResult['state']): number => results.filter((result) => result.state === state).length;
  return `${results.length} checks: ${count('ok')} ok, ${count('red')} red, ${count('skipped')} skipped`;
}
