// /v1/ads, /v1/arrangements: the public registry of political advertising, its clock, and what platforms and the election
// administration enter.
// Holds: the public sees an entry while its publishing window is open, the regulator until it is purged; a platform enters
// its own ads alone and their entry time is the gateway's clock; nothing is written here. Source: README.md#public-matters

import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { adFilterOf, AdFilter, adMatches } from '../ads/ad-filter.ts';
import { adStanding } from '../ads/ad-window.ts';
import { complianceOf, daysOf, withGaps } from '../ads/compliance.ts';
import { currentRecords, isCurrent } from '../current-records.ts';
import { notFound, notYours, roleNotAllowed } from '../errors.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { Position, StoredObservation } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import { isWithheld } from '../release.ts';
import { releaseMany } from '../release-many.ts';
import { sendToWriter } from '../send-to-writer.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { gapsOfAgencies, type SourceGapBody } from '../source-gaps.ts';
import { isBeyondRetention } from '../stale.ts';

/** Routes of the ad registry. */
export const adRoutes: Routes = async (app, parts) => {
  const { monitor, cursors, view, policy, clock } = parts;

  app.get('/v1/ads', { schema: search }, async (request, reply) => {
    const filter = adFilterOf(request.query);
    return answerPage<StoredObservation>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'ads' },
      filter,
      from: (cursor) => adsBefore(parts, cursor && { ...cursor, part: cursor.offset }),
      keep: (judged) =>
        isCurrent(judged) && isShown(parts, judged.body, request) && adMatches(judged.body, filter, policy),
      positionOf: ({ atMs, id, part = 0n }) => ({ atMs, id, offset: part }),
      isStale: (position) => isBeyondRetention(policy, 'obs', position, clock.now()),
    });
  });

  app.get('/v1/ads/compliance', { schema: compliance }, async (request) => {
    const { platform, from, to } = request.query;
    const records = await currentRecords(parts, request, ['AdDisclosure', 'AdFinding', 'SourceGap']);
    const counted = [...records.AdDisclosure, ...records.AdFinding].filter(
      ({ body }) => platform === undefined || body['platformId'] === platform.toLowerCase(),
    );
    const gaps = gapsOfAgencies(records.SourceGap, [regulatorOf(parts)]).filter((gap) =>
      isGapAsked(gap, { from, to }, policy),
    );
    const told = new Set(gaps.map(({ id }) => id));
    const judged = [...counted, ...records.SourceGap.filter(({ record }) => told.has(record.id))];
    return releaseMany(monitor, judged, request.subject, (bodies) => {
      const rows = complianceOf(
        bodies.filter(({ type }) => type === 'AdDisclosure'),
        bodies.filter(({ type }) => type === 'AdFinding'),
        policy,
      ).filter(({ day }) => (from === undefined || day >= from) && (to === undefined || day <= to));
      return { items: withGaps(rows, gaps, policy), gaps };
    });
  });

  app.get('/v1/ads/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const seen = (await adsWithId(parts, id)).find((each) => {
      const judged = monitor.judge(each, request.subject);
      return !isWithheld(judged) && isShown(parts, judged.body, request);
    });
    const outcome = await monitor.release(seen, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.post('/v1/ads', { schema: submit }, async (request, reply) => {
    const { enteredAt, ridings, ...ad } = request.body;
    const isRegulator = mayEnter(parts, request, ad.platformId) === 'REGULATOR';
    const enteredNow = new Date(clock.now()).toISOString();
    const row = { ...ad, enteredAt: (isRegulator ? enteredAt : undefined) ?? enteredNow, ridings: ridings ?? [] }; // prettier-ignore
    return sendToWriter(parts, request, reply, entryOf('ads', 'elections-ads', parts, row), 202);
  });

  app.post('/v1/ads/sightings', { schema: sight }, async (request, reply) => {
    const sighting = request.body;
    mayEnter(parts, request, sighting.platformId);
    const row = { ...sighting, seenAt: sighting.seenAt ?? new Date(clock.now()).toISOString() }; // prettier-ignore
    return sendToWriter(parts, request, reply, entryOf('ad-sightings', 'elections-ad-sightings', parts, row), 202);
  });

  app.post('/v1/arrangements', { schema: arrange }, async (request, reply) => {
    if (!isRegulatorOf(parts, request)) throw roleNotAllowed({});
    const entry = entryOf('arrangements', 'elections-arrangements', parts, request.body);
    return sendToWriter(parts, request, reply, entry, 202);
  });
};

