// A record as a form: what all that are alike have in common is bytes that were written once, and what differs is filled in.
// Holds: the bytes are those of the codec's `encode` (a test compares them), which also checks; here the caller's types
// vouch for the values. Source: Apache Avro 1.12 §Binary encoding; README.md#codec

import type { Type } from 'avsc';
import { encodeInto } from './trusted-encoder.ts';
import { WritingRoom } from './writing-room.ts';

/** Records that differ in the same few places. */
export interface TrustedForm {
  /** The record with these values in its holes, in the order in which the holes were named, behind its framing. */
  fill(values: readonly unknown[]): Buffer;
}

/** How a value is written. */
type Hole = { readonly value: number } & (
  { readonly write: 'text' | 'number' | 'nothing' } | { readonly write: 'any'; readonly type: Type }
);

/**
 * Makes a form of a record that is `like` the ones to be written but for its holes: paths of field names and places in
 * lists, joined by dots. A hole that may be null is filled with a value where `like` has one, and with null where it has not.
 */
export function createTrustedForm(
  avro: Type,
  header: Uint8Array,
  like: object,
  holes: readonly string[],
  room = new WritingRoom(),
): TrustedForm {
  const stencil = new Stencil(holes, header);
  stencil.cut(avro, like, '');
  const { stretches, places } = stencil.finish();
  return {
    fill(values) {
      room.drop();
      for (let nth = 0; nth < places.length; nth += 1) {
        room.copy(stretches[nth]!);
        fillHole(room, places[nth]!, values);
      }
      room.copy(stretches[places.length]!);
      return room.finish();
    },
  };
}

function fillHole(room: WritingRoom, hole: Hole, values: readonly unknown[]): void {
  const value = values[hole.value];
  if (hole.write === 'text') room.writeText(value as string);
  else if (hole.write === 'number') room.writeLong(value as number);
  else if (hole.write === 'any') encodeInto(room, hole.type, value);
}

/** Cuts a record into the stretches between its holes. */
class Stencil {
  readonly #holes: readonly string[];
  readonly #room = new WritingRoom();
  readonly #stretches: Uint8Array[] = [];
  readonly #places: Hole[] = [];

  constructor(holes: readonly string[], header: Uint8Array) {
    this.#holes = holes;
    this.#room.copy(header);
  }

  cut(type: Type, value: unknown, path: string): void {
    const hole = this.#holes.indexOf(path);
    if (hole >= 0) this.#open(hole, type, value);
    else if (!this.#holes.some((each) => path === '' || each.startsWith(`${path}.`)))
      encodeInto(this.#room, type, value);
    else if ('fields' in type)
      for (const field of type.fields as readonly { readonly name: string; readonly type: Type }[])
        this.cut(field.type, (value as Record<string, unknown>)[field.name], below(path, field.name));
    else this.#cutList((type as unknown as { readonly itemsType: Type }).itemsType, value as readonly unknown[], path);
  }

  finish(): { readonly stretches: readonly Uint8Array[]; readonly places: readonly Hole[] } {
    this.#endStretch();
    if (this.#places.length !== this.#holes.length) throw new Error('a hole of the form is no place of the record');
    return { stretches: this.#stretches, places: this.#places };
  }

  /** A list is its length, its items, and an end. */
  #cutList(itemsType: Type, items: readonly unknown[], path: string): void {
    if (items.length > 0) this.#room.writeLong(items.length);
    for (const [place, item] of items.entries()) this.cut(itemsType, item, below(path, String(place)));
    this.#room.writeLong(0);
  }

  /** Which of several types a value has is part of the form. */
  #open(hole: number, type: Type, like: unknown): void {
    let known = type;
    if ('types' in type) {
      const branches = type.types as readonly Type[];
      const branch = branches.findIndex((each) => each.isValid(like));
      this.#room.writeLong(branch);
      known = branches[branch]!;
    }
    this.#endStretch();
    this.#places.push(toHole(hole, known));
  }

  #endStretch(): void {
    this.#stretches.push(Uint8Array.from(this.#room.finish()));
  }
}

function toHole(value: number, type: Type): Hole {
  switch (type.typeName) {
    case 'string':
      return { value, write: 'text' };
    case 'int':
    case 'long':
      return { value, write: 'number' };
    case 'null':
      return { value, write: 'nothing' };
    default:
      return { value, write: 'any', type };
  }
}

const below = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
