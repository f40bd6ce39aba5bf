// What a schema file must be to be one of ours, beyond what Avro asks: every fault at once, each with its place in the file.
// Holds: pure; any JSON gives faults and no error; each fault says what to do; an attribute that nobody reads is a fault,
// because a misspelled annotation would link nothing, in silence. Source: schemas/README.md#conventions

import { toStrictType } from './avro-types.ts';
import { isRefusal } from './errors.ts';
import { FEATURE_KINDS, featuresIn } from './features/annotations.ts';
import { isJsonObject, type JsonObject } from './json-object.ts';
import { OBSERVATION_NAMESPACE } from './observation-types.ts';
import { incompatibilities, type EarlierVersion } from './schema-compatibility.ts';
import type { RecordSchema } from './schema-set.ts';

/** Code → what must be so, and what to do. */
export const SCHEMA_FAULTS = Object.freeze({
  NOT_JSON: ['the file must be JSON', 'correct the place named'],
  NOT_A_RECORD: ['the file must hold one record with a name', 'begin with "type": "record", "name" and "namespace"'],
  NOT_A_TYPE: ['a type is a name, a list of types, or an object with "type"', 'name a type: string, long, an array of one, …'],
  BAD_NAME: ['a name is letters, digits and _, and begins with a letter', 'rename it before it is in force: later it cannot be'],
  NAMED_TWICE: ['must not have the name of an earlier one', 'choose another name'],
  MEMBERS_REQUIRED: ['a record needs fields, an enum symbols, an array items', 'add them'],
  UNKNOWN_ATTRIBUTE: ['nothing reads this attribute', 'correct its spelling, or take it away'],
  NAMESPACE: ['must be in a namespace of the contract', `an observation is in ${OBSERVATION_NAMESPACE}`],
  ENVELOPE_FIRST: ['the first field of an observation is its envelope', `begin with {"name": "envelope", "type": "${OBSERVATION_NAMESPACE}.Envelope"}`],
  REPORT_SECOND: ['the report of a sighting follows the envelope', 'move it to the second place'],
  DOC_REQUIRED: ['every record, enum and field says what it holds', 'add "doc", with unit and shape'],
  FEATURE_UNKNOWN: ['the annotation must be a kind of feature', `one of ${FEATURE_KINDS.join(', ')}`],
  FEATURE_UNFIT: ['the field cannot hold a feature of that kind', 'annotate a string, or the record that the kind asks for'],
  NULLABLE: ['what may be absent is ["null", T] with default null', 'put "null" first, one type after it, and "default": null'],
  LIST_DEFAULT: ['a list of an observation has a default', 'add "default": []'],
  NOT_RESOLVED: ['its types must be found, each once', 'refer to shared parts by full name; define nothing that is there already'],
  NOT_READABLE: ['records of it must be readable within their length', 'correct the type or default named; maps and items without bytes are none of ours'],
  INCOMPATIBLE: ['every version must read every other', 'add nullable fields or lists, with default; never rename, retype, or add a symbol to an enum'],
} as const); // prettier-ignore

/** Code of a fault of a schema. */
export type SchemaFaultCode = keyof typeof SCHEMA_FAULTS;

/** One fault of a schema file. */
export interface SchemaFault {
  readonly code: SchemaFaultCode;
  /** JSON pointer into the file; empty: the file as a whole. */
  readonly pointer: string;
  /** What must be so, and what was found. */
  readonly detail: string;
  /** What to do. */
  readonly fix: string;
}

/** Makes a fault of the catalogue; `found` says what is there instead. */
export function schemaFault(code: SchemaFaultCode, pointer: string, found?: string): SchemaFault {
  const [must, fix] = SCHEMA_FAULTS[code];
  return { code, pointer, detail: found === undefined ? must : `${must}: ${found}`, fix };
}

/**
 * Reads one file of schemas/avro as it is written, shared parts by name.
 * @param namespaces those that record types of the contract have.
 * @returns every fault, in the order of the file; empty is good. Whether its names resolve and whether it may follow older
 * versions is asked of `loadSchemaSet` and `incompatibilities`.
 */
