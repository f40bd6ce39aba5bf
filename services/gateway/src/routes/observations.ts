// POST and GET /v1/observations and below.
// Holds: nothing is written here: the agency's own service judges again and answers after acks=all; a repeated or foreign
// id gets the same 202 as a fresh one; neighbours of a bad line are accepted. Source: README.md#routes

import { Type } from 'typebox';
import { invalidBody, notDurable, notFound } from '../errors.ts';
import { intakeOf } from '../intake-of.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { draftOfText, MAX_PASTED_CHARS } from '../pasted-text.ts';
import { featuresIn, observationIn, problemOfItem, prospectOf } from '../publishing.ts';
import { isWithheld, statement } from '../release.ts';
import { isBeyondRetention } from '../stale.ts';
import type { StoredObservation } from '../read-model/model.ts';
import { AssessmentBody, ById, FaultBody, FeatureBody, MarkingBody, ObservationBody } from '../shapes/bodies.ts';
import { ObservationFilter, observationFilterOf, observationMatches } from '../observation-filter.ts';

/** Routes of observations. */
export const observationRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view, policy, codec, clock } = parts;

  app.post('/v1/observations', { schema: publish }, async (request, reply) => {
    const { subject } = request;
    const input = observationIn(request.body);
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
    const input = 'text' in request.body ? draftOfText(request.body.text) : observationIn(request.body);
    const { intake, onBehalfOf } = intakeOf(parts, subject);
    const prospect = attempt(() => prospectOf(input, { subject, view, policy, codec }));
    const checked = await intake.check?.([input], onBehalfOf);
    const { normalised = featuresIn(input, codec), cell, readers = [] } = prospect.value ?? {};
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

  app.get('/v1/observations', { schema: list }, async (request, reply) => {
    const filter = observationFilterOf(request.query);
    return answerPage<StoredObservation>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'observations' },
      filter,
      from: (cursor) => {
        const before = cursor && { ...cursor, part: cursor.offset };
        return filter.type === undefined ? readModel.observations(before) : readModel.ofType(filter.type, before);
      },
      // What is masked is not found by guessing it either.
      keep: ({ body, record }) =>
        observationMatches(
          body,
          record.features.filter(({ kind }) => !policy.masking.kinds.includes(kind)),
          filter,
        ),
      positionOf: ({ atMs, id, part = 0n }) => ({ atMs, id, offset: part }),
      isStale: (position) => isBeyondRetention(policy, 'obs', position, clock.now()),
    });
  });

  app.get('/v1/observations/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const seen = (await readModel.observation(id)).find((each) => !isWithheld(monitor.judge(each, request.subject)));
    const outcome = await monitor.release(seen, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.post('/v1/observations/:id/reveal', { schema: reveal }, async (request) => {
    const { id } = request.params;
    const { fields, reason } = request.body;
    const wrong = fields.flatMap((field, at) => (policy.masking.fields.includes(field) ? [] : [at]));
    if (wrong.length > 0) {
      const hint = `one of ${policy.masking.fields.join(', ')}`;
      throw invalidBody({
        errors: wrong.map((at) => ({
          pointer: `/fields/${at}`,
          code: 'NOT_MASKED',
          detail: 'no field that policy masks',
          hint,
        })),
      });
    }
    const seen = (await readModel.observation(id)).find((each) => !isWithheld(monitor.judge(each, request.subject)));
    const outcome = await monitor.reveal(seen, request.subject, id, { fields: [...new Set(fields)], purpose: reason });
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
const PastedBody = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: MAX_PASTED_CHARS,
      description: 'Anything pasted: what is recognised becomes the draft.',
    }),
  },
  { additionalProperties: false },
);
const preview = {
  summary: 'What publishing would do; nothing is stored',
  tags: ['observations'],
  querystring: query({}),
  body: Type.Union([PastedBody, ObservationInputBody]),
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
const reveal = {
  summary: 'Masked values of one observation; each is on the ledger with the reason',
  tags: ['observations'],
  params: ById,
  querystring: query({}),
  body: Type.Object(
    {
      fields: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), { minItems: 1, maxItems: 20 }),
      reason: Type.String({
        minLength: 10,
        maxLength: 500,
        pattern: '\\S',
        description: 'What it is needed for; goes on the ledger.',
      }),
    },
    { additionalProperties: false },
  ),
  response: {
    200: Type.Object({
      id: Type.String(),
      values: Type.Object({}, { additionalProperties: true }),
      leaves: Type.Array(Type.Object({ field: Type.String(), leafIndex: Type.Optional(Type.Integer()) })),
      marking: MarkingBody,
    }),
  },
};
const assessments = {
  summary: 'Assessments it is a member of',
  tags: ['observations'],
  params: ById,
  querystring: query({}),
  response: { 200: pageBody(AssessmentBody) },
};
