// What an agency says of records after they were published: a position on an assessment or on an observation, a recall, a successor.
// Holds: each is an observation of the caller's own agency, written by its own service; whether a record is the caller's is
// said only of one that they can see. Source: README.md#routes

import { createMarking, isSameMarking } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { Policy } from '@sitebus/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Static } from 'typebox';
import { invalidBody, invalidObservation, notDurable, notFound, notYours } from '../errors.ts';
import type { FaultAt } from '../errors.ts';
import { intakeOf } from '../intake-of.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { markingOf, observationIn, problemOfItem, prospectOf, type ObservationInput } from '../publishing.ts';
import type { StoredAssessment, StoredObservation } from '../read-model/model.ts';
import { isWithheld, statement } from '../release.ts';
import type { Released } from '../release.ts';
import { ById } from '../shapes/bodies.ts';
import { keyOf } from './disclosures.ts';

/** Routes of positions, recalls and successors. */
export const ownRecordRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, policy, clock, view } = parts;
  const positionOf = (
    { marking, stance, likelihood, confidence, definitionId, portions }: Static<typeof PositionBody>,
    { about, version }: { readonly about: string; readonly version: number },
  ): ObservationInput => ({
    type: 'AgencyPosition',
    envelope: envelopeAt(clock.now(), marking),
    about,
    seen: { view: view.id, version },
    stance,
    likelihood: likelihood ?? null,
    confidence: confidence ?? null,
    definitionId,
    portions,
  });

  app.post('/v1/assessments/:id/positions', { schema: position }, async (request, reply) => {
    const { id } = request.params;
    const { body } = request;
    const assessment = await readModel.assessment(id);
    const judged = monitor.judge(assessment, request.subject);
    if (assessment === undefined || isWithheld(judged)) return absent(parts, request, id);
    mustBeSound(body, policy);
    const about = await memberSeen(parts, request, assessment);
    return written(parts, request, reply, positionOf(body, { about, version: assessment.value.version }));
  });

  app.post('/v1/observations/:id/positions', { schema: positionOnRecord }, async (request, reply) => {
    const { id } = request.params;
    const { body, subject } = request;
    const seen = (await readModel.observation(id)).find((each) => !isWithheld(monitor.judge(each, subject)));
    const judged = monitor.judge(seen, subject);
    if (seen === undefined || isWithheld(judged)) return absent(parts, request, id);
    mustBeSound(body, policy);
    if (judged.body['status'] === 'RECALLED') throw fault('', 'RECALLED', 'the record was recalled');
    if (seen.value.report === undefined)
      throw fault('', 'NO_SIGHTING', 'it says something of another record', 'take a position on the record that it is about'); // prettier-ignore
    const versions = seen.assessments
      .filter((each) => !isWithheld(monitor.judge(each, subject)))
      .map(({ value }) => value.version);
    return written(parts, request, reply, positionOf(body, { about: id, version: Math.max(NO_VERSION, ...versions) }));
  });

  app.post('/v1/observations/:id/recall', { schema: recall }, async (request, reply) => {
    const { reason, replacement = null } = request.body;
    const own = await ownRecord(parts, request);
    if (own === undefined) return absent(parts, request, request.params.id);
    return written(parts, request, reply, {
      type: 'Recall',
      envelope: { ...envelopeAt(clock.now(), toWire(own.marking)), recalls: own.id },
      reason,
      replacement,
    });
  });

  app.post('/v1/observations/:id/supersede', { schema: supersede }, async (request, reply) => {
    const input = observationIn(request.body);
    const own = await ownRecord(parts, request);
    if (own === undefined) return absent(parts, request, request.params.id);
    const envelope = input['envelope'] as Readonly<Record<string, unknown>>; // its route's schema has established it
    if (envelope['supersedes'] !== undefined && envelope['supersedes'] !== own.id)
      throw fault('/envelope/supersedes', 'OTHER_RECORD', 'names another record than the address');
    if (!isSameHandling(markingOf(input, policy), own.marking))
      throw fault('/envelope/marking', 'OTHER_MARKING', 'a successor has the marking of what it supersedes', 'recall it, then publish a new observation'); // prettier-ignore
    return written(parts, request, reply, { ...input, envelope: { ...envelope, supersedes: own.id } });
  });
};

/** Whose information it is the agency's service says, as it did of the first. */
function isSameHandling(given: Marking, { owners, origins, ...rest }: Marking): boolean {
  return isSameMarking(createMarking({ ...given, owners, origins }), createMarking({ ...rest, owners, origins }));
}

/** What everything here is answered with. */
export const Accepted = Type.Object({
  id: Type.String(),
  cell: Type.String(),
  readers: Type.Array(Type.String()),
  warnings: Type.Optional(Type.Array(Type.String())),
});

/** Hands it to the caller's own agency, once for a key, and answers 202. Throws as publishing one observation does. */
export async function written(
  parts: GatewayParts,
  request: FastifyRequest,
  reply: FastifyReply,
  input: ObservationInput,
): Promise<Released<{ readonly id: string; readonly cell: string; readonly readers: readonly string[] }>> {
  const { subject, url } = request;
  const { view, policy, codec } = parts;
  const scope = `${subject.person} POST ${new URL(url, 'http://gateway').pathname}`;
  const { answer, replayed } = await parts.idempotency.once({ scope, key: keyOf(request), body: request.body }, async () => {
    const { cell, readers } = prospectOf(input, { subject, view, policy, codec });
    const { intake, onBehalfOf } = intakeOf(parts, subject);
    const [item] = await intake.submit([input], onBehalfOf);
    if (item === undefined) throw notDurable({}, new Error('no answer from the intake'));
    if (item.status !== 'accepted') throw problemOfItem(item);
    return { id: item.id, cell, readers: [...readers], ...(item.warnings && { warnings: [...item.warnings] }) };
  }); // prettier-ignore
  if (replayed) reply.header('idempotency-replayed', 'true');
  reply.code(202).header('location', `/v1/observations/${answer.id}`);
  return statement(answer);
}