export function schemaFaults(source: unknown, namespaces: readonly string[]): readonly SchemaFault[] {
  if (!isJsonObject(source) || source['type'] !== 'record' || typeof source['name'] !== 'string')
    return [schemaFault('NOT_A_RECORD', '')];
  const { namespace } = source;
  const isObservation = namespace === OBSERVATION_NAMESPACE;
  return [
    ...(typeof namespace === 'string' && namespaces.includes(namespace)
      ? []
      : [schemaFault('NAMESPACE', '/namespace', namespaces.join(', '))]),
    ...(isObservation ? orderFaults(fieldsOf(source)) : []),
    ...typeFaults(source, '', { isObservation, names: new Set() }),
  ];
}

/** Like `schemaFaults`, for a shared part, which is no record type: it has no envelope, and may be an enum. */
export function sharedPartFaults(source: unknown): readonly SchemaFault[] {
  if (!isJsonObject(source) || typeof source['name'] !== 'string') return [schemaFault('NOT_A_TYPE', '')];
  return typeFaults(source, '', { isObservation: false, names: new Set() });
}

/**
 * Reads a record type whose names are resolved: can records of it be read, do its annotations fit, may it follow `earlier`.
 * @returns faults of the whole; the detail names field, version and direction.
 */
export function resolvedFaults(record: RecordSchema, earlier: readonly EarlierVersion[]): readonly SchemaFault[] {
  const unreadable = refusalOf('NOT_READABLE', () => toStrictType(JSON.parse(record.text)));
  if (unreadable.length > 0) return unreadable;
  return [
    ...refusalOf('FEATURE_UNFIT', () => featuresIn(record.schema)),
    ...incompatibilities(record.text, earlier).map((reason) => schemaFault('INCOMPATIBLE', '', reason)),
  ];
}

