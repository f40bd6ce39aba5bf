// Row 21 and row 23 of the security suite, for the gateway's part: forged, stretched and widened tokens.

import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWTHeaderParameters, JWTPayload } from 'jose';
import { createTestClock } from '@sitebus/sdk/testing';
import { NOW_MS } from './testing/records.ts';
import { aWorld } from './testing/world.ts';
import { createVerifyToken } from './tokens.ts';
import type { TrustedIssuer } from './issuer-keys.ts';

const ISSUER = 'urn:sitebus:local';
const NOW_S = NOW_MS / 1000;
let key: CryptoKey;
let stranger: CryptoKey;
let rsa: CryptoKey;
let publicPem: string;
let trusted: TrustedIssuer[];

beforeAll(async () => {
  const pair = await generateKeyPair('ES256', { extractable: true });
  key = pair.privateKey;
  stranger = (await generateKeyPair('ES256')).privateKey;
  rsa = (await generateKeyPair('RS256')).privateKey;
  publicPem = await exportSPKI(pair.publicKey);
  trusted = [{ issuer: ISSUER, jwks: { keys: [{ ...(await exportJWK(pair.publicKey)), alg: 'ES256', kid: 'one' }] } }];
});

const GOOD_HEADER: JWTHeaderParameters = { alg: 'ES256', typ: 'at+jwt', kid: 'one' };
const good = (): JWTPayload => ({ iss: ISSUER, sub: 'ama-lindqvist', aud: 'sitebus', iat: NOW_S, exp: NOW_S + 300 });
const sign = (claims: JWTPayload, header: JWTHeaderParameters = GOOD_HEADER, by: CryptoKey = key) =>
  new SignJWT(claims).setProtectedHeader(header).sign(by);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  const verify = (token: string) => createVerifyToken(trusted, createTestClock(NOW_MS))(token);

  test('that is good says who and until when', async () => {
    expect(await verify(await sign(good()))).toEqual({
      issuer: ISSUER,
      subject: 'ama-lindqvist',
      expiresAt: NOW_MS + 300_000,
    });
  });

  const claims: [string, (c: JWTPayload) => JWTPayload][] = [
    ['of another audience', (c) => ({ ...c, aud: 'elsewhere' })],
    ['of another issuer', (c) => ({ ...c, iss: 'urn:other' })],
    ['without issuer', ({ iss: _iss, ...c }) => c],
    ['without subject', ({ sub: _sub, ...c }) => c],
    ['with an empty subject', (c) => ({ ...c, sub: '' })],
    ['without audience', ({ aud: _aud, ...c }) => c],
    ['without expiry', ({ exp: _exp, ...c }) => c],
    ['without time of issue', ({ iat: _iat, ...c }) => c],
    ['that expired before the skew', (c) => ({ ...c, iat: NOW_S - 200, exp: NOW_S - 6 })],
    ['that lives longer than five minutes', (c) => ({ ...c, exp: NOW_S + 301 })],
    ['issued in the future to live longer', (c) => ({ ...c, iat: NOW_S + 60, exp: NOW_S + 305 })],
    ['not yet valid', (c) => ({ ...c, nbf: NOW_S + 6 })],
    ['with a narrowing that is no object', (c) => ({ ...c, sitebus_narrow: 'UNCLASSIFIED' })],
    ['with an unknown axis', (c) => ({ ...c, sitebus_narrow: { level: 'SECRET' } })],
    ['with an axis of another kind', (c) => ({ ...c, sitebus_narrow: { groups: 'panel' } })],
    ['of several audiences', (c) => ({ ...c, aud: ['sitebus', 'elsewhere'] })],
    ['bound to a certificate, which nobody shows', (c) => ({ ...c, cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2' } })],
    ['with a level that no ladder has', (c) => ({ ...c, sitebus_narrow: { classified: 'RESTRICTED' } })],
    ['with a colour that does not exist', (c) => ({ ...c, sitebus_narrow: { maxTlp: 'WHITE' } })],
    ['with no nation left', (c) => ({ ...c, sitebus_narrow: { nations: [] } })],
  ];
  test.each(claims)('%s is refused', async (_what, change) => {
    await expect(verify(await sign(change(good())))).rejects.toMatchObject({ slug: 'not-authenticated', status: 401 });
  });

  test('within the skew is still good', async () => {
    await expect(verify(await sign({ ...good(), iat: NOW_S - 200, exp: NOW_S - 4 }))).resolves.toMatchObject({
      subject: 'ama-lindqvist',
    });
  });

  test('with another or no typ is refused', async () => {
    await expect(verify(await sign(good(), { alg: 'ES256', kid: 'one' }))).rejects.toMatchObject({ status: 401 });
    await expect(verify(await sign(good(), { ...GOOD_HEADER, typ: 'JWT' }))).rejects.toMatchObject({ status: 401 });
  });

  test('without signature is refused', async () => {
    await expect(verify(`${base64({ alg: 'none', typ: 'at+jwt' })}.${base64(good())}.`)).rejects.toMatchObject({
      status: 401,
    });
  });

  test('signed with HMAC over the public key is refused', async () => {
    const head = `${base64({ alg: 'HS256', typ: 'at+jwt', kid: 'one' })}.${base64(good())}`;
    const forged = `${head}.${createHmac('sha256', publicPem).update(head).digest('base64url')}`;
    await expect(verify(forged)).rejects.toMatchObject({ status: 401 });
  });

  test('signed by a stranger, or with RSA, is refused', async () => {
    await expect(verify(await sign(good(), GOOD_HEADER, stranger))).rejects.toMatchObject({ status: 401 });
    await expect(verify(await sign(good(), { ...GOOD_HEADER, alg: 'RS256' }, rsa))).rejects.toMatchObject({
      status: 401,
    });
  });

  test('with an unknown crit is refused', async () => {
    const token = await new SignJWT(good())
      .setProtectedHeader({ ...GOOD_HEADER, crit: ['x-must'], 'x-must': true })
      .sign(key, { crit: { 'x-must': true } });
    await expect(verify(token)).rejects.toMatchObject({ status: 401 });
  });

  test('with its payload changed is refused', async () => {
    const [head, , signature] = (await sign(good())).split('.');
    await expect(
      verify(`${head}.${base64({ ...good(), sub: 'marguerite-thorne' })}.${signature}`),
    ).rejects.toMatchObject({ status: 401 });
  });
});

describe('a claim', () => {
  test('narrows what its holder sees, and a wider one changes nothing', async () => {
    await using world = await aWorld({ issuers: trusted });
    const gateway = await world.gateway('s-can');
    const clearanceWith = async (narrow?: object) => {
      const token = await sign({ ...good(), ...(narrow === undefined ? {} : { sitebus_narrow: narrow }) });
      const { clearance, views } = (
        await gateway.app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } })
      ).json<{
        clearance: Record<string, unknown>;
        views: { id: string }[];
      }>();
      return { clearance, views: views.map(({ id }) => id) };
    };
    const plain = await clearanceWith();
    expect(plain.clearance).toMatchObject({ classified: 'SECRET', compartments: [] });
    expect(plain.views).toEqual(['public', 'partner', 'pb-can', 's-fvey', 's-can']);
    expect(
      await clearanceWith({
        classified: 'TOP_SECRET',
        compartments: ['SI'],
        groups: ['community', 'panel', 'platforms', 'research'],
      }),
    ).toEqual(plain);
    const narrowed = await clearanceWith({ classified: 'UNCLASSIFIED', protected: 'NONE', maxTlp: 'GREEN' });
    expect(narrowed.clearance).toMatchObject({ classified: 'UNCLASSIFIED', maxTlp: 'GREEN' });
    expect(narrowed.views).toEqual(['public']);
  });
});
