// GET /v1/assessments/{id}/graph: an assessment, its members and what links them, at most 300 nodes.
// Holds: a member counts once the reader is found to see its record; what is shown is released under one leaf; never silently
// less: shown and total stand beside it, and largest weight comes first. Source: README.md#graph

import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import { egoGraph } from '../graph/ego-graph.ts';
import type { GraphMember, GraphNode, GraphSource } from '../graph/ego-graph.ts';
import { instantIn, objectIn, textIn } from '../body-fields.ts';
import { createTurns, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { Assessment } from '@sitebus/sdk';
import type { StoredObservation } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import { isWithheld } from '../release.ts';
import type { Judged } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { absent } from './own-records.ts';

const MAX_NODES = 300;

/** The route of graphs. */
export const graphRoutes: Routes = async (app, parts) => {
  const { readModel, monitor } = parts;

  app.get('/v1/assessments/:id/graph', { schema: graph }, async (request) => {
    const { id } = request.params;
    const { subject } = request;
    const { depth = 1, limit = MAX_NODES } = request.query;
    const assessment = await readModel.assessment(id);
    const root = monitor.judge(assessment, subject);
    if (assessment === undefined || isWithheld(root)) return absent(parts, request, id);
    const members = await visibleMembers(parts, request, assessment.value);
    const made = egoGraph(root.body as unknown as GraphSource, [...members.values()], {
      depth: depth === 2 ? 2 : 1,
      limit,
    });
    const judged = new Map<string, Judged>();
    for (const { id: shown } of made.nodes) {
      const record = members.get(shown)?.record;
      const outcome = record === undefined ? undefined : monitor.judge(record, subject);
      if (outcome !== undefined && !isWithheld(outcome)) judged.set(shown, outcome);
    }
    return monitor.releaseAll([root, ...judged.values()], subject, 'LIST', ([rootBody, ...bodies]) => {
      const bodyOf = new Map([...judged.keys()].map((shown, at) => [shown, bodies[at]]));
      return {
        root: rootNode(rootBody as Body),
        nodes: made.nodes.map((node) => nodeBody(node, bodyOf.get(node.id))),
        edges: made.edges,
        shown: made.nodes.length,
        total: made.total,
        edgesShown: made.edges.length,
        edgesTotal: made.edgeTotal,
      };
    });
  });
};

interface VisibleMember extends GraphMember {
  readonly record: StoredObservation;
}

/** Members whose record the reader sees and the question asks for, by id. */
async function visibleMembers(
  { readModel, monitor }: GatewayParts,
  request: FastifyRequest,
  { members }: Assessment,
): Promise<ReadonlyMap<string, VisibleMember>> {
  const { types, from, to } = request.query as { types?: string; from?: string; to?: string };
  const wanted = types?.split(',').map((type) => type.trim());
  const found = new Map<string, VisibleMember>();
  const turn = createTurns();
  for (const { id, agency, type, observedAt } of members) {
    await turn();
    if (wanted?.includes(type) === false) continue;
    if (from !== undefined && observedAt < Date.parse(from)) continue;
    if (to !== undefined && observedAt >= Date.parse(to)) continue;
    const record = (await readModel.observation(id)).find(
      (each) => each.agency === agency && !isWithheld(monitor.judge(each, request.subject)),
    );
    if (record === undefined) continue;
    found.set(id, { id, record, values: new Set(record.features.map(({ kind, value }) => `${kind} ${value}`)) });
  }
  return found;
}

function rootNode(body: Body) {
  const { id, view, version, status, redirectTo, headline, marking } = body;
  return { id, kind: 'assessment', view, version, status, ...(redirectTo !== undefined && { redirectTo }), headline, marking }; // prettier-ignore
}

/** A recalled record has status and marking alone. */
function nodeBody(node: GraphNode, body: Body | undefined) {
  if (body === undefined) return node;
  const envelope = objectIn(body, 'envelope');
  const report = objectIn(body, 'report');
  return {
    ...node,
    status: textIn(body, 'status'),
    ...(body['type'] !== undefined && { type: textIn(body, 'type'), agency: textIn(envelope, 'agency') }),
    ...(!Number.isNaN(instantIn(envelope, 'observedAt')) && { observedAt: textIn(envelope, 'observedAt') }),
    ...(report['title'] !== undefined && { title: textIn(report, 'title'), category: textIn(report, 'category') }),
    marking: body.marking,
  };
}

const Node = Type.Object(
  {
    id: Type.String(),
    kind: Type.String({ description: 'observation or value.' }),
    weightMicro: Type.Integer(),
    more: Type.Integer({ description: 'Neighbours that are not shown.' }),
    marking: Type.Optional(MarkingBody),
  },
  { additionalProperties: true },
);
const graph = {
  summary: 'An assessment, its members and what links them, largest weight first',
  tags: ['assessments'],
  params: ById,
  querystring: query({
    depth: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 2, description: '2: the values they have in common too.' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_NODES })),
    types: Type.Optional(Type.String({ maxLength: 400, description: 'Record types, with commas between.' })),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Observed at or after this time.' })),
    to: Type.Optional(Type.String({ format: 'date-time', description: 'Observed before this time.' })),
  }),
  response: {
    200: Type.Object({
      root: Type.Object({ id: Type.String(), marking: MarkingBody }, { additionalProperties: true }),
      nodes: Type.Array(Node),
      edges: Type.Array(
        Type.Object(
          { a: Type.String(), b: Type.String(), kind: Type.String(), weightMicro: Type.Integer() },
          { additionalProperties: true },
        ),
      ),
      shown: Type.Integer(),
      total: Type.Integer({ description: 'Nodes beside the root that this reader could be shown.' }),
      edgesShown: Type.Integer(),
      edgesTotal: Type.Integer({ description: 'Between the nodes that are shown.' }),
    }),
  },
};