/** The record that the route's `id` names, as the caller sees it. Throws `not-yours` where another agency wrote what they see. */
export async function ownRecord(parts: GatewayParts, request: FastifyRequest): Promise<StoredObservation | undefined> {
  const { id } = request.params as { readonly id: string };
  const { subject } = request;
  const seen = (await parts.readModel.observation(id)).filter(
    (each) => !isWithheld(parts.monitor.judge(each, subject)),
  );
  const own = seen.find(({ value }) => value.envelope.agency === subject.agency);
  if (own === undefined && seen.length > 0) throw notYours({});
  return own;
}

/** A member that the caller sees: a position is kept by what it is about, as ids of assessments differ from view to view. */
async function memberSeen(
  { readModel, monitor }: GatewayParts,
  { subject }: FastifyRequest,
  { value }: StoredAssessment,
): Promise<string> {
  for (const { id, agency } of value.members) {
    const found = (await readModel.observation(id)).filter((each) => each.value.envelope.agency === agency);
    if (found.some((each) => !isWithheld(monitor.judge(each, subject)))) return id;
  }
  throw fault('', 'NO_MEMBER', 'no member of the assessment can be cited', 'read the assessment again');
}

/** Throws `invalid-body` with what is wrong with a position, whatever it is about. */
function mustBeSound({ stance, portions, definitionId }: Static<typeof PositionBody>, policy: Policy): void {
  const faults: FaultAt[] = [];
  if (stance === 'DISSENT' && !portions.some(({ text }) => text.trim() !== ''))
    faults.push({ pointer: '/portions', code: 'TEXT_REQUIRED', detail: 'a dissent says why' });
  if (!policy.definitions.some(({ id }) => id === definitionId)) {
    const known = policy.definitions.map(({ id }) => id).join(', ');
    faults.push({ pointer: '/definitionId', code: 'UNKNOWN_DEFINITION', detail: 'no definition of policy', hint: `one of ${known}` }); // prettier-ignore
  }
  if (faults.length > 0) throw invalidBody({ errors: faults });
}

/** What stands for the version that was read where there is no assessment: the record alone was. */
const NO_VERSION = 0;

/** Grades say how good a source is; what an agency says of a record has none. */
export function envelopeAt(observedAt: number, marking: unknown): Readonly<Record<string, unknown>> {
  return { observedAt, marking, sourceGrade: 'F', infoGrade: 6 };
}

/** Answers an id that is hidden or absent: its leaf, and the one `not-found`. */
export async function absent({ monitor }: GatewayParts, { subject }: FastifyRequest, id: string): Promise<never> {
  await monitor.release(undefined, subject, id); // leaves the leaf that any absent id leaves
  throw notFound({});
}

function fault(pointer: string, code: string, detail: string, hint?: string): Error {
  return invalidObservation({ errors: [{ pointer, code, detail, ...(hint === undefined ? {} : { hint }) }] });
}

const closed = { additionalProperties: false } as const;
/** Text form, or the fields of the wire; the kernel reads either. */
const GivenMarking = Type.Union([Type.String({ maxLength: 2_048 }), Type.Object({}, { additionalProperties: true })]);
const PositionBody = Type.Object(
  {
    stance: Type.Union([Type.Literal('CONCUR'), Type.Literal('DISSENT'), Type.Literal('ABSTAIN')]),
    marking: GivenMarking,
    portions: Type.Array(
      Type.Object({ text: Type.String({ maxLength: 10_000 }), lang: Type.String({ maxLength: 16 }), marking: GivenMarking }, closed),
      { maxItems: 50 },
    ),
    likelihood: Type.Optional(
      Type.Object(
        { lexiconId: Type.String({ maxLength: 64 }), term: Type.String({ maxLength: 80 }), lo: Type.Integer({ minimum: 0, maximum: 100 }), hi: Type.Integer({ minimum: 0, maximum: 100 }) },
        closed,
      ),
    ),
    confidence: Type.Optional(Type.Union([Type.Literal('LOW'), Type.Literal('MODERATE'), Type.Literal('HIGH')])),
    definitionId: Type.String({ minLength: 1, maxLength: 64, description: 'The definition of policy that the position goes by.' }),
  },
  closed,
); // prettier-ignore
const RecallBody = Type.Object(
  {
    reason: Type.String({ minLength: 1, maxLength: 1_000 }),
    replacement: Type.Optional(
      Type.String({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$', description: 'The observation that stands instead.' }),
    ),
  },
  closed,
); // prettier-ignore
const SuccessorBody = Type.Object(
  { type: Type.String({ maxLength: 80 }), envelope: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true },
);
const common = {
  params: ById,
  querystring: query({}),
  headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: true }),
  response: { 202: Accepted },
}; // prettier-ignore
const position = { ...common, summary: 'States your agency’s position on an assessment', tags: ['assessments'], body: PositionBody }; // prettier-ignore
const positionOnRecord = { ...common, summary: 'States your agency’s position on an observation, which may be in no assessment', tags: ['observations'], body: PositionBody }; // prettier-ignore
const recall = {
  ...common,
  summary: 'Recalls an observation of your agency',
  tags: ['observations'],
  body: RecallBody,
};
const supersede = { ...common, summary: 'Publishes what supersedes an observation of your agency', tags: ['observations'], body: SuccessorBody }; // prettier-ignore
