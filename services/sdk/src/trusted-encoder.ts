// Encodes records that the caller's own code has built; parts that many of them share are written once.
// Holds: the bytes are those of the codec's `encode` (a test compares them), which also checks; here the caller's types
// vouch for the shape. A part that is remembered by its identity must be frozen at every level.

import type { Type } from 'avsc';
import { WritingRoom } from './writing-room.ts';

/** Writes one record behind its framing. */
export type TrustedEncoder = (value: object) => Buffer;

/** A larger part costs little beside what it says, and is not kept. */
const MAX_PART_BYTES = 1_024;

/** One field. */
interface Writer {
  readonly name: string;
  readonly type: Type;
  readonly parts: WeakMap<object, Uint8Array>;
}

/** @returns an encoder of records of this type; `header` is the framing. */
export function createTrustedEncoder(avro: Type, header: Uint8Array, room = new WritingRoom()): TrustedEncoder {
  const fields = (avro as unknown as { readonly fields: readonly { readonly name: string; readonly type: Type }[] })
    .fields;
  const writers = fields.map(({ name, type }): Writer => ({ name, type, parts: new WeakMap() }));
  return (value) => {
    room.drop();
    room.copy(header);
    for (const writer of writers) write(room, writer, (value as Readonly<Record<string, unknown>>)[writer.name]);
    return room.finish();
  };
}

function write(room: WritingRoom, { type, parts }: Writer, value: unknown): void {
  if (typeof value !== 'object' || value === null || !Object.isFrozen(value)) return encodeInto(room, type, value);
  const part = parts.get(value);
  if (part !== undefined) return room.copy(part);
  const before = room.written;
  encodeInto(room, type, value);
  const count = room.written - before;
  if (count <= MAX_PART_BYTES) parts.set(value, Uint8Array.from(room.bytes.subarray(room.at - count, room.at)));
}

/** Writes a value as its type has it. */
export function encodeInto(room: WritingRoom, type: Type, value: unknown): void {
  for (;;) {
    const to = type.encode(value, room.bytes, room.at);
    if (to >= 0) {
      room.at = to;
      return;
    }
    room.reserve(room.bytes.length - room.at - to); // what is lacking comes back as a negative number
  }
}
