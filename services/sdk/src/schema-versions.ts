// The versions of a subject that records may have been written with: those that are locked and those that are kept in
// schemas/avro/versions, each once.
// Holds: the same text is one version, whatever it is numbered where; ordered by number, what is locked last of equals; a
// subject that is neither locked nor kept has none. Source: schemas/README.md#to-change-a-record-type

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EarlierVersion } from './schema-compatibility.ts';
import type { SchemaLock } from './schema-lock.ts';
import { parseAvro, toSelfContained, type RecordSchema } from './schema-set.ts';

/** One version of a subject, and where it is known from. */
export interface KnownVersion extends EarlierVersion {
  /** Id in the registry; absent: not in the lock. */
  readonly id?: number;
  /** Whether `versions/<subject>/` has it. */
  readonly isKept: boolean;
}

/**
 * Reads `versions/<subject>/<n>.avsc` below `dir`, oldest first; the version in force is not among them.
 * @returns an empty list for a subject that has none. Rejects with INVALID_SCHEMA_SET naming the file.
 */
export async function loadKeptVersions(dir: string, subject: string): Promise<readonly RecordSchema[]> {
  const folder = join(dir, 'versions', subject);
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.avsc'));
  const oldestFirst = files.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
  return Promise.all(
    oldestFirst.map(async (name) => {
      const file = `versions/${subject}/${name}`;
      return toSelfContained(parseAvro(await readFile(join(dir, file), 'utf8'), file), file);
    }),
  );
}

/** @returns what is locked and what is kept of one subject, ascending; `kept` as `loadKeptVersions` gives it. */
export function knownVersions(
  subject: string,
  lock: SchemaLock | undefined,
  kept: readonly RecordSchema[],
): readonly KnownVersion[] {
  const keptTexts = new Set(kept.map(({ text }) => text));
  const locked = (lock?.entries ?? []).filter((entry) => entry.subject === subject);
  const lockedTexts = new Set(locked.map(({ schema }) => schema));
  return [
    ...kept.flatMap(({ text: schema }, index) =>
      lockedTexts.has(schema) ? [] : [{ version: index + 1, schema, isKept: true }],
    ),
    ...locked.map(({ version, id, schema }) => ({ version, id, schema, isKept: keptTexts.has(schema) })),
  ].sort((a, b) => a.version - b.version);
}
