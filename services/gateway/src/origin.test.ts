// Where discovery sends clients, whatever headers a request and a proxy have, and what a shared cache may keep of it.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { GatewayService } from './service.ts';
import { aWorld, testConfig } from './testing/world.ts';
import type { World } from './testing/world.ts';

const PROXY = '10.1.2.3';
let world: World;
let gateway: GatewayService;

beforeAll(async () => {
  world = await aWorld();
  gateway = await world.gateway('public', { proxies: ['10.1.0.0/16'] });
});
afterAll(async () => world[Symbol.asyncDispose]());

const ask = async (headers: Record<string, string>, remoteAddress = PROXY, of = gateway) => {
  const answer = await of.app.inject({ url: '/taxii2/', headers: { host: 'bus.example', ...headers }, remoteAddress });
  expect(answer.headers['cache-control']).toBe('private, no-store');
  return answer.statusCode === 200 ? answer.json<{ default: string }>().default.replace('/taxii2/sitebus/', '') : answer.statusCode;
}; // prettier-ignore

test.each([
  ['where a proxy says', { 'x-forwarded-host': 'asked.example:8443', 'x-forwarded-proto': 'https' }, PROXY, 'https://asked.example:8443'],
  ['its own host, whatever anybody but a proxy says', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }, '192.0.2.1', 'http://bus.example'],
  ['its own host, an address', { host: '[2001:db8::1]:7080' }, PROXY, 'http://[2001:db8::1]:7080'],
  ['its own host and protocol, where a proxy names that of scripts', { 'x-forwarded-proto': 'javascript' }, PROXY, 'http://bus.example'],
  ['its own host and protocol, where a proxy names another', { 'x-forwarded-proto': 'ftp' }, PROXY, 'http://bus.example'],
])('discovery leads to %s', async (_what, headers, from, origin) => {
  expect(await ask(headers, from)).toBe(origin);
}); // prettier-ignore

test.each(['me@evil.example', 'evil.example/path', 'evil.example?', 'evil.example#', 'a b', '[::1', 'bus.example:', 'x:y', '<b>', 'a'.repeat(254)])(
  'a host that is none is refused, whoever says it: %j',
  async (host) => {
    expect([await ask({ host }), await ask({ 'x-forwarded-host': host })]).toEqual([400, 400]);
  },
); // prettier-ignore

test('a configured origin stands in the place of all that is said', async () => {
  const configured = await world.gateway('public', { proxies: ['10.1.0.0/16'], publicOrigin: 'https://bus.example:8443' });
  const said = { 'host': 'a b', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'javascript' };
  expect(await ask(said, PROXY, configured)).toBe('https://bus.example:8443');
}); // prettier-ignore

test('an origin is configured as https, host and port, and as nothing else', () => {
  const withOrigin = (publicOrigin: string) => testConfig('public', { publicOrigin });
  expect(withOrigin('https://bus.example').publicOrigin).toBe('https://bus.example');
  for (const none of ['http://bus.example', 'https://bus.example/', 'https://me@bus.example', 'https://', 'bus.example', '*'])
    expect(() => withOrigin(none)).toThrow('/publicOrigin');
}); // prettier-ignore
