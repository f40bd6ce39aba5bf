// A child process of the local stack: started apart from the terminal, watched until ready, stopped for sure.
// Holds: Ctrl-C in the terminal reaches only the parent, which drains first (own session); where the system can,
// the child is told to stop when its parent dies; where it cannot, the state file lets the next start find and end
// exactly those processes that carry our data folder in their command line, and no other.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, statSync, writeSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from '../../setup/errors.ts';
import { isAlive } from '../../setup/folder-lock.ts';

/** What a child is started from. `env` is its whole environment but for the few variables every program needs. */
export interface ChildSpec {
  readonly name: string;
  readonly command: string;
  /** Must name the data folder somewhere, so that a later start knows the process for ours. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly dataDir: string;
  /** Asks it to end; default SIGTERM, by which some wait for their clients to leave. */
  readonly stopSignal?: NodeJS.Signals;
}

/** A running child. `exited` never rejects. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** The signal that ends it, then SIGKILL after `withinMs`; resolves when the process is gone. Safe to call twice. */
  stop(withinMs?: number): Promise<'stopped' | 'killed'>;
}

/** A process that an earlier run left behind and this one ended. */
export interface StaleProcess {
  readonly name: string;
  readonly pid: number;
}

interface StateRow extends StaleProcess {
  readonly ownerPid: number;
}

const STOP_WITHIN_MS = 30_000; // the first stop also writes the class-data archive: some seconds
const READY_POLL_MS = 40;
const KEEP_LOG_BYTES = 10 * 1024 * 1024;
const TAIL_LINES = 20;
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'TEMP',
  'TMP',
  'SystemRoot',
  'LD_LIBRARY_PATH',
];

/** Starts the child with its log in `<dataDir>/logs/<name>.log` and notes it in the state file. */
export async function startChild(spec: ChildSpec): Promise<Child> {
  const logFile = join(spec.dataDir, 'logs', `${spec.name}.log`);
  const log = await openLog(logFile);
  let child: ChildProcess;
  try {
    const [command, args] = endsWithParent(spec.command, spec.args);
    child = spawn(command, args, {
      cwd: spec.dataDir,
      env: { ...inheritedEnv(), ...spec.env },
      detached: process.platform !== 'win32',
      stdio: ['ignore', log, log],
      windowsHide: true,
    });
  } finally {
    closeSync(log);
  }
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  if (child.pid === undefined) {
    throw new SetupError('PROCESS_DIED', [`${spec.name} could not be started: ${spec.command} does not run`]);
  }
  await changeState(spec.dataDir, (rows) => [...rows, { name: spec.name, pid: child.pid ?? 0, ownerPid: process.pid }]);
  return running(spec, child.pid, logFile, exited);
}

/**
 * Waits until `isReady` says yes.
 * @throws SetupError PROCESS_DIED or PROCESS_NOT_READY (retriable), each with the last lines of the child's log
 */
export async function untilReady(child: Child, withinMs: number, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + withinMs;
  let ended: { code: number | null; signal: NodeJS.Signals | null } | undefined;
  void child.exited.then((how) => (ended = how));
  while (!(await isReady())) {
    if (ended) throw new SetupError('PROCESS_DIED', await lastWords(child, `ended with ${ended.signal ?? ended.code}`));
    if (Date.now() > deadline) {
      throw new SetupError('PROCESS_NOT_READY', await lastWords(child, `did not answer within ${withinMs / 1000} s`));
    }
    await pause(READY_POLL_MS);
  }
}

/**
 * Ends what an earlier run of this data folder left behind; call before anything is started in it.
 * @throws SetupError DATA_DIR_IN_USE when the run that owns the folder is alive; STALE_PROCESS when one does not end
 */
export async function endStale(dataDir: string): Promise<readonly StaleProcess[]> {
  const rows = await readState(dataDir);
  const ended: StaleProcess[] = [];
  for (const row of rows) {
    if (!isAlive(row.pid) || !(await isOurs(row.pid, dataDir))) continue;
    if (row.ownerPid !== process.pid && isAlive(row.ownerPid)) {
      throw new SetupError('DATA_DIR_IN_USE', [
        `${dataDir} is in use: process ${row.ownerPid} runs its ${row.name} (process ${row.pid})`,
        'Stop that one first (Ctrl-C in its terminal), or start with another data folder.',
      ]);
    }
    await end(row.pid, STOP_WITHIN_MS);
    if (isAlive(row.pid)) {
      throw new SetupError('STALE_PROCESS', [
        `process ${row.pid} (${row.name} of an earlier run) does not end; end it by hand`,
      ]);
    }
    ended.push({ name: row.name, pid: row.pid });
  }
  await changeState(dataDir, () => []);
  return ended;
}

