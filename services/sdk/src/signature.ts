// A person's signature on a statement: Ed25519 over its canonical text.
// Holds: pure; a key that cannot be read and a signature that is none are both simply not valid, never an exception.
// Source: RFC 8032 (Ed25519); RFC 8410 (its keys)

import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';

/** Everything of an Ed25519 public key in SPKI before its 32 bytes (RFC 8410 §4). */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** Everything of an Ed25519 private key in PKCS #8 before its 32-byte seed (RFC 8410 §7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const KEY_BYTES = 32;

/** True when one of the keys (32 bytes each, base64url) made the signature (base64url) on exactly this text. */
export function isSigned(text: string, signature: string, keys: readonly string[]): boolean {
  const bytes = Buffer.from(signature, 'base64url');
  return keys.some((key) => {
    const raw = Buffer.from(key, 'base64url');
    if (raw.length !== KEY_BYTES) return false;
    try {
      const publicKey = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
      return verify(null, Buffer.from(text, 'utf8'), publicKey, bytes);
    } catch {
      return false; // no point of the curve: a key that nobody holds
    }
  });
}

/** @returns the signature (base64url) of whoever holds the seed (32 bytes, base64url): for people's own tools and tests. */
export function signStatement(text: string, seed: string): string {
  return statementSigner(seed)(text).toString('base64url');
}

/** @returns what signs with a seed (32 bytes, base64url), which is read once: 64 bytes for each text. */
export function statementSigner(seed: string): (text: string) => Buffer {
  const key = privateKeyOf(seed);
  return (text) => sign(null, Buffer.from(text, 'utf8'), key);
}

/** @returns the public half of a seed, as the registry keeps it. */
export function signatureKeyOf(seed: string): string {
  return createPublicKey(privateKeyOf(seed)).export({ format: 'jwk' }).x ?? '';
}

function privateKeyOf(seed: string): ReturnType<typeof createPrivateKey> {
  const key = Buffer.concat([PKCS8_PREFIX, Buffer.from(seed, 'base64url')]);
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
