// POST and GET /v1/observations and below.
// Holds: nothing is written here: the agency's own service judges again and answers after acks=all; a repeated or foreign
// id gets the same 202 as a fresh one; neighbours of a bad line are accepted. Source: README.md#routes

import { Type } from 'typebox';
import type { AgencyIntake, ObservationJson } from '@sitebus/kit';
import type { BatchSummary, ItemAnswer } from '@sitebus/sdk';
import { notDurable, notFound, roleNotAllowed } from '../errors.ts';
import { answerLines, bodyStream, linesOf } from '../ndjson.ts';
import type { Line } from '../ndjson.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { problemOfItem, prospectOf } from '../publishing.ts';
import type { ObservationInput } from '../publishing.ts';
import { isWithheld, statement } from '../release.ts';
import type { Released } from '../release.ts';
import type { StoredObservation } from '../read-model/model.ts';
import { AssessmentBody, ById, FaultBody, FeatureBody, ObservationBody } from '../shapes/bodies.ts';
import { ObservationFilter, observationFilterOf, observationMatches } from '../observation-filter.ts';
import type { Subject } from '../subject.ts';

const MAX_LINES = 10_000;
const NDJSON_TYPES = ['application/x-ndjson', 'application/ndjson'];
/** Lines handed to the agency's service at once. */
const CHUNK = 100;

