// Encodes records that the caller's own code has built, many of which share parts: a shared part is written once.
// Holds: the bytes are those of the codec's `encode` (a test compares them), which also checks; here the caller's types
// vouch for the shape. A frozen part is remembered by its identity, so it must be frozen at every level.

import type { Type } from 'avsc';

/** Writes one record behind the five bytes of framing, in a buffer of its own. */
export type TrustedEncoder = (value: object) => Buffer;

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

/** @returns an encoder of records of this type; `header` is the framing. */
export function createTrustedEncoder(avro: Type, header: Uint8Array): TrustedEncoder {
  const fields = (avro as unknown as { readonly fields: readonly { readonly name: string; readonly type: Type }[] })
    .fields;
  const writers = fields.map(({ name, type }): Writer => ({ name, type, parts: new WeakMap() }));
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
  return (value) => {
    let at = HEADER_BYTES;
    for (const writer of writers) at = write(writer, (value as Record<string, unknown>)[writer.name], at);
    return Buffer.from(scratch.subarray(0, at));
  };
}
