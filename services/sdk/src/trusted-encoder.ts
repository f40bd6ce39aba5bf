// Encodes records that the caller's own code has built; parts that many of them share are written once.
// Holds: the bytes are those of the codec's `encode` (a test compares them), which also checks; here the caller's types
// vouch for the shape. A part that is remembered by its identity must be frozen at every level.

import type { Type } from 'avsc';
import { WritingRoom } from './writing-room.ts';
import { WritingTap } from './writing-tap.ts';

/** Writes one record behind its framing. */
export type TrustedEncoder = (value: object) => Buffer;

/** A larger part costs little beside what it says, and is not kept. */
const MAX_PART_BYTES = 1_024;

/** One field. */
interface Writer {
  readonly name: string;
  readonly type: WritingType;
  readonly parts: WeakMap<object, Uint8Array>;
}

/** @returns an encoder of records of this type; `header` is the framing. */
export function createTrustedEncoder(avro: Type, header: Uint8Array, room = new WritingRoom()): TrustedEncoder {
  const { fields } = avro as unknown as { readonly fields: readonly Pick<Writer, 'name' | 'type'>[] };
  const writers = fields.map(({ name, type }): Writer => ({ name, type, parts: new WeakMap() }));
  return (value) => {
    const tap = TAP;
    for (;;) {
      room.drop();
      room.copy(header);
      tap.moveTo(room.bytes, room.at);
      for (const writer of writers) write(tap, writer, (value as Readonly<Record<string, unknown>>)[writer.name]);
      if (tap.hasRoom) break;
      room.reserve(tap.pos - room.at);
    }
    room.at = tap.pos;
    return room.finish();
  };
}

function write(tap: WritingTap, { type, parts }: Writer, value: unknown): void {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return type._write(tap, value);
  const part = parts.get(value);
  if (part !== undefined) return tap.copy(part);
  const from = tap.pos;
  type._write(tap, value);
  if (tap.hasRoom && tap.pos - from <= MAX_PART_BYTES)
    parts.set(value, Uint8Array.from(tap.buf.subarray(from, tap.pos)));
}

/** Writes a value as its type has it. */
export function encodeInto(room: WritingRoom, type: Type, value: unknown): void {
  const tap = TAP;
  for (;;) {
    tap.moveTo(room.bytes, room.at);
    (type as unknown as WritingType)._write(tap, value);
    if (tap.hasRoom) break;
    room.reserve(tap.pos - room.at);
  }
  room.at = tap.pos;
}

/** One is enough: writing is never interrupted. */
const TAP = new WritingTap();

/** What avsc's types do with a tap; the method exists in 5.7.9 and is not part of its declared types. */
interface WritingType {
  _write(tap: WritingTap, value: unknown): void;
}
