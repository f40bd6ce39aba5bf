// Decoded Avro as the JSON of the API: times as RFC 3339, days as dates, markings with their banner.
// Holds: names and enums unchanged; what is null is absent, so that a redacted field looks like one never filled.
// The converters are compiled once a schema. Source: README.md#shapes

import { print } from '@sitebus/marking';
import { fromWire } from '@sitebus/sdk';
import type { AvroObject, AvroSchema, SchemaLock, WireMarking } from '@sitebus/sdk';

export type Json = string | number | boolean | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [field: string]: Json | undefined;
}

/** A marking as the API shows it: the wire form and its printed form. */
export type MarkingJson = WireMarking & { readonly banner: string };

/** Converts a decoded value of the subject (full Avro name). Throws for a subject that is not locked: a defect. */
export type ToJson = (subject: string, value: unknown) => JsonObject;

/** Compiles the converters of every locked subject. */
export function createToJson(lock: SchemaLock, homeNation: string): ToJson {
  const converters = new Map<string, Convert>();
  for (const { subject, schema } of lock.entries) {
    converters.set(subject, compile(JSON.parse(schema) as AvroSchema, '', new Map(), homeNation)); // sorted: newest wins
  }
  return (subject, value) => {
    const convert = converters.get(subject);
    if (convert === undefined) throw new Error(`subject is not locked: ${subject}`);
    return convert(value) as JsonObject;
  };
}

/** @returns the marking as the API shows it. */
export function markingJson(marking: WireMarking, homeNation: string): MarkingJson {
  return { ...marking, banner: print(fromWire(marking), { homeNation }) };
}

type Convert = (value: unknown) => Json | undefined;
/** Named types by full name; a name may be used before its converter is finished, where a type contains itself. */
type Named = Map<string, { convert: Convert }>;

const asIs: Convert = (value) =>
  value === null ? undefined : typeof value === 'bigint' ? String(value) : (value as Json);

function compile(schema: AvroSchema, namespace: string, named: Named, homeNation: string): Convert {
  if (typeof schema === 'string') {
    const known = named.get(schema.includes('.') ? schema : `${namespace}.${schema}`);
    return known === undefined ? asIs : (value) => known.convert(value);
  }
  if (isUnion(schema)) {
    const inner = schema
      .filter((branch) => branch !== 'null')
      .map((branch) => compile(branch, namespace, named, homeNation));
    const [only] = inner;
    return (value) =>
      value === null || value === undefined ? undefined : inner.length === 1 && only ? only(value) : asIs(value);
  }
  if (schema.logicalType === 'timestamp-millis') return (value) => timeOf(Number(value));
  if (schema.logicalType === 'date') return (value) => timeOf(Number(value) * DAY_MS)?.split('T')[0];
  if (schema.type === 'array' && schema.items !== undefined) {
    const item = compile(schema.items, namespace, named, homeNation);
    return (value) => (value as readonly unknown[]).map((each) => item(each)).filter((each) => each !== undefined);
  }
  if (schema.type === 'record') return compileRecord(schema, namespace, named, homeNation);
  return typeof schema.type === 'string' ? asIs : compile(schema.type, namespace, named, homeNation);
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** ECMAScript's own bound; a long goes beyond it. */
const MAX_TIME_MS = 8_640_000_000_000_000;

/** Absent where no calendar can say it: thrown, one writer's number would end every list that holds the record. */
function timeOf(ms: number): string | undefined {
  return Math.abs(ms) <= MAX_TIME_MS ? new Date(ms).toISOString() : undefined;
}

function compileRecord(schema: AvroObject, namespace: string, named: Named, homeNation: string): Convert {
  const inner = schema.namespace ?? namespace;
  const own = { convert: asIs };
  if (schema.name !== undefined) named.set(`${inner}.${schema.name}`, own);
  const fields = (schema.fields ?? []).map(({ name, type }) => ({
    name,
    convert: compile(type, inner, named, homeNation),
  }));
  const isMarking = schema.name === 'Marking' && fields.some(({ name }) => name === 'relToAll');
  own.convert = (value) => {
    if (isMarking) return markingJson(value as WireMarking, homeNation) as unknown as JsonObject;
    const object: Record<string, Json> = {};
    for (const { name, convert } of fields) {
      const converted = convert((value as Record<string, unknown>)[name]);
      if (converted !== undefined) object[name] = converted;
    }
    return object;
  };
  return own.convert;
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}
