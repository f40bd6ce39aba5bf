// Default deny: every route × method × {no token, wrong role, expired}, the table compared with the routes both ways.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Fastify from 'fastify';
import { ACCESS } from './access.ts';
import { collectRoutes } from './route-table.ts';
import type { GatewayService } from './service.ts';
import { examplePath } from './testing/example-path.ts';
import { NO_MATTERS } from './testing/no-matters.ts';
import { NO_RESEARCH } from './testing/no-research.ts';
import { aWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let gateway: GatewayService;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'] as const;

beforeAll(async () => {
  world = await aWorld({ protocol: NO_MATTERS, research: NO_RESEARCH });
  gateway = await world.gateway('s-can');
});
afterAll(async () => world[Symbol.asyncDispose]());

const pathOf = (route: string): string => examplePath(route.split(' ')[1] ?? '', 'x');
const openRoutes = Object.keys(ACCESS).filter((route) => ACCESS[route] === 'anyone');
const closedRoutes = Object.keys(ACCESS).filter((route) => ACCESS[route] !== 'anyone');

/** TAXII says the same in a form of its own. */
const refusal = (route: string, slug: string, status: number) =>
  route.includes(' /taxii2')
    ? { error_code: slug, http_status: String(status) }
    : { type: `urn:sitebus:problem:${slug}`, status };

test('the table and the application have the same routes', () => {
  // The local stack's alone; and the second spelling of /docs, which Fastify adds without announcing it.
  const elsewhere = ['POST /dev/token', 'GET /docs/'];
  const inTable = Object.keys(ACCESS).filter((route) => !elsewhere.includes(route));
  const inApp = [...gateway.app.routeMethods].flatMap(([path, methods]) =>
    [...methods].map((method) => `${method} ${path}`),
  );
  expect(inApp.length).toBeGreaterThan(20);
  expect(inApp.sort()).toEqual(inTable.sort());
});

test.each(closedRoutes)(
  '%s is closed to a request without token, with a wrong one and with an expired one',
  async (route) => {
    const [method = ''] = route.split(' ');
    const ended = await world.writer.issueKey({ name: 'ended', person: 'ama-lindqvist', days: -1 });
    const expired = { authorization: `Bearer ${ended}` };
    await world.writer.beat();
    await world.bus.settled();
    for (const headers of [
      {},
      { authorization: 'Bearer x.y.z' },
      { authorization: 'Basic eDp5' },
      { authorization: '' },
      expired,
    ]) {
      const remoteAddress = `10.0.0.${closedRoutes.indexOf(route)}`; // wrong credentials count against their address
      const answer = await gateway.app.inject({ method: method as 'GET', url: pathOf(route), headers, remoteAddress });
      expect([route, answer.statusCode]).toEqual([route, 401]);
      expect(answer.json()).toMatchObject(refusal(route, 'not-authenticated', 401));
      expect(answer.headers['www-authenticate']).toContain('Bearer realm="sitebus"');
    }
  },
);

test.each(closedRoutes)('%s answers 403 to a role it is not for, before anything is looked up', async (route) => {
  const [method = ''] = route.split(' ');
  const wanted = ACCESS[route];
  const headers = await world.as('rosalind-quist'); // a researcher
  const answer = await gateway.app.inject({ method: method as 'GET', url: pathOf(route), headers });
  if (wanted === 'any-token') expect(answer.statusCode).not.toBe(403);
  else
    expect([answer.statusCode, answer.json()]).toEqual([
      403,
      expect.objectContaining(refusal(route, 'role-not-allowed', 403)),
    ]);
});

/** Open to anyone, but of a view that the caller may enter: the ledger (routes/ledger.test.ts). */
const isOfView = (route: string): boolean => route.includes(' /v1/ledger/');

test.each(openRoutes.filter((route) => route !== 'POST /dev/token' && !isOfView(route)))(
  '%s is open to anyone',
  async (route) => {
    const [method = ''] = route.split(' ');
    const answer = await gateway.app.inject({ method: method as 'GET', url: pathOf(route) });
    expect([200, 302, ...(route.endsWith('/:id') ? [404] : [])]).toContain(answer.statusCode); // no such record
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
  },
);

test('every other method of a known path is 405 and names the methods it takes', async () => {
  const byPath = new Map<string, string[]>();
  for (const route of Object.keys(ACCESS)) {
    const [method = '', path = ''] = route.split(' ');
    if (!path.endsWith('*') && path !== '/dev/token' && path !== '/docs/')
      byPath.set(path, [...(byPath.get(path) ?? []), method]);
  }
  expect(byPath.size).toBeGreaterThan(20);
  for (const [path, allowed] of byPath) {
    for (const method of METHODS.filter((each) => !allowed.includes(each))) {
      const answer = await gateway.app.inject({ method: method as 'GET', url: pathOf(`X ${path}`) });
      expect([path, method, answer.statusCode, answer.headers['allow']]).toEqual([
        path,
        method,
        405,
        [...allowed].sort().join(', '),
      ]);
    }
  }
});

test('a path that is not there is not found by any method, whatever is sent to it', async () => {
  for (const method of METHODS)
    for (const headers of [{}, { 'content-type': 'application/json' }]) {
      const answer = await gateway.app.inject({ method: method as 'GET', url: '/v1/nothing', headers, payload: '{' });
      expect([method, answer.statusCode]).toEqual([method, 404]);
    }
});

test('an API key opens the routes it was made for and no others', async () => {
  const key = await world.writer.issueKey({ name: 'narrow', person: 'ama-lindqvist', routes: ['GET /v1/me'] });
  await world.writer.beat();
  await world.bus.settled();
  const headers = { authorization: `Bearer ${key}` };
  expect((await gateway.app.inject({ url: '/v1/me', headers })).statusCode).toBe(200);
  expect((await gateway.app.inject({ url: '/v1/alerts', headers })).statusCode).toBe(403);
});

test('a route of the table can be added, one outside it cannot', () => {
  const fresh = Fastify({ exposeHeadRoutes: false }); // an application that listens already would refuse any route
  collectRoutes(fresh);
  const add = (url: string) => () => fresh.get(url, async () => ({}));
  expect(add('/v1/alerts')).not.toThrow();
  expect(add('/v1/forgotten')).toThrow();
  expect(() => fresh.delete('/v1/alerts', async () => ({}))).toThrow();
});
