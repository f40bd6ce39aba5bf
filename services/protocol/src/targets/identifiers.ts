// What an enrolment keeps of an address: a keyed hash of its normalised value; and how a target is held against it.
// Holds: pure; no value is kept; a domain covers itself and what lies below it, never what merely looks like it.
// Source: README.md#protected-accounts; RFC 2104 (HMAC)

import { createHmac } from 'node:crypto';
import { normalise } from '@sitebus/sdk';

/** Kinds of identifier. */
export type IdentifierKind = 'email' | 'account' | 'domain';

/** @returns the keyed hash, hexadecimal; undefined where the value is none of its kind. */
export function identifierHash(key: Uint8Array, kind: IdentifierKind, value: string): string | undefined {
  const normal = normalise(kind, value);
  return normal === undefined ? undefined : hashOf(key, kind, normal);
}

/**
 * Everything by which a target may be enrolled: itself, and the domains it lies under.
 * `ref`: as an assessment names it; an address, an account, a host, or something else that nobody enrols.
 */
export function hashesOfTarget(key: Uint8Array, ref: string): readonly string[] {
  const email = ref.includes('@') ? normalise('email', ref) : undefined;
  if (email !== undefined) return [hashOf(key, 'email', email), ...ofDomains(key, email.slice(email.indexOf('@') + 1))];
  const account = ref.includes(':') ? normalise('account', ref) : undefined;
  if (account !== undefined) return [hashOf(key, 'account', account)];
  const domain = normalise('domain', ref);
  return domain === undefined ? [] : ofDomains(key, domain);
}

/** The key of the hashes, made of the guard's secret: another secret, and enrolments match nothing any more. */
export function identifierKeyOf(secretBase64url: string): Uint8Array {
  const secret = Buffer.from(secretBase64url, 'base64url');
  return createHmac('sha256', secret).update('identifiers of protected accounts', 'utf8').digest();
}

/** The domain and each above it, down to two labels. */
function ofDomains(key: Uint8Array, domain: string): readonly string[] {
  const labels = domain.split('.');
  return labels.slice(0, -1).map((_, at) => hashOf(key, 'domain', labels.slice(at).join('.')));
}

function hashOf(key: Uint8Array, kind: IdentifierKind, normal: string): string {
  return createHmac('sha256', key).update(`${kind}\n${normal}`, 'utf8').digest('hex');
}
