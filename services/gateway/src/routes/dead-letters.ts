// /v1/dead-letters: what an agency's own service refused, by cause; its operators try it again or put it away.
// Holds: the agency's service keeps the bytes and never hands them out; a letter is marked as its cell may hold at most, and judged
// and leafed like any record; only cells of the view that is asked in. Source: README.md#dead-letters

import type { DeadLetterItem, DeadLetters, OnBehalfOf, SpillEntry } from '@sitebus/kit';
import { fromObsTopic, writerOf } from '@sitebus/sdk';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { failClosed, illegalTransition, notDurable, notFound } from '../errors.ts';
import { intakeOf } from '../intake-of.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredDisclosure } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { absent } from './own-records.ts';
import { keyOf } from './disclosures.ts';

/** Routes of dead letters. */
export const deadLetterRoutes: Routes = async (app, parts) => {
  const { monitor, cursors, view } = parts;

  app.get('/v1/dead-letters', { schema: list }, async (request, reply) => {
    const { subject } = request;
    const { cause, state } = request.query;
    const { letters, onBehalfOf } = deadLettersOf(parts, request);
    const all = (await letters.list(onBehalfOf))
      .filter((item) => cause === undefined || item.causes.includes(cause))
      .filter((item) => state === undefined || item.state === state)
      .flatMap((item) => toStored(item, parts));
    return answerPage<StoredDisclosure>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: 'dead-letters' },
      filter: { ...(cause !== undefined && { cause }), ...(state !== undefined && { state }) },
      from: (cursor) => after(all, cursor),
      keep: () => true,
      positionOf: ({ atMs, id }) => ({ atMs, id: uuidFrom(id) }),
    });
  });

  app.get('/v1/dead-letters/:id', { schema: one, config: { etag: true } }, async (request) => {
    const outcome = await monitor.release(await find(parts, request), request.subject, request.params.id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  for (const act of ['redrive', 'discard'] as const)
    app.post(
      `/v1/dead-letters/:id/${act}`,
      { schema: act === 'redrive' ? redrive : discard },
      async (request, reply) => {
        const { subject, body } = request;
        const { id } = request.params;
        if (parts.spills.state() !== 'ok') throw failClosed({ part: 'spills' });
        const present = await find(parts, request);
        if (present === undefined || isWithheld(monitor.judge(present, subject))) return absent(parts, request, id);
        const { letters, onBehalfOf } = deadLettersOf(parts, request);
        const scope = `${subject.person} POST /v1/dead-letters/${id}/${act}`;
        const { answer, replayed } = await parts.idempotency.once({ scope, key: keyOf(request), body }, async () =>
          (act === 'redrive'
            ? letters.redrive(id, body.reason, onBehalfOf, spilledOf(parts, onBehalfOf.agency))
            : letters.discard(id, body.reason, onBehalfOf)
          ).catch(toProblem),
        );
        const [after] = toStored(answer, parts);
        const outcome = await monitor.release(after, subject, id);
        if (isWithheld(outcome)) throw notFound({});
        if (replayed) reply.header('idempotency-replayed', 'true');
        reply.code(act === 'redrive' ? 202 : 200);
        return outcome;
      },
    );
};

/** Orders about what this agency's writer wrote: of others' it is told nothing. */
function spilledOf({ spills }: Pick<GatewayParts, 'spills'>, agency: string): readonly string[] {
  const isOwn = ({ order }: SpillEntry): boolean =>
    fromObsTopic(order.topic)?.writer === writerOf(agency) && (order.agency === null || order.agency === agency);
  return spills
    .current()
    .orders.filter(isOwn)
    .map(({ note }) => note);
}

/** Throws `role-not-allowed` for a caller without agency, `not-durable` where its service cannot be asked. */
function deadLettersOf(
  parts: GatewayParts,
  { subject }: FastifyRequest,
): { letters: DeadLetters; onBehalfOf: OnBehalfOf } {
  const { intake, onBehalfOf } = intakeOf(parts, subject);
  if (intake.deadLetters === undefined) throw notDurable({}, new Error('the agency shows no dead letters here'));
  return { letters: intake.deadLetters, onBehalfOf };
}

async function find(parts: GatewayParts, request: FastifyRequest): Promise<StoredDisclosure | undefined> {
  const { id } = request.params as { readonly id: string };
  const { letters, onBehalfOf } = deadLettersOf(parts, request);
  const item = (await letters.list(onBehalfOf)).find((each) => each.id === id);
  return item === undefined ? undefined : toStored(item, parts)[0];
}

/** What may lie in a cell is marked at its ceiling at most; nothing is known of less. */
function toStored(item: DeadLetterItem, { policy }: Pick<GatewayParts, 'policy'>): readonly StoredDisclosure[] {
  const { firstAt, lastAt, words, id, ...rest } = item;
  const cell = policy.cells.find((each) => each.id === item.cell);
  if (cell === undefined) return [];
  const value = {
    ...rest,
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    words: words.map(({ at, ...word }) => ({ ...word, at: new Date(at).toISOString() })),
    possible: item.state === 'WAITING' ? [...(item.bytes === undefined ? [] : ['redrive']), 'discard'] : [],
  };
  return [{ kind: 'disclosure', id, atMs: lastAt, marking: cell.ceiling, value: value }];
}

/** Newest first; of one millisecond by id. */
async function* after(
  letters: readonly StoredDisclosure[],
  cursor: { readonly atMs: number; readonly id: string } | undefined,
): AsyncGenerator<StoredDisclosure> {
  yield* letters
    .filter(({ atMs, id }) => cursor === undefined || atMs < cursor.atMs || (atMs === cursor.atMs && uuidFrom(id) > cursor.id))
    .sort((a, b) => b.atMs - a.atMs || (a.id < b.id ? -1 : 1));
} // prettier-ignore

/** Cursors hold a UUID: a letter's id has as many digits. */
function uuidFrom(id: string): string {
  return id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function toProblem(cause: unknown): never {
  const { code } = cause as { readonly code?: string };
  if (code === 'DEAD_LETTER_UNKNOWN') throw notFound({});
  if (code === 'DEAD_LETTER_OVER') throw illegalTransition({ possible: [] });
  if (code === 'SPILLS_UNUSABLE') throw failClosed({ part: 'spills' }, cause);
  if (code === 'DEAD_LETTER_NO_BYTES') throw illegalTransition({ possible: ['discard'] });
  throw cause;
}

const tags = ['dead letters'];
const Word = Type.Object(
  { kind: Type.String(), by: Type.String(), reason: Type.String(), at: Type.String() },
  { additionalProperties: true },
);
const LetterBody = Type.Object({
  id: Type.String(),
  agency: Type.String(),
  cell: Type.String(),
  causes: Type.Array(Type.String()),
  sha256: Type.String({ description: 'Of what was refused.' }),
  bytes: Type.Optional(Type.Integer()),
  format: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  place: Type.Optional(Type.Object({ topic: Type.String(), partition: Type.Integer(), offset: Type.String() })),
  firstAt: Type.String(),
  lastAt: Type.String(),
  times: Type.Integer({ description: 'How often these bytes were refused.' }),
  state: Type.String({ description: 'WAITING, REDRIVEN or DISCARDED.' }),
  words: Type.Array(Word, { description: 'What was said and done, with what came of it, oldest first.' }),
  possible: Type.Array(Type.String(), { description: 'Commands possible now.' }),
  marking: MarkingBody,
});
const Reason = Type.Object(
  { reason: Type.String({ minLength: 1, maxLength: 1_000 }) },
  { additionalProperties: false },
);
const headers = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const list = {
  summary: 'Refused input of your agency, newest first',
  tags,
  querystring: query({
    cause: Type.Optional(Type.String({ maxLength: 80, description: 'A code that it was refused for.' })),
    state: Type.Optional(Type.Unsafe<string>({ type: 'string', enum: ['WAITING', 'REDRIVEN', 'DISCARDED'] })),
    ...paging,
  }),
  response: { 200: pageBody(LetterBody) },
};
const one = { summary: 'One dead letter', tags, params: ById, querystring: query({}), response: { 200: LetterBody } };
const redrive = {
  summary: 'Takes the same bytes in again; they pass every check anew',
  tags,
  params: ById,
  querystring: query({}),
  headers,
  body: Reason,
  response: { 202: LetterBody },
};
const discard = { ...redrive, summary: 'Puts it away for good', response: { 200: LetterBody } };
