// What must be true before anything is started: enough disk, enough memory, no stack of this folder running already.
// Holds: reads only; a failed check says what, where and what next.

import { freemem } from 'node:os';
import { mkdir, readFile, statfs } from 'node:fs/promises';
import type { StateFile } from '@sitebus/cli';
import { SetupError } from '../setup/errors.ts';

const GIB = 1024 ** 3;
const MIN_DISK_BYTES = 3 * GIB;

/** Free disk and memory, in words. Throws DISK_FULL (retriable) below 3 GB. */
export async function checkRoom(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = await statfs(dataDir);
  const freeBytes = bavail * bsize;
  if (freeBytes < MIN_DISK_BYTES)
    throw new SetupError('DISK_FULL', [
      `${dataDir} has ${(freeBytes / GIB).toFixed(1)} GB free; the stack needs 3 GB`,
      'Free some space, or wipe this stack: npm start -- --fresh',
    ]);
  return `disk ${Math.round(freeBytes / GIB)} GB · memory ${Math.round(freemem() / GIB)} GB`;
}

/** The state of a stack that runs on these folders, or undefined. */
export async function runningStack(stateFile: string): Promise<StateFile | undefined> {
  const text = await readFile(stateFile, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as StateFile;
  const answers = await fetch(`${state.admin}/livez`, { signal: AbortSignal.timeout(2_000) }).then(
    (r) => r.ok,
    () => false,
  );
  return answers ? state : undefined;
}
