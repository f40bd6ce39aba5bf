// Reads an observation as people and outside systems write it in JSON into the shape that is encoded.
// Holds: guided by the newest locked schema; a time may be RFC 3339 or milliseconds, a marking its text or its fields; what
// does not fit is left as it is, for the codec to name by pointer. Source: README.md#submitting

import { parse, MarkingError } from '@sitebus/marking';
import { toPointer, toWire, type AvroObject, type AvroSchema, type Fault } from '@sitebus/sdk';
import { toDayMs, toInstantMs } from './instants.ts';
import { isJsonObject } from './untrusted.ts';

const DAY_MS = 86_400_000;
const MARKING = 'ca.sitebus.observation.Marking';

export interface ReadRecord {
  readonly value: Readonly<Record<string, unknown>>;
  /** Faults of times and markings alone; the rest is the codec's and the checks'. */
  readonly faults: readonly Fault[];
}

/** Reads one record by its self-contained schema; nullable fields that are absent become null. */
export function readRecord(
  json: Readonly<Record<string, unknown>>,
  schema: AvroObject,
  homeNation: string,
): ReadRecord {
  const faults: Fault[] = [];
  const walk = createWalk(homeNation, faults);
  const value = walk(json, schema, '', []) as Readonly<Record<string, unknown>>; // a record schema and an object give an object
  return { value, faults };
}

type Walk = (value: unknown, schema: AvroSchema, namespace: string, path: readonly (string | number)[]) => unknown;

function createWalk(homeNation: string, faults: Fault[]): Walk {
  const named = new Map<string, AvroObject>();
  const walk: Walk = (value, schema, namespace, path) => {
    if (typeof schema === 'string') {
      const known = named.get(schema) ?? named.get(`${namespace}.${schema}`);
      return known === undefined ? value : walk(value, known, namespace, path);
    }
    if (isUnion(schema)) {
      const [branch] = schema.filter((each) => each !== 'null');
      return value === null || value === undefined || branch === undefined
        ? (value ?? null)
        : walk(value, branch, namespace, path);
    }
    const inner = schema.namespace ?? namespace;
    const name = schema.name === undefined ? '' : schema.name.includes('.') ? schema.name : `${inner}.${schema.name}`;
    if (name !== '') named.set(name, schema);
    if (typeof value === 'string' && schema.logicalType === 'timestamp-millis') return instant(value, path, faults);
    if (typeof value === 'string' && schema.logicalType === 'date') return day(value, path, faults);
    if (name === MARKING) return marking(value, path, homeNation, faults);
    if (schema.type === 'record' && isJsonObject(value)) return recordOf(value, schema, inner, path, walk);
    if (schema.type === 'array' && schema.items !== undefined && Array.isArray(value)) {
      const { items } = schema;
      return value.map((each: unknown, index) => walk(each, items, inner, [...path, index]));
    }
    return isNested(schema) ? walk(value, schema.type, inner, path) : value;
  };
  return walk;
}

/** Fields of the schema in its order, so that named types are met before they are used; undeclared ones after them. */
function recordOf(
  value: Readonly<Record<string, unknown>>,
  schema: AvroObject,
  namespace: string,
  path: readonly (string | number)[],
  walk: Walk,
): Record<string, unknown> {
  const declared = (schema.fields ?? []).flatMap((field) => {
    const read = walk(Object.hasOwn(value, field.name) ? value[field.name] : undefined, field.type, namespace, [
      ...path,
      field.name,
    ]);
    return read === undefined || (read === null && !Object.hasOwn(value, field.name) && field.default !== undefined)
      ? []
      : [[field.name, read] as const];
  });
  const known = new Set((schema.fields ?? []).map(({ name }) => name));
  return Object.fromEntries([...declared, ...Object.entries(value).filter(([key]) => !known.has(key))]);
}

function instant(text: string, path: readonly (string | number)[], faults: Fault[]): unknown {
  const ms = toInstantMs(text);
  if (ms === undefined)
    faults.push({
      pointer: toPointer(path),
      code: 'BAD_INSTANT',
      detail: 'must be an instant with an offset, or milliseconds',
      hint: '2031-10-02T14:05:15.000Z',
    });
  return ms ?? 0;
}

function day(text: string, path: readonly (string | number)[], faults: Fault[]): unknown {
  const ms = toDayMs(text, 'yyyy-mm-dd');
  if (ms === undefined)
    faults.push({ pointer: toPointer(path), code: 'BAD_DAY', detail: 'must be a day', hint: '2031-10-02' });
  return (ms ?? 0) / DAY_MS;
}

/** Text form, or the fields of the wire; a banner beside the fields is for people and is left out. */
function marking(value: unknown, path: readonly (string | number)[], homeNation: string, faults: Fault[]): unknown {
  if (typeof value === 'string') return fromText(value, path, homeNation, faults);
  if (!isJsonObject(value)) return value;
  const { banner: _banner, ...fields } = value;
  return fields;
}

function fromText(text: string, path: readonly (string | number)[], homeNation: string, faults: Fault[]): unknown {
  try {
    return toWire(parse(text, { homeNation }));
  } catch (cause) {
    if (!(cause instanceof MarkingError)) throw cause;
    const place = cause.index === undefined ? '' : `, at character ${cause.index}`;
    faults.push({
      pointer: toPointer(path),
      code: 'INVALID_MARKING',
      detail: `is no marking: ${cause.code}${place}`,
      hint: 'UNCLASSIFIED//TLP:AMBER',
    });
    return undefined;
  }
}

function isUnion(schema: AvroSchema): schema is readonly AvroSchema[] {
  return Array.isArray(schema);
}

/** `{type: {type: 'array', …}}`: a type within a type. */
function isNested(schema: AvroObject): boolean {
  return typeof schema.type !== 'string';
}
