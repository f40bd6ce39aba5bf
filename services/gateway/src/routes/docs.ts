// GET /openapi.json, /docs, /asyncapi, /version: the API's own description, generated from the routes' schemas, and that of the bus.
// Holds: no asset from elsewhere; nothing here depends on a record; of the bus everybody is told what their clearance dominates.
// Source: README.md#http

import swaggerUi from '@fastify/swagger-ui';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { asyncApiOf } from '../asyncapi.ts';
import type { AsyncApi } from '../asyncapi.ts';
import { maySeeExample } from '../asyncapi-examples.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { open, statement } from '../release.ts';
import type { Released } from '../release.ts';
import type { Subject } from '../subject.ts';

/** The API's version beside that of policy and schemas. */
export const GATEWAY_VERSION = '0.1.0';

const WORDMARK =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 150 40" height="40"><text x="4" y="29" font-family="sans-serif" font-size="27" font-weight="600" fill="#fff">sitebus</text></svg>';
/** Routes of the description. */
export const docsRoutes: Routes = async (app, { policy, codec, clock, examples }) => {
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    logo: { type: 'image/svg+xml', content: Buffer.from(WORDMARK), href: '/docs', target: '_self' },
    theme: { title: 'sitebus API' },
    staticCSP:
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    uiConfig: { validatorUrl: null, docExpansion: 'list', tryItOutEnabled: false },
  });
  app.get('/openapi.json', { schema: openapi }, async () => statement(app.swagger()));
  const busFor = ({ held }: Subject): AsyncApi =>
    asyncApiOf(
      {
        policy,
        lock: codec.lock,
        version: GATEWAY_VERSION,
        examples,
        maySee: (example, clearance) => maySeeExample(example, clearance, clock.now()),
      },
      held,
    );
  app.get('/asyncapi.json', { schema: asyncapi }, async ({ subject }) => statement(busFor(subject)));
  app.get('/asyncapi', { schema: asyncapiPage, config: { produces: 'text/html' } }, async ({ subject }, reply) =>
    answerPage(reply, statement(toPage(busFor(subject)))),
  );
  app.get('/version', { schema: version }, async () =>
    statement({
      name: 'sitebus',
      version: GATEWAY_VERSION,
      policy: policy.version,
      schemas: codec.lock.entries.length,
    }),
  );
};

/** Text passes no serialiser: what is written is opened here. */
function answerPage(reply: FastifyReply, released: Released<string>): Released<string> {
  const text = open(released);
  reply.type('text/html; charset=utf-8');
  reply.opened = text;
  return reply.send(text.body) as never; // Fastify takes the reply itself as “sent”
}

/** A page for people: readable without scripts or styles. Addresses and summaries are policy's own words, and hold no markup. */
function toPage({ channels, info }: AsyncApi): string {
  const rows = Object.values(channels).map(({ address, summary, messages }) => {
    const types = Object.keys(messages).map((name) => escaped(name.slice(name.lastIndexOf('.') + 1)));
    return `<tr><th scope="row"><code>${escaped(address)}</code></th><td>${escaped(summary)}</td><td>${types.join(', ')}</td></tr>`;
  });
  const head = '<tr><th scope="col">Topic</th><th scope="col">What it holds</th><th scope="col">Records</th></tr>';
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>sitebus topics</title></head>',
    `<body><main><h1>Topics of the bus</h1><p>${escaped(String(info['description']))} <a href="/asyncapi.json">The whole as AsyncAPI 3</a>.</p>`,
    `<table><thead>${head}</thead><tbody>${rows.join('')}</tbody></table></main></body></html>`,
  ].join('\n');
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0) ?? 0};`);

const openapi = { hide: true, querystring: query({}) };
const asyncapi = {
  summary: 'Topics, records and who writes them, as AsyncAPI 3; with a token, of your views and cells',
  tags: ['about'],
  querystring: query({}),
  response: { 200: Type.Object({ asyncapi: Type.String() }, { additionalProperties: true }) },
};
const asyncapiPage = {
  summary: 'The same as a page',
  tags: ['about'],
  produces: ['text/html'],
  querystring: query({}),
  response: { 200: Type.String() },
};
const version = {
  summary: 'Versions of server, policy and schemas',
  tags: ['about'],
  querystring: query({}),
  response: {
    200: Type.Object({ name: Type.String(), version: Type.String(), policy: Type.Integer(), schemas: Type.Integer() }),
  },
};
