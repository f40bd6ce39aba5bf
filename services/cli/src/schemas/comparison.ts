// What a person wants compared, from two words: a file, or a type with a version.
// Holds: nothing is guessed: a version that nobody knows is a mistake; a file alone is compared with the newest version of
// its subject, a type alone with what the checkout makes of it.

import { existsSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { KnownVersion } from '@sitebus/sdk';
import { CliError, EXIT, usageError } from '../errors.ts';
import { readCandidate } from './candidate.ts';
import { nameOf, nextVersion, recordsOf, versionsOf, withOwn, type Contract } from './contract.ts';

/** One of the two that are compared. */
export interface Side {
  /** For people: a path, or `version 2 (id 17)`. */
  readonly name: string;
  readonly subject: string;
  readonly version: number;
  /** Self-contained Avro schema, as JSON. */
  readonly schema: string;
}

/** Finds both. Throws a CliError 1 or 2 saying which word names nothing. */
export async function sidesOf(
  contract: Contract,
  words: readonly [before: string, after?: string | undefined],
  cwd: string,
): Promise<readonly [before: Side, after: Side]> {
  const [before, after] = words;
  if (after !== undefined) return [await sideOf(contract, before, cwd), await sideOf(contract, after, cwd)];
  const given = await sideOf(contract, before, cwd);
  if (!isFile(before, cwd) && before.includes('@')) return [given, await sideOf(contract, given.subject, cwd)];
  const newest = given.earlier.at(-1);
  if (newest !== undefined) return [sideFrom(given.subject, newest), given];
  throw new CliError(EXIT.failed, `no other version of ${given.subject} is known here`, {
    where: [contract.lockPath],
    next: 'sitebus provision --plan',
  });
}

/** The types of the contract that a word means: by full name, or by name without namespace. */
export const isNamed = (subject: string, word: string): boolean => subject === word || subject.endsWith(`.${word}`);

/** A word that names no record type. */
export const noSuchType = (word: string): CliError => usageError(`there is no record type ${word}`, 'sitebus schemas list'); // prettier-ignore

/** A side, and the versions that it may be compared with, ascending. */
interface Found extends Side {
  readonly earlier: readonly KnownVersion[];
}

const isFile = (word: string, cwd: string): boolean =>
  word.endsWith('.avsc') || word.includes(sep) || existsSync(resolve(cwd, word));

async function sideOf(contract: Contract, word: string, cwd: string): Promise<Found> {
  if (isFile(word, cwd)) return fileSide(contract, word, cwd);
  const [type = '', number] = word.split('@');
  const { subject, own } = await subjectOf(contract, type);
  const earlier = await versionsOf(contract, subject);
  const versions = withOwn(earlier, own);
  const meant = number === undefined ? (versions.find(({ schema }) => schema === own?.text) ?? versions.at(-1)) : versions.findLast(({ version }) => String(version) === number); // prettier-ignore
  if (meant === undefined)
    throw usageError(`${type} has no version ${number ?? ''}`, `one of ${versions.map(({ version }) => version).join(', ')}`); // prettier-ignore
  return { ...sideFrom(subject, meant), earlier };
}

async function fileSide(contract: Contract, path: string, cwd: string): Promise<Found> {
  const { records, faults, isShared } = await readCandidate(contract, path, cwd);
  const [own] = records;
  if (isShared)
    throw usageError('a shared part is no record type', 'sitebus schemas diff <type>, for each type that has it');
  if (own === undefined)
    throw new CliError(EXIT.failed, 'the file is no record type', {
      where: faults.map(({ pointer, code, detail }) => `${path} ${pointer} ${code}: ${detail}`),
      next: `sitebus schemas check ${path}`,
    });
  const { record, versions: earlier } = own;
  const known = earlier.find(({ schema }) => schema === record.text);
  const version = known?.version ?? nextVersion(earlier);
  return { name: path, subject: record.subject, version, schema: record.text, earlier };
}

async function subjectOf(contract: Contract, type: string) {
  const own = (await recordsOf(contract)).find(({ subject }) => isNamed(subject, type));
  const subject = own?.subject ?? contract.lock?.entries.find((entry) => isNamed(entry.subject, type))?.subject;
  if (subject === undefined) throw noSuchType(type);
  return { subject, own };
}

function sideFrom(subject: string, version: KnownVersion): Side {
  return { name: nameOf(version), subject, version: version.version, schema: version.schema };
}
