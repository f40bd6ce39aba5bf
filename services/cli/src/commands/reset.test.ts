import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { statePath, writeState } from '../state-file.ts';
import { runCli } from '../testing/run-cli.ts';

/** Of a process that has ended: Linux gives out none above 2^22. */
const NOBODYS_PID = 2 ** 22 + 1;
let checkout: string;
beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), 'sitebus-reset-'));
  await keep('.sitebus/data/kafka/log');
  await keep('.sitebus/mutation/report');
  await keep('.sitebus/stack-9000/data/log');
  await keep('inbox/rcmp/line.tips.csv');
  await keep('src/own-work');
});
afterEach(() => rm(checkout, { recursive: true, force: true }));

async function keep(path: string): Promise<void> {
  await mkdir(join(checkout, path, '..'), { recursive: true });
  await writeFile(join(checkout, path), 'x'.repeat(1_500_000));
}
async function files(): Promise<string[]> {
  const found = await readdir(checkout, { recursive: true, withFileTypes: true });
  return found.filter((each) => !each.isDirectory()).map((each) => join(each.parentPath, each.name).slice(checkout.length + 1)).sort(); // prettier-ignore
}
const stateOf = (pid: number) =>
  writeState(statePath(checkout), { gateway: '', admin: '', tokens: {}, bus: { bootstrap: '' }, registry: '', card: '', pids: { stack: pid } }); // prettier-ignore
const run = (...words: string[]) => runCli(['reset', ...words], { cwd: join(checkout, 'src') });
const terminal = (text: string) => Object.assign(Readable.from([text]), { isTTY: true });

test('data, inbox and state of the stack are named and wiped, and nothing else', async () => {
  await stateOf(NOBODYS_PID);
  const { code, err } = await run('--yes');
  expect([code, err.split('\n')[0]]).toEqual([0, `${join(checkout, '.sitebus', 'data')}  1.5 MB`]);
  expect(await files()).toEqual(['.sitebus/mutation/report', '.sitebus/stack-9000/data/log', 'src/own-work']);
});

test('a stack that has ports of its own is wiped alone', async () => {
  expect((await run('--yes', '--port-base', '9000')).code).toBe(0);
  expect(await files()).not.toContain('.sitebus/stack-9000/data/log');
  expect(await files()).toContain('.sitebus/data/kafka/log');
  expect((await run('--yes', '--port-base', '../..')).code).toBe(2);
});

test('a running stack is not wiped, and its process is named', async () => {
  await stateOf(process.pid);
  const before = await files();
  const { code, err } = await run('--yes');
  expect([code, err]).toEqual([1, expect.stringContaining(`where: stack: pid ${process.pid}`)]);
  expect(await files()).toEqual(before);
});

test('without a yes nothing is wiped: not asked where nobody sits, not on anything but yes, not in a dry run', async () => {
  const before = await files();
  expect((await run()).code).toBe(2);
  expect((await runCli(['reset'], { cwd: checkout, stdin: terminal('\n') })).code).toBe(1);
  expect((await run('--dry-run')).err).toContain('1.5 MB');
  expect(await files()).toEqual(before);
  expect((await runCli(['reset'], { cwd: checkout, stdin: terminal('yes\n') })).code).toBe(0);
  expect(await files()).not.toEqual(before);
});

test('what a link in the data points to stays', async () => {
  await symlink(join(checkout, 'src'), join(checkout, '.sitebus', 'data', 'link'));
  expect((await run('--yes')).code).toBe(0);
  expect(await readFile(join(checkout, 'src', 'own-work'), 'utf8')).toContain('x');
});

test('where no stack has run there is nothing to wipe, and that is said', async () => {
  const { code, err } = await runCli(['reset', '--yes'], { cwd: '/' });
  expect([code, err.split('\n')[0]]).toEqual([1, 'error: no local stack has ever run here']);
});
