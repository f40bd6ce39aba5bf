// What everything that protocol decides has in common at the door: opened, listed, read as it stands or stood, and moved on by
// commands.
// Holds: nothing is decided here: protocol judges; a matter that the reader does not see is not there, and leaves the leaf of
// any absent id; parts are shown to whoever sees them. Source: README.md#matters

import type { Matter, ProtocolPort } from '@sitebus/kit';
import { fromWire, toWire } from '@sitebus/sdk';
import type { WireMarking } from '@sitebus/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TObject, TProperties, TSchema } from 'typebox';
import type { JsonObject } from '../avro-json.ts';
import { judgesWhatWasRead } from '../conditions.ts';
import { badRequest, failClosed, notAcceptable, notFound } from '../errors.ts';
import { mustMatch } from '../etag.ts';
import { problemOfGuard } from '../guard-refusal.ts';
import { accepts, preferred } from '../negotiate.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredMatter } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import { beginOpening, isThatVersion, opensWithReply, unopenedOf } from '../receipts/read-in-place.ts';
import { isWithheld, open as opened } from '../release.ts';
import type { Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import type { Subject } from '../subject.ts';
import { correspondenceLink } from './correspondence.ts';
import { keyOf } from './disclosures.ts';

/** One command of a kind. */
export interface MatterCommandRoute {
  readonly summary: string;
  readonly body: TObject;
  /** True: it may be sent without a body. */
  readonly needsNoBody?: boolean;
}

/** One kind: where its routes are, and what is shown. */
export interface MatterRoutes {
  readonly kind: string;
  /** `/v1/cases`. */
  readonly path: string;
  readonly summaries: { readonly open?: string; readonly list: string; readonly one: string };
  /** What opens one; absent: nobody opens one over HTTP. */
  readonly open?: TObject;
  /** Properties that are shown beside id, marking and state; parts are optional ones, objects with a marking. */
  readonly shown: TProperties;
  readonly commands: Readonly<Record<string, MatterCommandRoute>>;
  /** True: `?asOf=` answers as it stood then. */
  readonly hasPast?: boolean;
  /** True for what is issued to people: where its questions and feedback are is said in a header. */
  readonly isProduct?: boolean;
  /** What one is also answered as, by media type, where a reader who asks for it as it stands likes that best. */
  readonly alsoAs?: Readonly<
    Record<string, (request: FastifyRequest, reply: FastifyReply) => Promise<Released<unknown>>>
  >;
  /** What the path names, where that is not the id itself; undefined where nothing has that name. */
  readonly idNamed?: (name: string, subject: Subject) => Promise<string | undefined>;
}

/** Adds the routes of a kind. */
export function addMatterRoutes(app: Parameters<Routes>[0], parts: GatewayParts, routes: MatterRoutes): void {
  const { monitor, cursors, idempotency, view } = parts;
  const { kind, path, commands, open } = routes;
  const schemas = schemasOf(routes);
  const idOf = async (name: string, subject: Subject): Promise<string> =>
    (routes.idNamed === undefined ? name : await routes.idNamed(name, subject)) ?? name;

  if (open !== undefined)
    app.post(path, { schema: schemas.open(open) }, async (request, reply) => {
      const { subject } = request;
      const { answer, replayed } = await idempotency.once<Kept>(
        { scope: `${subject.person} POST ${path}`, key: keyOf(request), body: request.body },
        async () => toKept(await askProtocol(parts, (protocol) => protocol.open(kind, request.body, callerOf(parts, subject)))), // prettier-ignore
      );
      if (replayed) reply.header('idempotency-replayed', 'true');
      const released = await releaseMatter(parts, fromKept(answer), subject);
      reply.code(201).header('location', `${path}/${answer.id}`);
      return released;
    });

  app.get(path, { schema: schemas.list }, async (request, reply) => {
    const { subject } = request;
    const found = await askProtocol(parts, (protocol) => protocol.list(kind, callerOf(parts, subject)));
    return answerPage<StoredMatter>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: kind },
      filter: {},
      from: async function* (cursor) {
        const isAfter = ({ atMs, id }: Matter): boolean =>
          cursor === undefined || atMs < cursor.atMs || (atMs === cursor.atMs && id < cursor.id);
        yield* found.filter(isAfter).map(toStoredMatter);
      },
      keep: () => true,
      positionOf: ({ atMs, id }) => ({ atMs, id }),
    });
  });

  const { alsoAs = {} } = routes;
  const config = { etag: true, alsoProduces: Object.keys(alsoAs) };
  app.get(`${path}/:id`, { schema: schemas.one, config }, async (request, reply) => {
    const { asOf } = request.query as { readonly asOf?: string };
    const asked = preferred(request.headers.accept, [JSON_TYPE, ...config.alsoProduces]) ?? JSON_TYPE;
    const otherwise = alsoAs[asked];
    if (otherwise !== undefined && asOf === undefined) return otherwise(request, reply);
    if (!accepts(request.headers.accept, JSON_TYPE)) throw notAcceptable({ accepted: [JSON_TYPE] }); // as it stood then
    const id = await idOf(request.params.id, request.subject);
    const asOfMs = instantOf(asOf);
    const find = () => findMatter(parts, kind, id, request.subject, asOfMs);
    const released =
      asOfMs === undefined
        ? await readMatter(parts, request, reply, id, find)
        : await releaseMatter(parts, await find(), request.subject, id);
    if (routes.isProduct === true) reply.header('link', correspondenceLink(id));
    return released;
  });

  for (const [name, { needsNoBody = false, ...command }] of Object.entries(commands)) {
    const judges = judgesWhatWasRead(`POST ${path}/:id/${name}`);
    const schema = schemas.command(command, needsNoBody);
    app.post(`${path}/:id/${name}`, { schema, config: { etag: true } }, async (request, reply) => {
      const { subject } = request;
      const id = await idOf(request.params.id, subject);
      const args = (request.body ?? {}) as object;
      const { answer, replayed } = await idempotency.once<Kept>(
        { scope: `${subject.person} POST ${path}/${id}/${name}`, key: keyOf(request), body: args },
        async () => {
          const body = await seenMatter(parts, kind, id, subject);
          if (judges) mustMatch(request, body);
          return toKept(await askProtocol(parts, (protocol) => protocol.command(kind, id, name, args, callerOf(parts, subject)))); // prettier-ignore
        },
      );
      if (replayed) reply.header('idempotency-replayed', 'true');
      return releaseMatter(parts, fromKept(answer), subject);
    });
  }
}