function refusalOf(code: SchemaFaultCode, read: () => unknown): SchemaFault[] {
  try {
    read();
    return [];
  } catch (error) {
    const text = error instanceof Error ? error.message.split(/[{\n]/)[0]?.trim() : undefined;
    const found = isRefusal(error) ? Object.values(error.details).join(': ') : text;
    return [schemaFault(code, '', found)];
  }
}

interface Within {
  readonly isObservation: boolean;
  /** Of named types seen so far. */
  readonly names: Set<string>;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const TYPE_NAME = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;
const ATTRIBUTES: ReadonlySet<string> = new Set(['type', 'name', 'namespace', 'doc', 'fields', 'symbols', 'items', 'logicalType']); // prettier-ignore
const ENUM_ATTRIBUTES: ReadonlySet<string> = new Set([...ATTRIBUTES, 'default']); // what a reader takes an unknown symbol for
const FIELD_ATTRIBUTES: ReadonlySet<string> = new Set(['type', 'name', 'doc', 'default', 'feature']);

function orderFaults(fields: readonly unknown[]): SchemaFault[] {
  const [first] = fields.filter(isJsonObject);
  const isEnvelope = first?.['name'] === 'envelope' && ['Envelope', `${OBSERVATION_NAMESPACE}.Envelope`].includes(String(first['type'])); // prettier-ignore
  const report = fields.findIndex((field) => isJsonObject(field) && field['name'] === 'report');
  return [
    ...(isEnvelope ? [] : [schemaFault('ENVELOPE_FIRST', '/fields/0')]),
    ...(report > 1 ? [schemaFault('REPORT_SECOND', `/fields/${report}`)] : []),
  ];
}

function typeFaults(type: unknown, at: string, within: Within): SchemaFault[] {
  if (typeof type === 'string') return TYPE_NAME.test(type) ? [] : [schemaFault('NOT_A_TYPE', at)];
  if (Array.isArray(type)) {
    if (type.length === 0) return [schemaFault('NOT_A_TYPE', at)];
    return type.flatMap((branch: unknown, index) => typeFaults(branch, `${at}/${index}`, within));
  }
  if (!isJsonObject(type) || type['type'] === undefined) return [schemaFault('NOT_A_TYPE', at)];
  const { type: kind } = type;
  const unread = attributeFaults(type, kind === 'enum' ? ENUM_ATTRIBUTES : ATTRIBUTES, at);
  if (kind === 'record') return [...unread, ...namedFaults(type, at, within), ...recordFaults(type, at, within)];
  if (kind === 'enum') return [...unread, ...namedFaults(type, at, within), ...symbolFaults(type['symbols'], at)];
  if (kind !== 'array') return [...unread, ...typeFaults(kind, `${at}/type`, within)];
  const { items } = type;
  if (items === undefined) return [...unread, schemaFault('MEMBERS_REQUIRED', at)];
  return [...unread, ...typeFaults(items, `${at}/items`, within)];
}

function namedFaults(type: JsonObject, at: string, { names }: Within): SchemaFault[] {
  const { name } = type;
  if (typeof name !== 'string' || !NAME.test(name)) return [schemaFault('BAD_NAME', `${at}/name`)];
  const isKnown = names.has(name);
  names.add(name);
  return [...(isKnown ? [schemaFault('NAMED_TWICE', `${at}/name`, name)] : []), ...docFaults(type, at, name)];
}

function recordFaults(type: JsonObject, at: string, within: Within): SchemaFault[] {
  const fields = fieldsOf(type);
  if (fields.length === 0) return [schemaFault('MEMBERS_REQUIRED', at)];
  const names = new Set<unknown>();
  return fields.flatMap((field, index) => {
    const place = `${at}/fields/${index}`;
    if (!isJsonObject(field)) return [schemaFault('NOT_A_TYPE', place)];
    const { name } = field;
    const isKnown = names.has(name);
    names.add(name);
    const label = String(name);
    return [
      ...(typeof name === 'string' && NAME.test(name) ? [] : [schemaFault('BAD_NAME', `${place}/name`)]),
      ...(isKnown ? [schemaFault('NAMED_TWICE', `${place}/name`, label)] : []),
      ...attributeFaults(field, FIELD_ATTRIBUTES, place),
      ...docFaults(field, place, label),
      ...featureFaults(field, place, label),
      ...absenceFaults(field, place, label, within),
      ...typeFaults(field['type'], `${place}/type`, within),
    ];
  });
}

function symbolFaults(symbols: unknown, at: string): SchemaFault[] {
  if (!Array.isArray(symbols) || symbols.length === 0) return [schemaFault('MEMBERS_REQUIRED', at)];
  return symbols.flatMap((symbol: unknown, index) => {
    const place = `${at}/symbols/${index}`;
    if (typeof symbol !== 'string' || !NAME.test(symbol)) return [schemaFault('BAD_NAME', place)];
    return symbols.indexOf(symbol) === index ? [] : [schemaFault('NAMED_TWICE', place, symbol)];
  });
}

function attributeFaults(of: JsonObject, known: ReadonlySet<string>, at: string): SchemaFault[] {
  return Object.keys(of).flatMap((name) =>
    known.has(name) ? [] : [schemaFault('UNKNOWN_ATTRIBUTE', `${at}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)],
  ); // prettier-ignore
}

function docFaults({ doc }: JsonObject, at: string, name: string): SchemaFault[] {
  return typeof doc === 'string' && doc.trim() !== '' ? [] : [schemaFault('DOC_REQUIRED', at, name)];
}

function featureFaults({ feature }: JsonObject, at: string, name: string): SchemaFault[] {
  if (feature === undefined || FEATURE_KINDS.some((kind) => kind === feature)) return [];
  return [schemaFault('FEATURE_UNKNOWN', `${at}/feature`, `${name} says ${JSON.stringify(feature)}`)];
}

function absenceFaults({ type, default: absent }: JsonObject, at: string, name: string, { isObservation }: Within): SchemaFault[] {
  if (Array.isArray(type))
    return type.length === 2 && type[0] === 'null' && absent === null ? [] : [schemaFault('NULLABLE', at, name)];
  const isList = isJsonObject(type) && type['type'] === 'array';
  return isObservation && isList && !Array.isArray(absent) ? [schemaFault('LIST_DEFAULT', at, name)] : [];
} // prettier-ignore

function fieldsOf({ fields }: JsonObject): readonly unknown[] {
  return Array.isArray(fields) ? fields : [];
}
