// Reads the `"feature"` annotations out of a schema: which fields of a record link it to others, and as what.
// Holds: order of the schema; only fields an extractor can read are accepted, others refuse the schema.
// Source: README.md#features

import { invalidSchemaSet } from '../errors.ts';
import type { AvroObject, AvroSchema } from '../schema-set.ts';

/** Every kind a feature can have, sorted. */
export const FEATURE_KINDS = Object.freeze([
  'account',
  'certificate',
  'co-share',
  'domain',
  'email',
  'hash',
  'ip',
  'media',
  'person',
  'place-time',
  'text',
  'tracker',
  'url',
  'wallet',
] as const);

/** One of FEATURE_KINDS. */
export type FeatureKind = (typeof FEATURE_KINDS)[number];

/** One annotated field. */
export interface FeatureAnnotation {
  /** Field names from the record down, joined by dots; arrays and null are looked through. */
  readonly path: string;
  readonly kind: FeatureKind;
}

/** Kinds whose values are records with these string or number fields; all others are strings. */
export const COMPOSITE_FIELDS: Readonly<Partial<Record<FeatureKind, readonly string[]>>> = Object.freeze({
  text: ['text', 'lang'],
  'place-time': ['place', 'from', 'to'],
  'co-share': ['object', 'account', 'at'],
});

/**
 * @returns the annotations of a self-contained record schema, in the order of its fields.
 * Throws INVALID_SCHEMA_SET for an unknown kind or a field whose shape the kind does not have.
 */
export function featuresIn(schema: AvroObject): readonly FeatureAnnotation[] {
  const named = new Map<string, AvroObject>();
  return Object.freeze(annotationsOf(schema, '', schema.namespace ?? '', named, []));
}

function annotationsOf(
  schema: AvroSchema,
  path: string,
  namespace: string,
  named: Map<string, AvroObject>,
  within: readonly string[],
): FeatureAnnotation[] {
  const { record, namespace: inner } = recordBehind(schema, namespace, named);
  if (record === undefined || record.name === undefined || within.includes(record.name)) return [];
  const { name } = record;
  return (record.fields ?? []).flatMap((field) => {
    const at = path === '' ? field.name : `${path}.${field.name}`;
    if (field.feature === undefined) return annotationsOf(field.type, at, inner, named, [...within, name]);
    recordBehind(field.type, inner, named);
    return [Object.freeze({ path: at, kind: checkedKind(field.feature, field.type, at, inner, named) })];
  });
}

function checkedKind(
  kind: string,
  type: AvroSchema,
  path: string,
  namespace: string,
  named: Map<string, AvroObject>,
): FeatureKind {
  const known = FEATURE_KINDS.find((each) => each === kind);
  if (known === undefined) throw invalidSchemaSet({ file: path, reason: `feature kind ${kind} is unknown` });
  const needed = COMPOSITE_FIELDS[known];
  const { record, leaf } = recordBehind(type, namespace, named);
  const fits =
    needed === undefined
      ? leaf === 'string'
      : needed.every((name) => record?.fields?.some((field) => field.name === name) ?? false);
  if (!fits) throw invalidSchemaSet({ file: path, reason: `the field's type cannot hold a ${kind}` });
  return known;
}

/** Looks through arrays and null to a record or a primitive, entering named types as they appear. */
function recordBehind(
  schema: AvroSchema,
  namespace: string,
  named: Map<string, AvroObject>,
): { readonly record?: AvroObject; readonly leaf?: string; readonly namespace: string } {
  if (typeof schema === 'string') {
    const record = named.get(schema) ?? named.get(`${namespace}.${schema}`);
    return record ? { record, namespace: record.namespace ?? namespace } : { leaf: schema, namespace };
  }
  if (Array.isArray(schema)) {
    const branches = (schema as readonly AvroSchema[]).filter((branch) => branch !== 'null');
    return branches.length === 1 && branches[0] !== undefined
      ? recordBehind(branches[0], namespace, named)
      : { namespace };
  }
  const object = schema as AvroObject;
  if (object.type === 'array' && object.items !== undefined) return recordBehind(object.items, namespace, named);
  if (object.type === 'record') {
    const inner = object.namespace ?? namespace;
    if (object.name !== undefined) named.set(inner === '' ? object.name : `${inner}.${object.name}`, object);
    return { record: object, namespace: inner };
  }
  return typeof object.type === 'string'
    ? { leaf: object.type, namespace }
    : recordBehind(object.type, namespace, named);
}
