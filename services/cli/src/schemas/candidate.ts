// A schema file that somebody wants to have: what is wrong with it, and with every record type that it changes.
// Holds: nothing is written; a file is judged as it would lie in the contract, whether it lies there already or not; faults
// of one file are found all at once, those of its shape before those that need it whole.

import { readFile, realpath } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import {
  isJsonObject, isRefusal, loadSchemaSet, resolvedFaults, schemaFault, schemaFaults, sharedPartFaults,
  type JsonObject, type KnownVersion, type RecordSchema, type SchemaFault,
} from '@sitebus/sdk'; // prettier-ignore
import { CliError, EXIT } from '../errors.ts';
import { recordsOf, versionsOf, withOwn, type Contract } from './contract.ts';
import { placeOfFault } from './json-place.ts';

/** One record type as it would be, and the versions that it must go with. */
export interface CandidateRecord {
  readonly record: RecordSchema;
  /** Ascending; its own text is among them where it is known already. Empty: the subject is new. */
  readonly versions: readonly KnownVersion[];
}

/** One file, judged. */
export interface Candidate {
  /** As typed. */
  readonly path: string;
  /** Below schemas/avro: where it lies, or would lie. */
  readonly file: string;
  readonly text: string;
  readonly isInPlace: boolean;
  /** A part that records share, which is no record type of its own. */
  readonly isShared: boolean;
  readonly faults: readonly SchemaFault[];
  /** The file's own record; of a shared part, the records that it is part of. Empty where they cannot be made. */
  readonly records: readonly CandidateRecord[];
}

/** Reads and judges one file. Throws a CliError 1 where it cannot be read, or the contract around it cannot. */
export async function readCandidate(contract: Contract, path: string, cwd: string): Promise<Candidate> {
  const absolute = resolve(cwd, path);
  const text = await readFile(absolute, 'utf8').catch((cause: unknown) => {
    throw new CliError(EXIT.failed, 'the file cannot be read', { where: [absolute], next: 'check the path', cause });
  });
  const placed = await placeInContract(contract.avroDir, absolute);
  const isShared = placed?.startsWith('shared/') ?? false;
  const start = { path, file: placed ?? basename(path), text, isInPlace: placed !== undefined, isShared, records: [] };
  const { source, faults: unread } = parseJson(text);
  if (unread.length > 0) return { ...start, faults: unread };
  const faults = isShared ? sharedPartFaults(source) : schemaFaults(source, namespacesIn(contract.avroDir));
  if (!isJsonObject(source) || faults.some(({ code }) => UNRESOLVABLE.has(code))) return { ...start, faults };
  const own = isShared || placed !== undefined ? undefined : await recordInForce(contract, source);
  const file = placed ?? own?.file ?? freshFile(source);
  return { ...start, file, ...(await resolved(contract, { file, text, source, own, isShared, faults })) };
}

/** With one of these, what the file defines cannot be put together. */
const UNRESOLVABLE: ReadonlySet<string> = new Set(['NOT_A_RECORD', 'NOT_A_TYPE', 'BAD_NAME', 'NAMED_TWICE', 'MEMBERS_REQUIRED', 'NAMESPACE']); // prettier-ignore
/** Folders of schemas/avro that are no namespace. */
const NO_NAMESPACE: ReadonlySet<string> = new Set(['shared', 'versions']);
const ROOT_NAMESPACE = 'ca.sitebus';

interface Unresolved {
  readonly file: string;
  readonly text: string;
  readonly source: JsonObject;
  /** The record that it would replace. */
  readonly own: RecordSchema | undefined;
  readonly isShared: boolean;
  readonly faults: readonly SchemaFault[];
}

async function resolved(contract: Contract, { file, text, source, own, isShared, faults }: Unresolved) {
  let set: readonly RecordSchema[];
  try {
    set = await loadSchemaSet(contract.avroDir, new Map([[file, text]]));
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const found = `${String(cause.details['file'])}: ${String(cause.details['reason'])}`;
    return { faults: [...faults, schemaFault('NOT_RESOLVED', '', found)], records: [] };
  }
  const names = namesIn(source);
  const isOwn = (record: RecordSchema): boolean => record.file === file;
  const touched = set.filter((record) => isOwn(record) || names.some((name) => record.text.includes(`"name":"${name}"`))); // prettier-ignore
  const records = await Promise.all(
    touched
      .toSorted((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
      .map(async (record) => {
        const known = await versionsOf(contract, record.subject);
        return { record, versions: isOwn(record) ? withOwn(known, own) : known };
      }),
  );
  const isAnnotated = !faults.some(({ code }) => code === 'FEATURE_UNKNOWN'); // said already, with its place
  const more = records.flatMap(({ record, versions }) =>
    resolvedFaults(record, versions)
      .filter(({ code }) => isAnnotated || code !== 'FEATURE_UNFIT')
      .map((fault) => (isOwn(record) ? fault : { ...fault, detail: `${record.subject}: ${fault.detail}` })),
  );
  return { faults: [...faults, ...more], records: isShared ? records : records.filter(({ record }) => isOwn(record)) };
}

/** The record of the checkout that has the name of this one. */
async function recordInForce(contract: Contract, { namespace, name }: JsonObject): Promise<RecordSchema | undefined> {
  return (await recordsOf(contract)).find(({ subject }) => subject === `${String(namespace)}.${String(name)}`);
}

/** @returns the path below schemas/avro of a file that lies there, older versions left out. */
async function placeInContract(avroDir: string, file: string): Promise<string | undefined> {
  const inside = relative(await realpath(avroDir).catch(() => avroDir), await realpath(file));
  return inside.startsWith('..') || inside.startsWith(`versions${sep}`) ? undefined : inside.split(sep).join('/');
}

/** Where a new record type goes: `<last word of its namespace>/<its name in kebab-case>.avsc`. */
function freshFile({ namespace, name }: JsonObject): string {
  const kebab = String(name).replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase(); // prettier-ignore
  return `${String(namespace).split('.').at(-1) ?? ''}/${kebab}.avsc`;
}

function namespacesIn(avroDir: string): readonly string[] {
  if (!existsSync(avroDir))
    throw new CliError(EXIT.failed, 'there is no contract here', { where: [join(avroDir)], next: 'set SITEBUS_SCHEMAS, or work in a checkout' }); // prettier-ignore
  return readdirSync(avroDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !NO_NAMESPACE.has(entry.name))
    .map(({ name }) => `${ROOT_NAMESPACE}.${name}`);
}

/** Names of every type that a schema defines. */
function namesIn(type: unknown): readonly string[] {
  if (Array.isArray(type)) return type.flatMap(namesIn);
  if (!isJsonObject(type)) return [];
  const { name, fields, items } = type;
  const inner = Array.isArray(fields) ? fields.map((field: JsonObject) => field['type']) : [];
  return [...(typeof name === 'string' ? [name] : []), ...namesIn(inner), ...namesIn(items), ...namesIn(type['type'])];
}

function parseJson(text: string): { readonly source: unknown; readonly faults: readonly SchemaFault[] } {
  try {
    return { source: JSON.parse(text), faults: [] };
  } catch {
    return { source: undefined, faults: [schemaFault('NOT_JSON', '', placeOfFault(text))] };
  }
}