const JSON_TYPE = 'application/json';

/** Asks protocol. Throws `fail-closed` where it is not there, and its refusals as problems. */
export async function askProtocol<T>(
  { protocol }: Pick<GatewayParts, 'protocol'>,
  ask: (protocol: ProtocolPort) => Promise<T>,
): Promise<T> {
  if (protocol === undefined) throw failClosed({ part: 'guard' });
  return ask(protocol).catch((cause: unknown) => {
    throw problemOfGuard(cause);
  });
}

/** Who asks, in the view of this gateway. */
export function callerOf({ view }: GatewayParts, subject: Subject): { readonly person: string; readonly view: string } {
  return { person: subject.person, view: view.id };
}

/** One, unjudged; undefined where there is none (or was none yet). */
export async function findMatter(
  parts: GatewayParts,
  kind: string,
  id: string,
  subject: Subject,
  asOfMs?: number,
  view: string = parts.view.id,
): Promise<Matter | undefined> {
  return askProtocol(parts, (protocol) => protocol.find(kind, id, { person: subject.person, view }, asOfMs));
}

/** The matter as this reader may see it; else the one `not-found`, with the leaf of any absent id. */
export async function releaseMatter(
  parts: GatewayParts,
  found: Matter | undefined,
  subject: Subject,
  asked: string = found?.id ?? '',
): Promise<Released<Body>> {
  const outcome = await parts.monitor.release(found && toStoredMatter(found), subject, asked);
  if (isWithheld(outcome)) throw notFound({});
  return outcome;
}

/** As `releaseMatter`, read as it stands: whoever was issued it has opened it once the answer went. */
export async function readMatter(
  parts: GatewayParts,
  { subject }: Pick<FastifyRequest, 'subject'>,
  reply: FastifyReply,
  id: string,
  find: () => Promise<Matter | undefined>,
): Promise<Released<Body>> {
  const { receipts, monitor } = parts;
  const unopened = await unopenedOf(parts, id, subject, (view) => askProtocol(parts, (protocol) => protocol.issues(view)));
  const found = await find();
  const isShown = found !== undefined && !isWithheld(monitor.judge(toStoredMatter(found), subject));
  const opens = isShown && unopened !== undefined && isThatVersion(unopened, found) ? unopened : undefined;
  if (opens !== undefined) await beginOpening(receipts, opens);
  const released = await releaseMatter(parts, found, subject, id);
  if (opens !== undefined) opensWithReply(receipts, opens, reply, { opened: opened(released), reader: subject });
  return released;
} // prettier-ignore

