// GET /v1/policy, /v1/schemas, /v1/schemas/{name}: the rules and the contract, read-only.
// Holds: cells and views beyond the caller's clearance of this moment are left out as if they did not exist, whichever version
// is asked for; what is answered of an older version is what its note stands for.

import { Type } from 'typebox';
import { cellsOf, clearanceDominates, print, type Clearance } from '@sitebus/marking';
import { isRefusal, newestOf, type Log, type PolicyArchive, type PolicyOutline } from '@sitebus/sdk';
import { failClosed, notFound } from '../errors.ts';
import { query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { statement } from '../release.ts';

/** Routes of policy and schemas. */
export const policyRoutes: Routes = async (app, { policy, policies, codec, log }) => {
  const subjects = [...new Set(codec.lock.entries.map(({ subject }) => subject))];

  app.get('/v1/policy', { schema: policySchema }, async (request) => {
    const { version = policy.version } = request.query;
    const [kept, versions] = await readKept(policies, version, log);
    const found = version === policy.version ? policy : kept;
    if (found === undefined) throw notFound({});
    return statement({
      ...shownTo(request.subject.held, found),
      ...(kept !== undefined && { signers: kept.signers, note: kept.note }),
      versions: [...new Set([...versions, policy.version])].sort((a, b) => a - b),
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

/** Of a policy, what concerns whoever holds the clearance, as it is at this moment. */
function shownTo(held: Clearance, { cells: all, views, agencies, homeNation, ...said }: PolicyOutline) {
  const cells = cellsOf(held, all);
  const known = new Set(cells.map(({ id }) => id));
  return {
    version: said.version,
    homeNation,
    nationGroups: said.nationGroups,
    cells: cells.map(({ id, rank, ceiling }) => ({ id, rank, ceiling: print(ceiling, { homeNation }) })),
    views: views.filter(({ clearance }) => clearanceDominates(held, clearance)).map(({ id, name }) => ({ id, name })),
    agencies: agencies.map(({ id, name, kind, cells: own }) => ({
      id,
      name,
      kind,
      cells: own.filter((cell) => known.has(cell)),
    })),
    writers: said.writers,
    detection: said.detection,
    vocabulary: said.vocabulary,
  };
}

/** A kept policy that is not what was signed is not shown: the refusal is logged, and the answer is fail-closed. */
async function readKept(policies: PolicyArchive, version: number, log: Log) {
  try {
    return await Promise.all([policies.read(version), policies.versions()]);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    log.error({ version, code: cause.code }, 'a kept policy is not what was signed');
    throw failClosed({ part: 'policy' });
  }
}

const common = { tags: ['policy'] };
const policySchema = {
  ...common,
  summary:
    'The policy in force, or an older version that was, as far as it concerns you; `note` is what its signers signed',
  querystring: query({ version: Type.Optional(Type.Integer({ minimum: 1 })) }),
  response: {
    200: Type.Object({
      version: Type.Integer(),
      versions: Type.Array(Type.Integer(), { description: 'All that can be asked for, lowest first.' }),
      signers: Type.Optional(Type.Array(Type.String())),
      note: Type.Optional(Type.String({ description: 'C2SP signed note over version and files.' })),
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
