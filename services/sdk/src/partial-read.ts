// Reads of a record what somebody looks at, and steps over the rest: half of most records is for people.
// Holds: bytes that a whole read refuses are refused, all others give the same values, which a property test compares;
// what is stepped over is held to its type, byte by byte. Source: Apache Avro 1.12 §Binary encoding; README.md#codec

import type { Type } from 'avsc';
import { BadBytes, type StrictTap } from './avro-tap.ts';
import { blockCount } from './avro-types.ts';
import { COMPOSITE_FIELDS, type FeatureAnnotation, type FeatureKind } from './features/annotations.ts';
import type { FoundStrings } from './features/found-strings.ts';

/** Reads a value, or steps over it and gives undefined. */
export type Read<V = unknown> = (tap: StrictTap) => V;

/**
 * Compiles a reader of `type`: the fields that `look` names are in its values, whole; lists and null are looked through.
 * Annotated strings go to `found`, and annotated records are in the values. A path that the type has not is nothing.
 */
export function toPartialRead(
  type: Type,
  look: readonly string[],
  annotations: readonly FeatureAnnotation[],
  found: FoundStrings,
): Read {
  const root = new Wanted();
  for (const path of look) root.at(path).whole = true;
  for (const { path, kind } of annotations)
    if (COMPOSITE_FIELDS[kind] === undefined) root.at(path).found = kind;
    else root.at(path).whole = true;
  return partOf(type, root, false, found);
}

/** What is wanted of a field. */
class Wanted {
  whole = false;
  /** Strings of it are features of this kind. */
  found: FeatureKind | undefined;
  readonly below = new Map<string, Wanted>();

  at(path: string): Wanted {
    const dot = path.indexOf('.');
    const name = dot < 0 ? path : path.slice(0, dot);
    const next = this.below.get(name) ?? new Wanted();
    this.below.set(name, next);
    return dot < 0 ? next : next.at(path.slice(dot + 1));
  }

  /** Whether something of it is in the value. */
  get isSeen(): boolean {
    return this.whole || [...this.below.values()].some(({ isSeen }) => isSeen);
  }
}

/** `kept`: all of it is in the value, because it lies within what is wanted whole. */
function partOf(type: Type, wanted: Wanted | undefined, kept: boolean, found: FoundStrings): Read {
  const whole = kept || wanted?.whole === true;
  if (wanted === undefined || (wanted.below.size === 0 && wanted.found === undefined))
    return whole ? readOf(type) : skipOf(type);
  if ('fields' in type) return recordOf(fieldsOf(type), wanted, whole, found);
  if ('itemsType' in type) return listOf(partOf(itemsOf(type), wanted, whole, found), whole || wanted.isSeen);
  if (isNullable(type)) return branchOf(type.types.map((each) => partOf(each, wanted, whole, found)));
  if (wanted.found === undefined || type.typeName !== 'string')
    return whole || wanted.isSeen ? readOf(type) : skipOf(type);
  return foundOf(wanted.found, whole, found);
}

function recordOf(fields: readonly Field[], wanted: Wanted, whole: boolean, found: FoundStrings): Read {
  const reads = fields.map(({ name, type }) => partOf(type, wanted.below.get(name), whole, found));
  const names = fields.map(({ name }) => (whole || wanted.below.get(name)?.isSeen === true ? name : undefined));
  return (tap) => {
    const value: Record<string, unknown> = {};
    for (let nth = 0; nth < reads.length; nth += 1) {
      const name = names[nth];
      const read = reads[nth]!(tap);
      if (name !== undefined) value[name] = read;
    }
    return value;
  };
}

function listOf(item: Read, isSeen: boolean): Read {
  return (tap) => {
    const values: unknown[] | undefined = isSeen ? [] : undefined;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let left = count; left > 0; left -= 1) {
        const value = item(tap);
        values?.push(value);
      }
    return values;
  };
}

function branchOf(branches: readonly Read[]): Read {
  return (tap) => {
    const read = branches[tap.readLong()];
    if (read === undefined) throw new BadBytes('a union has no such branch');
    return read(tap);
  };
}

function foundOf(kind: FeatureKind, whole: boolean, found: FoundStrings): Read {
  return (tap) => {
    const from = tap.skipString();
    found.add(kind, from, tap.pos);
    return whole ? found.textOf(found.count - 1) : undefined;
  };
}

/** Steps over a value. What avsc itself steps over more loosely than it reads is read; so is a record within itself. */
function skipOf(type: Type, within: readonly Type[] = []): Read {
  if (type.typeName === 'string') return skipString;
  if (type.typeName === 'null') return skipNothing;
  if (within.includes(type)) return readOf(type);
  if ('fields' in type) return sequenceOf(fieldsOf(type).map((field) => skipOf(field.type, [...within, type])));
  if ('itemsType' in type) return listOf(skipOf(itemsOf(type), within), false);
  if ('types' in type) return branchOf((type.types as readonly Type[]).map((each) => skipOf(each, within)));
  return readOf(type);
}

function sequenceOf(skips: readonly Read[]): Read {
  return (tap) => {
    for (let nth = 0; nth < skips.length; nth += 1) skips[nth]!(tap);
  };
}

const skipString: Read = (tap) => {
  tap.skipString();
};
const skipNothing: Read = () => null;

/** Of one thing or nothing; avsc may wrap the values of other unions, and looks into those by itself. */
function isNullable(type: Type): type is Type & { readonly types: readonly Type[] } {
  return 'types' in type && (type.types as readonly Type[]).filter(({ typeName }) => typeName !== 'null').length === 1;
}

/** The method exists in 5.7.9 and is not part of avsc's declared types. */
function readOf(type: Type): Read {
  const read = type as unknown as { _read(tap: StrictTap): unknown };
  return (tap) => read._read(tap);
}

interface Field {
  readonly name: string;
  readonly type: Type;
}

const fieldsOf = (type: Type): readonly Field[] => (type as unknown as { readonly fields: readonly Field[] }).fields;
const itemsOf = (type: Type): Type => (type as unknown as { readonly itemsType: Type }).itemsType;
