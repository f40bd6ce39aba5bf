// Python packages for tests that need other people's clients: a virtual environment, made once and kept in the ignored
// data folder. Holds: made whole or not at all; where it cannot be made, the reason is said loudly and returned.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..', '..');
const PATIENCE_MS = 900_000;

/** A Python with the packages, or why there is none. */
export type PythonClients = { readonly python: string } | { readonly missing: string };

/** @returns the interpreter of an environment with exactly the pinned packages of the file. */
export async function pythonClients(requirementsFile: string): Promise<PythonClients> {
  const requirements = await readFile(requirementsFile, 'utf8');
  const { stdout: version } = await run('python3', ['--version']).catch(() => ({ stdout: '' }));
  if (version === '') return missing('there is no python3');
  const name = createHash('sha256').update(`${version}\n${requirements}`).digest('hex').slice(0, 12);
  const folder = join(root, '.sitebus', `python-clients-${name}`);
  const python = join(folder, 'bin', 'python');
  if (existsSync(python)) return { python };
  await mkdir(join(root, '.sitebus'), { recursive: true });
  const unfinished = await mkdtemp(`${folder}-unfinished-`);
  try {
    await run('python3', ['-m', 'venv', unfinished], { timeout: PATIENCE_MS });
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirementsFile];
    await run(join(unfinished, 'bin', 'python'), pip, { timeout: PATIENCE_MS });
    await rename(unfinished, folder).catch((cause: unknown) => {
      if (!existsSync(python)) throw cause; // another run was faster
    });
    return { python };
  } catch (cause) {
    return missing(`the packages could not be installed: ${(cause as Error).message.split('\n')[0]}`);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

function missing(reason: string): PythonClients {
  console.warn(`SKIPPED: ${reason}; unmodified Python clients are not tested`);
  return { missing: reason };
}
