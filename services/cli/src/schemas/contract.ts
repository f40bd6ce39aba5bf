// The contract as this checkout has it, and the lock of the stack that was provisioned from it, if there is one.
// Holds: nothing is written; where no lock is found that is said, because what is in force is then known to nobody here.

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isRefusal, knownVersions, loadKeptVersions, loadSchemaLock, loadSchemaSet } from '@sitebus/sdk';
import type { KnownVersion, RecordSchema, SchemaLock } from '@sitebus/sdk';
import { checkoutAbove } from '../checkout.ts';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { findState, STATE_FOLDER } from '../state-file.ts';

/** Where the contract lies, and what is known to be in force. */
export interface Contract {
  /** The folder with `shared/`, `versions/` and a folder a namespace. */
  readonly avroDir: string;
  readonly lock: SchemaLock | undefined;
  /** Where the lock lies or was looked for. */
  readonly lockPath: string;
}

const LOCK = 'schemas.lock.json';

/** Opens it. Throws a CliError 1 for a lock that was named and is not there, or that is none. */
export async function openContract(context: CliContext, lockOption: string | undefined): Promise<Contract> {
  const lockPath = lockOption === undefined ? await lockOf(context) : resolve(context.cwd, lockOption);
  const isThere = existsSync(lockPath);
  if (!isThere && lockOption !== undefined)
    throw new CliError(EXIT.failed, 'there is no such lock', { where: [lockPath], next: 'leave --lock away, or provision first' }); // prettier-ignore
  const lock = isThere ? await orSay(lockPath, loadSchemaLock(lockPath)) : undefined;
  return { avroDir: join(contractFolder(context.env), 'avro'), lock, lockPath };
}

/** The record types of the checkout. Throws a CliError 1 where they cannot be read as one set. */
export const recordsOf = ({ avroDir }: Contract): Promise<readonly RecordSchema[]> =>
  orSay(avroDir, loadSchemaSet(avroDir));

/** What is locked and kept of a subject, ascending; the file in the checkout is not among them unless it is locked. */
export async function versionsOf({ avroDir, lock }: Contract, subject: string): Promise<readonly KnownVersion[]> {
  return knownVersions(subject, lock, await orSay(avroDir, loadKeptVersions(avroDir, subject)));
}

/** Adds the checkout's own text, as the version after the last, where it is none that is known. */
export function withOwn(versions: readonly KnownVersion[], own: RecordSchema | undefined): readonly KnownVersion[] {
  if (own === undefined || versions.some(({ schema }) => schema === own.text)) return versions;
  return [...versions, { version: nextVersion(versions), schema: own.text, isKept: false }];
}

/** The number of a version that follows these. */
export const nextVersion = (versions: readonly KnownVersion[]): number =>
  Math.max(0, ...versions.map(({ version }) => version)) + 1;

/** Where a version is known from, in words. */
export const originOf = ({ id, isKept }: KnownVersion): string =>
  id !== undefined ? `id ${id}` : isKept ? 'kept' : 'in the checkout';

/** Names a version, such as `version 2 (id 17)`. */
export const nameOf = (version: KnownVersion): string => `version ${version.version} (${originOf(version)})`;

async function lockOf({ cwd, env }: CliContext): Promise<string> {
  const given = env['BUS_DATA'];
  if (given !== undefined) return join(resolve(cwd, given), LOCK);
  const found = await findState(cwd).catch(() => undefined);
  if (found !== undefined) return join(found.state.dataDir ?? join(dirname(found.path), 'data'), LOCK);
  return join(checkoutAbove(cwd) ?? resolve(cwd), STATE_FOLDER, 'data', LOCK);
}

async function orSay<T>(place: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const { file, reason } = cause.details;
    throw new CliError(EXIT.failed, `${cause.code}: ${String(reason)}`, {
      where: [`${place} ${String(file)}`],
      next: cause.code === 'INVALID_SCHEMA_LOCK' ? 'sitebus provision --plan' : 'sitebus schemas check <file>',
      cause,
    });
  }
}
