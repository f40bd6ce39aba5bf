// API keys: `sbk_<name>_<43 base64url characters>`, 256 random bits, of which only the SHA-256 is kept.
// Holds: comparing takes the same time whether the name exists, and wherever the difference lies; a name has no
// underscore, so a key has one reading. Source: README.md#identity

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const KEY = /^sbk_([a-z0-9][a-z0-9-]{0,39})_([A-Za-z0-9_-]{43})$/;
const NOBODY = Buffer.alloc(32);

/** @returns a new key of this name and its hash; the key itself must be shown once and forgotten. */
export function mintKey(name: string): { readonly key: string; readonly sha256: string } {
  const key = `sbk_${name}_${randomBytes(32).toString('base64url')}`;
  if (!KEY.test(key)) throw new RangeError('a key name is 1 to 40 of a-z, 0-9 and hyphen');
  return { key, sha256: sha256Of(key).toString('hex') };
}

/** @returns the name written in the key; undefined for anything that is not of this form. */
export function keyName(token: string): string | undefined {
  return KEY.exec(token)?.[1];
}

/** True when the presented key is the one whose hash was stored. A missing hash costs as much as a wrong key. */
export function isKey(token: string, sha256: string | undefined): boolean {
  const stored = sha256 === undefined ? NOBODY : Buffer.from(sha256, 'hex');
  const equal = timingSafeEqual(sha256Of(token), stored);
  return equal && sha256 !== undefined;
}

function sha256Of(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}