/** @returns true when the last run of this data folder did not stop its processes itself */
export async function wasStoppedUncleanly(dataDir: string): Promise<boolean> {
  return (await readState(dataDir)).length > 0;
}

function running(spec: ChildSpec, pid: number, logFile: string, exited: Child['exited']): Child {
  let gone = false;
  const forgotten = exited.then(async () => {
    gone = true;
  });
  const stop = async (withinMs = STOP_WITHIN_MS): Promise<'stopped' | 'killed'> => {
    if (gone) return forget('stopped');
    signal(pid, spec.stopSignal ?? 'SIGTERM');
    const timer = new AbortController();
    const inTime = await Promise.race([
      forgotten.then(() => true),
      pause(withinMs, false, { signal: timer.signal }).catch(() => true),
    ]);
    timer.abort();
    if (inTime) return forget('stopped');
    signal(pid, 'SIGKILL');
    await exited;
    return forget('killed');
  };
  const forget = async (how: 'stopped' | 'killed'): Promise<'stopped' | 'killed'> => {
    await changeState(spec.dataDir, (rows) => rows.filter((row) => row.pid !== pid));
    return how;
  };
  return { name: spec.name, pid, logFile, exited, stop };
}

/** Linux can send a signal to a child whose parent died, even by SIGKILL; setpriv (util-linux) asks for it. */
function endsWithParent(command: string, args: readonly string[]): [string, string[]] {
  canSignalOrphans ??=
    process.platform === 'linux' &&
    spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true'], { stdio: 'ignore' }).status === 0;
  return canSignalOrphans ? ['setpriv', ['--pdeathsig', 'TERM', '--', command, ...args]] : [command, [...args]];
}
let canSignalOrphans: boolean | undefined;

/** Settings for other Javas, brokers or registries in the caller's shell must not change ours. */
function inheritedEnv(): Record<string, string> {
  return Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function openLog(logFile: string): Promise<number> {
  await mkdir(dirname(logFile), { recursive: true });
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size > KEEP_LOG_BYTES) await rename(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o600);
  writeSync(log, `--- started ${new Date().toISOString()}\n`);
  return log;
}

async function lastWords(child: Child, what: string): Promise<string[]> {
  const log = await readFile(child.logFile, 'utf8').catch(() => '');
  const thisRun = log.slice(log.lastIndexOf('--- started')).trimEnd().split('\n').slice(1);
  return [
    `${child.name} ${what}; the last lines of ${child.logFile}:`,
    ...thisRun.slice(-TAIL_LINES).map((line) => `  ${line}`),
  ];
}

async function end(pid: number, withinMs: number): Promise<void> {
  for (const [name, ms] of [
    ['SIGTERM', withinMs],
    ['SIGKILL', 5_000],
  ] as const) {
    signal(pid, name);
    const deadline = Date.now() + ms;
    while (isAlive(pid) && Date.now() < deadline) await pause(READY_POLL_MS);
    if (!isAlive(pid)) return;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // gone already: what was wanted
  }
}

/** A process id may have been given to a stranger since: only a command line that names our data folder is ours. */
async function isOurs(pid: number, dataDir: string): Promise<boolean> {
  const commandLine =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      : spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).output.join('');
  return commandLine.includes(dataDir);
}

const stateFileOf = (dataDir: string): string => join(dataDir, 'processes.json');

async function readState(dataDir: string): Promise<readonly StateRow[]> {
  const text = await readFile(stateFileOf(dataDir), 'utf8').catch(() => '[]');
  return JSON.parse(text) as StateRow[];
}

/** One change at a time, each an atomic rename: a kill between two writes leaves the older, whole list. */
function changeState(dataDir: string, change: (rows: readonly StateRow[]) => readonly StateRow[]): Promise<void> {
  stateChange = stateChange.then(async () => {
    const rows = change(await readState(dataDir));
    const file = stateFileOf(dataDir);
    if (rows.length === 0) return rm(file, { force: true });
    await writeFile(`${file}.part`, `${JSON.stringify(rows)}\n`, { mode: 0o600 });
    await rename(`${file}.part`, file);
  });
  return stateChange;
}
let stateChange: Promise<void> = Promise.resolve();
