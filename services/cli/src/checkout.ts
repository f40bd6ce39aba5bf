// The checkout that a person stands in, or that this program belongs to: where local data and the programs of deploy/ lie.
// Holds: nothing is looked for anywhere else; a program that is not there is a refusal that says where it would be.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CliContext } from './context.ts';
import { CliError, EXIT } from './errors.ts';
import { STATE_FOLDER } from './state-file.ts';

/** @returns the nearest folder upward that holds `.sitebus`, or undefined. */
export function checkoutAbove(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    if (existsSync(join(folder, STATE_FOLDER))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The checkout of sitebus that this file is in, or a folder that is none where it was installed from a package. */
export const ownCheckout = (): string => fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Runs a program of the checkout, such as `deploy/provision/main.ts`, and passes on what it says.
 * @returns its exit code; 130 when it was interrupted. Throws a CliError 1 where there is no such program.
 */
export async function runProgram(program: string, words: readonly string[], context: CliContext): Promise<number> {
  const isBuilt = import.meta.url.endsWith('.js'); // in an image, where the programs of deploy/ are built too
  const path = join(ownCheckout(), isBuilt ? program.replace(/\.ts$/, '.js') : program);
  if (!existsSync(path))
    throw new CliError(EXIT.failed, 'this works in a checkout of sitebus alone', { where: [path], next: 'git clone, npm install' }); // prettier-ignore
  const child = spawn(process.execPath, [...(isBuilt ? [] : sourceLoader()), path, ...words], {
    cwd: context.cwd,
    env: { ...context.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => context.out(text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => context.err(text));
  const stop = (): void => void child.kill('SIGTERM');
  context.signal.addEventListener('abort', stop);
  try {
    return await new Promise<number>((done, fail) => {
      child.once('error', fail);
      child.once('close', (code) => done(code ?? EXIT.interrupted));
    });
  } finally {
    context.signal.removeEventListener('abort', stop);
  }
}

/** What Node is told to read the sources of a checkout. */
function sourceLoader(): readonly string[] {
  return ['--conditions=source', '--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
