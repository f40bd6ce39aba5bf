// /v1/keys: API keys that persons make for themselves, and end; an administrator ends anybody's.
// Holds: a key is in one answer and in no store, that of answers included; a key opens no route that the credential does not
// open with which it was made, and a narrowed token makes none: a claim never widens. Source: README.md#people-and-partners

import type { KeyRow } from '@sitebus/kit';
import { Type } from 'typebox';
import { ACCESS } from '../access.ts';
import { invalidBody, notFound, roleNotAllowed } from '../errors.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { statement } from '../release.ts';
import type { Subject } from '../subject.ts';
import { keyOf } from './disclosures.ts';
import { registryCommandsOf } from './registry-answers.ts';

/** Routes of API keys. */
export const keyRoutes: Routes = async (app, parts) => {
  const { idempotency, log } = parts;

  app.get('/v1/keys', { schema: list }, async ({ subject }) => {
    const rows = parts.registry.keys().filter(({ person }) => person === subject.person || isAdministrator(subject));
    const lastUses = await parts.keyUses.lastUses();
    return statement({
      items: rows.map((row) => bodyOf(row, parts, lastUses.get(row.name))).sort((a, b) => (a.id < b.id ? -1 : 1)),
    });
  });

  app.post('/v1/keys', { schema: create }, async (request, reply) => {
    const { subject, body } = request;
    if (subject.identity?.kind === 'token' && subject.identity.narrow !== undefined) throw roleNotAllowed({});
    const routes = routesFor(body.routes, subject);
    let key: string | undefined;
    const { answer, replayed } = await idempotency.once(
      { scope: `${subject.person} POST /v1/keys`, key: keyOf(request), body },
      async () => {
        const wish = { label: body.name, routes, ...(body.days !== undefined && { days: body.days }) };
        const made = await registryCommandsOf(parts).createKey(subject.person, wish);
        ({ key } = made);
        log.info({ name: made.row.name }, 'api key made');
        return bodyOf(made.row, parts);
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201).header('location', `/v1/keys/${answer.id}`);
    return statement({ ...answer, ...(key === undefined ? {} : { key }) });
  });

  app.delete('/v1/keys/:id', { schema: revoke }, async ({ subject, params }, reply) => {
    const row = parts.registry.keyNamed(params.id);
    if (row === undefined || (row.person !== subject.person && !isAdministrator(subject))) throw notFound({});
    await registryCommandsOf(parts).revokeKey(subject.person, row.name);
    log.info({ name: row.name }, 'api key revoked');
    reply.code(204);
    return statement(null);
  });
};

const isAdministrator = ({ roles }: Subject): boolean => roles.includes('administrator');

/** The routes of a new key: those asked for, as far as the asker's credential opens them. Throws `invalid-body`. */
function routesFor(asked: readonly string[] | undefined, { routes: own }: Subject): readonly string[] {
  const opens = (route: string): boolean =>
    own.includes(route) || (own.includes('*') && (route === '*' || route in ACCESS));
  const at = asked?.findIndex((route) => !opens(route)) ?? -1;
  if (at >= 0)
    throw invalidBody({ errors: [{ pointer: `/routes/${at}`, code: 'UNKNOWN_ROUTE', detail: 'is no route that your credential opens', hint: '`METHOD /path` as this description has it, ids as `:id`' }] });
  return asked ?? own;
} // prettier-ignore

function bodyOf(
  { name, person, routes, expiresAt, madeAt }: KeyRow,
  { clock }: Pick<GatewayParts, 'clock'>,
  usedAt?: number,
) {
  return {
    id: name,
    person,
    routes: [...routes],
    state: clock.now() < expiresAt ? 'ACTIVE' : 'EXPIRED',
    expiresAt: new Date(expiresAt).toISOString(),
    ...(madeAt !== undefined && { madeAt: new Date(madeAt).toISOString() }),
    ...(usedAt !== undefined && { lastUsedAt: new Date(usedAt).toISOString() }),
  };
}

const KeyBody = Type.Object({
  id: Type.String({ description: 'Its name; the key itself begins with it.' }),
  person: Type.String(),
  routes: Type.Array(Type.String()),
  state: Type.String({ description: 'ACTIVE or EXPIRED; a revoked one is not listed.' }),
  expiresAt: Type.String(),
  madeAt: Type.Optional(Type.String()),
  lastUsedAt: Type.Optional(
    Type.String({ description: 'At the gateways of this view; at most a minute is lost when one stops.' }),
  ),
  key: Type.Optional(Type.String({ description: 'In the first answer to its making alone.' })),
});
const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,39}$' });
const tags = ['registry'];
const list = {
  summary: 'Your API keys; an administrator’s list has everybody’s',
  tags,
  querystring: query({}),
  response: { 200: Type.Object({ items: Type.Array(KeyBody) }) },
};
const create = {
  summary: 'Makes an API key of your own; it is shown this once',
  tags,
  querystring: query({}),
  headers: Type.Object(
    { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
    { additionalProperties: true },
  ),
  body: Type.Object(
    {
      name: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,30}$', description: 'What it is for; a random part is added.' }),
      routes: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 100, uniqueItems: true, description: 'Routes it opens, `METHOD /path`; default all that your credential opens.' })),
      days: Type.Optional(Type.Integer({ minimum: 1, maximum: 3_650, description: 'Until it ends; policy says how long at most, and by default.' })),
    },
    { additionalProperties: false },
  ),
  response: { 201: KeyBody },
}; // prettier-ignore
const revoke = {
  summary: 'Ends a key at once: streams that it opened end before their next record',
  tags,
  params: Type.Object({ id: Id }),
  querystring: query({}),
  response: { 204: Type.Null() },
};
