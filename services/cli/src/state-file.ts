// What a running local stack tells the tools that come after it: addresses, one token a role, the card, process ids.
// Holds: mode 0600, written whole or not at all; looked for from the working folder upward as .sitebus/state.json,
// then in the user's state folder, so that two checkouts do not meet. Source: README.md#state-file

import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';

/** One running stack. */
export interface StateFile {
  /** Origin of the gateway, such as `http://localhost:7080`; no path, no trailing slash. */
  readonly gateway: string;
  /** Origin of the admin listener: /livez, /readyz, /metrics. */
  readonly admin: string;
  /** Bearer by role, as the card shows them. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Public halves of the keys that sign this stack's ledgers; absent: from an older stack. */
  readonly ledgerKeys?: readonly string[];
  readonly bus: { readonly bootstrap: string };
  /** The registry's ccompat root. */
  readonly registry: string;
  /** The card as printed. */
  readonly card: string;
  /** By part, such as `stack`, `broker`, `registry`. */
  readonly pids: Readonly<Record<string, number>>;
  /** Where the stack keeps what is its own, `schemas.lock.json` among it; absent: `data` beside the state file. */
  readonly dataDir?: string;
}

/** Below the checkout; ignored by git. */
export const STATE_FOLDER = '.sitebus';
const STATE_FILE = 'state.json';

/** The state file's path below a checkout. */
export const statePath = (checkout: string): string => join(checkout, STATE_FOLDER, STATE_FILE);

/** The path in the user's state folder (XDG_STATE_HOME on Linux). */
export const userStatePath = (): string => join(envPaths('sitebus', { suffix: '' }).log, STATE_FILE); // `log` is the state folder

/** Writes it for the tools to find; replaces an older one. */
export async function writeState(path: string, state: StateFile): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600);
  await rename(part, path);
}

/** Removes it; no error when it is gone already. */
export async function removeState(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** @returns the nearest state and where it lies, or undefined when no stack has left one. */
export async function findState(
  cwd: string,
): Promise<{ readonly path: string; readonly state: StateFile } | undefined> {
  for (const path of candidates(cwd)) {
    const state = await readState(path);
    if (state !== undefined) return { path, state };
  }
  return undefined;
}

function candidates(cwd: string): string[] {
  const paths: string[] = [];
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    paths.push(statePath(folder));
    if (dirname(folder) === folder) break;
  }
  return [...paths, userStatePath()];
}

async function readState(path: string): Promise<StateFile | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as Partial<StateFile>;
  return typeof state.gateway === 'string' && typeof state.tokens === 'object' ? (state as StateFile) : undefined;
}
