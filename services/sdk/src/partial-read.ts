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
  return new ReaderSource(found).compile(type, root);
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

/**
 * The source of a reader, as avsc generates its own: steps one behind the other, because a call for each field costs more
 * than what most fields hold. A field's name stands in it as a string; all else from the schema comes in as an argument.
 */
class ReaderSource {
  readonly #found: FoundStrings;
  readonly #steps: string[] = [];
  /** avsc's types whose own read is called, as `t0` and on. */
  readonly #types: Type[] = [];
  #names = 0;

  constructor(found: FoundStrings) {
    this.#found = found;
  }

  compile(type: Type, wanted: Wanted): Read {
    this.#part(type, wanted, false, 'value');
    const body = `return (tap) => { let value; ${this.#steps.join(' ')} return value; };`;
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- nothing of a record is in the source
    const compile = new Function(
      'found',
      'blockCount',
      'noBranch',
      ...this.#types.map((_, nth) => `t${nth}`),
      body,
    ) as Compile;
    return compile(this.#found, blockCount, noBranch, ...this.#types);
  }

  /** Reads into the variable `into`, or into none. `kept`: it lies within what is wanted whole. */
  #part(type: Type, wanted: Wanted | undefined, kept: boolean, into: string | undefined): void {
    const whole = kept || wanted?.whole === true;
    if (wanted === undefined || (wanted.below.size === 0 && wanted.found === undefined))
      this.#leaf(type, whole ? into : undefined);
    else if ('fields' in type) this.#record(fieldsOf(type), wanted, whole, into);
    else if ('itemsType' in type)
      this.#list(whole || wanted.isSeen ? into : undefined, (item) => this.#part(itemsOf(type), wanted, whole, item));
    else if (isNullable(type)) this.#branches(type.types, (each) => this.#part(each, wanted, whole, into));
    else if (wanted.found === undefined || type.typeName !== 'string')
      this.#leaf(type, whole || wanted.isSeen ? into : undefined);
    else this.#foundString(wanted.found, whole ? into : undefined);
  }

  #record(fields: readonly Field[], wanted: Wanted, whole: boolean, into: string | undefined): void {
    const values: string[] = [];
    for (const { name, type } of fields) {
      const inner = wanted.below.get(name);
      const isSeen = into !== undefined && (whole || inner?.isSeen === true);
      const field = isSeen ? this.#declared() : undefined;
      if (field !== undefined) values.push(`${JSON.stringify(name)}: ${field}`);
      this.#part(type, inner, whole, field);
    }
    if (into !== undefined) this.#steps.push(`${into} = { ${values.join(', ')} };`);
  }

  #list(into: string | undefined, item: (into: string | undefined) => void): void {
    const [count, left] = [this.#declared(), this.#declared()];
    if (into !== undefined) this.#steps.push(`${into} = [];`);
    this.#steps.push(`for (${count} = blockCount(tap); ${count} > 0; ${count} = blockCount(tap))`);
    this.#steps.push(`for (${left} = ${count}; ${left} > 0; ${left} -= 1) {`);
    const value = into === undefined ? undefined : this.#declared();
    item(value);
    if (into !== undefined) this.#steps.push(`${into}.push(${value});`);
    this.#steps.push('}');
  }

  #branches(types: readonly Type[], branch: (type: Type) => void): void {
    this.#steps.push('switch (tap.readLong()) {');
    for (const [nth, type] of types.entries()) {
      this.#steps.push(`case ${nth}:`);
      branch(type);
      this.#steps.push('break;');
    }
    this.#steps.push('default: noBranch(); }');
  }

  #foundString(kind: FeatureKind, into: string | undefined): void {
    const from = this.#declared();
    this.#steps.push(`${from} = tap.skipString(); found.add(${JSON.stringify(kind)}, ${from}, tap.pos);`);
    if (into !== undefined) this.#steps.push(`${into} = found.textOf(found.count - 1);`);
  }

  #leaf(type: Type, into: string | undefined): void {
    if (into === undefined) this.#skip(type, []);
    else this.#steps.push(`${into} = ${this.#read(type)};`);
  }

  /** Steps over a value. What avsc itself steps over more loosely than it reads is read; so is a record within itself. */
  #skip(type: Type, within: readonly Type[]): void {
    if (type.typeName === 'string') this.#steps.push('tap.skipString();');
    else if (type.typeName === 'null') return;
    else if (within.includes(type)) this.#steps.push(`${this.#read(type)};`);
    else if ('fields' in type) for (const field of fieldsOf(type)) this.#skip(field.type, [...within, type]);
    else if ('itemsType' in type) this.#list(undefined, () => this.#skip(itemsOf(type), within));
    else if ('types' in type) this.#branches(type.types as readonly Type[], (each) => this.#skip(each, within));
    else this.#steps.push(`${this.#read(type)};`);
  }

  #read(type: Type): string {
    return `t${this.#types.push(type) - 1}._read(tap)`;
  }

  /** A new variable of the reader; undefined each time the step is reached that declares it. */
  #declared(): string {
    const name = `v${this.#names++}`;
    this.#steps.push(`let ${name};`);
    return name;
  }
}

type Compile = (found: FoundStrings, count: typeof blockCount, no: typeof noBranch, ...types: readonly Type[]) => Read;

function noBranch(): never {
  throw new BadBytes('a union has no such branch');
}

/** Of one thing or nothing; avsc may wrap the values of other unions, and looks into those by itself. */
function isNullable(type: Type): type is Type & { readonly types: readonly Type[] } {
  return 'types' in type && (type.types as readonly Type[]).filter(({ typeName }) => typeName !== 'null').length === 1;
}

interface Field {
  readonly name: string;
  readonly type: Type;
}

const fieldsOf = (type: Type): readonly Field[] => (type as unknown as { readonly fields: readonly Field[] }).fields;
const itemsOf = (type: Type): Type => (type as unknown as { readonly itemsType: Type }).itemsType;
