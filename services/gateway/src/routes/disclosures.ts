// What tearlines, downgrades and identity releases have in common: asked for, listed, read, and moved on by commands.
// Holds: nothing is decided here: the guard judges; a record or a disclosure that the reader does not see is not there, and
// leaves the leaf of any absent id; who judges what they read says which version they read. Source: README.md#disclosures

import type { Disclosure, DisclosureKind, GuardPort } from '@sitebus/kit';
import { fromWire, toWire } from '@sitebus/sdk';
import type { WireMarking } from '@sitebus/sdk';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TObject, TProperties } from 'typebox';
import type { JsonObject } from '../avro-json.ts';
import { judgesWhatWasRead } from '../conditions.ts';
import { failClosed, notFound } from '../errors.ts';
import { mustMatch } from '../etag.ts';
import { problemOfGuard } from '../guard-refusal.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredDisclosure } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import type { Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import type { Subject } from '../subject.ts';

/** One command of a kind. */
export interface CommandRoute {
  readonly summary: string;
  readonly body: TObject;
}

/** One kind: where its routes are, and what is shown. */
export interface DisclosureRoutes {
  readonly kind: DisclosureKind;
  /** `/v1/tearlines`. */
  readonly path: string;
  /** Of the plural, for the list: `Tearlines`. */
  readonly summaries: { readonly request: string; readonly list: string; readonly one: string };
  readonly request: TObject;
  /** The property of the request that names a record. */
  readonly recordIn: string;
  readonly shown: TProperties;
  readonly commands: Readonly<Record<string, CommandRoute>>;
}

