// Ids that follow from what they are of, so that a decider draws nothing at random.
// Holds: as hard to guess as the ids they are made of, and not to be traced back to them.
// Source: RFC 9562 §5.8 (version 8)

import { createHash } from 'node:crypto';

/** @returns a version-8 UUID of these words, in this order. */
export function uuidOf(...words: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(words)).digest();
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
