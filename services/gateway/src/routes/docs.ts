// GET /openapi.json, /docs, /version: the API's own description, generated from the routes' schemas.
// Holds: no asset from elsewhere; nothing here depends on a record. Source: README.md#routes

import swaggerUi from '@fastify/swagger-ui';
import { Type } from 'typebox';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';

/** The API's version beside that of policy and schemas. */
export const GATEWAY_VERSION = '0.1.0';

const WORDMARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40" height="40"><text x="4" y="29" font-family="sans-serif" font-size="27" font-weight="600" fill="#fff">sitebus</text></svg>';
/** Routes of the description. */
export const docsRoutes: Routes = async (app, { policy, codec }) => {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    logo: { type: 'image/svg+xml', content: Buffer.from(WORDMARK), href: '/docs', target: '_self' },
    theme: { title: 'sitebus API' },
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    uiConfig: { validatorUrl: null, docExpansion: 'list', tryItOutEnabled: false },
  });
  app.get('/openapi.json', { schema: openapi }, async () => statement(app.swagger()));
  app.get('/version', { schema: version }, async () =>
    statement({
      name: 'sitebus',
      version: GATEWAY_VERSION,
      policy: policy.version,
      schemas: codec.lock.entries.length,
    }),
  );
};

const openapi = { hide: true, querystring: query({}) };
const version = {
  summary: 'Versions of server, policy and schemas',
  tags: ['about'],
  querystring: query({}),
  response: {
    200: Type.Object({ name: Type.String(), version: Type.String(), policy: Type.Integer(), schemas: Type.Integer() }),
  },
};
