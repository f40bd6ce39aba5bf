// What one version of a record type has that another has not, field by field, for a person who must agree to it.
// Holds: pure; a field that comes or goes is named once, with all it holds; an annotation is told apart from the rest,
// because it changes what links, for records already written too; nothing found is nothing that a reader could notice.
// Source: README.md#schemas

import { featuresIn } from './features/annotations.ts';
import type { AvroField, AvroObject, AvroSchema } from './schema-set.ts';

/** A field that one of the two has. */
export interface FieldPresence {
  /** Field names from the record down, joined by dots; arrays and null are looked through. */
  readonly path: string;
  /** Type as words: `string[]`, `Report`, `enum Tlp {CLEAR, GREEN}`, `long (timestamp-millis)`, with `?` for nullable. */
  readonly type: string;
  /** As JSON; absent: it has none. */
  readonly default?: string;
}

/** One thing about a field that both have. */
export interface FieldChange {
  readonly path: string;
  readonly what: 'type' | 'default' | 'doc' | 'order';
  readonly before: string;
  readonly after: string;
}

/** An annotation that came, went or is another: a rule that changed. */
export interface AnnotationChange {
  readonly path: string;
  /** Kind of feature; absent: the field did not link. */
  readonly before?: string;
  readonly after?: string;
}

/** All of it; every list is in the order of the fields. */
export interface SchemaDifference {
  readonly added: readonly FieldPresence[];
  readonly removed: readonly FieldPresence[];
  readonly changed: readonly FieldChange[];
  readonly annotations: readonly AnnotationChange[];
}

/** Compares two self-contained schemas of one subject. Throws INVALID_SCHEMA_SET for an annotation that is none. */
export function differenceOf(before: AvroObject, after: AvroObject): SchemaDifference {
  const [old, now] = [partsOf(before), partsOf(after)];
  const gone = [...old.fields.keys()].filter((path) => !now.fields.has(path));
  const come = [...now.fields.keys()].filter((path) => !old.fields.has(path));
  return {
    added: outermost(come).flatMap((path) => now.fields.get(path) ?? []),
    removed: outermost(gone).flatMap((path) => old.fields.get(path) ?? []),
    changed: [...changesOf(old.fields, now.fields), ...orderChanges(old.orders, now.orders)],
    annotations: annotationChanges(before, after),
  };
}

/** True when the two hold the same fields, words and annotations. */
export const isSameRecord = ({ added, removed, changed, annotations }: SchemaDifference): boolean =>
  added.length + removed.length + changed.length + annotations.length === 0;

interface Described extends FieldPresence {
  readonly doc: string;
}

interface Parts {
  /** By path. */
  readonly fields: ReadonlyMap<string, Described>;
  /** Names of a record's fields, by its path; '' for the record itself. */
  readonly orders: ReadonlyMap<string, readonly string[]>;
}

function partsOf(schema: AvroObject): Parts {
  const fields = new Map<string, Described>();
  const orders = new Map<string, readonly string[]>();
  const named = new Map<string, AvroObject>();
  walk(schema, '', []);
  return { fields, orders };

  function walk(type: AvroSchema, at: string, within: readonly string[]): void {
    if (typeof type === 'string') {
      const known = named.get(shortName(type));
      if (known !== undefined && !within.includes(shortName(type))) walk(known, at, within);
    } else if (isUnion(type)) type.forEach((branch) => walk(branch, at, within));
    else walkObject(type, at, within);
  }

  function walkObject(type: AvroObject, at: string, within: readonly string[]): void {
    const { name } = type;
    if (name !== undefined) named.set(shortName(name), type);
    if (type.fields !== undefined) {
      orders.set(at, type.fields.map((field) => field.name)); // prettier-ignore
      for (const field of type.fields) enter(field, at, name === undefined ? within : [...within, shortName(name)]);
    }
    if (type.items !== undefined) walk(type.items, at, within);
    if (typeof type.type !== 'string') walk(type.type, at, within);
  }

  function enter(field: AvroField, at: string, within: readonly string[]): void {
    const path = at === '' ? field.name : `${at}.${field.name}`;
    walk(field.type, path, within); // first: a type that is named later in the field is then known
    const type = wordsOf(field.type, named);
    const absent = field.default === undefined ? {} : { default: JSON.stringify(field.default) };
    fields.set(path, { path, type, ...absent, doc: field.doc ?? '' });
  }
}

function wordsOf(type: AvroSchema, named: ReadonlyMap<string, AvroObject>): string {
  if (typeof type === 'string') {
    const known = named.get(shortName(type));
    return known === undefined ? type : wordsOf(known, named);
  }
  if (isUnion(type)) {
    const branches = type.filter((branch) => branch !== 'null').map((branch) => wordsOf(branch, named));
    return `${branches.join(' | ')}${branches.length < type.length ? '?' : ''}`;
  }
  const { name, symbols, items, logicalType } = type;
  if (items !== undefined) return `${wordsOf(items, named)}[]`;
  if (symbols !== undefined) return `enum ${shortName(name ?? '')} {${symbols.join(', ')}}`;
  if (name !== undefined) return shortName(name);
  return `${wordsOf(type.type, named)}${logicalType === undefined ? '' : ` (${logicalType})`}`;
}

/** Of paths that came or went together, those that no other of them holds. */
function outermost(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}.`)));
}

function changesOf(old: Parts['fields'], now: Parts['fields']): FieldChange[] {
  return [...now].flatMap(([path, after]) => {
    const before = old.get(path);
    if (before === undefined) return [];
    const pairs = [
      ['type', before.type, after.type],
      ['default', before.default ?? 'none', after.default ?? 'none'],
      ['doc', before.doc, after.doc],
    ] as const;
    return pairs.flatMap(([what, was, is]) => (was === is ? [] : [{ path, what, before: was, after: is }]));
  });
}

/** Fields that both have, in another order: the bytes differ, and a reader of the first field alone reads another. */
function orderChanges(old: Parts['orders'], now: Parts['orders']): FieldChange[] {
  return [...now].flatMap(([path, names]) => {
    const was = old.get(path) ?? [];
    const before = was.filter((name) => names.includes(name)).join(', ');
    const after = names.filter((name) => was.includes(name)).join(', ');
    return before === after ? [] : [{ path, what: 'order', before, after } as const];
  });
}

function annotationChanges(before: AvroObject, after: AvroObject): AnnotationChange[] {
  const old = new Map(featuresIn(before).map(({ path, kind }) => [path, kind]));
  const now = new Map(featuresIn(after).map(({ path, kind }) => [path, kind]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    if (was === is) return [];
    return [{ path, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}

const shortName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);