/** Adds the routes of a kind. */
export function addDisclosureRoutes(app: Parameters<Routes>[0], parts: GatewayParts, routes: DisclosureRoutes): void {
  const { monitor, cursors, readModel, idempotency, view } = parts;
  const { kind, path, recordIn, commands } = routes;
  const schemas = schemasOf(routes);

  app.post(path, { schema: schemas.request }, async (request, reply) => {
    const { subject } = request;
    const body = request.body as Readonly<Record<string, unknown>>;
    const { answer, replayed } = await idempotency.once<Kept>(
      { scope: `${subject.person} POST ${path}`, key: keyOf(request), body },
      async () => {
        const id = String(body[recordIn]);
        const seen = (await readModel.observation(id)).find((each) => !isWithheld(monitor.judge(each, subject)));
        if (seen === undefined) return notThere(parts, id, subject);
        const { agency, cell, marking } = seen;
        return toKept(await guarded(parts, (guard) => guard.request(kind, { id, agency, cell, marking }, body, { person: subject.person, view: view.id }))); // prettier-ignore
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    const released = await releasedDisclosure(parts, fromKept(answer), subject);
    reply.code(201).header('location', `${path}/${answer.id}`);
    return released;
  });

  app.get(path, { schema: schemas.list }, async (request, reply) => {
    const { subject } = request;
    const found = await guarded(parts, (guard) => guard.list(kind, { person: subject.person, view: view.id }));
    return answerPage<StoredDisclosure>({ monitor, cursors }, request, reply, {
      subject,
      scope: { person: subject.person, view: view.id, resource: kind },
      filter: {},
      from: async function* (cursor) {
        const isAfter = ({ atMs, id }: Disclosure): boolean =>
          cursor === undefined || atMs < cursor.atMs || (atMs === cursor.atMs && id < cursor.id);
        yield* found.filter(isAfter).map(toStored);
      },
      keep: () => true,
      positionOf: ({ atMs, id }) => ({ atMs, id }),
    });
  });

  app.get(`${path}/:id`, { schema: schemas.one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const { stored } = await seenDisclosure(parts, kind, id, request.subject);
    const outcome = await monitor.release(stored, request.subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  for (const [name, command] of Object.entries(commands)) {
    const judges = judgesWhatWasRead(`POST ${path}/:id/${name}`);
    const schema = schemas.command(command);
    app.post(`${path}/:id/${name}`, { schema, config: { etag: true } }, async (request, reply) => {
      const { subject } = request;
      const { id } = request.params;
      const { answer, replayed } = await idempotency.once<Kept>(
        { scope: `${subject.person} POST ${path}/${id}/${name}`, key: keyOf(request), body: request.body },
        async () => {
          const { body } = await seenDisclosure(parts, kind, id, subject);
          if (judges) mustMatch(request, body);
          return toKept(await guarded(parts, (guard) => guard.command(kind, id, name, request.body, { person: subject.person, view: view.id }))); // prettier-ignore
        },
      );
      if (replayed) reply.header('idempotency-replayed', 'true');
      return releasedDisclosure(parts, fromKept(answer), subject);
    });
  }
}

/** As it may be kept: nothing but JSON. */
interface Kept extends Omit<Disclosure, 'marking'> {
  readonly wire: WireMarking;
}

function toKept({ marking, ...rest }: Disclosure): Kept {
  return { ...rest, wire: toWire(marking) };
}

function fromKept({ wire, ...rest }: Kept): Disclosure {
  return { ...rest, marking: fromWire(wire) };
}

/** Asks the guard. Throws `fail-closed` where there is none, and its refusals as problems. */
async function guarded<T>({ guard }: GatewayParts, ask: (guard: GuardPort) => Promise<T>): Promise<T> {
  if (guard === undefined) throw failClosed({ part: 'guard' });
  return ask(guard).catch((cause: unknown) => {
    throw problemOfGuard(cause);
  });
}

/** One, unjudged; undefined where there is none for this reader. */
export async function findDisclosure(
  parts: GatewayParts,
  kind: DisclosureKind,
  id: string,
  subject: Subject,
): Promise<StoredDisclosure | undefined> {
  const caller = { person: subject.person, view: parts.view.id };
  const found = await guarded(parts, (guard) => guard.find(kind, id, caller));
  return found && toStored(found);
}

/** The disclosure as this reader may see it. Throws the one `not-found`, with the leaf of any absent id. */
async function seenDisclosure(parts: GatewayParts, kind: DisclosureKind, id: string, subject: Subject) {
  const stored = await findDisclosure(parts, kind, id, subject);
  const judged = parts.monitor.judge(stored, subject);
  if (stored === undefined || isWithheld(judged)) return notThere(parts, id, subject);
  return { stored, body: judged.body };
}

async function releasedDisclosure(
  parts: GatewayParts,
  found: Disclosure,
  subject: Subject,
): Promise<Released<unknown>> {
  const outcome = await parts.monitor.release(toStored(found), subject, found.id);
  if (isWithheld(outcome)) throw notFound({});
  return outcome;
}

async function notThere({ monitor }: GatewayParts, id: string, subject: Subject): Promise<never> {
  await monitor.release(undefined, subject, id);
  throw notFound({});
}

function toStored({ id, marking, atMs, body }: Disclosure): StoredDisclosure {
  return { kind: 'disclosure', id, marking, atMs, value: body as JsonObject }; // the port's promise
}

/** What the caller sent as `Idempotency-Key`. */
export function keyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key'];
  return Array.isArray(key) ? key.join() : key;
}

function schemasOf({ path, summaries, request, shown }: DisclosureRoutes) {
  const Shown = Type.Object({
    id: Type.String(),
    state: Type.String(),
    marking: MarkingBody,
    possible: Type.Array(Type.String(), { description: 'Commands that are possible now.' }),
    ...shown,
  });
  const tags = [path.slice('/v1/'.length)];
  const key = { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) };
  const headers = Type.Object(key, { additionalProperties: true });
  return {
    request: { summary: summaries.request, tags, querystring: query({}), headers, body: request, response: { 201: Shown } },
    list: { summary: summaries.list, tags, querystring: query({ ...paging }), response: { 200: pageBody(Shown) } },
    one: { summary: summaries.one, tags, params: ById, querystring: query({}), response: { 200: Shown } },
    command: ({ summary, body }: CommandRoute) => ({
      summary,
      tags,
      params: ById,
      querystring: query({}),
      headers,
      body,
      response: { 200: Shown },
    }),
  };
} // prettier-ignore