/** True for a gap that touches the days asked for, in the zone of any election. */
function isGapAsked(gap: SourceGapBody, { from, to }: { from?: string | undefined; to?: string | undefined }, { elections }: Pick<GatewayParts['policy'], 'elections'>): boolean {
  return elections.some(({ timeZone }) => {
    const { first, last } = daysOf(gap, timeZone);
    return (to === undefined || first <= to) && (from === undefined || last === undefined || last >= from);
  });
} // prettier-ignore

/** Unjudged; of the registry alone. */
async function* adsBefore(
  { readModel, policy }: GatewayParts,
  before: Position | undefined,
): AsyncGenerator<StoredObservation> {
  for await (const record of readModel.ofType(AD, before)) if (isAd(record, policy)) yield record;
}

async function adsWithId({ readModel, policy }: GatewayParts, id: string): Promise<readonly StoredObservation[]> {
  return (await readModel.observation(id)).filter((record) => isAd(record, policy));
}

const AD = 'AdDisclosure';

function isAd({ type, cell }: StoredObservation, { cells }: GatewayParts['policy']): boolean {
  return type === AD && cell === cells[0]?.id;
}

function isShown(parts: GatewayParts, ad: Body, request: FastifyRequest): boolean {
  if (ad['status'] === 'RECALLED') return isRegulatorOf(parts, request); // of its window nothing is left
  const standing = adStanding(ad, parts.policy, parts.clock.now());
  return standing === 'PUBLISHED' || (standing === 'WITHDRAWN_FROM_VIEW' && isRegulatorOf(parts, request));
}

/** The one agency that may write the registry. */
function regulatorOf({ policy }: Pick<GatewayParts, 'policy'>): string {
  return policy.writers['AdDisclosure']?.[0] ?? '';
}

function isRegulatorOf(parts: Pick<GatewayParts, 'policy'>, { subject }: FastifyRequest): boolean {
  return subject.agency !== undefined && subject.agency === regulatorOf(parts);
}

/** Throws `role-not-allowed` for somebody of another agency, `not-yours` for a platform that is not theirs. */
function mayEnter(parts: GatewayParts, request: FastifyRequest, platformId: string): 'REGULATOR' | 'PLATFORM' {
  if (isRegulatorOf(parts, request)) return 'REGULATOR';
  const { agency } = request.subject;
  const own = parts.policy.ads.platforms.filter((platform) => agency !== undefined && platform.agency === agency);
  if (own.length === 0) throw roleNotAllowed({});
  if (!own.some(({ id }) => id === platformId.toLowerCase())) throw notYours({});
  return 'PLATFORM';
}

function entryOf(
  format: 'ads' | 'ad-sightings' | 'arrangements',
  source: string,
  parts: GatewayParts,
  fields: Readonly<Record<string, unknown>>,
) {
  const row = Object.fromEntries(Object.entries(fields).map(([name, value]) => [columnOf(name), value]));
  return { agency: regulatorOf(parts), format, source, row, fieldOf };
}

/** `platformId` is the column `platform_id`. */
function columnOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function fieldOf(column: string): string {
  return column.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase());
}

const closed = { additionalProperties: false } as const;
const Text = (maxLength: number, description?: string) =>
  Type.String({ minLength: 1, maxLength, ...(description !== undefined && { description }) });
