// Which routes there are, gathered while they are added.
// Holds: default deny: a route that access.ts lacks, or conditions.ts where it changes something, cannot be added; every route takes `view` and no unknown parameter;
// every other method of a known path is 405, decided by the path alone. Source: README.md#http

import type { FastifyInstance, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { ACCESS } from './access.ts';
import { addCondition } from './conditions.ts';
import { methodNotAllowed } from './errors.ts';
import { query } from './page.ts';
import { ProblemBody } from './problem.ts';
import './http-types.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY'] as const;
/** Of all routes that name none: one value, so that it is compiled once. */
const NO_PARAMETERS = query({});
const ANYTHING = Type.Object({});

/** @returns methods by path, filled as routes are added; throws for a route that the access table lacks. */
export function collectRoutes(app: FastifyInstance): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.allow !== undefined) return;
    for (const method of [route.method].flat()) {
      if (!(`${method} ${route.url}` in ACCESS))
        throw new Error(`route is not in the access table: ${method} ${route.url}`);
      addCondition(route, method);
      methods.set(route.url, (methods.get(route.url) ?? new Set()).add(method));
    }
    route.schema = {
      ...(route.schema ?? {}),
      querystring: route.schema?.querystring ?? NO_PARAMETERS,
      response: { ...commonAnswers(), ...(route.schema?.response ?? {}) },
    };
  });
  return methods;
}

function commonAnswers(): Record<string, unknown> {
  return { '4xx': ProblemBody, '5xx': ProblemBody };
}

/** Adds the 405 of every path; call it after all other routes. */
export function refuseOtherMethods(app: FastifyInstance, methods: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, taken] of [...methods]) {
    if (url.endsWith('*')) continue;
    const allow = [...taken].sort();
    const others = METHODS.filter((method) => !taken.has(method));
    app.route({
      method: [...others],
      url,
      config: { allow, rateLimit: false },
      schema: { hide: true, querystring: ANYTHING },
      handler: async () => {
        throw methodNotAllowed({ allow });
      },
    });
  }
}
