// Reads schemas/avro and yields one self-contained Avro schema per record type, ready to be registered.
// Holds: a shared named type is written out where a record first uses it and named by its full name after that;
// the same files give the same text on every machine; an unknown or twice defined name refuses the whole set.
// Source: Apache Avro 1.12 §Names; README.md#codec

import { readFile, readdir } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, join, relative, sep } from 'node:path';
import { invalidSchemaSet } from './errors.ts';

/** An Avro schema as parsed JSON; unknown attributes such as `feature` are kept. */
export type AvroSchema = string | readonly AvroSchema[] | AvroObject;

/** A schema that is neither a name nor a union. */
export interface AvroObject {
  readonly type: AvroSchema;
  readonly name?: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields?: readonly AvroField[];
  readonly symbols?: readonly string[];
  readonly items?: AvroSchema;
  readonly values?: AvroSchema;
  readonly logicalType?: string;
}

/** One field of a record. */
export interface AvroField {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
  /** Kind of feature the field's values are; absent: they link nothing. */
  readonly feature?: string;
}

/** One record type of the contract. */
export interface RecordSchema {
  /** Full name; the subject under which it is registered (RecordNameStrategy). */
  readonly subject: string;
  /** Name without namespace. */
  readonly type: string;
  /** Self-contained. */
  readonly schema: AvroObject;
  /** `schema` as JSON: what is registered. */
  readonly text: string;
  /** SHA-256 of `text`, hexadecimal. */
  readonly sha256: string;
  /** Path below the folder, with forward slashes. */
  readonly file: string;
}

/** Folders that hold no record types of their own: shared parts, and older versions kept for compatibility tests. */
const NOT_RECORDS = ['shared', 'versions'];

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);

/**
 * Reads every `.avsc` below `dir`, `shared/` as parts and `versions/` not at all.
 * @param proposed texts by path below `dir`, in the place of what lies there or beside it: the set as it would be.
 * @returns the record types, sorted by subject, frozen.
 * Rejects with INVALID_SCHEMA_SET (not retriable) naming the file.
 */
export async function loadSchemaSet(
  dir: string,
  proposed: ReadonlyMap<string, string> = new Map(),
): Promise<readonly RecordSchema[]> {
  const files = [...new Set([...(await avroFilesOf(dir)), ...proposed.keys()])].sort();
  const definitions: Definitions = new Map();
  const roots = [];
  for (const file of files) {
    const schema = parseAvro(proposed.get(file) ?? (await readFile(join(dir, file), 'utf8')), file);
    const names = collectDefinitions(schema, schema.namespace ?? '', file, definitions);
    if (!NOT_RECORDS.includes(file.split('/')[0] ?? '')) roots.push({ file, subject: names });
  }
  return Object.freeze(roots.map(({ file, subject }) => toRecordSchema(subject, file, definitions)).sort(bySubject));
}

/** @returns a record schema from one self-contained schema, as a test or `schemas add` has it. */
export function toSelfContained(schema: AvroObject, file = `${schema.name ?? '?'}.avsc`): RecordSchema {
  const definitions: Definitions = new Map();
  return toRecordSchema(collectDefinitions(schema, schema.namespace ?? '', file, definitions), file, definitions);
}

type Definitions = Map<string, { readonly schema: AvroObject; readonly namespace: string; readonly file: string }>;

async function avroFilesOf(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.avsc'))
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.startsWith('versions/'))
    .sort();
}

/** Reads one file's named type as it is written. Throws INVALID_SCHEMA_SET naming the file. */
export function parseAvro(text: string, file: string): AvroObject {
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (cause) {
    throw invalidSchemaSet({ file, reason: 'is not JSON' }, cause);
  }
  if (typeof schema !== 'object' || schema === null || !('name' in schema) || !('type' in schema))
    throw invalidSchemaSet({ file, reason: `${basename(file)} holds no named Avro type` });
  return schema as AvroObject;
}