const Instant = Type.String({ format: 'date-time' });
const Sha256 = Type.String({ pattern: '^(sha256:)?[0-9a-fA-F]{64}$', description: 'Of the copy.' });
const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' });
const AdBody = Type.Object(
  {
    id: Type.String(),
    status: Type.String(),
    marking: MarkingBody,
    platformId: Type.Optional(Type.String()),
    buyerRef: Type.Optional(Type.String()),
    authoriserName: Type.Optional(Type.String()),
    flags: Type.Optional(Type.Array(Type.String())),
    publishUntil: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);
const Entered = Type.Object({
  id: Type.Optional(Type.String()),
  cell: Type.Optional(Type.String()),
  outcome: Type.String({ description: 'ACCEPTED, or why there is nothing to observe yet.' }),
  flags: Type.Array(Type.String()),
});
const headers = Type.Object(
  { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: true },
);
const tags = ['ads'];
const search = {
  summary: 'Entries of the ad registry, newest first',
  tags,
  querystring: query({ ...AdFilter, ...paging }),
  response: { 200: pageBody(AdBody) },
};
const one = { summary: 'One entry', tags, params: ById, querystring: query({}), response: { 200: AdBody } };
const compliance = {
  summary: 'The clock of the registry: by local day and platform, what came in time, late, or never',
  tags,
  querystring: query({ platform: Type.Optional(Text(80)), from: Type.Optional(Day), to: Type.Optional(Day) }),
  response: {
    200: Type.Object({
      items: Type.Array(Type.Object({}, { additionalProperties: true })),
      gaps: Type.Array(
        Type.Object({
          source: Type.String(),
          id: Type.String(),
          from: Type.String(),
          to: Type.Optional(Type.String()),
          reason: Type.String(),
        }),
        { description: 'When the registry’s keeper did not observe: a low figure in that time is no finding.' },
      ),
    }),
  },
};
const submit = {
  summary: 'Enters an ad into the registry',
  tags,
  querystring: query({}),
  headers,
  body: Type.Object(
    {
      platformId: Text(80),
      adId: Text(200),
      kind: Text(20, 'PARTISAN or ELECTION.'),
      creativeSha256: Sha256,
      landingUrl: Type.Optional(Text(2_048)),
      text: Type.Optional(Text(20_000)),
      lang: Type.Optional(Text(16)),
      buyerKind: Text(40),
      buyerName: Text(500),
      buyerRef: Text(200),
      authoriserName: Type.Optional(Text(500)),
      firstDisplayedAt: Instant,
      lastDisplayedAt: Type.Optional(Instant),
      enteredAt: Type.Optional(
        Type.String({ format: 'date-time', description: 'Of the election administration alone; default now.' }),
      ),
      electionId: Text(80),
      ridings: Type.Optional(Type.Array(Text(200), { maxItems: 500 })),
    },
    closed,
  ),
  response: { 202: Entered },
};
const sight = {
  summary: 'Reports that an ad was seen; without an entry it is found missing when its local day ends',
  tags,
  querystring: query({}),
  headers,
  body: Type.Object(
    {
      platformId: Text(80),
      adId: Type.Optional(Text(200)),
      creativeSha256: Type.Optional(Sha256),
      landingUrl: Type.Optional(Text(2_048)),
      seenAt: Type.Optional(Instant),
      electionId: Text(80),
    },
    closed,
  ),
  response: { 202: Entered },
};
const arrange = {
  summary: 'Registers a foreign arrangement',
  tags,
  querystring: query({}),
  headers,
  body: Type.Object(
    {
      registrantRef: Text(200),
      principalCountry: Text(3, 'ISO 3166-1, three letters.'),
      principalName: Text(500),
      activities: Type.Array(Text(40), { minItems: 1, maxItems: 3 }),
      process: Text(1_000),
      enteredOn: Day,
      registeredOn: Day,
    },
    closed,
  ),
  response: { 202: Entered },
};
