// Tokens of a world's own issuer, good or spoiled in exactly one way.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportSPKI, generateKeyPair, importJWK, SignJWT, type CryptoKey, type JWK, type JWTHeaderParameters, type JWTPayload } from 'jose'; // prettier-ignore
import type { World } from '../support/world.ts';

const ISSUER = 'urn:sitebus:local';
const LIFE_SECONDS = 300;

/** Signs as the world's issuer does, and as nobody should. */
export interface TokenMint {
  /** A token for the person, good but for what `spoilt` says otherwise; an undefined claim is left out. */
  token(person: string, spoilt?: Readonly<Record<string, unknown>>, header?: Partial<JWTHeaderParameters>): Promise<string>;
  /** By name: tokens that claim to be the person's and are forged. */
  forged(person: string): Promise<Readonly<Record<string, string>>>;
} // prettier-ignore

/** Reads the issuer's key from the world's data folder. */
export async function openMint(world: World): Promise<TokenMint> {
  const jwk = JSON.parse(await readFile(join(world.dataDir, 'issuer.json'), 'utf8')) as JWK;
  const { d: _secret, ...publicJwk } = jwk;
  const key = (await importJWK(jwk, 'ES256')) as CryptoKey;
  const publicKey = (await importJWK(publicJwk, 'ES256', { extractable: true })) as CryptoKey;
  const goodHeader: JWTHeaderParameters = { alg: 'ES256', typ: 'at+jwt', kid: String(jwk.kid) };
  const claimsOf = (person: string, spoilt: Readonly<Record<string, unknown>> = {}): JWTPayload => {
    const now = Math.floor(Date.now() / 1000);
    const claims: Readonly<Record<string, unknown>> = {
      iss: ISSUER,
      sub: person,
      aud: 'sitebus',
      iat: now,
      exp: now + LIFE_SECONDS,
      ...spoilt,
    };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  };
  const sign = (claims: JWTPayload, header: JWTHeaderParameters, by: CryptoKey): Promise<string> =>
    new SignJWT(claims).setProtectedHeader(header).sign(by, { crit: { 'x-must': true } });
  return {
    token: (person, spoilt, header) => sign(claimsOf(person, spoilt), { ...goodHeader, ...header }, key),
    async forged(person) {
      const [stranger, rsa] = [await generateKeyPair('ES256'), await generateKeyPair('RS256')];
      const good = await sign(claimsOf(person), goodHeader, key);
      const [head = ''] = good.split('.');
      const signature = good.slice(good.lastIndexOf('.') + 1);
      const hmacHead = `${encoded({ ...goodHeader, alg: 'HS256' })}.${encoded(claimsOf(person))}`;
      const hmac = createHmac('sha256', await exportSPKI(publicKey))
        .update(hmacHead)
        .digest('base64url');
      return {
        'without signature': `${encoded({ ...goodHeader, alg: 'none' })}.${encoded(claimsOf(person))}.`,
        'with the signature taken off': `${good.slice(0, good.lastIndexOf('.'))}.`,
        'with HMAC over the public key': `${hmacHead}.${hmac}`,
        'by a stranger': await sign(claimsOf(person), goodHeader, stranger.privateKey),
        'with RSA': await sign(claimsOf(person), { ...goodHeader, alg: 'RS256' }, rsa.privateKey),
        'with another subject under an old signature': `${head}.${encoded(claimsOf('marguerite-thorne'))}.${signature}`,
        'with a critical header that nobody knows': await sign(
          claimsOf(person),
          { ...goodHeader, crit: ['x-must'], 'x-must': true },
          key,
        ),
      };
    },
  };
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
