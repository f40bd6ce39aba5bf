// /v1/good-practices: what worked and others can adopt, by area, written by partners.
// Holds: a practice cites public notices alone, each looked up before it is written, and never a case; what is read was
// judged and released like any record. Source: README.md#the-catalogue-and-good-practice

import { Type } from 'typebox';
import { failClosed, invalidObservation } from '../errors.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { observationIn } from '../publishing.ts';
import type { StoredObservation } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import { isBeyondRetention } from '../stale.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { PUBLIC_VIEW } from '../subject.ts';
import { Accepted, absent, ownRecord, written } from './own-records.ts';

/** Routes of good practice. */
export const practiceRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view, policy, clock } = parts;

  app.get('/v1/good-practices', { schema: list }, async (request, reply) => {
    const { area, q } = request.query;
    return answerPage<StoredObservation>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'good-practices' },
      filter: { ...(area !== undefined && { area }), ...(q !== undefined && { q }) },
      from: (cursor) => readModel.ofType('GoodPractice', cursor && { ...cursor, part: cursor.offset }),
      keep: ({ body }) => isWanted(body, area, q),
      positionOf: ({ atMs, id, part = 0n }) => ({ atMs, id, offset: part }),
      isStale: (position) => isBeyondRetention(policy, 'obs', position, clock.now()),
    });
  });

  app.post('/v1/good-practices', { schema: add }, async (request, reply) => {
    const { marking, ...fields } = request.body;
    await mustBePublic(parts, fields.noticesLinked ?? [], request.subject.person);
    const envelope = { observedAt: clock.now(), marking };
    return written(parts, request, reply, observationIn({ ...fields, type: 'GoodPractice', envelope }));
  });

  app.post('/v1/good-practices/:id/link', { schema: link }, async (request, reply) => {
    const own = await ownRecord(parts, request);
    if (own?.type !== 'GoodPractice') return absent(parts, request, request.params.id);
    const { notices } = request.body;
    await mustBePublic(parts, notices, request.subject.person);
    const { envelope, ...fields } = own.value;
    const known = fields['noticesLinked'] as readonly string[]; // of the locked type
    return written(parts, request, reply, {
      ...fields,
      type: 'GoodPractice',
      noticesLinked: [...new Set([...known, ...notices])].sort(),
      envelope: {
        observedAt: clock.now(),
        marking: { ...envelope.marking },
        supersedes: own.id,
        sourceGrade: envelope.sourceGrade,
        infoGrade: envelope.infoGrade,
      },
    });
  });
};

function isWanted(body: Body, area: string | undefined, q: string | undefined): boolean {
  if (body['status'] === 'SUPERSEDED' || body['status'] === 'RECALLED') return false;
  const text = JSON.stringify([body['title'], body['text']]).toLowerCase();
  return (area === undefined || body['area'] === area) && (q === undefined || text.includes(q.toLowerCase()));
}

/** Throws `invalid-observation` at the first id that no public notice has, `fail-closed` where nobody can say. */
async function mustBePublic({ protocol }: GatewayParts, notices: readonly string[], person: string): Promise<void> {
  if (notices.length === 0) return;
  if (protocol === undefined) throw failClosed({ part: 'guard' });
  for (const [index, id] of notices.entries()) {
    const notice = await protocol.find('notice', id, { person, view: PUBLIC_VIEW }).catch(notFoundAsNone);
    if (notice === undefined)
      throw invalidObservation({
        errors: [{ pointer: `/${index}`, code: 'UNKNOWN_NOTICE', detail: 'no public notice has this id', hint: 'GET /v1/notices' }],
      });
  }
} // prettier-ignore

function notFoundAsNone(cause: unknown): undefined {
  if ((cause as { code?: string }).code === 'MATTER_UNKNOWN') return undefined;
  throw cause;
}

const closed = { additionalProperties: false } as const;
const NoticeIds = Type.Array(Type.String({ format: 'uuid' }), { maxItems: 50 });
const GivenMarking = Type.Union([Type.String({ maxLength: 2_048 }), Type.Object({}, { additionalProperties: true })]);
const PracticeInput = Type.Object(
  {
    area: Type.String({ maxLength: 64, description: 'A word of the vocabulary PracticeArea.' }),
    title: Type.String({ minLength: 1, maxLength: 160 }),
    text: Type.String({ minLength: 1, maxLength: 20_000 }),
    lang: Type.String({ minLength: 2, maxLength: 16 }),
    noticesLinked: Type.Optional(NoticeIds),
    contact: Type.Optional(Type.String({ maxLength: 200, description: 'An office, never a person.' })),
    marking: GivenMarking,
  },
  closed,
);
const PracticeBody = Type.Object(
  {
    id: Type.String(),
    status: Type.String(),
    marking: MarkingBody,
    area: Type.String(),
    title: Type.String(),
    noticesLinked: Type.Array(Type.String(), { description: 'Of `GET /v1/notices/{id}`.' }),
  },
  { additionalProperties: true },
);
const tags = ['good-practices'];
const headers = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const list = {
  summary: 'Good practice by area, with the public notices it comes from',
  tags,
  querystring: query({
    area: Type.Optional(Type.String({ maxLength: 64 })),
    q: Type.Optional(Type.String({ minLength: 2, maxLength: 200 })),
    ...paging,
  }),
  response: { 200: pageBody(PracticeBody) },
};
const add = {
  summary: 'Publishes a good practice',
  tags,
  querystring: query({}),
  headers,
  body: PracticeInput,
  response: { 202: Accepted },
};
const link = {
  summary: 'Adds public notices to a practice of your own',
  tags,
  params: ById,
  querystring: query({}),
  headers,
  body: Type.Object({ notices: Type.Array(Type.String({ format: 'uuid' }), { minItems: 1, maxItems: 50 }) }, closed),
  response: { 202: Accepted },
};
