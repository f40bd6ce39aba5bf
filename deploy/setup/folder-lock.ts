// One process at a time does a piece of work in the shared cache (two checkouts may start together).
// Holds: the lock is a file that names its owner's pid; a lock whose owner is gone is taken over, so a killed
// process never blocks the next. The work itself ends in an atomic rename: a reader needs no lock.
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupError } from './errors.ts';

const POLL_MS = 200;

/**
 * Runs `work` while holding the lock file; waits for another live holder.
 * @throws SetupError LOCK_TIMEOUT, retriable, when a live holder keeps it longer than `withinMs`
 */
export async function withLock<T>(lockFile: string, withinMs: number, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  const deadline = Date.now() + withinMs;
  while (!(await take(lockFile))) {
    if (Date.now() > deadline) {
      throw new SetupError('LOCK_TIMEOUT', [
        `another process holds ${lockFile}`,
        'wait for it, or end it and start again',
      ]);
    }
    await pause(POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

/** Links a file that already has its content: a lock file is never seen half written. */
async function take(lockFile: string): Promise<boolean> {
  const mine = `${lockFile}.${process.pid}.${randomUUID()}`;
  await writeFile(mine, `${process.pid}\n`);
  try {
    await link(mine, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await dropIfAbandoned(lockFile);
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}

async function dropIfAbandoned(lockFile: string): Promise<void> {
  const holder = Number(await readFile(lockFile, 'utf8').catch(() => String(process.pid)));
  if (isAlive(holder)) return;
  const moved = `${lockFile}.${process.pid}.${randomUUID()}.abandoned`;
  if (
    !(await rename(lockFile, moved).then(
      () => true,
      () => false,
    ))
  )
    return; // another process moved it first
  // Between our look and our move a third process may have taken it over: then it is put back.
  if (isAlive(Number(await readFile(moved, 'utf8')))) await link(moved, lockFile).catch(() => undefined);
  await rm(moved, { force: true });
}

/** @returns whether a process with this id exists, whoever owns it */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