/** What the reader is shown of it now, before any command. Throws `not-found` likewise. */
export async function seenMatter(parts: GatewayParts, kind: string, id: string, subject: Subject): Promise<Body> {
  const found = await findMatter(parts, kind, id, subject);
  const judged = parts.monitor.judge(found && toStoredMatter(found), subject);
  if (!isWithheld(judged)) return judged.body;
  await parts.monitor.release(undefined, subject, id);
  throw notFound({});
}

/** As the monitor judges it. */
export function toStoredMatter({ id, marking, atMs, body, parts }: Matter): StoredMatter {
  return {
    kind: 'matter', id, marking, atMs,
    value: body as JsonObject, // the port's promise
    parts: parts.map((part) => ({ name: part.name, marking: part.marking, value: part.body as JsonObject })),
  }; // prettier-ignore
}

/** @returns the instant of `asOf`. Throws `bad-request` where no calendar has it. */
export function instantOf(asOf: string | undefined): number | undefined {
  if (asOf === undefined) return undefined;
  const ms = Date.parse(asOf);
  if (Number.isNaN(ms)) throw badRequest({ parameter: 'asOf' });
  return ms;
}

/** As it may be kept: nothing but JSON. */
export interface Kept extends Omit<Matter, 'marking' | 'parts'> {
  readonly wire: WireMarking;
  readonly parts: readonly (Omit<Matter['parts'][number], 'marking'> & { readonly wire: WireMarking })[];
}

/** As it is kept for a request that is sent again. */
export function toKept({ marking, parts, ...rest }: Matter): Kept {
  return { ...rest, wire: toWire(marking), parts: parts.map(({ marking: own, ...part }) => ({ ...part, wire: toWire(own) })) }; // prettier-ignore
}

/** As it was before it was kept. */
export function fromKept({ wire, parts, ...rest }: Kept): Matter {
  return { ...rest, marking: fromWire(wire), parts: parts.map(({ wire: own, ...part }) => ({ ...part, marking: fromWire(own) })) }; // prettier-ignore
}

/** The schema of what is shown of one. */
export function matterBody(shown: TProperties): TObject {
  return Type.Object({
    id: Type.String(),
    state: Type.String(),
    marking: MarkingBody,
    possible: Type.Array(Type.String(), { description: 'Commands that are possible now.' }),
    ...shown,
  });
}

function schemasOf({ path, summaries, shown, hasPast = false, alsoAs = {} }: MatterRoutes) {
  const Shown = matterBody(shown);
  const tags = [path.slice('/v1/'.length)];
  const key = { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) };
  const headers = Type.Object(key, { additionalProperties: true });
  const past: Record<string, TSchema> = hasPast ? { asOf: Type.Optional(Type.String({ maxLength: 40, description: 'As it stood then, RFC 3339.' })) } : {};
  const types = Object.keys(alsoAs);
  const lang: Record<string, TSchema> = types.length === 0 ? {} : { lang: Type.Optional(Type.Union([Type.Literal('en'), Type.Literal('fr')], { description: 'Of a document.' })) };
  const texts = Object.fromEntries(types.map((type) => [type, { schema: Type.String() }]));
  const one = types.length === 0 ? Shown : { description: summaries.one, content: { [JSON_TYPE]: { schema: Shown }, ...texts } };
  return {
    open: (body: TObject) => ({ summary: summaries.open ?? '', tags, querystring: query({}), headers, body, response: { 201: Shown } }),
    list: { summary: summaries.list, tags, querystring: query({ ...paging }), response: { 200: pageBody(Shown) } },
    one: { summary: summaries.one, tags, params: ById, querystring: query({ ...past, ...lang }), response: { 200: one } },
    command: ({ summary, body }: Pick<MatterCommandRoute, 'summary' | 'body'>, needsNoBody: boolean) => ({
      summary,
      tags,
      params: ById,
      querystring: query({}),
      headers,
      body: needsNoBody ? Type.Union([Type.Null(), body]) : body,
      response: { 200: Shown },
    }),
  };
} // prettier-ignore
