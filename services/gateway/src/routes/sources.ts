// GET /v1/sources, /v1/sources/{id}, POST /v1/sources/{id}/gaps: what has been heard from whom, who is silent, and what an agency
// says that it did not observe.
// Holds: figures count only records the view's own clearance dominates, and are released under the join of those; a gap is an
// observation of the agency itself, at the ceiling of its cell, written by its own service. Source: README.md#sources

import { cellsOf } from '@sitebus/marking';
import { toWire } from '@sitebus/sdk';
import { Type } from 'typebox';
import type { JudgedObservation } from '../current-records.ts';
import { invalidBody, notFound, notYours } from '../errors.ts';
import { createTurns, query, pageBody } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { Body } from '../redact.ts';
import type { StoredSource } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import { ById, SourceBody } from '../shapes/bodies.ts';
import { gapsBySource, sourceIdOf } from '../source-gaps.ts';
import type { Subject } from '../subject.ts';
import { absent, Accepted, envelopeAt, written } from './own-records.ts';

/** Routes of sources. */
export const sourceRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, policy, clock } = parts;

  app.get('/v1/sources', { schema: list }, async ({ subject }) => {
    const sources = await readModel.sources();
    const judged = sources.map((each) => monitor.judge(each, subject)).flatMap((each) => (isWithheld(each) ? [] : [each]));
    const gaps = await declaredGaps(parts, subject);
    return monitor.releaseAll([...judged, ...gaps], subject, 'LIST', (bodies) => ({
      items: bodies.slice(0, judged.length).map((body) => withGaps(body, gaps)),
    }));
  });

  app.get('/v1/sources/:id', { schema: one, config: { etag: true } }, async ({ params: { id }, subject }) => {
    const source = (await readModel.sources()).find((each) => each.id === id);
    const judged = monitor.judge(source, subject);
    if (isWithheld(judged)) {
      await monitor.release(undefined, subject, id); // leaves the leaf that any absent id leaves
      throw notFound({});
    }
    const gaps = (await declaredGaps(parts, subject)).filter((each) => sourceIdOf(each) === id);
    return monitor.releaseAll([judged, ...gaps], subject, 'READ', ([body]) => withGaps(body ?? {}, gaps));
  });

  app.post('/v1/sources/:id/gaps', { schema: declare }, async (request, reply) => {
    const { id } = request.params;
    const { from, to, reason } = request.body;
    if (to !== undefined && Date.parse(to) <= Date.parse(from))
      throw invalidBody({ errors: [{ pointer: '/to', code: 'ENDS_BEFORE_BEGIN', detail: 'a gap ends after it begins' }] });
    const cell = cellIn(parts, request.subject, id);
    if (cell === undefined) {
      const seen = (await readModel.sources()).find((each) => each.id === id);
      if (seen !== undefined && !isWithheld(monitor.judge(seen, request.subject))) throw notYours({});
      return absent(parts, request, id);
    }
    const answer = await written(parts, request, reply, {
      type: 'SourceGap',
      envelope: envelopeAt(clock.now(), toWire(cell.ceiling)),
      from: Date.parse(from),
      to: to === undefined ? null : Date.parse(to),
      reason,
    });
    reply.code(201);
    return answer;
  });

  /** The cell of the caller's own source, where they may write in this view. */
  function cellIn({ view }: GatewayParts, subject: Subject, id: string) {
    const { agency, mayEnter } = subject;
    if (agency === undefined || !mayEnter) return undefined;
    const own = policy.agencies.find((each) => each.id === agency)?.cells ?? [];
    return cellsOf(view.clearance, policy.cells).find((cell) => own.includes(cell.id) && id === `${cell.id}.${agency}`);
  }
}; // prettier-ignore

/** Every gap that the caller sees, in no particular order. */
async function declaredGaps({ readModel, monitor }: GatewayParts, subject: Subject): Promise<readonly JudgedObservation[]> {
  const turn = createTurns();
  const found: JudgedObservation[] = [];
  for await (const record of readModel.ofType('SourceGap')) {
    await turn();
    const judged = monitor.judge(record, subject);
    if (!isWithheld(judged)) found.push({ ...judged, record });
  }
  return found;
} // prettier-ignore

function withGaps(source: Body, gaps: readonly JudgedObservation[]): Body {
  const own = gapsBySource(gaps).get(String((source as { id?: StoredSource['id'] }).id)) ?? [];
  return { ...source, gaps: own as unknown as Body[string] };
}

const Instant = Type.String({ format: 'date-time' });
const list = {
  summary: 'Sources and their freshness, with the gaps that they declared',
  tags: ['sources'],
  querystring: query({}),
  response: { 200: pageBody(SourceBody) },
};
const one = {
  summary: 'One source and its freshness, with the gaps that it declared',
  tags: ['sources'],
  params: ById,
  querystring: query({}),
  response: { 200: SourceBody },
};
const declare = {
  summary: 'Says that your agency did not observe in a cell for a while: its silence in that time means nothing',
  tags: ['sources'],
  params: ById,
  querystring: query({}),
  headers: Type.Object({ 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) }, { additionalProperties: true }),
  body: Type.Object(
    {
      from: Instant,
      to: Type.Optional(Type.String({ format: 'date-time', description: 'Exclusive; without it the gap lasts until it is superseded.' })),
      reason: Type.String({ minLength: 1, maxLength: 1_000, pattern: '\\S' }),
    },
    { additionalProperties: false },
  ),
  response: { 201: Accepted },
}; // prettier-ignore
