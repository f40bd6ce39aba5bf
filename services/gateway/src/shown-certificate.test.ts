// Who may say with which certificate a request comes: a proxy that is configured, and nobody else.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createHash } from 'node:crypto';
import { createTestAuthority, type TestAuthority, type TestCertificate } from '../../../test/support/certificates.ts';
import type { GatewayService } from './service.ts';
import { proxiesAt } from './shown-certificate.ts';
import { FAILURES_A_MINUTE } from './sign-in-attempts.ts';
import { NOW_MS } from './testing/records.ts';
import { aWorld, thePolicy, type World } from './testing/world.ts';

const MACHINES = 'urn:machines.example';
const TOKENS = 'urn:tokens.example';
const PROXY = '10.1.2.3';
const ELSEWHERE = '10.2.0.1';
let world: World;
let gateway: GatewayService;
let authority: TestAuthority;
let machine: TestCertificate;
let tokenOf: (claims: object) => Promise<string>;

beforeAll(async () => {
  const { people } = await thePolicy();
  const [analyst] = people;
  const tokens = await generateKeyPair('ES256', { extractable: true });
  authority = await createTestAuthority('machines', NOW_MS);
  machine = await authority.client({ commonName: 'export-1', uris: ['urn:machine:export-1'] });
  tokenOf = (claims) =>
    new SignJWT({ iss: TOKENS, sub: 'ama', aud: 'sitebus', iat: NOW_MS / 1000, exp: NOW_MS / 1000 + 300, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'one' })
      .sign(tokens.privateKey);
  const jwks = { keys: [{ ...(await exportJWK(tokens.publicKey)), alg: 'ES256', kid: 'one' }] };
  world = await aWorld({
    people: [
      ...people,
      { ...analyst!, person: 'export-1', name: 'Export 1', issuer: MACHINES, subject: 'urn:machine:export-1' },
      { ...analyst!, person: 'ama-elsewhere', name: 'Ama', issuer: TOKENS, subject: 'ama' },
    ],
    issuers: [
      { issuer: MACHINES, authority: authority.certificate },
      { issuer: TOKENS, jwks },
    ],
  });
  gateway = await world.gateway('s-can', { proxies: ['10.1.0.0/16', '::1'] });
});
afterAll(() => world[Symbol.asyncDispose]());

const passedOn = ({ der }: TestCertificate): string => `:${der.toString('base64')}:`;
const ask = async (remoteAddress: string, headers: Record<string, string>) => {
  const answer = await gateway.app.inject({ url: '/v1/me', remoteAddress, headers });
  return { status: answer.statusCode, person: answer.json<{ person?: string }>().person };
};
const bound = async (to: TestCertificate) => {
  const thumbprint = createHash('sha256').update(to.der).digest('base64url');
  return `Bearer ${await tokenOf({ cnf: { 'x5t#S256': thumbprint } })}`;
};

describe('a certificate that a proxy passes on', () => {
  test('signs its holder in, as the registry has them', async () => {
    expect(await ask(PROXY, { 'client-cert': passedOn(machine) })).toEqual({ status: 200, person: 'export-1' });
  });

  test('counts from nowhere else', async () => {
    expect(await ask(ELSEWHERE, { 'client-cert': passedOn(machine) })).toMatchObject({ status: 401 });
    const authorization = await bound(machine);
    expect(await ask(ELSEWHERE, { 'client-cert': passedOn(machine), authorization })).toMatchObject({ status: 401 });
  });

  test('that names somebody whom the registry does not have is refused', async () => {
    const stranger = await authority.client({ commonName: 'x', uris: ['urn:machine:unknown'] });
    expect(await ask(PROXY, { 'client-cert': passedOn(stranger) })).toMatchObject({ status: 401 });
  });

  test('is refused where it is none', async () => {
    const none = ['', 'garbage', ':Z2FyYmFnZQ==:', `${passedOn(machine)}, ${passedOn(machine)}`, machine.der.toString('base64')]; // prettier-ignore
    const answers = await Promise.all(none.map((header) => ask(PROXY, { 'client-cert': header })));
    expect(answers.map(({ status }) => status)).toEqual(none.map(() => 401));
  });

  test('makes the token good that is bound to it, and no other certificate does', async () => {
    const authorization = await bound(machine);
    const another = await authority.client({ commonName: 'export-1', uris: ['urn:machine:export-1'] });
    expect(await ask(PROXY, { authorization, 'client-cert': passedOn(machine) })).toEqual({
      status: 200,
      person: 'ama-elsewhere',
    });
    expect(await ask(PROXY, { authorization, 'client-cert': passedOn(another) })).toMatchObject({ status: 401 });
    expect(await ask(PROXY, { authorization })).toMatchObject({ status: 401 });
  });

  test('does not sign in what a page of another site has a browser send', async () => {
    const shown = { 'client-cert': passedOn(machine) };
    const sites = ['same-origin', 'none', 'same-site', 'cross-site'];
    const answers = await Promise.all(sites.map((site) => ask(PROXY, { ...shown, 'sec-fetch-site': site })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 401]);
    expect(await ask(PROXY, { ...shown, origin: 'https://elsewhere.example' })).toMatchObject({ status: 401 });
  });

  test('is not looked at where a credential is sent with it', async () => {
    const key = await world.as('bastien-okoro');
    expect(await ask(PROXY, { ...key, 'client-cert': passedOn(machine) })).toMatchObject({ person: 'bastien-okoro' });
  });
});

test('wrong credentials count against the address that the proxy names, and a proxy is believed alone', async () => {
  const wrong = async (remoteAddress: string, from: string) =>
    (await ask(remoteAddress, { authorization: 'Bearer sbk_nobody_x', 'x-forwarded-for': from })).status;
  for (let tried = 0; tried < FAILURES_A_MINUTE; tried += 1) expect(await wrong(PROXY, '198.51.100.1')).toBe(401);
  expect([await wrong(PROXY, '198.51.100.1'), await wrong(PROXY, '198.51.100.2')]).toEqual([429, 401]);
  for (let tried = 0; tried < FAILURES_A_MINUTE; tried += 1) await wrong('10.3.0.1', `198.51.100.${tried + 10}`);
  expect(await wrong('10.3.0.1', '198.51.100.3')).toBe(429);
});

test('a proxy is an address or a network', () => {
  const isProxy = proxiesAt(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32']);
  const addresses = ['10.1.255.1', '::ffff:10.1.0.1', '192.0.2.7', '2001:db8::1', '10.2.0.1', '192.0.2.8', '2001:db9::1', '', 'unix']; // prettier-ignore
  expect(addresses.map(isProxy)).toEqual([true, true, true, true, false, false, false, false, false]);
  expect(() => proxiesAt(['10.1'])).toThrow('no address or network: 10.1');
  expect(() => proxiesAt(['10.0.0.0/33'])).toThrow('10.0.0.0/33');
});
