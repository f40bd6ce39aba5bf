// /v1/tracker/incidents: the public catalogue of past incidents, read by anyone, written by partners.
// Holds: what is shown was judged and released like any record; what partners send goes to their own service, which judges
// again; an incident that is hidden, replaced or recalled is in no list and no file. Source: README.md#the-catalogue-and-good-practice

import { parse } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notFound } from '../errors.ts';
import { answerPage, createTurns, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredObservation } from '../read-model/model.ts';
import { isWithheld, open } from '../release.ts';
import type { Judged, Released } from '../release.ts';
import { isBeyondRetention } from '../stale.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { joinedMarking } from '../tracker/joined-marking.ts';
import { toCatalogueCsv, toCatalogueJson } from '../tracker/catalogue.ts';
import { toCatalogueStix } from '../tracker/catalogue-stix.ts';
import { IncidentFilter, incidentFilterOf, incidentIn, incidentMatches } from '../tracker/incident.ts';
import type { Incident, IncidentFilterValues } from '../tracker/incident.ts';
import { Accepted, absent, ownRecord, written } from './own-records.ts';

/** Routes of the catalogue. */
export const trackerRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view, policy, clock } = parts;

  app.get('/v1/tracker/incidents', { schema: list }, async (request, reply) => {
    const filter = incidentFilterOf(request.query);
    return answerPage<StoredObservation>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'tracker' },
      filter,
      from: (cursor) => readModel.ofType(INCIDENT, cursor && { ...cursor, part: cursor.offset }),
      keep: ({ body }) => isWanted(incidentIn(body), filter),
      positionOf: ({ atMs, id, part = 0n }) => ({ atMs, id, offset: part }),
      isStale: (position) => isBeyondRetention(policy, 'obs', position, clock.now()),
    });
  });

  app.get('/v1/tracker/incidents/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const seen = (await readModel.observation(id)).find((each) => isShown(parts, each, request));
    const outcome = await monitor.release(seen, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  for (const { suffix, produces, write } of FILES) {
    const path = `/v1/tracker/incidents.${suffix}` as const;
    app.get(path, { schema: fileOf(suffix), config: { produces } }, async (request, reply) => {
      const judged = await wanted(parts, request, incidentFilterOf(request.query));
      const released = await monitor.releaseAll(judged, request.subject, 'LIST', (bodies) =>
        write(
          bodies.flatMap((body) => incidentIn(body) ?? []),
          joinedMarking(judged, policy.homeNation),
          policy,
        ),
      );
      return answerFile(reply, released, suffix, produces);
    });
  }

  app.post('/v1/tracker/incidents', { schema: add }, async (request, reply) =>
    written(parts, request, reply, inputOf(request.body, clock.now())),
  );

  app.post('/v1/tracker/incidents/:id/supersede', { schema: supersede }, async (request, reply) => {
    const own = await ownIncident(parts, request);
    if (own === undefined) return absent(parts, request, request.params.id);
    return written(parts, request, reply, inputOf(request.body, clock.now(), own));
  });

  app.post('/v1/tracker/incidents/:id/hide', { schema: hide }, async (request, reply) => {
    const own = await ownIncident(parts, request);
    if (own === undefined) return absent(parts, request, request.params.id);
    const { envelope: _envelope, ...fields } = own.value;
    return written(parts, request, reply, inputOf({ ...fields, display: false }, clock.now(), own));
  });
};

/** One kind of file. */
interface FileKind {
  readonly suffix: 'csv' | 'json' | 'stix';
  readonly produces: string;
  readonly write: (
    incidents: readonly Incident[],
    marking: ReturnType<typeof joinedMarking>,
    policy: GatewayParts['policy'],
  ) => string | object;
}

const FILES: readonly FileKind[] = [
  { suffix: 'csv', produces: 'text/csv', write: (incidents, { banner }) => toCatalogueCsv(incidents, banner) },
  { suffix: 'json', produces: 'application/json', write: (incidents, { banner }) => toCatalogueJson(incidents, banner) },
  {
    suffix: 'stix',
    produces: 'application/stix+json;version=2.1',
    write: (incidents, { marking }, policy) => toCatalogueStix(incidents, marking, policy),
  },
]; // prettier-ignore

/** Text passes no serialiser: what is written is opened here. */
function answerFile(
  reply: FastifyReply,
  released: Released<string | object>,
  suffix: string,
  produces: string,
): Released<string | object> {
  const opened = open(released);
  const inName = opened.banner.replace(/[^A-Z0-9]+/gi, '-').toLowerCase();
  reply.type(produces === 'text/csv' ? 'text/csv; charset=utf-8' : produces);
  reply.header('content-disposition', `attachment; filename="${inName}--tracker.${suffix}"`);
  if (typeof opened.body !== 'string') return released;
  reply.opened = opened;
  return reply.send(opened.body) as never; // Fastify takes the reply itself as “sent”
}

/** Everything that is shown and asked for, newest first, judged. */
async function wanted(
  parts: GatewayParts,
  { subject }: FastifyRequest,
  filter: IncidentFilterValues,
): Promise<readonly Judged[]> {
  const found: Judged[] = [];
  const turn = createTurns();
  for await (const record of parts.readModel.ofType(INCIDENT)) {
    await turn();
    const judged = parts.monitor.judge(record, subject);
    if (!isWithheld(judged) && isWanted(incidentIn(judged.body), filter)) found.push(judged);
  }
  return found;
}

const INCIDENT = 'TrackedIncident';

function isWanted(incident: Incident | undefined, filter: IncidentFilterValues): boolean {
  return incident !== undefined && incidentMatches(incident, filter);
}

/** A replaced one is still answered, with what replaced it; a hidden one is not. */
function isShown({ monitor }: GatewayParts, record: StoredObservation, { subject }: FastifyRequest): boolean {
  const judged = monitor.judge(record, subject);
  if (record.type !== INCIDENT || isWithheld(judged)) return false;
  return judged.body['display'] === true || judged.body['status'] === 'RECALLED';
}

/** The caller's own, hidden or not; another type is not there. */
async function ownIncident(parts: GatewayParts, request: FastifyRequest): Promise<StoredObservation | undefined> {
  const own = await ownRecord(parts, request);
  return own?.type === 'TrackedIncident' ? own : undefined;
}

/** The catalogue is public, so that an entry has one marking: that of what is public. */
function inputOf(fields: object, nowMs: number, supersedes?: StoredObservation): Readonly<Record<string, unknown>> {
  const marking = supersedes === undefined ? PUBLIC : { ...supersedes.value.envelope.marking };
  return {
    ...fields,
    type: 'TrackedIncident',
    envelope: {
      observedAt: nowMs,
      marking,
      ...(supersedes && { supersedes: supersedes.id }),
      ...(supersedes && { sourceGrade: supersedes.value.envelope.sourceGrade, infoGrade: supersedes.value.envelope.infoGrade }),
    },
  };
} // prettier-ignore

const PUBLIC = toWire(parse('UNCLASSIFIED//TLP:CLEAR', { homeNation: 'CAN' })); // releasable to all: no nation is in it

const closed = { additionalProperties: false } as const;
const Names = (maxItems: number) => Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { maxItems });
const IncidentInput = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 500 }),
    text: Type.String({ minLength: 1, maxLength: 20_000 }),
    countries: Type.Optional(Names(50)),
    actors: Type.Optional(Names(50)),
    tools: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 6, description: 'Words of the vocabulary Tool.' }),
    dateText: Type.Optional(Type.String({ maxLength: 200, description: 'When, as people write it: `2015 - Ongoing`.' })),
    sources: Type.Array(
      Type.Object({ url: Type.String({ maxLength: 2_048 }), title: Type.Optional(Type.String({ maxLength: 500 })) }, closed),
      { maxItems: 5, description: 'At least one a credible public attribution; policy says which are.' },
    ),
    organizations: Type.Optional(Names(50)),
  },
  closed,
); // prettier-ignore
const IncidentBody = Type.Object(
  {
    id: Type.String(),
    status: Type.String(),
    marking: MarkingBody,
    title: Type.Optional(Type.String()),
    tools: Type.Optional(Type.Array(Type.String())),
    precision: Type.Optional(Type.String()),
    supersededBy: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
const tags = ['tracker'];
const headers = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const list = {
  summary: 'Past incidents of interference, newest entry first',
  tags,
  querystring: query({ ...IncidentFilter, ...paging }),
  response: { 200: pageBody(IncidentBody) },
};
const one = {
  summary: 'One incident',
  tags,
  params: ById,
  querystring: query({}),
  response: { 200: IncidentBody },
};
const fileOf = (suffix: FileKind['suffix']) => ({
  summary: `The catalogue as ${suffix === 'json' ? 'GeoJSON by country' : suffix === 'csv' ? 'CSV' : 'a STIX 2.1 bundle'}`,
  tags,
  produces: [FILES.find((file) => file.suffix === suffix)?.produces ?? ''],
  querystring: query(IncidentFilter),
  response: { 200: suffix === 'csv' ? Type.String() : Type.Object({}, { additionalProperties: true }) },
});
const add = {
  summary: 'Enters an incident into the public catalogue; what is entered is public',
  tags,
  querystring: query({}),
  headers,
  body: IncidentInput,
  response: { 202: Accepted },
};
const supersede = {
  summary: 'Replaces an incident of your own',
  tags,
  params: ById,
  querystring: query({}),
  headers,
  body: IncidentInput,
  response: { 202: Accepted },
};
const hide = {
  summary: 'Takes an incident of your own out of lists and files; it is kept',
  tags,
  params: ById,
  querystring: query({}),
  headers,
  body: Type.Optional(Type.Union([Type.Object({}, closed), Type.Null()])),
  response: { 202: Accepted },
};
