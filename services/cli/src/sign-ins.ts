// Who a person has signed in as, at which gateway: kept in the user's config folder by `login`, read by every command.
// Holds: mode 0600, written whole or not at all; a file that others may read is refused; a token goes to no other gateway
// than the one it was given for. Source: README.md#signing-in

import { chmod, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { CliError, EXIT } from './errors.ts';

/** One sign-in. */
export interface SignIn {
  /** Origin, without a trailing slash. */
  readonly gateway: string;
  /** What `--as` calls it. */
  readonly name: string;
  readonly token: string;
}

type Env = Readonly<Record<string, string | undefined>>;
const OTHERS_MAY_READ = 0o077;

/** Where they lie: `sitebus/sign-ins.json` in the user's config folder (XDG_CONFIG_HOME). */
export const signInsPath = (env: Env): string =>
  join(
    env['XDG_CONFIG_HOME'] ? join(env['XDG_CONFIG_HOME'], 'sitebus') : envPaths('sitebus', { suffix: '' }).config,
    'sign-ins.json',
  );

/** @returns all sign-ins, the newest first; none where nobody has signed in. Throws a CliError 1 where others may read the file. */
export async function loadSignIns(env: Env): Promise<readonly SignIn[]> {
  const path = signInsPath(env);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((cause as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new CliError(EXIT.failed, 'the file of sign-ins cannot be read', {
      where: [path],
      next: 'sitebus logout --all',
      cause,
    });
  });
  if (text === undefined) return [];
  if (process.platform !== 'win32' && ((await stat(path)).mode & OTHERS_MAY_READ) !== 0)
    throw new CliError(EXIT.failed, 'others may read the file of sign-ins, so nothing in it is used', {
      where: [path],
      next: `chmod 600 ${path}, and end keys that may have been read: sitebus keys revoke <id>`,
    });
  return parseSignIns(text, path);
}

/** The one to use at a gateway: of that name, or the newest there. */
export const signInAt = (signIns: readonly SignIn[], gateway: string, name: string | undefined): SignIn | undefined =>
  signIns.find((each) => each.gateway === gateway && (name === undefined || each.name === name));

/** Puts one first, in the place of one with the same name and gateway. */
export async function addSignIn(env: Env, signIn: SignIn): Promise<void> {
  const others = (await loadSignIns(env)).filter((each) => !isSame(each, signIn));
  await writeSignIns(env, [signIn, ...others]);
}

/** Removes those that fit. @returns how many did. */
export async function removeSignIns(env: Env, isRemoved: (signIn: SignIn) => boolean): Promise<number> {
  const before = await loadSignIns(env);
  const kept = before.filter((each) => !isRemoved(each));
  if (kept.length < before.length) await writeSignIns(env, kept);
  return before.length - kept.length;
}

/** Removes the file itself, readable or not; no error when it is gone. */
export const forgetSignIns = (env: Env): Promise<void> => rm(signInsPath(env), { force: true });

async function writeSignIns(env: Env, signIns: readonly SignIn[]): Promise<void> {
  if (signIns.length === 0) return forgetSignIns(env);
  const path = signInsPath(env);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const part = `${path}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify({ signIns }, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600);
  await rename(part, path);
}

function parseSignIns(text: string, path: string): readonly SignIn[] {
  try {
    const { signIns } = JSON.parse(text) as { readonly signIns: readonly Partial<SignIn>[] };
    return signIns.map(({ gateway, name, token }) => {
      if (typeof gateway !== 'string' || typeof name !== 'string' || typeof token !== 'string') throw new TypeError();
      return { gateway, name, token };
    });
  } catch (cause) {
    throw new CliError(EXIT.failed, 'the file of sign-ins is none', {
      where: [path],
      next: 'sitebus logout --all',
      cause,
    });
  }
}

const isSame = (a: SignIn, b: SignIn): boolean => a.gateway === b.gateway && a.name === b.name;
