// Whom a certificate names, and whether a token is bound to it.
// Holds: an authority of configuration signed it itself, it is good now and made for clients, and it has exactly one URI, which is the
// subject; clearance and roles come from the registry, as for a token. One of any other authority names nobody: it is no
// credential, and a token may be bound to it. Source: RFC 5280 §4.2.1.6, §4.2.1.12; RFC 8705 §3; README.md#certificates

import { createHash, X509Certificate } from 'node:crypto';
import type { Clock } from '@sitebus/sdk';
import { notAuthenticated } from './errors.ts';
import { isAuthority, type CertificateIssuer, type TrustedIssuer } from './issuer-keys.ts';

/** What a good certificate says. */
export interface VerifiedCertificate {
  /** As configuration names the authority. */
  readonly issuer: string;
  /** Its URI. */
  readonly subject: string;
  /** UTC milliseconds. */
  readonly expiresAt: number;
}

const CLIENT_AUTHENTICATION = '1.3.6.1.5.5.7.3.2';

/**
 * Makes the check of a certificate whose possession was proved.
 * @returns undefined for one of an authority that is not configured. Throws `not-authenticated` for a bad one of one that is;
 *   at once on an authority whose text is no certificate of an authority.
 */
export function createVerifyCertificate(
  issuers: readonly TrustedIssuer[],
  clock: Clock,
): (certificate: X509Certificate) => VerifiedCertificate | undefined {
  const authorities = issuers
    .filter(isAuthority)
    .map((each) => ({ issuer: each.issuer, certificate: authorityOf(each) }));
  return (shown) => {
    const signer = authorities.find(({ certificate }) => shown.checkIssued(certificate) && shown.verify(certificate.publicKey)); // prettier-ignore
    if (signer === undefined) return undefined;
    const [from, expiresAt] = [Date.parse(shown.validFrom), Date.parse(shown.validTo)];
    if (clock.now() >= expiresAt) throw notAuthenticated({ expired: true });
    const uses = shown.keyUsage as readonly string[] | undefined; // its type forgets that a certificate may say nothing of uses
    const isForClients = uses?.includes(CLIENT_AUTHENTICATION) ?? false;
    const subject = uriOf(shown);
    const isGood = clock.now() >= from && isForClients && !shown.ca && subject !== undefined;
    if (!isGood) throw notAuthenticated({ expired: false });
    return { issuer: signer.issuer, subject, expiresAt };
  };
}

function authorityOf({ issuer, authority }: CertificateIssuer): X509Certificate {
  const unusable = `gateway configuration: what stands as authority of ${issuer} is no certificate of an authority`;
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(authority);
  } catch (cause) {
    throw new Error(unusable, { cause });
  }
  if (!certificate.ca) throw new Error(unusable);
  return certificate;
}

/** @returns its one URI; undefined where there is none or more, or where a name is written in quotes, which hides what it is. */
function uriOf({ subjectAltName = '' }: X509Certificate): string | undefined {
  if (subjectAltName.includes('"')) return undefined;
  const [uri, ...others] = subjectAltName.split(', ').filter((name) => name.startsWith('URI:'));
  return others.length === 0 ? uri?.slice('URI:'.length) : undefined;
}

/** @returns whether a token with this `cnf` may be used by whoever shows the certificate; a confirmation of another kind is none. */
export function isBoundTo(confirmation: unknown, certificate: X509Certificate | undefined): boolean {
  if (typeof confirmation !== 'object' || confirmation === null || certificate === undefined) return false;
  const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
  const [[method, value] = [], ...others] = Object.entries(confirmation) as [string, unknown][];
  return others.length === 0 && method === 'x5t#S256' && value === thumbprint;
}