/** Routes of observations. */
export const observationRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view, policy, codec } = parts;

  app.post('/v1/observations', { schema: publish }, async (request, reply) => {
    const { subject } = request;
    const input = request.body as ObservationInput;
    const key = request.headers['idempotency-key'];
    const { answer, replayed } = await parts.idempotency.once(
      { scope: `${subject.person} POST /v1/observations`, key: Array.isArray(key) ? key.join() : key, body: input },
      async () => {
        const { cell, normalised, readers } = prospectOf(input, { subject, view, policy, codec });
        const { intake, onBehalfOf } = intakeOf(parts, subject);
        const [item] = await intake.submit([input], onBehalfOf);
        if (item === undefined) throw notDurable({}, new Error('no answer from the intake'));
        if (item.status !== 'accepted') throw problemOfItem(item);
        return { id: item.id, cell, normalised, readers };
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    reply.code(202).header('location', `/v1/observations/${answer.id}`);
    return statement(answer);
  });

  app.post('/v1/observations/preview', { schema: preview }, async (request) => {
    const { subject } = request;
    const input = request.body as ObservationInput;
    const { intake, onBehalfOf } = intakeOf(parts, subject);
    const prospect = attempt(() => prospectOf(input, { subject, view, policy, codec }));
    const checked = await intake.check?.([input], onBehalfOf);
    const { normalised = [], cell, readers = [] } = prospect.value ?? {};
    return statement({
      draft: input,
      features: normalised,
      ...(cell === undefined ? {} : { cell }),
      readers,
      // The service's faults include the marking's; without it only those are known, and the answer says so.
      faults: checked?.[0] ?? prospect.faults,
      complete: checked !== undefined,
    });
  });

  await app.register(async (bulk) => {
    bulk.addContentTypeParser([...NDJSON_TYPES], (_request, payload, done) => done(null, payload));
    bulk.post(
      '/v1/observations/bulk',
      { schema: bulkSchema, config: { produces: 'application/x-ndjson', consumes: NDJSON_TYPES } },
      async (request, reply) => {
        const { intake, onBehalfOf } = intakeOf(parts, request.subject);
        const lines = linesOf(bodyStream(request), MAX_LINES);
        return answerLines(
          reply,
          answersOf(lines, (items) => intake.submit(items, onBehalfOf)),
        );
      },
    );
  });

  app.get('/v1/observations', { schema: list }, async (request, reply) => {
    const filter = observationFilterOf(request.query);
    return answerPage<StoredObservation>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'observations' },
      filter,
      from: (cursor) => readModel.observations(cursor),
      keep: ({ body, record }) => observationMatches(body, record.features, filter),
      positionOf: ({ atMs, id }) => ({ atMs, id }),
    });
  });

  app.get('/v1/observations/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const seen = (await readModel.observation(id)).find((each) => !isWithheld(monitor.judge(each, request.subject)));
    const outcome = await monitor.release(seen, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.get('/v1/observations/:id/assessments', { schema: assessments }, async (request) => {
    const { id } = request.params;
    const seen = (await readModel.observation(id)).find((each) => !isWithheld(monitor.judge(each, request.subject)));
    if (seen === undefined) {
      await monitor.release(undefined, request.subject, id); // leaves the leaf that any absent id leaves
      throw notFound({});
    }
    const judged = seen.assessments
      .map((each) => monitor.judge(each, request.subject))
      .flatMap((each) => (isWithheld(each) ? [] : [each]));
    return monitor.releaseAll(judged, request.subject, 'LIST', (items) => ({ items }));
  });
};

/** Publishing is for the caller's own agency, through that agency's own service. */
export function intakeOf(
  { intakes }: Pick<GatewayParts, 'intakes'>,
  subject: Subject,
): { intake: AgencyIntake; onBehalfOf: { person: string; agency: string } } {
  const { agency, person } = subject;
  if (agency === undefined) throw roleNotAllowed({}); // depends on the caller alone
  const intake = intakes(agency);
  if (intake === undefined) throw notDurable({}, new Error('the agency has no service here'));
  return { intake, onBehalfOf: { person, agency } };
}

type Submit = (items: readonly ObservationJson[]) => Promise<readonly ItemAnswer[]>;

/** Answers lines in their order, the summary last. Exported for its tests. */
export async function* answersOf(lines: AsyncIterable<Line>, submit: Submit): AsyncGenerator<Released<unknown>> {
  const sum = { items: 0, accepted: 0, refused: 0, skipped: 0 };
  let chunk: Line[] = [];
  const flush = async (): Promise<readonly Released<unknown>[]> => {
    const answers = await answersOfChunk(chunk, submit);
    chunk = [];
    for (const { status } of answers) {
      sum.items += 1;
      sum[status] += 1;
    }
    return answers.map((answer) => statement(answer));
  };
  for await (const line of lines) {
    chunk.push(line);
    if (chunk.length >= CHUNK) yield* await flush();
  }
  yield* await flush();
  yield statement({ summary: sum satisfies BatchSummary });
}

async function answersOfChunk(lines: readonly Line[], submit: Submit): Promise<readonly ItemAnswer[]> {
  const read = lines.map(itemOf);
  const items = read.flatMap((each) => ('item' in each ? [each] : []));
  const answers =
    items.length === 0
      ? []
      : await submitted(
          items.map(({ item }) => item),
          submit,
        );
  const byLine = new Map(items.map(({ line }, at) => [line, answers[at]]));
  return read.map((each) => {
    if (!('item' in each)) return each;
    const answer = byLine.get(each.line);
    return answer === undefined
      ? refusedLine(each.line, 'NOT_DURABLE', 'no answer came', 'send the line again')
      : atLine(answer, each.line);
  });
}

/** An intake that can decide nothing refuses its chunk; what went before stands. */
async function submitted(items: readonly ObservationJson[], submit: Submit): Promise<readonly ItemAnswer[]> {
  try {
    return await submit(items);
  } catch (cause) {
    const { code = 'NOT_DURABLE', retriable } = cause as { code?: string; retriable?: boolean };
    if (retriable === undefined) throw cause; // a defect, not a refusal
    return items.map(() => refusedLine(0, code, 'not stored', 'send the line again later'));
  }
}

function itemOf(
  line: Line,
): { readonly line: number; readonly item: ObservationJson } | Exclude<ItemAnswer, { status: 'accepted' }> {
  if ('stop' in line)
    return { ...refusedLine(line.line, line.stop, 'reading ended here', 'send the rest in parts'), status: 'skipped' };
  try {
    const item: unknown = JSON.parse(line.text);
    if (typeof item === 'object' && item !== null && !Array.isArray(item))
      return { line: line.line, item: item as ObservationJson };
  } catch {
    // falls through: a line that is not JSON costs only itself
  }
  return refusedLine(
    line.line,
    'NOT_JSON',
    'the line is no JSON object',
    'one observation a line, without line breaks inside',
  );
}

function refusedLine(
  line: number,
  code: string,
  reason: string,
  fix: string,
): Exclude<ItemAnswer, { status: 'accepted' }> {
  return { line, status: 'refused', code, reason, fix };
}

/** The caller's line number; and never whether the id was known before. */
function atLine(answer: ItemAnswer, line: number): ItemAnswer {
  if (answer.status !== 'accepted') return { ...answer, line };
  const { known: _known, ...rest } = answer;
  return { ...rest, line };
}

function attempt<T>(act: () => T): { readonly value?: T; readonly faults: readonly unknown[] } {
  try {
    return { value: act(), faults: [] };
  } catch (cause) {
    const { details } = cause as { details?: { errors?: readonly unknown[] } };
    if (details?.errors === undefined) throw cause;
    return { faults: details.errors };
  }
}

/** Checked by its record type's schema, not here: types join without a change of the gateway. */
const ObservationInputBody = Type.Object(
  { type: Type.String({ maxLength: 80 }), envelope: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true },
);
const publish = {
  summary: 'Publishes one observation of your agency',
  tags: ['observations'],
  querystring: query({}),
  headers: Type.Object(
    { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
    { additionalProperties: true },
  ),
  body: ObservationInputBody,
  response: {
    202: Type.Object({
      id: Type.String(),
      cell: Type.String(),
      normalised: Type.Array(FeatureBody),
      readers: Type.Array(Type.String()),
    }),
  },
};
const bulkSchema = {
  summary: 'Publishes many: NDJSON in, one answer a line out, the summary last',
  tags: ['observations'],
  consumes: ['application/x-ndjson'],
  produces: ['application/x-ndjson'],
  querystring: query({}),
  response: { 200: Type.String() },
};
const preview = {
  summary: 'What publishing would do; nothing is stored',
  tags: ['observations'],
  querystring: query({}),
  body: ObservationInputBody,
  response: {
    200: Type.Object({
      draft: Type.Object({}),
      features: Type.Array(FeatureBody),
      cell: Type.Optional(Type.String()),
      readers: Type.Array(Type.String()),
      faults: Type.Array(FaultBody),
      complete: Type.Boolean({ description: 'false: only the marking was judged.' }),
    }),
  },
};
const list = {
  summary: 'Observations, newest first',
  tags: ['observations'],
  querystring: query({ ...ObservationFilter, ...paging }),
  response: { 200: pageBody(ObservationBody) },
};
const one = {
  summary: 'One observation',
  tags: ['observations'],
  params: ById,
  querystring: query({}),
  response: { 200: ObservationBody },
};
const assessments = {
  summary: 'Assessments it is a member of',
  tags: ['observations'],
  params: ById,
  querystring: query({}),
  response: { 200: pageBody(AssessmentBody) },
};
