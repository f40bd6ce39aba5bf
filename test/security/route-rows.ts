// Row 16: every route × method × {no token, a role it is not for, an expired token, a reader below the view}.

import { expect, test } from '@jest/globals';
import { ACCESS } from '../../services/gateway/src/access.ts';
import { examplePath } from '../../services/gateway/src/testing/example-path.ts';
import { idOf } from '../support/observations.ts';
import type { World } from '../support/world.ts';
import { askFrontDoor, type Answer } from './front-door-requests.ts';
import { openMint } from './signed-tokens.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const ROUTES = Object.keys(ACCESS);
const CLOSED = ROUTES.filter((route) => ACCESS[route] !== 'anyone');
/** Holds the roles of most routes, so that what these refuse is refused for its view. */
const LOW_READER = 'piotr-adeyemi';
const LOW_ROLES: readonly string[] = ['partner-admin', 'analyst'];
/** Wrong credentials are counted by address, sixty a minute: routes ask from another address after so many. */
const ROUTES_AN_ADDRESS = 50;
/** Holds none of the readers' or publishers' roles. */
const OTHER_ROLE = 'rosalind-quist';

/** Registers the row's tests. */
export function routeRows(world: () => World): void {
  const ask = (route: string, who: object, query = ''): Promise<Answer> => {
    const [method = '', path = ''] = route.split(' ');
    return askFrontDoor(world(), { method, path: `${filled(path)}${query}`, from: '127.0.0.16', ...who });
  };

  test('row 16: the access table has every route of every gateway, and no gateway has another', () => {
    expect(world().gateways.size).toBe(6);
    const announced = ROUTES.filter((route) => route !== 'GET /docs/'); // a second spelling, which Fastify adds unannounced
    for (const [view, { app }] of world().gateways) {
      const there = [...app.routeMethods].flatMap(([path, methods]) => [...methods].map((each) => `${each} ${path}`));
      expect([view, there.sort()]).toEqual([view, [...announced].sort()]);
    }
  });

  test('row 16: without a token every closed route answers 401, and every open one does not', async () => {
    expect(CLOSED.length).toBeGreaterThan(30);
    const answers = await inTurn(CLOSED, async (route) => [route, (await ask(route, {})).status]);
    expect(answers).toEqual(CLOSED.map((route) => [route, 401]));
    const open = ROUTES.filter((route) => ACCESS[route] === 'anyone');
    for (const route of open) expect([route, (await ask(route, {})).status]).not.toEqual([route, 401]);
  });

  test('row 16: with an expired token every closed route answers 401', async () => {
    const now = Math.floor(Date.now() / 1000);
    const expired = await (await openMint(world())).token('marguerite-thorne', { iat: now - 200, exp: now - 10 });
    const who = (route: string) => ({
      authorization: `Bearer ${expired}`,
      from: `127.0.16.${1 + Math.floor(CLOSED.indexOf(route) / ROUTES_AN_ADDRESS)}`,
    });
    expect(await inTurn(CLOSED, async (route) => [route, (await ask(route, who(route))).status])).toEqual(
      CLOSED.map((route) => [route, 401]),
    );
  });

  test('row 16: a role that a route is not for gets 403, whatever the ids it names', async () => {
    const answers = await inTurn(CLOSED, async (route) => [
      route,
      (await ask(route, { as: OTHER_ROLE })).status === 403,
    ]);
    expect(answers).toEqual(CLOSED.map((route) => [route, ACCESS[route] !== 'any-token']));
  });

  test('row 16: a reader below a view gets 404 on every route within it, as for a view that does not exist', async () => {
    const within = CLOSED.filter((route) => typeof ACCESS[route] !== 'string' && !route.includes(' /taxii2'));
    const isTheirs = (route: string): boolean =>
      LOW_ROLES.some((role) => (ACCESS[route] ?? []).includes(role as never));
    expect(within.filter(isTheirs).length).toBeGreaterThan(30);
    for (const route of within) {
      const [above, absent] = [
        await ask(route, { as: LOW_READER }, '?view=s-can'),
        await ask(route, { as: LOW_READER }, '?view=no-such-view'),
      ];
      // Where their role is not enough that is said first, of either view alike.
      expect([route, above.status, untraced(above.body)]).toEqual([
        route,
        isTheirs(route) ? 404 : 403,
        untraced(absent.body),
      ]);
      expect([route, absent.status]).toEqual([route, above.status]);
    }
  });

  test('row 16: every other method of a known path is 405, and an unknown path 404, with or without a token', async () => {
    const known = new Set(ROUTES);
    const paths = [...new Set(ROUTES.map((route) => route.split(' ')[1] ?? ''))].filter(
      (path) => !path.endsWith('*') && path !== '/docs/',
    );
    for (const path of paths) {
      const other = METHODS.filter((method) => !known.has(`${method} ${path}`));
      expect(
        await inTurn(other, async (method) => [path, method, (await ask(`${method} ${path}`, {})).status]),
      ).toEqual(other.map((method) => [path, method, 405]));
    }
    for (const who of [{}, { as: OTHER_ROLE }, { as: LOW_READER }])
      expect((await ask('GET /v1/horoscopes', who)).status).toBe(404);
  });
}

/** One after the other: what is compared is the answer, not the load. */
async function inTurn<T, R>(items: readonly T[], act: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await act(item));
  return results;
}

/** A refusal for a role carries a trace id; nothing else tells two of them apart. */
const untraced = (body: string): string => body.replace(/"traceId":"[0-9a-f]+"/, '"traceId":""');

const filled = (path: string): string => examplePath(path, idOf(16));
