// Tokens of an issuer outside: it publishes a discovery document and its keys over HTTP, exchanges them, and is not always there.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { CryptoKey, JWK, JWTPayload } from 'jose';
import { createTestClock } from '@sitebus/sdk/testing';
import { keysOfIssuer, type IssuerPatience, type TrustedIssuer } from './issuer-keys.ts';
import { NOW_MS } from './testing/records.ts';
import { createVerifyToken } from './tokens.ts';

const NOW_S = NOW_MS / 1000;
const EAGER: IssuerPatience = { cooldownMs: 0, maxAgeMs: 600_000, timeoutMs: 30_000 };
const WAITING: IssuerPatience = { ...EAGER, cooldownMs: 600_000 };

interface Pair {
  readonly kid: string;
  readonly sign: CryptoKey;
  readonly jwk: JWK;
}
let first: Pair;
let second: Pair;
const pairOf = async (kid: string): Promise<Pair> => {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  return { kid, sign: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } };
};
beforeAll(async () => {
  [first, second] = [await pairOf('first'), await pairOf('second')];
});

/** An issuer: what it publishes now, and what it was asked. */
let server: Server;
let issuer: string;
let keys: readonly JWK[];
let document: Readonly<Record<string, unknown>> | undefined;
let asked: string[];
beforeEach(async () => {
  [keys, asked] = [[first.jwk], []];
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    const body = url === '/.well-known/openid-configuration' ? document : url === '/keys' ? { keys } : undefined;
    response.writeHead(body === undefined ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? {}));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  document = { issuer, jwks_uri: `${issuer}/keys` };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

const tokenOf = (by: Pair, claims: JWTPayload = {}): Promise<string> =>
  new SignJWT({ iss: issuer, sub: 'ama-lindqvist', aud: 'sitebus', iat: NOW_S, exp: NOW_S + 300, ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: by.kid })
    .sign(by.sign);
const verifier = (patience = EAGER, trusted: TrustedIssuer = { issuer, discover: true }) =>
  createVerifyToken([trusted], createTestClock(NOW_MS), patience);
const refused = { code: 'not-authenticated' };

test('an issuer is believed by its name alone: its document says where its keys are, and both are asked for once', async () => {
  const verify = verifier();
  for (let time = 0; time < 3; time += 1)
    expect(await verify(await tokenOf(first))).toEqual({
      issuer,
      subject: 'ama-lindqvist',
      expiresAt: NOW_MS + 300_000,
    });
  expect(asked).toEqual(['/.well-known/openid-configuration', '/keys']);
});

test('an issuer may be given with where its keys are', async () => {
  expect(await verifier(EAGER, { issuer, jwksUri: `${issuer}/keys` })(await tokenOf(first))).toMatchObject({ issuer });
  expect(asked).toEqual(['/keys']);
});

test('a new key is found when a token names it, and one that was withdrawn is not believed any more', async () => {
  const verify = verifier();
  await verify(await tokenOf(first));
  keys = [second.jwk];
  expect(await verify(await tokenOf(second))).toMatchObject({ issuer });
  await expect(verify(await tokenOf(first))).rejects.toMatchObject(refused);
});

test('a key that nobody has is not looked for with every token that names it', async () => {
  const verify = verifier(WAITING);
  await verify(await tokenOf(first));
  for (let time = 0; time < 5; time += 1)
    await expect(verify(await tokenOf({ ...second, kid: `guess-${time}` }))).rejects.toMatchObject(refused);
  expect(asked.filter((url) => url === '/keys')).toHaveLength(1);
});

test.each<[string, (token: (claims?: JWTPayload) => Promise<string>) => Promise<string>]>([
  ['for another audience', (token) => token({ aud: 'elsewhere' })],
  ['for other audiences too', (token) => token({ aud: ['sitebus', 'elsewhere'] })],
  ['that has expired', (token) => token({ iat: NOW_S - 400, exp: NOW_S - 100 })],
  ['that lives too long', (token) => token({ exp: NOW_S + 3_600 })],
  ['of another issuer', (token) => token({ iss: 'http://127.0.0.1:1' })],
  ['of the issuer’s name with a slash', (token) => token({ iss: `${issuer}/` })],
  ['bound to a certificate that is not there', (token) => token({ cnf: { 'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2' } })],
  ['without signature', async (token) => {
    const [, payload = ''] = (await token()).split('.');
    return `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${payload}.`;
  }],
])('a token of it %s is refused, and a good one beside it is not', async (_what, change) => {
  const verify = verifier();
  expect(await verify(await tokenOf(first))).toMatchObject({ issuer });
  await expect(verify(await change((claims) => tokenOf(first, claims)))).rejects.toMatchObject(refused);
}); // prettier-ignore

test('two issuers that are both believed cannot sign in each other’s name', async () => {
  const other = { issuer: 'urn:other', jwks: { keys: [second.jwk] } };
  const verify = createVerifyToken([{ issuer, discover: true }, other], createTestClock(NOW_MS), EAGER);
  expect(await verify(await tokenOf(second, { iss: 'urn:other' }))).toMatchObject({ issuer: 'urn:other' });
  await expect(verify(await tokenOf(second))).rejects.toMatchObject(refused);
});

test.each<[string, () => Readonly<Record<string, unknown>> | undefined]>([
  ['that is not there', () => undefined],
  ['of another issuer', () => ({ issuer: 'https://elsewhere.example', jwks_uri: `${issuer}/keys` })],
  ['without keys', () => ({ issuer })],
  ['whose keys lie outside over http', () => ({ issuer, jwks_uri: 'http://elsewhere.example/keys' })],
])('a discovery document %s proves nothing; it is asked for again when there is another', async (_what, bad) => {
  const good = document;
  document = bad();
  const verify = verifier();
  await expect(verify(await tokenOf(first))).rejects.toMatchObject(refused);
  expect(asked).toEqual(['/.well-known/openid-configuration']);
  document = good;
  expect(await verify(await tokenOf(first))).toMatchObject({ issuer });
});

test('an issuer that does not answer is left alone for a while', async () => {
  document = undefined;
  const verify = verifier(WAITING);
  for (let time = 0; time < 3; time += 1) await expect(verify(await tokenOf(first))).rejects.toMatchObject(refused);
  expect(asked).toHaveLength(1);
});

test('an address outside that is not https stops the gateway at its start', () => {
  expect(() => keysOfIssuer({ issuer: 'http://login.example', discover: true })).toThrow('over https alone');
  expect(() => keysOfIssuer({ issuer: 'urn:x', jwksUri: 'http://login.example/keys' })).toThrow('over https alone');
});
