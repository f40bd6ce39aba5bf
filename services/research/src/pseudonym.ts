// Pseudonyms: what stands for an account, a person, an address in one edition of one data set.
// Holds: equal values get equal pseudonyms within an edition, and unequal ones everywhere else, because each edition has a
// key of its own; without the key nobody can make or test one, and the key is destroyed when the edition is frozen.
// Source: RFC 2104 (HMAC), FIPS 180-4; README.md#pseudonyms

import { createHmac, randomBytes } from 'node:crypto';

/** Bytes of a key. */
export const KEY_BYTES = 32;
/** Bytes of the keyed hash that are kept: two of a million values meet once in 10²⁶ data sets. */
const TOKEN_BYTES = 16;

/** What a pseudonym stands for. Equal values of two kinds get different ones. */
export type PseudonymKind = 'account' | 'person' | 'domain' | 'url' | 'media' | 'narrative' | 'record';

/** Makes pseudonyms of one edition. */
export type Pseudonymise = (kind: PseudonymKind, value: string) => string;

/** @returns a fresh key. */
export function createKey(): Buffer {
  return randomBytes(KEY_BYTES);
}

/** `key`: KEY_BYTES bytes. Throws RangeError for any other length. */
export function pseudonymsOf(key: Uint8Array): Pseudonymise {
  if (key.length !== KEY_BYTES) throw new RangeError('a key has 32 bytes');
  return (kind, value) => {
    const digest = createHmac('sha256', key).update(`${kind}\0${value}`, 'utf8').digest();
    return `${kind[0]}_${digest.subarray(0, TOKEN_BYTES).toString('hex')}`;
  };
}
