// /v1/research: projects, agreements, data sets, outputs, files; the catalogue for everybody.
// Holds: whoever is not at arm's length gets the one 404 before anything is looked up or read; the room judges again; a file
// goes out under the leaf that holds its hash. Source: services/research README.md

import { isAtArmsLength, RESEARCH_COMMANDS } from '@sitebus/kit';
import type { ResearchFile, ResearchItem, ResearchPort } from '@sitebus/kit';
import { fromWire, toWire } from '@sitebus/sdk';
import type { WireMarking } from '@sitebus/sdk';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TObject, TProperties } from 'typebox';
import type { JsonObject } from '../avro-json.ts';
import { failClosed, notFound } from '../errors.ts';
import { pageBody, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredDisclosure } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import type { Released } from '../release.ts';
import { problemOfResearch } from '../research-refusal.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import type { Subject } from '../subject.ts';

/** Routes of the research room. */
export const researchRoutes: Routes = async (app, parts) => {
  app.get('/v1/research/catalogue', { schema: catalogue }, async (request) => {
    const found = await asked(parts, (room) => room.catalogue(parts.view.id));
    return listOf(parts, found, request.subject);
  });
  await app.register(researcherRoutes, parts); // of their own, so that nothing else passes their hook
};

const researcherRoutes: Routes = async (own, parts) => {
  const { monitor, view, policy, idempotency } = parts;
  own.addHook('preParsing', async (request) => {
    const { subject } = request;
    if (subject.mayEnter && isAtArmsLength(subject, policy)) return;
    const { id } = request.params as { readonly id?: string };
    await monitor.release(undefined, subject, id ?? 'research');
    throw notFound({});
  });

  for (const [what, { path, summary }] of Object.entries(ADDED))
    own.post(path, { schema: adding(what as Added, summary) }, async (request, reply) => {
      const kept = await once(request, path, () =>
        asked(parts, (room) => room.add(what as Added, request.body, callerOf(request))),
      );
      if (kept.replayed) reply.header('idempotency-replayed', 'true');
      reply.code(201).header('location', locationOf(kept.item));
      return released(kept.item, request.subject);
    });

  for (const kind of ['project', 'dataset'] as const)
    own.get(`/v1/research/${kind}s`, { schema: listing(kind) }, async (request) =>
      listOf(parts, await asked(parts, (room) => room.list(kind, callerOf(request))), request.subject),
    );

  own.get('/v1/research/datasets/:id', { schema: one }, async (request) => {
    const { id } = request.params;
    const item = await asked(parts, (room) => room.find('dataset', id, callerOf(request)));
    const outcome = await monitor.release(item === undefined ? undefined : toStored(item), request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  for (const [name, { summary }] of Object.entries(COMMANDS))
      own.post(`/v1/research/datasets/:id/${name}`, { schema: commanding(name as Commanded, summary) }, async (request, reply) => {
        const { id } = request.params as { readonly id: string };
        const kept = await once(request, `/v1/research/datasets/${id}/${name}`, () =>
          asked(parts, (room) => room.command(id, name as Commanded, request.body, callerOf(request))),
        );
        if (kept.replayed) reply.header('idempotency-replayed', 'true');
        const { format, dryRun } = request.body as { readonly format?: string; readonly dryRun?: boolean };
        if (name === 'export' && dryRun !== true)
          reply.code(202).header('location', `/v1/research/datasets/${id}/file?format=${format ?? ''}`);
        return released(kept.item, request.subject);
      }); // prettier-ignore

  own.get('/v1/research/datasets/:id/file', { schema: file, config: { produces: FILE_TYPE } }, async (request, reply) => {
      const { id } = request.params;
      const { format } = request.query;
      // Judged before the room is asked: what cannot be released must not be put down as sent.
      const item = await asked(parts, (room) => room.find('dataset', id, callerOf(request)));
      if (item === undefined || isWithheld(monitor.judge(toStored(item), request.subject))) {
        await monitor.release(undefined, request.subject, id);
        throw notFound({});
      }
      const found = await asked(parts, (room) => room.file(id, format, callerOf(request)));
      const outcome = await monitor.release(toStored(found), request.subject, id, () => Buffer.from(found.bytes));
      if (isWithheld(outcome)) throw notFound({});
      reply
        .type(FILE_TYPE)
        .header('content-disposition', `attachment; filename="${found.fileName}"`)
        .serializer(asItIs);
      return outcome;
    }); // prettier-ignore

  const callerOf = ({ subject }: FastifyRequest) => ({ person: subject.person, view: view.id });

  async function released(item: ResearchItem, subject: Subject): Promise<Released<unknown>> {
    const outcome = await monitor.release(toStored(item), subject, item.id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  }

  /** The same key asks once. */
  async function once(
    request: FastifyRequest,
    path: string,
    ask: () => Promise<ResearchItem>,
  ): Promise<{ readonly item: ResearchItem; readonly replayed: boolean }> {
    const header = request.headers['idempotency-key'];
    const key = Array.isArray(header) ? header.join() : header;
    const { answer, replayed } = await idempotency.once<Kept>(
      { scope: `${request.subject.person} POST ${path}`, key, body: request.body },
      async () => toKept(await ask()),
    );
    return { item: fromKept(answer), replayed };
  }
};

/** Fastify writes a buffer as it is, and types its serialisers for text. */
const asItIs = ((bytes: Buffer) => bytes) as unknown as (bytes: unknown) => string;

type Added = 'project' | 'agreement' | 'dataset' | 'output';
type Commanded = keyof (typeof RESEARCH_COMMANDS)['datasets'];

const FILE_TYPE = 'application/octet-stream';

const ADDED: Readonly<Record<Added, { readonly path: string; readonly summary: string }>> = {
  project: { path: '/v1/research/projects', summary: 'Registers a project in this view' },
  agreement: { path: '/v1/research/agreements', summary: 'Signs the agreement of a project, once' },
  dataset: { path: '/v1/research/datasets', summary: 'Defines a data set' },
  output: { path: '/v1/research/outputs', summary: 'Registers an output, which is public at once' },
};
const COMMANDS: Readonly<Record<Commanded, { readonly summary: string }>> = {
  collect: { summary: 'Begins an edition, inside the window' },
  freeze: { summary: 'Makes the rows and destroys the key' },
  export: { summary: 'Makes the file, or with dryRun says what it would be' },
  retract: { summary: 'Takes the data set back from everybody who has it' },
  acknowledge: { summary: 'Takes note that it was taken back' },
};

/** As it may be kept: nothing but JSON. */
interface Kept extends Omit<ResearchItem, 'marking'> {
  readonly wire: WireMarking;
}

function toKept({ kind, id, marking, atMs, body }: ResearchItem): Kept {
  return { kind, id, atMs, body, wire: toWire(marking) };
}

function fromKept({ wire, ...rest }: Kept): ResearchItem {
  return { ...rest, marking: fromWire(wire) };
}

function toStored({ id, marking, atMs, body }: ResearchItem | ResearchFile): StoredDisclosure {
  return { kind: 'disclosure', id, marking, atMs, value: body as JsonObject }; // the port's promise
}

function locationOf({ kind, id }: ResearchItem): string {
  return kind === 'dataset' ? `/v1/research/datasets/${id}` : '/v1/research/projects';
}

/** Asks the room. Throws `fail-closed` where there is none, and its refusals as problems. */
async function asked<T>({ research }: GatewayParts, ask: (room: ResearchPort) => Promise<T>): Promise<T> {
  if (research === undefined) throw failClosed({ part: 'research' });
  return ask(research).catch((cause: unknown) => {
    throw problemOfResearch(cause);
  });
}

async function listOf({ monitor }: GatewayParts, items: readonly ResearchItem[], subject: Subject) {
  const judged = items
    .map((item) => monitor.judge(toStored(item), subject))
    .flatMap((each) => (isWithheld(each) ? [] : [each]));
  return monitor.releaseAll(judged, subject, 'LIST', (bodies) => ({ items: bodies }));
}

const tags = ['research'];
const key = { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) };
const headers = Type.Object(key, { additionalProperties: true });
const Title = Type.Object({ en: Type.String(), fr: Type.String() });
const Window = Type.Object({ from: Type.String(), to: Type.String() });
const shown = (more: TProperties): TObject =>
  Type.Object({ id: Type.String(), marking: MarkingBody, ...more }, { additionalProperties: true });
const ProjectShown = shown({ title: Title, window: Window, outputs: Type.Array(Type.Unknown()) });
const DatasetShown = shown({ project: Type.String(), state: Type.String(), possible: Type.Array(Type.String()) });

const catalogue = {
  summary: 'Projects, their windows and their published outputs',
  tags,
  querystring: query({}),
  response: { 200: pageBody(ProjectShown) },
};
const one = {
  summary: 'A data set of yours',
  tags,
  params: ById,
  querystring: query({}),
  response: { 200: DatasetShown },
};
const file = {
  summary: 'The file of a data set of yours, after its export',
  tags,
  produces: [FILE_TYPE],
  params: ById,
  querystring: query({ format: Type.Union([Type.Literal('csv'), Type.Literal('parquet')]) }),
  response: { 200: Type.String({ format: 'binary' }) },
};

function listing(kind: 'project' | 'dataset') {
  const body = kind === 'project' ? ProjectShown : DatasetShown;
  return {
    summary: `Your ${kind}s, newest first`,
    tags,
    querystring: query({}),
    response: { 200: pageBody(body) },
  };
}

function adding(what: Added, summary: string) {
  const body = what === 'dataset' ? DatasetShown : ProjectShown;
  return {
    summary,
    tags,
    querystring: query({}),
    headers,
    body: RESEARCH_COMMANDS[what],
    response: { 201: body },
  };
}

function commanding(name: Commanded, summary: string) {
  return {
    summary,
    tags,
    params: ById,
    querystring: query({}),
    headers,
    body: RESEARCH_COMMANDS.datasets[name],
    response: { 200: DatasetShown, ...(name === 'export' ? { 202: DatasetShown } : {}) },
  };
}
