// GET /v1/policy, /v1/schemas, /v1/schemas/{name}: the rules and the contract, read-only.
// Holds: cells and views beyond the caller's clearance are left out as if they did not exist.

import { Type } from 'typebox';
import { cellsOf, clearanceDominates, print } from '@sitebus/marking';
import { newestOf } from '@sitebus/sdk';
import { notFound } from '../errors.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';

/** Routes of policy and schemas. */
export const policyRoutes: Routes = async (app, { policy, codec }) => {
  const subjects = [...new Set(codec.lock.entries.map(({ subject }) => subject))];

  app.get('/v1/policy', { schema: policySchema }, async (request) => {
    const { version } = request.query;
    if (version !== undefined && version !== policy.version) throw notFound({});
    const { held } = request.subject;
    const cells = cellsOf(held, policy.cells);
    const known = new Set(cells.map(({ id }) => id));
    return statement({
      version: policy.version,
      homeNation: policy.homeNation,
      nationGroups: policy.nationGroups,
      cells: cells.map(({ id, rank, ceiling }) => ({
        id,
        rank,
        ceiling: print(ceiling, { homeNation: policy.homeNation }),
      })),
      views: policy.views
        .filter(({ clearance }) => clearanceDominates(held, clearance))
        .map(({ id, name }) => ({ id, name })),
      agencies: policy.agencies.map(({ id, name, kind, cells: own }) => ({
        id,
        name,
        kind,
        cells: own.filter((cell) => known.has(cell)),
      })),
      writers: policy.writers,
      detection: policy.detection,
      vocabulary: policy.vocabulary,
    });
  });

  app.get('/v1/schemas', { schema: schemasSchema }, async () =>
    statement({
      items: subjects.map((subject) => {
        const { id, version, sha256 } = newestOf(codec.lock, subject) ?? { id: 0, version: 0, sha256: '' };
        return { name: subject, id, version, sha256 };
      }),
    }),
  );

  app.get('/v1/schemas/:name', { schema: schemaSchema }, async (request) => {
    const locked = newestOf(codec.lock, request.params.name);
    if (locked === undefined) throw notFound({});
    const { subject: name, id, version, sha256, schema, features } = locked;
    return statement({ name, id, version, sha256, schema: JSON.parse(schema) as unknown, features });
  });
};

const common = { tags: ['policy'] };
const policySchema = {
  ...common,
  summary: 'The policy in force, as far as it concerns you',
  querystring: query({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
  response: {
    200: Type.Object({
      version: Type.Integer(),
      homeNation: Type.String(),
      cells: Type.Array(Type.Object({ id: Type.String(), rank: Type.Integer(), ceiling: Type.String() })),
      views: Type.Array(Type.Object({ id: Type.String() })),
      agencies: Type.Array(Type.Object({ id: Type.String(), cells: Type.Array(Type.String()) })),
    }),
  },
};
const SchemaEntry = { name: Type.String(), id: Type.Integer(), version: Type.Integer(), sha256: Type.String() };
const schemasSchema = {
  ...common,
  summary: 'Record types and their versions',
  querystring: query({}),
  response: { 200: Type.Object({ items: Type.Array(Type.Object(SchemaEntry)) }) },
};
const schemaSchema = {
  ...common,
  summary: 'One record type: its Avro schema and features',
  params: Type.Object({ name: Type.String() }),
  querystring: query({}),
  response: {
    200: Type.Object({
      ...SchemaEntry,
      schema: Type.Object({}),
      features: Type.Array(Type.Object({ path: Type.String(), kind: Type.String() })),
    }),
  },
};
