// /v1/partners: proposed by one administrator, approved by another; offboarded, and given a new key, by one.
// Holds: a key is in one answer and in no store, that of answers included; who asks learns nothing of any group’s members but
// as the administrator of all. Source: README.md#people-and-partners

import { tenantAgency } from '@sitebus/kit';
import type { Tenant } from '@sitebus/kit';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notFound } from '../errors.ts';
import { mustMatch } from '../etag.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { statement } from '../release.ts';
import { openProposals, ProposalBody, proposalBody, proposalShown, registryCommandsOf } from './registry-answers.ts';

/** Routes of partners. */
export const partnerRoutes: Routes = async (app, parts) => {
  const { idempotency, log } = parts;

  app.get('/v1/partners', { schema: list }, async () => statement({ items: partnersOf(parts) }));

  app.get('/v1/partners/:slug', { schema: one, config: { etag: true } }, async (request) =>
    statement(partnerOf(parts, request.params.slug)),
  );

  app.post('/v1/partners', { schema: propose }, async (request, reply) => {
    const { subject, body } = request;
    const { answer, replayed } = await idempotency.once(
      { scope: `${subject.person} POST /v1/partners`, key: keyOf(request), body },
      async () => {
        const { tenant, ...proposal } = await registryCommandsOf(parts).proposePartner(subject.person, body);
        return { ...shown(tenant), state: 'PROPOSED', proposal: proposalBody(proposal) };
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201).header('location', `/v1/partners/${answer.slug}`);
    return statement(answer);
  });

  app.post('/v1/partners/:slug/approve', { schema: approve }, async (request, reply) => {
    const { slug } = request.params;
    const { person } = request.subject;
    return withKey(request, reply, `${slug}/approve`, async () => {
      mustMatch(request, partnerOf(parts, slug));
      const read = proposalShown('partner', slug, parts); // in the same turn: what the ETag is of
      const made = await registryCommandsOf(parts).approvePartner(person, slug, read);
      log.info({ slug, epoch: made.tenant.epoch }, 'partner onboarded');
      return made;
    });
  });

  app.post('/v1/partners/:slug/rotate-key', { schema: rotate }, async (request, reply) => {
    const { slug } = request.params;
    return withKey(request, reply, `${slug}/rotate-key`, async () => {
      const made = await registryCommandsOf(parts).rotateKey(request.subject.person, slug);
      log.info({ slug, epoch: made.tenant.epoch }, 'key of a partner rotated');
      return made;
    });
  });

  app.post('/v1/partners/:slug/offboard', { schema: offboard }, async (request, reply) => {
    const { slug } = request.params;
    const { subject, body } = request;
    const { answer, replayed } = await idempotency.once(
      { scope: `${subject.person} POST /v1/partners/${slug}/offboard`, key: keyOf(request), body },
      async () => {
        const tenant = await registryCommandsOf(parts).offboard(subject.person, slug);
        log.info({ slug, epoch: tenant.epoch }, 'partner offboarded');
        return tenantBody(tenant);
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return statement(answer);
  });

  /** The key goes into the first answer alone: what is kept for a repeated request lacks it. */
  async function withKey(
    request: FastifyRequest,
    reply: { header(name: string, value: string): unknown },
    path: string,
    act: () => Promise<{ tenant: Tenant; key: string }>,
  ) {
    let key: string | undefined;
    const { answer, replayed } = await idempotency.once(
      { scope: `${request.subject.person} POST /v1/partners/${path}`, key: keyOf(request), body: request.body },
      async () => {
        const made = await act();
        ({ key } = made);
        return tenantBody(made.tenant);
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return statement({ ...answer, ...(key === undefined ? {} : { key }) });
  }
};

/** Partners and those that are only proposed, by slug. */
function partnersOf(parts: Pick<GatewayParts, 'registry' | 'clock'>) {
  const proposed = openProposals('partner', parts).map(({ tenant, ...proposal }) => ({
    ...shown(tenant),
    state: 'PROPOSED',
    proposal: proposalBody(proposal),
  }));
  const known = parts.registry.tenants().map(tenantBody);
  const all = [...known, ...proposed.filter(({ slug }) => !known.some((each) => each.slug === slug))];
  return all.sort((a, b) => (a.slug < b.slug ? -1 : 1));
}

function partnerOf(parts: Pick<GatewayParts, 'registry' | 'clock'>, slug: string) {
  const found = partnersOf(parts).find((each) => each.slug === slug);
  if (found === undefined) throw notFound({});
  return found;
}

function tenantBody({ state, since, epoch, changedBy, ...rest }: Tenant) {
  return {
    ...shown(rest),
    state,
    since: new Date(since).toISOString(),
    epoch,
    ...(changedBy === undefined ? {} : { changedBy }),
  };
}

function shown({ slug, name, groups }: Pick<Tenant, 'slug' | 'name' | 'groups'>) {
  return { slug, agency: tenantAgency(slug), name, groups };
}

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return Array.isArray(key) ? key.join() : key;
}

const closed = { additionalProperties: false } as const;
const Bilingual = Type.Object({ en: Type.String({ minLength: 1, maxLength: 120 }), fr: Type.String({ minLength: 1, maxLength: 120 }) }, closed); // prettier-ignore
const Slug = Type.String({ pattern: '^[a-z0-9](-?[a-z0-9]){0,31}$' });
const PartnerBody = Type.Object({
  slug: Type.String(),
  agency: Type.String(),
  name: Bilingual,
  groups: Type.Array(Type.String()),
  state: Type.String({ description: 'PROPOSED, ACTIVE or OFFBOARDED.' }),
  since: Type.Optional(Type.String()),
  epoch: Type.Optional(Type.Integer()),
  changedBy: Type.Optional(Type.Array(Type.String())),
  proposal: Type.Optional(ProposalBody),
});
const WithKey = Type.Object({
  ...PartnerBody.properties,
  key: Type.Optional(Type.String({ description: 'Shown in this answer alone.' })),
});
const tags = ['registry'];
const BySlug = Type.Object({ slug: Slug });
const keyHeader = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const list = {
  summary: 'Partners, and those that wait for a second administrator',
  tags,
  querystring: query({}),
  response: { 200: Type.Object({ items: Type.Array(PartnerBody) }) },
};
const one = {
  summary: 'One partner',
  tags,
  params: BySlug,
  querystring: query({}),
  response: { 200: PartnerBody },
};
const propose = {
  summary: 'Proposes a partner; another administrator approves',
  tags,
  querystring: query({}),
  headers: keyHeader,
  body: Type.Object(
    { slug: Slug, groups: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { maxItems: 20 }), name: Type.Optional(Bilingual) },
    closed,
  ),
  response: { 201: PartnerBody },
}; // prettier-ignore
const Nothing = Type.Optional(Type.Union([Type.Object({}, closed), Type.Null()]));
const approve = {
  summary: 'Onboards it, and shows the key of its system once',
  tags,
  params: BySlug,
  querystring: query({}),
  body: Nothing,
  response: { 200: WithKey },
};
const rotate = {
  summary: 'Ends the keys of its system and shows a new one once',
  tags,
  params: BySlug,
  querystring: query({}),
  headers: keyHeader,
  body: Nothing,
  response: { 200: WithKey },
};
const offboard = {
  summary: 'Ends its keys, people, streams and cursors at once; what it wrote stays',
  tags,
  params: BySlug,
  querystring: query({}),
  headers: keyHeader,
  body: Nothing,
  response: { 200: PartnerBody },
};
