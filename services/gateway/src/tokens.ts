// Short-lived tokens: who is asking, never what they may see.
// Holds: ES256 or EdDSA alone, typ at+jwt, a known issuer, aud sitebus, at most 5 minutes of life, 5 s of skew; an unknown
// `crit`, a wrong key, a missing claim refuse. `sitebus_narrow` may only lower; what is bound to a certificate is good beside it
// alone. Source: RFC 9068; RFC 8705 §3; README.md#identity

import { decodeJwt, errors as jose, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { CLASSIFIED, PROTECTED, TLP } from '@sitebus/marking';
import type { Clearance } from '@sitebus/marking';
import type { Clock } from '@sitebus/sdk';
import { isBoundTo } from './certificates.ts';
import { notAuthenticated } from './errors.ts';
import { isAuthority, keysOfIssuer, type IssuerPatience, type TrustedIssuer } from './issuer-keys.ts';
import type { ShownCertificate } from './shown-certificate.ts';

/** What a good token says. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly subject: string;
  /** UTC milliseconds. */
  readonly expiresAt: number;
  /** Axes the token lowers for itself; absent axes stay as they are. */
  readonly narrow?: Narrowing;
}

export type Narrowing = Partial<
  Pick<Clearance, 'classified' | 'protected' | 'compartments' | 'nations' | 'maxTlp' | 'groups'>
>;

const AUDIENCE = 'sitebus';
const MAX_LIFE_SECONDS = 300;
const SKEW_SECONDS = 5;
const LISTS: readonly string[] = ['compartments', 'nations', 'groups'];
const LADDERS: ReadonlyMap<string, readonly unknown[]> = new Map<string, readonly unknown[]>([
  ['classified', CLASSIFIED],
  ['protected', PROTECTED],
  ['maxTlp', TLP],
]);

/** Makes the check of a compact JWS beside the certificate that is shown with it. It throws `not-authenticated`, saying no more than whether it had expired. */
export function createVerifyToken(
  issuers: readonly TrustedIssuer[],
  clock: Clock,
  patience?: IssuerPatience,
): (token: string, shown?: ShownCertificate) => Promise<VerifiedToken> {
  const keysOf = new Map(
    issuers.flatMap((each) => (isAuthority(each) ? [] : [[each.issuer, keysOfIssuer(each, patience)] as const])),
  );
  return async (token, shown) => {
    try {
      const keys = keysOf.get(issuerOf(token));
      if (keys === undefined) throw notAuthenticated({ expired: false });
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['ES256', 'EdDSA'],
        typ: 'at+jwt',
        audience: AUDIENCE,
        issuer: issuerOf(token), // the one whose keys these are: another believed issuer's name under them proves nothing
        requiredClaims: ['sub', 'iss', 'aud', 'exp', 'iat'],
        clockTolerance: SKEW_SECONDS,
        currentDate: new Date(clock.now()),
      });
      return verified(payload, clock.now(), shown);
    } catch (cause) {
      throw notAuthenticated({ expired: cause instanceof jose.JWTExpired }, cause);
    }
  };
}

function issuerOf(token: string): string {
  return decodeJwt(token).iss ?? ''; // only chooses the key set; jwtVerify checks it again under the signature
}

function verified(payload: JWTPayload, nowMs: number, shown?: ShownCertificate): VerifiedToken {
  const { iss = '', sub = '', exp = 0, iat = 0 } = payload;
  const nowSeconds = nowMs / 1000;
  const tooLong = exp - iat > MAX_LIFE_SECONDS || exp > nowSeconds + MAX_LIFE_SECONDS + SKEW_SECONDS;
  const fromFuture = iat > nowSeconds + SKEW_SECONDS;
  const elsewhere = payload.aud !== AUDIENCE; // a list is good elsewhere too
  const { cnf } = payload;
  const isHolders = cnf === undefined || isBoundTo(cnf, shown?.());
  if (sub === '' || tooLong || fromFuture || elsewhere || !isHolders) throw notAuthenticated({ expired: false });
  const narrow = narrowingOf(payload['sitebus_narrow']);
  return { issuer: iss, subject: sub, expiresAt: exp * 1000, ...(narrow === undefined ? {} : { narrow }) };
}

/** An axis or a level that is not known, or not of its kind, refuses the token: ignoring it would widen. */
function narrowingOf(claim: unknown): Narrowing | undefined {
  if (claim === undefined) return undefined;
  if (typeof claim !== 'object' || claim === null || Array.isArray(claim)) throw notAuthenticated({ expired: false });
  for (const [axis, value] of Object.entries(claim)) {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (LISTS.includes(axis) ? !isList : LADDERS.get(axis)?.includes(value) !== true)
      throw notAuthenticated({ expired: false });
    if (axis === 'nations' && (value as unknown[]).length === 0) throw notAuthenticated({ expired: false });
  }
  return claim;
}
