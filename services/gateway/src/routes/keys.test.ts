// API keys that persons make for themselves: never more than the credential they were made with, ended at once.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GatewayService } from '../service.ts';
import { aWorld } from '../testing/world.ts';
import type { World } from '../testing/world.ts';

let world: World;
let gateway: GatewayService;
let atPublic: GatewayService;
beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('s-can');
  atPublic = await world.gateway('public');
});
afterAll(async () => world[Symbol.asyncDispose]());

interface KeyAnswer {
  readonly id: string;
  readonly key: string;
  readonly routes: readonly string[];
}

async function ask(
  method: 'GET' | 'POST' | 'DELETE',
  url: string,
  authorization: string,
  body?: object,
  once?: string,
  at = gateway,
) {
  const headers = { authorization, ...(once !== undefined && { 'idempotency-key': once }) };
  const answer = await at.app.inject({ method, url, headers, ...(body && { payload: body }) });
  await world.pass(1);
  return answer;
}
const bearer = async (person: string): Promise<string> => (await world.as(person)).authorization;
const with_ = (key: string): string => `Bearer ${key}`;

test('a key is shown once, opens its routes and no other, is listed with its last use, and ends when it is revoked', async () => {
  const ama = await bearer('ama-lindqvist');
  const wish = { name: 'misp', routes: ['GET /v1/alerts', 'GET /v1/keys', 'POST /v1/keys'], days: 7 };
  const made = await ask('POST', '/v1/keys', ama, wish, 'once');
  expect(made.statusCode).toBe(201);
  const { id, key } = made.json<KeyAnswer>();
  expect(key).toMatch(new RegExp(`^sbk_${id}_[A-Za-z0-9_-]{43}$`));
  const again = await ask('POST', '/v1/keys', ama, wish, 'once');
  expect([again.headers['idempotency-replayed'], again.json()]).toEqual(['true', { ...made.json<object>(), key: undefined }]);
  const statuses = await Promise.all(['/v1/alerts', '/v1/observations'].map((url) => ask('GET', url, with_(key))));
  expect(statuses.map(({ statusCode }) => statusCode)).toEqual([200, 403]);
  const { items } = (await ask('GET', '/v1/keys', ama)).json<{ items: Record<string, unknown>[] }>();
  expect(items.find((each) => each['id'] === id)).toMatchObject({ person: 'ama-lindqvist', state: 'ACTIVE', lastUsedAt: expect.any(String) });
  expect(JSON.stringify(items)).not.toContain(key.slice(-43));
  expect((await ask('DELETE', `/v1/keys/${id}`, ama)).statusCode).toBe(204);
  expect((await ask('GET', '/v1/alerts', with_(key))).statusCode).toBe(401);
}); // prettier-ignore

test('a key makes no key that opens more than itself', async () => {
  const ama = await bearer('ama-lindqvist');
  const { key } = (await ask('POST', '/v1/keys', ama, { name: 'narrow', routes: ['POST /v1/keys', 'GET /v1/me'] })).json<KeyAnswer>();
  for (const routes of [['*'], ['GET /v1/observations']])
    expect((await ask('POST', '/v1/keys', with_(key), { name: 'wide', routes })).json()).toMatchObject({ status: 422, errors: [{ pointer: '/routes/0', code: 'UNKNOWN_ROUTE' }] });
  expect((await ask('POST', '/v1/keys', with_(key), { name: 'same' })).json<KeyAnswer>().routes).toEqual(['POST /v1/keys', 'GET /v1/me']);
  const bad = [{ name: 'a', routes: ['GET /v1/nowhere'] }, { name: 'a', days: 366 }, { name: 'A b' }];
  expect(await Promise.all(bad.map(async (body) => (await ask('POST', '/v1/keys', ama, body)).statusCode))).toEqual([422, 422, 422]);
}); // prettier-ignore

test('another’s key is as absent as none; an administrator sees and ends it', async () => {
  const { id, key } = (await ask('POST', '/v1/keys', await bearer('ama-lindqvist'), { name: 'mine' })).json<KeyAnswer>();
  const other = await bearer('samir-vasquez');
  const [hidden, none] = await Promise.all([id, 'mine-00000000'].map((each) => ask('DELETE', `/v1/keys/${each}`, other)));
  expect([hidden!.statusCode, hidden!.body]).toEqual([404, none!.body]);
  expect((await ask('GET', '/v1/keys', other)).body).not.toContain(id);
  const dalia = await bearer('dalia-fenwick');
  expect((await ask('GET', '/v1/keys', dalia, undefined, undefined, atPublic)).body).toContain(id);
  expect((await ask('DELETE', `/v1/keys/${id}`, dalia, undefined, undefined, atPublic)).statusCode).toBe(204);
  expect((await ask('GET', '/v1/alerts', with_(key))).statusCode).toBe(401);
}); // prettier-ignore

test('a person has as many keys as policy lets them, and one who may have none gets none', async () => {
  const { most } = world.policy.partners.ownKeys;
  const person = 'teodor-vance';
  const held = () => world.writer.held().keys.filter((key) => key.person === person).length;
  const headers = await bearer(person);
  for (let n = held(); n < most; n += 1) await world.writer.issueKey({ name: `spare-${n}`, person });
  const refused = await ask('POST', '/v1/keys', headers, { name: 'more' });
  expect([refused.statusCode, refused.json<{ type: string }>().type]).toEqual([409, 'urn:sitebus:problem:illegal-transition']);
  expect(held()).toBe(most);
}); // prettier-ignore
