import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.ts';
import { isAlive } from '../../setup/folder-lock.ts';
import { endStale, startChild, untilReady, wasStoppedUncleanly, type Child } from './child-process.ts';

let dataDir: string;
const strangers: ChildProcess[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'sitebus-child-'));
});
afterEach(async () => {
  for (const stranger of strangers.splice(0)) stranger.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

const WAITS = 'setInterval(() => undefined, 1000); console.log("up")';

function start(script: string, env: Record<string, string> = {}): Promise<Child> {
  // The data folder rides along as an argument, as with the real processes.
  return startChild({ name: 'sample', command: process.execPath, args: ['-e', script, '--', dataDir], env, dataDir });
}

const logOf = (child: Child): Promise<string> => readFile(child.logFile, 'utf8');
const isUp = (child: Child) => async (): Promise<boolean> => (await logOf(child)).includes('up');

test('a child is stopped by SIGTERM and leaves nothing for a later start to end', async () => {
  const child = await start(WAITS);
  await untilReady(child, 60_000, isUp(child));
  expect(await wasStoppedUncleanly(dataDir)).toBe(true);
  expect(await child.stop()).toBe('stopped');
  expect(await child.exited).toEqual({ code: null, signal: 'SIGTERM' });
  expect(await wasStoppedUncleanly(dataDir)).toBe(false);
});

test('a child that ignores SIGTERM is killed after its time', async () => {
  const child = await start(`process.on("SIGTERM", () => undefined); ${WAITS}`);
  await untilReady(child, 60_000, isUp(child));
  expect(await child.stop(50)).toBe('killed');
  expect(isAlive(child.pid)).toBe(false);
});

test('a child that ends before it is ready is reported with its last words and its log', async () => {
  const child = await start('console.error("no such setting"); process.exit(3)');
  const refused = await untilReady(child, 60_000, async () => false).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'PROCESS_DIED' });
  const { lines } = refused as { lines: string[] };
  expect(lines[0]).toContain(`ended with 3; the last lines of ${child.logFile}`);
  expect(lines).toContain('  no such setting');
});

test("the caller's settings for other programs do not reach the child", async () => {
  process.env['KAFKA_OPTS'] = '-Dsurprise';
  try {
    const child = await start('console.log(JSON.stringify(process.env)); console.log("up")', { OURS: 'yes' });
    await untilReady(child, 60_000, isUp(child));
    const env = JSON.parse((await logOf(child)).split('\n')[1] ?? '{}') as Record<string, string>;
    expect({ ours: env['OURS'], theirs: env['KAFKA_OPTS'] }).toEqual({ ours: 'yes', theirs: undefined });
  } finally {
    delete process.env['KAFKA_OPTS'];
  }
});

test('what a killed run left behind is ended, and a stranger that got its process id is not', async () => {
  const left = spawn(process.execPath, ['-e', WAITS, '--', dataDir]);
  const stranger = spawn(process.execPath, ['-e', WAITS]);
  strangers.push(left, stranger);
  const { pid: deadOwner } = spawnSync(process.execPath, ['--version']);
  await Promise.all([left, stranger].map((child) => once(child.stdout, 'data')));
  const rows = [left, stranger].map((child) => ({ name: 'sample', pid: child.pid, ownerPid: deadOwner }));
  await writeFile(join(dataDir, 'processes.json'), JSON.stringify(rows));
  expect(await endStale(dataDir)).toEqual([{ name: 'sample', pid: left.pid }]);
  expect(left.signalCode).toBe('SIGTERM');
  expect(isAlive(stranger.pid ?? 0)).toBe(true);
});

test('a data folder whose run is alive is refused, and its process goes on', async () => {
  const other = spawn(process.execPath, ['-e', WAITS, '--', dataDir]);
  const owner = spawn(process.execPath, ['-e', WAITS]);
  strangers.push(other, owner);
  await Promise.all([other, owner].map((child) => once(child.stdout, 'data')));
  const row = { name: 'sample', pid: other.pid, ownerPid: owner.pid };
  await writeFile(join(dataDir, 'processes.json'), JSON.stringify([row]));
  await expect(endStale(dataDir)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
  expect(isAlive(other.pid ?? 0)).toBe(true);
});

const canSignalOrphans = spawnSync('setpriv', ['--pdeathsig', 'TERM', 'true']).status === 0;
(canSignalOrphans ? test : test.skip)('a child ends when its parent is killed outright', async () => {
  const parent = spawn(
    process.execPath,
    [
      ...['--conditions=source', '--import', 'tsx', '--input-type=module', '-e'],
      `const { startChild } = await import(${JSON.stringify(join(import.meta.dirname, 'child-process.ts'))});
       const spec = { name: 'sample', command: process.execPath, env: {}, dataDir: ${JSON.stringify(dataDir)} };
       const child = await startChild({ ...spec, args: ['-e', ${JSON.stringify(WAITS)}] });
       console.log(child.pid); setInterval(() => undefined, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  strangers.push(parent);
  const pid = Number(((await once(parent.stdout, 'data')) as [Buffer])[0].toString());
  // Up means bound to its parent: a parent that dies in the moment before leaves the child to the next start's endStale.
  const isBound = async (): Promise<boolean> =>
    (await readFile(join(dataDir, 'logs', 'sample.log'), 'utf8')).includes('up');
  await eventually(isBound, { what: 'the child being up' });
  expect(isAlive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await eventually(() => !isAlive(pid), { what: 'the end of the child' });
});
