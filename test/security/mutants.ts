// Takes the defences of mutant-list.ts away, one at a time and in a copy of the tree, and runs the test that must notice:
// `npm run test:mutants [-- --row 21] [--level unit] [--minutes 20]`. Exit code 1 when one survives.
// Holds: the real tree is only read; a test that is red without an edit, or an edit that no longer fits, is told as such and
// counts as nothing killed; bounded by time in all and for each test.

import { spawn } from 'node:child_process';
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { MUTANTS, type Mutant } from './mutant-list.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const COPIED = ['services', 'test', 'deploy', 'schemas', 'package.json', 'package-lock.json', 'jest.config.js', 'tsconfig.json', 'tsconfig.base.json']; // prettier-ignore
const MOST_MS_A_TEST = 240_000;

/** The rows that are listed start a broker of their own, or none: the one of a jest run is not waited for. */
const NO_SHARED_BROKER = {
  BUS_BOOTSTRAP: '127.0.0.1:1',
  BUS_REGISTRY: 'http://127.0.0.1:1',
  BUS_ADMIN_USER: 'nobody',
  BUS_ADMIN_PASSWORD: 'nobody',
};

type Verdict = 'killed' | 'SURVIVED' | 'RED BEFORE' | 'OUT OF DATE' | 'not run';

const { values } = parseArgs({
  options: { row: { type: 'string' }, level: { type: 'string' }, minutes: { type: 'string', default: '20' } },
});
const chosen = MUTANTS.filter(
  ({ row, level }) =>
    (values.row === undefined || String(row) === values.row) && (values.level === undefined || level === values.level),
);
/** Set by Ctrl-C: the running test is ended, the copy is removed, and nothing more is tried. */
let isStopped = false;
let running: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isStopped = true;
    endGroup(running);
  });
process.exitCode = await run(chosen, Date.now() + Number(values.minutes) * 60_000);

async function run(mutants: readonly Mutant[], giveUpAt: number): Promise<number> {
  const copy = await mkdtemp(join(tmpdir(), 'sitebus-mutants-'));
  try {
    await copyTree(copy);
    const unedited = new Map<string, Promise<boolean>>();
    const verdicts: Verdict[] = [];
    for (const mutant of mutants) {
      const isOver = (): boolean => isStopped || Date.now() > giveUpAt;
      const found = isOver() ? 'not run' : await tried(mutant, copy, unedited);
      const verdict = isStopped ? 'not run' : found;
      verdicts.push(verdict);
      process.stdout.write(`${verdict.padEnd(12)} row ${String(mutant.row).padEnd(3)} ${mutant.defence}  (${mutant.file})\n`); // prettier-ignore
    }
    const killed = verdicts.filter((verdict) => verdict === 'killed').length;
    process.stdout.write(`${killed} of ${mutants.length} killed\n`);
    return killed === mutants.length && killed > 0 ? 0 : 1;
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

async function tried(mutant: Mutant, copy: string, unedited: Map<string, Promise<boolean>>): Promise<Verdict> {
  const path = join(copy, mutant.file);
  const text = await readFile(path, 'utf8');
  if (text.split(mutant.before).length !== 2) return 'OUT OF DATE';
  const testKey = `${mutant.level} ${mutant.tests} ${mutant.name ?? ''}`;
  const green = unedited.get(testKey) ?? isGreen(mutant, copy);
  unedited.set(testKey, green);
  if (!(await green)) return 'RED BEFORE';
  await writeFile(
    path,
    text.replace(mutant.before, () => mutant.after),
  );
  try {
    return (await isGreen(mutant, copy)) ? 'SURVIVED' : 'killed';
  } finally {
    await writeFile(path, text);
  }
}

/** Packages are shared with the real tree; its own rooms are the copy's, or an edit would not be seen across rooms. */
async function copyTree(copy: string): Promise<void> {
  const isWanted = (path: string): boolean =>
    !/\/(?:node_modules|dist|\.sitebus)(?:\/|$)/.test(path.slice(ROOT.length));
  for (const name of COPIED) await cp(join(ROOT, name), join(copy, name), { recursive: true, filter: isWanted });
  await linkPackages(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const rooms = await readdir(join(ROOT, 'services'));
  for (const room of rooms) {
    const own = join('services', room, 'node_modules');
    if (await isThere(join(ROOT, own))) await linkPackages(join(ROOT, own), join(copy, own));
  }
}

async function linkPackages(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) {
    if (name === '@sitebus') await linkRooms(join(from, name), join(to, name));
    else await symlink(join(from, name), join(to, name));
  }
}

/** Workspace links are relative, so that the same text leads to the copy's rooms. */
async function linkRooms(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const name of await readdir(from)) await symlink(await readlink(join(from, name)), join(to, name));
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Runs the mutant's test in the copy; a test that takes too long is ended and red: it did not pass. */
async function isGreen({ level, tests, name }: Mutant, copy: string): Promise<boolean> {
  const jest = join(copy, 'node_modules', 'jest', 'bin', 'jest.js');
  const named = name === undefined ? [] : ['-t', name];
  const patience = ['--testTimeout', String(MOST_MS_A_TEST / 2)];
  const args = ['--experimental-vm-modules', jest, ...patience, '--testPathPatterns', tests, ...named, '--selectProjects', level]; // prettier-ignore
  const child = spawn(process.execPath, args, {
    cwd: copy,
    stdio: 'ignore',
    detached: true, // so that its brokers end with it
    env: { ...process.env, ...NO_SHARED_BROKER },
  });
  running = child.pid;
  const timer = setTimeout(() => endGroup(child.pid), MOST_MS_A_TEST);
  const code = await new Promise<number | null>((exited) => child.once('exit', exited));
  clearTimeout(timer);
  running = undefined;
  return code === 0;
}

function endGroup(pid: number | undefined): void {
  if (pid !== undefined) process.kill(-pid, 'SIGKILL');
}
