// GET /v1/assessments/{id}/history and …/history/{n}: every version, what changed and why; one version whole.
// Holds: a version is judged by its own marking, what changed by that of both versions; what was recalled since is not told again;
// hidden and absent take one path to one 404. Source: README.md#history

import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { joinAll } from '@sitebus/marking';
import type { JsonObject } from '../avro-json.ts';
import { notFound } from '../errors.ts';
import { withoutWithdrawn } from '../history/withdrawn.ts';
import { answerPage, createTurns, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredAssessment, StoredMatter, StoredVersion } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import type { Released, Withheld } from '../release.ts';
import type { Body } from '../redact.ts';
import { AssessmentBody, ById, MarkingBody } from '../shapes/bodies.ts';
import { absent } from './own-records.ts';

/** Routes of an assessment's versions. */
export const historyRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view } = parts;

  app.get('/v1/assessments/:id/history', { schema: list }, async (request, reply) => {
    const { id } = request.params;
    const { subject } = request;
    if (isWithheld(monitor.judge(await readModel.assessment(id), subject))) return absent(parts, request, id);
    const versions = await readModel.versions(id);
    return answerPage<StoredMatter>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: 'history' },
      filter: { id },
      from: (cursor) => newestFirst(parts, request, versions, cursor === undefined ? undefined : Number(cursor.offset)),
      keep: () => true,
      positionOf: ({ atMs, value }) => ({ atMs, id, offset: BigInt(value['version'] as number) }),
    });
  });

  app.get('/v1/assessments/:id/history/:n', { schema: one, config: { etag: true } }, async (request) => {
    const { id, n } = request.params;
    const outcome = await releaseVersion(parts, request, id, (versions) =>
      versions.find(({ facts }) => facts.version === n),
    );
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });
};

/**
 * Releases one of the versions of an assessment, whole but for what was recalled since. Leaves the denial of an absent id where
 * there is none, or where the reader sees neither it nor the assessment as it is now.
 */
export async function releaseVersion(
  parts: GatewayParts,
  request: FastifyRequest,
  id: string,
  choose: (versions: readonly StoredVersion[]) => StoredVersion | undefined,
): Promise<Released<Body> | Withheld> {
  const { readModel, monitor } = parts;
  const { subject } = request;
  const seesNow = !isWithheld(monitor.judge(await readModel.assessment(id), subject));
  const chosen = seesNow ? choose(await readModel.versions(id)) : undefined;
  const version = chosen === undefined ? undefined : await readModel.assessmentVersion(id, chosen.facts.version);
  const recalled = version === undefined ? new Set<string>() : await recalledMembers(parts, request, version);
  return monitor.release(version, subject, id, (body) => withoutWithdrawn(body, recalled));
}

/** Members whose record the reader sees as recalled. */
async function recalledMembers(
  { readModel, monitor }: GatewayParts,
  { subject }: FastifyRequest,
  { value }: StoredAssessment,
): Promise<ReadonlySet<string>> {
  const recalled = new Set<string>();
  const turn = createTurns();
  for (const { id, agency } of value.members) {
    await turn();
    for (const record of await readModel.observation(id)) {
      const judged = record.agency === agency ? monitor.judge(record, subject) : undefined;
      if (judged !== undefined && !isWithheld(judged) && judged.body['status'] === 'RECALLED') recalled.add(id);
    }
  }
  return recalled;
}

async function* newestFirst(
  parts: GatewayParts,
  request: FastifyRequest,
  versions: readonly StoredVersion[],
  below: number | undefined,
): AsyncGenerator<StoredMatter> {
  for (const version of [...versions].reverse())
    if (below === undefined || version.facts.version < below) yield await toMatter(parts, request, version);
}

/** A line of the history; what changed is a part of its own, marked as both versions together. */
async function toMatter(parts: GatewayParts, request: FastifyRequest, version: StoredVersion): Promise<StoredMatter> {
  const { id, atMs, assessedAtMs, marking, facts, change } = version;
  const left = change === undefined ? [] : await reasonsOfLeaving(parts, request, change.changed);
  return {
    kind: 'matter',
    id,
    atMs,
    marking,
    value: {
      ...facts,
      likelihood: { ...facts.likelihood },
      at: new Date(atMs).toISOString(),
      assessedAt: new Date(assessedAtMs).toISOString(),
      ...(change === undefined && { causes: [facts.version === 1 ? 'FIRST' : 'EARLIEST_KEPT'] }),
    },
    parts:
      change === undefined
        ? []
        : [
            {
              name: 'change',
              marking: joinAll([change.before, marking]),
              value: { causes: change.causes, ...change.changed, ...(left.length > 0 && { left }) },
            },
          ],
  };
}

/** Why members left: recalled, or superseded, as this reader sees it now; else they were separated from the rest. */
async function reasonsOfLeaving(
  { readModel, monitor }: GatewayParts,
  { subject }: FastifyRequest,
  changed: JsonObject,
): Promise<readonly JsonObject[]> {
  const { removed = [] } = (changed['members'] ?? {}) as {
    readonly removed?: readonly { id: string; agency: string }[];
  };
  const reasons: JsonObject[] = [];
  for (const { id, agency } of removed) {
    const judged = (await readModel.observation(id))
      .filter((record) => record.agency === agency)
      .map((record) => monitor.judge(record, subject))
      .flatMap((each) => (isWithheld(each) ? [] : [each]));
    const status = judged[0]?.body['status'];
    reasons.push({ id, agency, why: status === 'RECALLED' || status === 'SUPERSEDED' ? status : 'SEPARATED' });
  }
  return reasons;
}

const tags = ['assessments'];
const VersionBody = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer(),
    status: Type.String(),
    at: Type.String({ description: 'When it came onto the bus, from which time on it could be read.' }),
    assessedAt: Type.String(),
    members: Type.Integer(),
    confidence: Type.String(),
    severity: Type.Integer(),
    marking: MarkingBody,
    causes: Type.Optional(Type.Array(Type.String(), { description: 'Of the first version there is.' })),
    change: Type.Optional(
      Type.Object(
        { causes: Type.Array(Type.String()), marking: MarkingBody },
        { additionalProperties: true, description: 'From the version before: field by field what came, what went.' },
      ),
    ),
  },
  { additionalProperties: true },
);
const list = {
  summary: 'Every version, newest first: what changed and why',
  tags,
  params: ById,
  querystring: query({ ...paging }),
  response: { 200: pageBody(VersionBody) },
};
const one = {
  summary: 'One version whole, as it was written, without what was recalled since',
  tags,
  params: Type.Object({ id: Type.String(), n: Type.Integer({ minimum: 1 }) }),
  querystring: query({}),
  response: { 200: AssessmentBody },
};