/** Enters the type and every type named inside it; @returns its full name. */
function collectDefinitions(schema: AvroSchema, namespace: string, file: string, into: Definitions): string {
  if (typeof schema === 'string') return fullNameOf(schema, namespace);
  if (isUnion(schema)) {
    for (const branch of schema) collectDefinitions(branch, namespace, file, into);
    return '';
  }
  const name = schema.name === undefined ? '' : fullNameOf(schema.name, schema.namespace ?? namespace);
  const inner = name === '' ? namespace : namespaceOf(name);
  if (name !== '') {
    const known = into.get(name);
    if (known) throw invalidSchemaSet({ file, reason: `${name} is already defined in ${known.file}` });
    into.set(name, { schema, namespace: inner, file });
  }
  for (const field of schema.fields ?? []) collectDefinitions(field.type, inner, file, into);
  if (schema.items !== undefined) collectDefinitions(schema.items, inner, file, into);
  if (schema.values !== undefined) collectDefinitions(schema.values, inner, file, into);
  return name;
}

function toRecordSchema(subject: string, file: string, definitions: Definitions): RecordSchema {
  const schema = inlined(subject, '', '', file, definitions, new Set()) as AvroObject;
  if (schema.type !== 'record') throw invalidSchemaSet({ file, reason: `${subject} is not a record` });
  const text = JSON.stringify(schema);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return Object.freeze({ subject, type: subject.slice(subject.lastIndexOf('.') + 1), schema, text, sha256, file });
}

/**
 * The schema with every named type written out at its first use. Spelled as Avro's Java library prints it (a namespace only
 * where it changes, `doc` before `default`, further attributes last), because the registry keeps schemas in that spelling:
 * so the text registered is the text that comes back.
 */
function inlined(
  schema: AvroSchema,
  namespace: string,
  enclosing: string,
  file: string,
  definitions: Definitions,
  written: Set<string>,
): AvroSchema {
  if (typeof schema === 'string') {
    if (PRIMITIVES.has(schema)) return schema;
    const name = fullNameOf(schema, namespace);
    if (written.has(name)) return shortNameOf(name, enclosing);
    const definition = definitions.get(name);
    if (!definition) throw invalidSchemaSet({ file, reason: `${name} is defined nowhere` });
    return inlined(definition.schema, definition.namespace, enclosing, file, definitions, written);
  }
  if (isUnion(schema)) return schema.map((part) => inlined(part, namespace, enclosing, file, definitions, written));
  const { type, name: given, namespace: own, doc, fields, symbols, items, values, ...attributes } = schema;
  const inner = (part: AvroSchema, within: string, around: string): AvroSchema =>
    inlined(part, within, around, file, definitions, written);
  if (given === undefined)
    return {
      type: typeof type === 'string' ? type : inner(type, namespace, enclosing),
      ...(items === undefined ? {} : { items: inner(items, namespace, enclosing) }),
      ...(values === undefined ? {} : { values: inner(values, namespace, enclosing) }),
      ...attributes,
    };
  const name = fullNameOf(given, own ?? namespace);
  if (written.has(name)) return shortNameOf(name, enclosing);
  written.add(name);
  const within = namespaceOf(name);
  return {
    type,
    name: name.slice(name.lastIndexOf('.') + 1),
    ...(within === enclosing ? {} : { namespace: within }),
    ...(doc === undefined ? {} : { doc }),
    ...(fields === undefined
      ? {}
      : { fields: fields.map((field) => ordered(field, inner(field.type, within, within))) }),
    ...(symbols === undefined ? {} : { symbols }),
    ...attributes,
  };
}

function ordered({ name, doc, default: absent, type: _type, ...attributes }: AvroField, type: AvroSchema): AvroField {
  return {
    name,
    type,
    ...(doc === undefined ? {} : { doc }),
    ...(absent === undefined ? {} : { default: absent }),
    ...attributes,
  };
}

function shortNameOf(fullName: string, enclosing: string): string {
  return namespaceOf(fullName) === enclosing ? fullName.slice(fullName.lastIndexOf('.') + 1) : fullName;
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

function fullNameOf(name: string, namespace: string): string {
  return name.includes('.') || namespace === '' || PRIMITIVES.has(name) ? name : `${namespace}.${name}`;
}

function namespaceOf(fullName: string): string {
  return fullName.includes('.') ? fullName.slice(0, fullName.lastIndexOf('.')) : '';
}

function bySubject(a: RecordSchema, b: RecordSchema): number {
  return a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0;
}
