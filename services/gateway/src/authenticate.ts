// Who is asking: the Authorization header as an identity, or else the certificate that is shown, or none.
// Holds: neither is nobody in particular; a header that cannot be proved is refused, never read as nobody.
// Every refusal has one form. Source: README.md#identity

import type { Clearance } from '@sitebus/marking';
import type { Clock, Role } from '@sitebus/sdk';
import { isKey, keyName } from './api-keys.ts';
import { createVerifyCertificate } from './certificates.ts';
import { notAuthenticated } from './errors.ts';
import type { Registry } from '@sitebus/kit';
import { createVerifyToken } from './tokens.ts';
import type { TrustedIssuer } from './issuer-keys.ts';
import type { ShownCertificate } from './shown-certificate.ts';
import type { Narrowing } from './tokens.ts';

/** A proved credential. What its holder may do is looked up anew each time, in subject.ts. */
export type Identity =
  | {
      readonly kind: 'token';
      readonly issuer: string;
      readonly subject: string;
      readonly expiresAt: number;
      readonly narrow?: Narrowing;
    }
  | {
      readonly kind: 'certificate';
      readonly issuer: string;
      readonly subject: string;
      readonly expiresAt: number;
    }
  | {
      readonly kind: 'key';
      readonly name: string;
      readonly sha256: string;
      readonly person: string;
      readonly expiresAt: number;
    }
  | ChannelIdentity;

/** A person to whom the gateway sends by itself: no credential, made by deliveries/ alone and never by a request. */
export interface ChannelIdentity {
  readonly kind: 'channel';
  readonly person: string;
  /** What may go this way, whoever it is for; absent: what the person reads here themselves, to tell that from it. */
  readonly clearance?: Clearance;
  /** One of which the person must hold. */
  readonly roles: readonly Role[];
  /** A channel does not end; the person's clearance does. */
  readonly expiresAt: number;
}

/** @returns undefined for a request without credential. Throws `not-authenticated` or `fail-closed`. */
export type Authenticate = (
  authorization: string | undefined,
  shown?: ShownCertificate,
) => Promise<Identity | undefined>;

/** Makes the check. Throws at once on an issuer whose keys, or whose certificate, cannot be used. */
export function createAuthenticate(parts: {
  readonly registry: Registry;
  readonly issuers: readonly TrustedIssuer[];
  readonly clock: Clock;
}): Authenticate {
  const verifyToken = createVerifyToken(parts.issuers, parts.clock);
  const verifyCertificate = createVerifyCertificate(parts.issuers, parts.clock);
  const identityOfCertificate = (shown: ShownCertificate | undefined): Identity | undefined => {
    const certificate = shown?.();
    const verified = certificate && verifyCertificate(certificate);
    return verified && { kind: 'certificate', ...verified };
  };
  return async (authorization, shown) => {
    if (authorization === undefined) return identityOfCertificate(shown);
    const token = /^bearer +([^\s]+) *$/i.exec(authorization)?.[1];
    if (token === undefined || token.length > MAX_TOKEN_CHARS) throw notAuthenticated({ expired: false });
    if (token.startsWith('sbk_')) return identityOfKey(token, parts.registry, parts.clock.now());
    return { kind: 'token', ...(await verifyToken(token, shown)) };
  };
}

const MAX_TOKEN_CHARS = 8_192;

function identityOfKey(token: string, registry: Registry, nowMs: number): Identity {
  const row = registry.keyNamed(keyName(token) ?? '');
  if (!isKey(token, row?.sha256) || row === undefined) throw notAuthenticated({ expired: false });
  if (nowMs >= row.expiresAt) throw notAuthenticated({ expired: true });
  return { kind: 'key', name: row.name, sha256: row.sha256, person: row.person, expiresAt: row.expiresAt };
}
