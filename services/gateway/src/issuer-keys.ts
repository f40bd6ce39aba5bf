// The keys with which an issuer signs: given in configuration, or fetched from where the issuer publishes them.
// Holds: an issuer is asked by its exact name, over https (http on loopback alone), without redirects; a key that is not known
// is looked for at most once a minute; while it does not answer, its tokens are refused as unproven, never believed.
// Source: OpenID Connect Discovery 1.0 §4; RFC 8414 §3; RFC 7517 §5; README.md#identity

import { createLocalJWKSet, createRemoteJWKSet } from 'jose';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';

/** An issuer of tokens this gateway believes: with its keys, with where they are, or with its own word where (its discovery document). */
export type TokenIssuer = { readonly issuer: string } & (
  { readonly jwks: JSONWebKeySet } | { readonly jwksUri: string } | { readonly discover: true }
);

/** An issuer of certificates, whose own certificate (PEM) signs them. */
export interface CertificateIssuer {
  readonly issuer: string;
  readonly authority: string;
}

/** Whose word counts for who somebody is: the first half of whom the registry knows, by (issuer, subject). */
export type TrustedIssuer = TokenIssuer | CertificateIssuer;

/** Whether it issues certificates. */
export const isAuthority = (issuer: TrustedIssuer): issuer is CertificateIssuer => 'authority' in issuer;

/** How patient the gateway is with an issuer. */
export interface IssuerPatience {
  /** Between two looks for a key that is not known, or for a discovery document that did not come. */
  readonly cooldownMs: number;
  /** How long fetched keys hold before they are fetched again: a key that was withdrawn is believed no longer than that. */
  readonly maxAgeMs: number;
  readonly timeoutMs: number;
}

/** Page 5 §4: at most once a minute. */
export const PATIENCE: IssuerPatience = Object.freeze({ cooldownMs: 60_000, maxAgeMs: 600_000, timeoutMs: 5_000 });

/** @returns what `jwtVerify` asks for a key; nothing is fetched before the first token. Throws on an address that is not allowed. */
export function keysOfIssuer(issuer: TokenIssuer, patience: IssuerPatience = PATIENCE): JWTVerifyGetKey {
  if ('jwks' in issuer) return createLocalJWKSet(issuer.jwks);
  if ('jwksUri' in issuer) return remoteKeys(issuer.jwksUri, patience);
  return discoveredKeys(issuer.issuer, patience);
}

function discoveredKeys(issuer: string, patience: IssuerPatience): JWTVerifyGetKey {
  const address = safeUrl(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  let keys: Promise<JWTVerifyGetKey> | undefined;
  let failedAt = Number.NEGATIVE_INFINITY;
  const look = (): Promise<JWTVerifyGetKey> => {
    const found = jwksUriOf(address, issuer, patience).then((uri) => remoteKeys(uri, patience));
    return found.catch((cause: unknown) => {
      keys = undefined;
      failedAt = Date.now();
      throw cause;
    });
  };
  return async (header, token) => {
    if (keys === undefined && Date.now() < failedAt + patience.cooldownMs) throw new Error('the issuer did not answer a moment ago');
    return (await (keys ??= look()))(header, token);
  };
} // prettier-ignore

function remoteKeys(uri: string, { cooldownMs, maxAgeMs, timeoutMs }: IssuerPatience): JWTVerifyGetKey {
  return createRemoteJWKSet(safeUrl(uri), { cooldownDuration: cooldownMs, cacheMaxAge: maxAgeMs, timeoutDuration: timeoutMs });
} // prettier-ignore

/** Where the issuer's document says its keys are. Rejects where the document is another issuer's: §4.3. */
async function jwksUriOf(address: URL, issuer: string, { timeoutMs }: IssuerPatience): Promise<string> {
  const answer = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs), headers: { accept: 'application/json' } }); // prettier-ignore
  if (answer.status !== 200) throw new Error('the issuer has no discovery document');
  const document = (await answer.json()) as { readonly issuer?: unknown; readonly jwks_uri?: unknown } | null;
  if (document?.issuer !== issuer || typeof document.jwks_uri !== 'string')
    throw new Error('the discovery document is another issuer’s, or names no keys');
  return document.jwks_uri;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function safeUrl(text: string): URL {
  const url = new URL(text);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) return url;
  throw new Error('the keys of an issuer are fetched over https alone');
}
