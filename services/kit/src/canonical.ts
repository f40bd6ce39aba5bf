// Canonical JSON and hashes: one text for one value, so that two people sign the same bytes and equal sets are equal bytes.
// Source: RFC 8785 (JCS); FIPS 180-4 (SHA-256)

import { createHash } from 'node:crypto';
import canonicalizeModule from 'canonicalize';

/** The package is CommonJS and types its export as the module's default. */
const jcs = canonicalizeModule as unknown as (value: unknown) => string;

/** @returns the one JSON text of a value; undefined properties are left out. */
export function canonicalText(value: unknown): string {
  return jcs(value);
}

/** @returns SHA-256 of the canonical text, hexadecimal. */
export function canonicalHash(value: unknown): string {
  return sha256Of(canonicalText(value));
}

/** @returns SHA-256 of a text (as UTF-8) or of bytes, hexadecimal. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
