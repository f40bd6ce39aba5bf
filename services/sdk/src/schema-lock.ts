// The schemas every service agrees on: which ids of the registry hold which version of which record type.
// Holds: provision writes it, nobody else; a text that does not match its SHA-256 refuses the whole lock; sorted and frozen;
// the feature annotations of a subject's newest version hold for records of all its versions.
// Source: README.md#codec

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { invalidSchemaLock } from './errors.ts';
import { featuresIn, type FeatureAnnotation } from './features/annotations.ts';
import { isJsonObject } from './json-object.ts';
import type { AvroObject, RecordSchema } from './schema-set.ts';

/** One registered version of one record type. */
export interface LockedSchema {
  readonly subject: string;
  /** Id in the registry, as written into every record. */
  readonly id: number;
  /** Version within the subject, from 1. */
  readonly version: number;
  /** SHA-256 of `schema`, hexadecimal. */
  readonly sha256: string;
  /** Self-contained Avro schema, as registered. */
  readonly schema: string;
  readonly features: readonly FeatureAnnotation[];
}

/** The whole agreement. */
export interface SchemaLock {
  /** Sorted by subject, then version; no id twice. */
  readonly entries: readonly LockedSchema[];
  /** Ids whose records go to the dead letter rather than pause their partition. Sorted. */
  readonly denied: readonly number[];
  /** The signed note of the policy it was provisioned with: a process believes no older one (`loadSignedPolicy`). Empty: it says none, and no process starts. */
  readonly policyNote: string;
}

/**
 * Reads the lock that provision wrote.
 * Rejects with INVALID_SCHEMA_LOCK (not retriable) naming what is wrong.
 */
export async function loadSchemaLock(path: string): Promise<SchemaLock> {
  const file = basename(path);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw invalidSchemaLock({ file, reason: 'cannot be read' }, cause);
  }
  return parseSchemaLock(text, file);
}

/** Like `loadSchemaLock`, from the lock's text; throws INVALID_SCHEMA_LOCK. */
export function parseSchemaLock(text: string, file = 'schemas.lock'): SchemaLock {
  let lock: unknown;
  try {
    lock = JSON.parse(text);
  } catch (cause) {
    throw invalidSchemaLock({ file, reason: 'is not JSON' }, cause);
  }
  if (!isJsonObject(lock) || !Array.isArray(lock['entries']) || !Array.isArray(lock['denied']))
    throw invalidSchemaLock({ file, reason: 'has no entries and denied' });
  const entries = lock['entries'].map((entry: unknown, index) => checkedEntry(entry, index, file));
  const denied = lock['denied'].filter((id): id is number => Number.isInteger(id));
  if (denied.length !== lock['denied'].length) throw invalidSchemaLock({ file, reason: '/denied holds no id' });
  const { policyNote = '' } = lock;
  if (typeof policyNote !== 'string') throw invalidSchemaLock({ file, reason: '/policyNote is no note' });
  return freezeLock(entries, denied, policyNote, file);
}

/**
 * Makes the lock of a schema set, each subject with the versions the registry gave it.
 * @param placeOf the id and version of a record schema; the default numbers them 1, 2, 3 … as tests and the in-memory bus need.
 */
export function toSchemaLock(
  set: readonly RecordSchema[],
  placeOf: (record: RecordSchema, index: number) => { readonly id: number; readonly version: number } = (_, index) => ({
    id: index + 1,
    version: 1,
  }),
  denied: readonly number[] = [],
  policyNote = '',
): SchemaLock {
  const entries = set.map((record, index) => {
    const { subject, text: schema, sha256 } = record;
    return { subject, ...placeOf(record, index), sha256, schema, features: featuresIn(record.schema) };
  });
  return freezeLock(entries, denied, policyNote, 'schema set');
}

/** The newest locked version of a subject; undefined when it is not locked. */
export function newestOf(lock: SchemaLock, subject: string): LockedSchema | undefined {
  return lock.entries.findLast((entry) => entry.subject === subject);
}

/** The annotations that hold for every record of the subject, whichever version wrote it; empty for an unknown subject. */
export function newestFeaturesOf(lock: SchemaLock, subject: string): readonly FeatureAnnotation[] {
  return newestOf(lock, subject)?.features ?? [];
}

/** The lock as provision writes it: one line an entry, so that a difference can be read. */
export function renderSchemaLock(lock: SchemaLock): string {
  const entries = lock.entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
  return `{\n  "entries": [\n${entries}\n  ],\n  "denied": ${JSON.stringify(lock.denied)},\n  "policyNote": ${JSON.stringify(lock.policyNote)}\n}\n`;
}

function checkedEntry(entry: unknown, index: number, file: string): LockedSchema {
  const at = `/entries/${index}`;
  if (!isJsonObject(entry)) throw invalidSchemaLock({ file, reason: `${at} is no object` });
  const { subject, id, version, sha256, schema } = entry;
  if (typeof subject !== 'string' || typeof schema !== 'string' || typeof sha256 !== 'string')
    throw invalidSchemaLock({ file, reason: `${at} lacks subject, schema or sha256` });
  if (!isCount(id) || !isCount(version))
    throw invalidSchemaLock({ file, reason: `${at} needs a positive id and version` });
  if (createHash('sha256').update(schema).digest('hex') !== sha256)
    throw invalidSchemaLock({ file, reason: `${at}/schema does not match its sha256` });
  const features = featuresIn(JSON.parse(schema) as AvroObject);
  if (JSON.stringify(features) !== JSON.stringify(entry['features']))
    throw invalidSchemaLock({ file, reason: `${at}/features differ from the schema's annotations` });
  return { subject, id, version, sha256, schema, features };
}

function freezeLock(
  entries: readonly LockedSchema[],
  denied: readonly number[],
  policyNote: string,
  file: string,
): SchemaLock {
  const ids = new Set(entries.map(({ id }) => id));
  if (ids.size !== entries.length) throw invalidSchemaLock({ file, reason: 'the same id is locked twice' });
  const sorted = entries.map((entry) => Object.freeze(entry)).sort(bySubjectThenVersion);
  return Object.freeze({
    entries: Object.freeze(sorted),
    denied: Object.freeze([...new Set(denied)].sort((a, b) => a - b)),
    policyNote,
  });
}

function bySubjectThenVersion(a: LockedSchema, b: LockedSchema): number {
  return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.version - b.version;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
}
