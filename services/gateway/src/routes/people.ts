// /v1/people: who may do what, changed by two administrators, never for oneself.
// Holds: a change is a whole row, so that what is approved is what was read; an approved row has a higher epoch, and ends
// every stream that was open on the one before. Source: README.md#people-and-partners

import { createClearance } from '@sitebus/marking';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { invalidBody, notFound } from '../errors.ts';
import { mustMatch } from '../etag.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { isPersonRow } from '@sitebus/kit';
import type { PersonRow } from '@sitebus/kit';
import { statement } from '../release.ts';
import { openProposals, ProposalBody, proposalBody, proposalShown, registryCommandsOf } from './registry-answers.ts';

/** Routes of people. */
export const peopleRoutes: Routes = async (app, parts) => {
  const { idempotency, log } = parts;

  app.get('/v1/people', { schema: list }, async () => statement({ items: peopleOf(parts) }));

  app.get('/v1/people/:id', { schema: one, config: { etag: true } }, async (request) =>
    statement(personOf(parts, request.params.id)),
  );

  app.post('/v1/people', { schema: propose }, async (request, reply) => {
    const { subject, body } = request;
    const { answer, replayed } = await idempotency.once(
      { scope: `${subject.person} POST /v1/people`, key: keyOf(request), body },
      async () => {
        const { row, ...proposal } = await registryCommandsOf(parts).proposePerson(subject.person, rowIn(body));
        return { ...(currentOf(parts, row.person) ?? { person: row.person, state: 'PROPOSED' }), proposal: { ...proposalBody(proposal), row: shown(row) } };
      },
    ); // prettier-ignore
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(201).header('location', `/v1/people/${answer.person}`);
    return statement(answer);
  });

  app.post('/v1/people/:id/approve', { schema: approve }, async (request, reply) => {
    const { id } = request.params;
    const { person } = request.subject;
    const { answer, replayed } = await idempotency.once(
      { scope: `${person} POST /v1/people/${id}/approve`, key: keyOf(request), body: request.body },
      async () => {
        mustMatch(request, personOf(parts, id));
        const read = proposalShown('person', id, parts); // in the same turn: what the ETag is of
        const row = await registryCommandsOf(parts).approvePerson(person, id, read);
        log.info({ epoch: row.clearance.epoch }, 'row of a person changed');
        return personBody(row);
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    return statement(answer);
  });
};

/** Everybody with what is proposed for them, by name. */
function peopleOf(parts: Pick<GatewayParts, 'registry' | 'clock'>) {
  const proposals = openProposals('person', parts);
  const known = parts.registry.persons().map((row) => {
    const proposal = proposals.find(({ row: { person } }) => person === row.person);
    return { ...personBody(row), ...(proposal && { proposal: { ...proposalBody(proposal), row: shown(proposal.row) } }) };
  });
  const entering = proposals
    .filter(({ row: { person } }) => !known.some((each) => each.person === person))
    .map(({ row, ...proposal }) => ({
      person: row.person,
      state: 'PROPOSED',
      proposal: { ...proposalBody(proposal), row: shown(row) },
    }));
  return [...known, ...entering].sort((a, b) => (a.person < b.person ? -1 : 1));
} // prettier-ignore

function personOf(parts: Pick<GatewayParts, 'registry' | 'clock'>, person: string) {
  const found = peopleOf(parts).find((each) => each.person === person);
  if (found === undefined) throw notFound({});
  return found;
}

function currentOf({ registry }: Pick<GatewayParts, 'registry'>, person: string) {
  const row = registry.personNamed(person);
  return row === undefined ? undefined : personBody(row);
}

function personBody(row: PersonRow) {
  const { changedBy } = row;
  return {
    ...shown(row),
    state: 'ACTIVE',
    epoch: row.clearance.epoch,
    ...(changedBy === undefined ? {} : { changedBy }),
  };
}

/** The row as §4 of the API has it: `validUntil` beside the clearance, as a time. */
function shown({ clearance, seed: _seed, changedBy: _changedBy, ...row }: PersonRow) {
  const { validUntil, epoch: _epoch, ...axes } = clearance;
  return { ...row, clearance: axes, validUntil: new Date(validUntil).toISOString() };
}

/** Throws `invalid-body` where the kernel refuses the clearance. */
function rowIn(body: Readonly<Record<string, unknown>>): PersonRow {
  const { clearance, validUntil, ...rest } = body;
  const refuse = (pointer: string, detail: string) =>
    invalidBody({ errors: [{ pointer, code: 'INVALID_PERSON', detail }] });
  const until = Date.parse(String(validUntil));
  if (Number.isNaN(until)) throw refuse('/validUntil', 'must be an instant');
  let made: PersonRow['clearance'];
  try {
    made = createClearance({ ...(clearance as object), validUntil: until, epoch: 1 } as Parameters<typeof createClearance>[0]); // its schema has established the axes
  } catch (cause) {
    throw invalidBody({ errors: [{ pointer: '/clearance', code: String((cause as { code?: string }).code), detail: 'is no clearance' }] }, cause);
  }
  const row = { ...rest, clearance: made };
  if (!isPersonRow(row)) throw refuse('', 'is no whole row');
  return row;
} // prettier-ignore

function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return Array.isArray(key) ? key.join() : key;
}

const closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,63}$' });
const Words = (maxLength = 120) => Type.String({ minLength: 1, maxLength });
const List = Type.Array(Words(64), { maxItems: 64 });
const ClearanceInput = Type.Object(
  { classified: Words(), protected: Words(), compartments: List, nations: Type.Array(Words(3), { minItems: 1, maxItems: 64 }), maxTlp: Words(), groups: List },
  closed,
); // prettier-ignore
const ROLES = [
  'analyst', 'agency-head', 'release-authority', 'chair', 'secretariat', 'clerk', 'panel-member', 'cleared-rep', 'minister',
  'candidate', 'partner-admin', 'researcher', 'reviewer', 'operator', 'administrator',
]; // prettier-ignore
const PersonInput = Type.Object(
  {
    person: Id,
    name: Words(),
    issuer: Words(200),
    subject: Words(200),
    agency: Type.Optional(Words(64)),
    party: Type.Optional(Words(64)),
    roles: Type.Array(Type.Unsafe<string>({ type: 'string', enum: ROLES }), { minItems: 1, maxItems: 16 }),
    seat: Type.Optional(Words(64)),
    clearance: ClearanceInput,
    homeView: Words(64),
    validUntil: Type.String({ format: 'date-time' }),
    signatureKeys: Type.Optional(Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{43}$' }), { maxItems: 8 })),
    lexicon: Type.Optional(Words(64)),
  },
  closed,
);
const Open = { additionalProperties: true } as const;
const PersonBody = Type.Object(
  {
    person: Type.String(),
    state: Type.String({ description: 'ACTIVE, or PROPOSED for somebody who is not in yet.' }),
    epoch: Type.Optional(Type.Integer()),
    changedBy: Type.Optional(Type.Array(Type.String())),
    proposal: Type.Optional(Type.Object({ ...ProposalBody.properties, row: Type.Object({ person: Type.String() }, Open) })),
  },
  Open,
); // prettier-ignore
const tags = ['registry'];
const keyHeader = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const list = {
  summary: 'People, with what is proposed for them',
  tags,
  querystring: query({}),
  response: { 200: Type.Object({ items: Type.Array(PersonBody) }) },
};
const one = {
  summary: 'One person',
  tags,
  params: Type.Object({ id: Id }),
  querystring: query({}),
  response: { 200: PersonBody },
};
const propose = {
  summary: 'Proposes a person’s whole row; another administrator approves, and nobody their own',
  tags,
  querystring: query({}),
  headers: keyHeader,
  body: PersonInput,
  response: { 201: PersonBody },
};
const approve = {
  summary: 'Puts the row into force with a higher epoch',
  tags,
  params: Type.Object({ id: Id }),
  querystring: query({}),
  body: Type.Optional(Type.Union([Type.Object({}, closed), Type.Null()])),
  response: { 200: PersonBody },
};
