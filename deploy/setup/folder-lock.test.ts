import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { withLock } from './folder-lock.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'sitebus-lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

test('the second holder begins only when the first has finished', async () => {
  const lock = join(dir, 'a.lock');
  const order: string[] = [];
  let finishFirst = (): void => undefined;
  let firstBegins = (): void => undefined;
  const firstMayEnd = new Promise<void>((resolve) => (finishFirst = resolve));
  const firstHasBegun = new Promise<void>((resolve) => (firstBegins = resolve));
  const first = withLock(lock, 5_000, async () => {
    order.push('first begins');
    firstBegins();
    await firstMayEnd;
    order.push('first ends');
  });
  await firstHasBegun;
  const second = withLock(lock, 5_000, async () => void order.push('second begins'));
  finishFirst();
  await Promise.all([first, second]);
  expect(order).toEqual(['first begins', 'first ends', 'second begins']);
  expect(await readdir(dir)).toEqual([]);
});

test('a lock whose holder was killed is taken over', async () => {
  const lock = join(dir, 'a.lock');
  const { pid } = spawnSync(process.execPath, ['--version']); // has ended: nobody has this id now
  await writeFile(lock, `${pid}\n`);
  expect(await withLock(lock, 5_000, async () => 'done')).toBe('done');
  expect(await readdir(dir)).toEqual([]);
});

test('a lock that a living process keeps is waited for, then refused with its file named', async () => {
  const lock = join(dir, 'a.lock');
  await writeFile(lock, `${process.pid}\n`);
  await expect(withLock(lock, 0, async () => 'done')).rejects.toMatchObject({ code: 'LOCK_TIMEOUT', retriable: true });
});

test('work that fails gives the lock back', async () => {
  const lock = join(dir, 'a.lock');
  await expect(withLock(lock, 5_000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await withLock(lock, 0, async () => 'done')).toBe('done');
});
