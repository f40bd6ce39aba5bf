// avsc's types with the parts replaced that hostile bytes or careless callers could get past.
// Holds: an array claims no more items than bytes remain, so that the work is bounded by the record's length; a long is
// exact in a JavaScript number, both ways; a string can be written as UTF-8; a record knows its own fields only.
// Source: Apache Avro 1.12 §Binary encoding; README.md#codec

import avro from 'avsc';
import { BadBytes, type StrictTap } from './avro-tap.ts';
import { RememberedValues } from './remembered-values.ts';

/** @returns avsc's type of a schema with the strict parts put in. Throws for a schema avsc refuses, and for maps. */
export function toStrictType(schema: unknown): avro.Type {
  const typeHook = (part: unknown, options: unknown): avro.Type | undefined => {
    const name = isTyped(part) ? part.type : part;
    if (name === 'string') return STRING;
    if (name === 'long') return LONG;
    if (!isTyped(part)) return undefined;
    if (part.type === 'record' && isRemembered(part)) return new RememberedRecordType(part, options);
    if (part.type === 'record') return new OwnFieldsRecordType(part, options);
    if (part.type === 'map') throw new Error('maps are not part of the contract: their keys have no schema');
    if (part.type !== 'array') return undefined;
    if (isWeightless(part.items)) throw new Error('items without bytes are not part of the contract');
    return new BoundedArrayType(part as never, options);
  };
  return avro.Type.forSchema(schema as never, { typeHook, omitRecordMethods: true });
}

/** What avsc's types do with a tap; the methods exist in 5.7.9 and are not part of its declared types. */
interface ItemsType {
  _read(tap: StrictTap): unknown;
  _skip(tap: StrictTap): void;
}

/** An array whose claimed length is believed only as far as the bytes reach. */
class BoundedArrayType extends avro.types.ArrayType {
  _read(tap: StrictTap): unknown[] {
    const items = this.itemsType as unknown as ItemsType;
    const values: unknown[] = [];
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let left = count; left > 0; left -= 1) values.push(items._read(tap));
    return values;
  }

  _skip(tap: StrictTap): void {
    const items = this.itemsType as unknown as ItemsType;
    for (let count = blockCount(tap); count > 0; count = blockCount(tap))
      for (let left = count; left > 0; left -= 1) items._skip(tap);
  }
}

/** The number of items in an array's next block, 0 at its end. A byte size that precedes a block is read and not trusted. */
export function blockCount(tap: StrictTap): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    if (tap.readLong() < 0) throw new BadBytes('a length is negative');
  }
  if (count > tap.remaining) throw new BadBytes('an array claims more items than bytes remain');
  return count;
}

/** A string that can be written as UTF-8: a lone surrogate would silently become another character. */
class WellFormedStringType extends avro.types.StringType {
  _check(value: unknown, flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    const fits = typeof value === 'string' && !LONE_SURROGATE.test(value);
    if (!fits) hook?.(value, this);
    return fits;
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const STRING = new WellFormedStringType();

/** A long that is exact in a JavaScript number, both ways; what is not, is refused. */
class ExactLongType extends avro.types.LongType {
  _check(value: unknown, flags: unknown, hook?: (value: unknown, type: unknown) => void): boolean {
    const fits = Number.isSafeInteger(value);
    if (!fits) hook?.(value, this);
    return fits;
  }

  _read(tap: StrictTap): number {
    return tap.readLong();
  }

  /** avsc's own doubles the number first, which rounds it past 2^52. */
  _write(tap: { buf: Buffer; pos: number }, value: number): void {
    const negative = value < 0;
    const magnitude = negative ? -value - 1 : value;
    let digit = (magnitude % 64) * 2 + (negative ? 1 : 0);
    for (let rest = Math.floor(magnitude / 64); rest > 0; rest = Math.floor(rest / 128)) {
      tap.buf[tap.pos++] = digit | 0x80; // past the end nothing is stored; avsc grows the buffer and writes again
      digit = rest % 128;
    }
    tap.buf[tap.pos++] = digit;
  }
}

const LONG = new ExactLongType();

/** A record that knows its own fields only: avsc's look-up would take `constructor` for a declared field. */
class OwnFieldsRecordType extends avro.types.RecordType {
  constructor(schema: unknown, options: unknown) {
    super(schema as never, options);
    Object.setPrototypeOf((this as unknown as { _fieldsByName: object })._fieldsByName, null);
  }
}

/**
 * A record of which few are in use and each is read many times: equal bytes give one frozen value, so that readers may
 * keep what they decided about it. With another writer's schema avsc reads by itself, and values are made anew.
 */
class RememberedRecordType extends OwnFieldsRecordType {
  /** Called by avsc's constructor, which compiles a reader for the fields and freezes the type. */
  _createReader(): (tap: StrictTap) => object {
    const remembered = new RememberedValues();
    const { _createReader: compile } = avro.types.RecordType.prototype as unknown as CompilesReader;
    const read = compile.call(this);
    return (tap) => {
      const known = remembered.at(tap.buf, tap.pos);
      if (known !== undefined) {
        tap.pos += known.bytes.length;
        return known.value;
      }
      const start = tap.pos;
      const value = read(tap);
      return remembered.add(tap.buf.subarray(start, tap.pos), value);
    };
  }
}

interface CompilesReader {
  _createReader: (this: unknown) => (tap: StrictTap) => object;
}

/** Markings: a bus of six cells and nine agencies has some dozens. */
function isRemembered({ name }: { name?: unknown }): boolean {
  return name === 'Marking';
}

/** A value of these takes no byte, so a count of them cannot be bounded; the contract uses neither. */
function isWeightless(items: unknown): boolean {
  return items === 'null' || (isTyped(items) && (items.type === 'null' || isEmptyRecord(items) || isEmptyFixed(items)));
}

function isEmptyRecord(schema: { type?: unknown; fields?: unknown }): boolean {
  return schema.type === 'record' && Array.isArray(schema.fields) && schema.fields.length === 0;
}

function isEmptyFixed(schema: { type?: unknown; size?: unknown }): boolean {
  return schema.type === 'fixed' && schema.size === 0;
}

interface Typed {
  readonly type?: unknown;
  readonly name?: unknown;
  readonly items?: unknown;
  readonly fields?: unknown;
  readonly size?: unknown;
}

function isTyped(schema: unknown): schema is Typed {
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema);
}
