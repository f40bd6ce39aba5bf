// Encodes records that the caller's own code has built, many of which are alike: what two in a row have in common is written
// once and copied from then on.
// Holds: the bytes are those of the codec's `encode` (a test compares them), which also checks; here the caller's types
// vouch for the shape. A part that is remembered by its identity must be frozen at every level.

import type { Type } from 'avsc';

/**
 * Writes one record behind the five bytes of framing, in a buffer of its own. Records with the same `kin`, which is any
 * object, are taken to have most of their fields in common; without it, nothing is assumed.
 */
export type TrustedEncoder = (value: object, kin?: object) => Buffer;

/** A larger part costs little beside what it says, and is not kept. */
const MAX_PART_BYTES = 1_024;
const HEADER_BYTES = 5;
const FIRST_SCRATCH_BYTES = 16_384;

/** One field. */
interface Writer {
  readonly name: string;
  readonly type: Type;
  readonly parts: WeakMap<object, Uint8Array>;
}

/** A run of fields, each as it was in the record before, as bytes; or one field that is each record's own. */
type Stretch = { readonly bytes: Uint8Array } | { readonly writer: Writer };

/** What the records of one kin have in common. */
interface Likeness {
  /** A record's fields, by place. */
  readonly values: unknown[];
  /** 1 for a field that has been seen to differ. */
  readonly varies: Uint8Array;
  stretches: Stretch[];
}

/** @returns an encoder of records of this type; `header` is the framing. */
export function createTrustedEncoder(avro: Type, header: Uint8Array): TrustedEncoder {
  const fields = (avro as unknown as { readonly fields: readonly { readonly name: string; readonly type: Type }[] })
    .fields;
  const writers = fields.map(({ name, type }): Writer => ({ name, type, parts: new WeakMap() }));
  const likenesses = new WeakMap<object, Likeness>();
  let scratch = Buffer.allocUnsafeSlow(FIRST_SCRATCH_BYTES);
  scratch.set(header);

  const write = ({ type, parts }: Writer, value: unknown, from: number): number => {
    if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return encode(type, value, from);
    const part = parts.get(value);
    if (part !== undefined) return copy(part, from);
    const to = encode(type, value, from);
    if (to - from <= MAX_PART_BYTES) parts.set(value, Uint8Array.from(scratch.subarray(from, to)));
    return to;
  };
  const copy = (part: Uint8Array, from: number): number => {
    reserve(from, part.length);
    scratch.set(part, from);
    return from + part.length;
  };
  const encode = (type: Type, value: unknown, from: number): number => {
    for (;;) {
      const to = type.encode(value, scratch, from);
      if (to >= 0) return to;
      reserve(from, scratch.length - from - to); // what is lacking comes back as a negative number
    }
  };
  const reserve = (from: number, bytes: number): void => {
    if (from + bytes <= scratch.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(scratch.length * 2, from + bytes));
    scratch.copy(larger, 0, 0, from);
    scratch = larger;
  };

  /** Says which fields differ from the records before; @returns whether there is one that did not. */
  const noteNews = ({ values, varies }: Likeness, value: Readonly<Record<string, unknown>>): boolean => {
    let news = false;
    for (let place = 0; place < writers.length; place += 1) {
      if (varies[place] === 1 || value[writers[place]!.name] === values[place]) continue;
      varies[place] = 1;
      news = true;
    }
    return news;
  };
  const begin = (value: Readonly<Record<string, unknown>>): Likeness => {
    const values = writers.map(({ name }) => value[name]);
    const varies = Uint8Array.from(values, (each) => (isFixed(each) ? 0 : 1));
    return { values, varies, stretches: [] };
  };
  const toStretches = ({ values, varies }: Likeness): Stretch[] => {
    const stretches: Stretch[] = [];
    for (let place = 0; place < writers.length; place += 1) {
      if (varies[place] === 1) {
        stretches.push({ writer: writers[place]! });
        continue;
      }
      let to = HEADER_BYTES;
      for (; place < writers.length && varies[place] === 0; place += 1) to = write(writers[place]!, values[place], to);
      stretches.push({ bytes: Uint8Array.from(scratch.subarray(HEADER_BYTES, to)) });
      place -= 1;
    }
    return stretches;
  };
  const likenessOf = (kin: object, value: Readonly<Record<string, unknown>>): Likeness => {
    let likeness = likenesses.get(kin);
    if (likeness === undefined) likenesses.set(kin, (likeness = begin(value)));
    else if (!noteNews(likeness, value) && likeness.stretches.length > 0) return likeness;
    likeness.stretches = toStretches(likeness);
    return likeness;
  };

  return (value, kin) => {
    const fieldsOf = value as Readonly<Record<string, unknown>>;
    let at = HEADER_BYTES;
    if (kin === undefined) for (const writer of writers) at = write(writer, fieldsOf[writer.name], at);
    else
      for (const stretch of likenessOf(kin, fieldsOf).stretches)
        at = 'bytes' in stretch ? copy(stretch.bytes, at) : write(stretch.writer, fieldsOf[stretch.writer.name], at);
    return Buffer.from(scratch.subarray(0, at));
  };
}

/** Whether a part that is the same thing again says the same again. */
function isFixed(part: unknown): boolean {
  return typeof part !== 'object' || Object.isFrozen(part);
}
