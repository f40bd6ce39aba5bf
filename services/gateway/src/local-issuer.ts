// The local stack's issuer of tokens: POST /dev/token, for trying sitebus out.
// Holds: it is made only where every listener is on loopback; its key is made at first start and stays in a file that
// only its owner reads; it says who somebody is and nothing of what they may see. Source: README.md#identity

import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { JWK } from 'jose';
import type { Clock } from '@sitebus/sdk';
import type { TrustedIssuer } from './issuer-keys.ts';

/** The issuer name of persons in the local policy. */
export const LOCAL_ISSUER = 'urn:sitebus:local';
const LIFE_SECONDS = 300;

/** Signs tokens for the people of the registry, on a loopback address only: the local stack has no identity provider. */
export interface LocalIssuer {
  /** For the gateways' list of issuers. */
  readonly trusted: TrustedIssuer;
  /** @returns a token for the person with this subject, good for five minutes. */
  issue(subject: string): Promise<{ readonly token: string; readonly expiresAt: string }>;
}

/** True for an address that no other machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Makes the issuer, its key read from `keyFile` or made there.
 * Throws when any of the deployment's listeners is reachable from elsewhere.
 */
export async function createLocalIssuer(parts: {
  /** Hosts of every listener of the deployment. */
  readonly listeners: readonly string[];
  readonly keyFile: string;
  readonly clock: Clock;
}): Promise<LocalIssuer> {
  const open = parts.listeners.filter((host) => !isLoopback(host));
  if (open.length > 0 || parts.listeners.length === 0)
    throw new Error(`the local issuer needs every listener on loopback, not ${open.join(', ') || 'none'}`);
  const jwk = (await readKey(parts.keyFile)) ?? (await makeKey(parts.keyFile));
  const { d: _secret, ...publicJwk } = jwk;
  const key = await importJWK(jwk, 'ES256');
  return {
    trusted: { issuer: LOCAL_ISSUER, jwks: { keys: [publicJwk] } },
    async issue(subject) {
      const nowSeconds = Math.floor(parts.clock.now() / 1000);
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', ...(jwk.kid === undefined ? {} : { kid: jwk.kid }) })
        .setIssuer(LOCAL_ISSUER)
        .setSubject(subject)
        .setAudience('sitebus')
        .setJti(randomUUID())
        .setIssuedAt(nowSeconds)
        .setExpirationTime(nowSeconds + LIFE_SECONDS)
        .sign(key);
      return { token, expiresAt: new Date((nowSeconds + LIFE_SECONDS) * 1000).toISOString() };
    },
  };
}

async function readKey(file: string): Promise<JWK | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JWK;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined; // the first start
    throw cause;
  }
}

async function makeKey(file: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), alg: 'ES256', kid: randomUUID() };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, JSON.stringify(jwk), { mode: 0o600 });
  await chmod(part, 0o600);
  await rename(part, file);
  return jwk;
}
