// GET /v1/assessments, /v1/assessments/{id}, …/explain, /v1/redirects/{id}
// Holds: a hidden and an absent id take one path to one 404; every id ever issued resolves: to the assessment, to its
// survivor (307, the tombstone in the body), or to a closed tombstone; a named recipient who reads the issued version has opened
// it. Source: README.md#routes

import { Type } from 'typebox';
import { ASSESSMENT_ORDERS, highestFirst } from '../assessment-order.ts';
import type { AssessmentOrder } from '../assessment-order.ts';
import { notFound } from '../errors.ts';
import { AssessmentFilter, filterOf, matches } from '../filter.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { beginOpening, opensWithReply, unopenedVersionOf } from '../receipts/read-in-place.ts';
import { isWithheld, open as opened } from '../release.ts';
import type { StoredAssessment, StoredVersion } from '../read-model/model.ts';
import { AssessmentBody, ById, ExplanationBody } from '../shapes/bodies.ts';
import { explain } from '../explain.ts';
import type { Subject } from '../subject.ts';
import { correspondenceLink } from './correspondence.ts';
import { releaseVersion } from './history.ts';

/** Routes of assessments. */
export const assessmentRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view } = parts;

  app.get('/v1/assessments', { schema: list }, async (request, reply) => {
    const { subject } = request;
    const { sort = 'changed' } = request.query;
    const filter = filterOf(request.query);
    const ranks = new WeakMap<StoredAssessment, bigint>();
    return answerPage<StoredAssessment>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: 'assessments' },
      filter: sort === 'changed' ? filter : { ...filter, sort },
      from: (cursor) =>
        sort === 'changed'
          ? readModel.assessments(cursor)
          : highestFirst(readModel.assessments(), { sort, below: cursor, ranks, judge: (each) => monitor.judge(each, subject) }),
      keep: ({ body }) => matches(body, filter),
      positionOf: (record) => ({ atMs: record.atMs, id: record.id, offset: ranks.get(record) ?? 0n }),
    });
  }); // prettier-ignore

  app.get('/v1/assessments/:id', { schema: one, config: { etag: true } }, async (request, reply) => {
    const { id } = request.params;
    const { asOf } = request.query;
    if (asOf !== undefined) {
      const then = await releaseVersion(parts, request, id, (versions) => versionAt(versions, Date.parse(asOf)));
      if (isWithheld(then)) throw notFound({});
      return then;
    }
    const assessment = await readModel.assessment(id);
    const opens = openedBy(parts, assessment, request.subject);
    if (opens !== undefined) await beginOpening(parts.receipts, opens);
    const outcome = await monitor.release(assessment, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    if (opens !== undefined)
      opensWithReply(parts.receipts, opens, reply, { opened: opened(outcome), reader: request.subject });
    reply.header('link', correspondenceLink(id));
    if (assessment?.value.status === 'REDIRECTED' && request.query.follow !== false) {
      const [survivor] = (await redirectsOf(readModel, id)).slice(-1);
      if (survivor !== undefined && !isWithheld(monitor.judge(survivor, request.subject))) {
        const inView = request.query.view === undefined ? '' : `?view=${encodeURIComponent(view.id)}`;
        reply.code(307).headers({ location: `/v1/assessments/${survivor.id}${inView}`, 'cache-control': 'no-store' });
      }
    }
    return outcome;
  });

  app.get('/v1/assessments/:id/explain', { schema: explained, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const outcome = await monitor.release(await readModel.assessment(id), request.subject, id, explain);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.get('/v1/redirects/:id', { schema: redirects }, async (request) => {
    const { id } = request.params;
    const chain = await redirectsOf(readModel, id);
    const judged = chain
      .map((each) => monitor.judge(each, request.subject))
      .flatMap((each) => (isWithheld(each) ? [] : [each]));
    const [first] = judged;
    if (first?.record.id !== id) {
      await monitor.release(undefined, request.subject, id); // leaves the leaf that any absent id leaves
      throw notFound({});
    }
    return monitor.releaseAll(judged, request.subject, 'READ', () => ({
      chain: judged.map(({ record }) => record.id),
      resolvesTo: judged.at(-1)?.record.id,
    }));
  });
};

/** What its named recipient opens by reading it here: the version that is shown, never a tombstone. */
function openedBy({ receipts, monitor }: GatewayParts, assessment: StoredAssessment | undefined, subject: Subject) {
  if (assessment === undefined || assessment.value.status === 'REDIRECTED') return undefined;
  const unopened = unopenedVersionOf(receipts, assessment.id, assessment.value.version, subject);
  return unopened === undefined || isWithheld(monitor.judge(assessment, subject)) ? undefined : unopened;
}

/** The version that could be read at the time: the newest that was on the bus by then. */
function versionAt(versions: readonly StoredVersion[], atMs: number): StoredVersion | undefined {
  return versions.filter((version) => version.atMs <= atMs).at(-1);
}

/** @returns the assessment and what it was merged into, one after the other; ends at a live or closed one. */
async function redirectsOf(readModel: GatewayParts['readModel'], id: string): Promise<readonly StoredAssessment[]> {
  const chain: StoredAssessment[] = [];
  for (let next: string | null = id; next !== null && chain.length < MAX_CHAIN;) {
    const assessment: StoredAssessment | undefined = await readModel.assessment(next);
    if (assessment === undefined || chain.some((each) => each.id === assessment.id)) break;
    chain.push(assessment);
    next = assessment.value.status === 'REDIRECTED' ? assessment.value.redirectTo : null;
  }
  return chain;
}

/** Fusion compresses chains; longer ones can only be a defect. */
const MAX_CHAIN = 100;

const list = {
  summary: 'Assessments, the most recently changed first, or as `sort` says',
  tags: ['assessments'],
  querystring: query({
    ...AssessmentFilter,
    sort: Type.Optional(
      Type.Unsafe<AssessmentOrder>({
        type: 'string',
        enum: [...ASSESSMENT_ORDERS],
        description: 'What the highest or latest of comes first; default `changed`.',
      }),
    ),
    ...paging,
  }),
  response: { 200: pageBody(AssessmentBody) },
};
const one = {
  summary: 'One assessment; a merged one answers 307 with its tombstone',
  tags: ['assessments'],
  params: ById,
  querystring: query({
    asOf: Type.Optional(
      Type.String({ format: 'date-time', description: 'As it could be read then: 200, never followed.' }),
    ),
    follow: Type.Optional(Type.Boolean({ description: 'false: the tombstone itself, with 200.' })),
  }),
  response: { 200: AssessmentBody, 307: AssessmentBody },
};
const explained = {
  summary: 'Why it is linked, and why this likely',
  tags: ['assessments'],
  params: ById,
  querystring: query({}),
  response: { 200: ExplanationBody },
};
const redirects = {
  summary: 'What an id resolves to',
  tags: ['assessments'],
  params: ById,
  querystring: query({}),
  response: { 200: Type.Object({ chain: Type.Array(Type.String()), resolvesTo: Type.String() }) },
};
