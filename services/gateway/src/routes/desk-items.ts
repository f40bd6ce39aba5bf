// What subscriptions and saved views have in common: made, listed, read, replaced and removed by the person they are of.
// Holds: nobody else's is there, but what is shared within their agency, which they may read and not change; each is
// marked as high as anything of its view may be, judged and put on the ledger like every record; a change names what was
// read. Source: README.md#subscriptions

import { randomUUID } from 'node:crypto';
import { cellsOf, joinAll } from '@sitebus/marking';
import type { Policy, View } from '@sitebus/sdk';
import type { Marking } from '@sitebus/marking';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TObject, TProperties } from 'typebox';
import type { JsonObject } from '../avro-json.ts';
import { mustMatch } from '../etag.ts';
import { invalidBody, notFound, notYours, preconditionFailed } from '../errors.ts';
import { pageBody, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import type { StoredDeskItem } from '../read-model/model.ts';
import type { Body } from '../redact.ts';
import { isWithheld, statement } from '../release.ts';
import type { Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import type { DeskItem, DeskItemKind } from '../store/desk.ts';
import type { Subject } from '../subject.ts';

/** One kind of item: where its routes are, what a person sends, what of it is kept. */
export interface ItemKind {
  readonly kind: DeskItemKind;
  /** `/v1/subscriptions`. */
  readonly path: string;
  readonly input: TObject;
  /** Beside what all items have. */
  readonly shown: TProperties;
  /** How many a person has room for. */
  readonly room: number;
  /** @returns what is kept of a valid input. Throws `invalid-body`. */
  readonly bodyOf: (input: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  readonly isShared: (body: Readonly<Record<string, unknown>>) => boolean;
  /** What else follows once it is kept; `before` is what it replaced. */
  readonly onKept?: (item: DeskItem, before?: DeskItem) => Promise<void>;
  readonly onRemoved?: (item: DeskItem) => Promise<void>;
  /** What its maker alone is shown, once. */
  readonly shownOnce?: { readonly of: (item: DeskItem) => JsonObject; readonly fields: TProperties };
}

/** Adds the five routes of a kind. */
export function addItemRoutes(
  app: Parameters<Routes>[0],
  parts: GatewayParts,
  { kind, path, input, shown, room, bodyOf, isShared, onKept, onRemoved, shownOnce }: ItemKind,
): void {
  const { desk, monitor, idempotency, clock, view } = parts;
  const schemas = schemasOf(kind, input, { shown, once: shownOnce?.fields ?? {} });

  app.post(path, { schema: schemas.create }, async (request, reply) => {
    const subject = entering(request);
    const body = ofThisView(request.body, view);
    const key = request.headers['idempotency-key'];
    const { answer, replayed } = await idempotency.once<DeskItem>(
      { scope: `${subject.person} POST ${path}`, key: Array.isArray(key) ? key.join() : key, body },
      async () => {
        const nowMs = clock.now();
        const item = { kind, id: randomUUID(), version: 1, createdMs: nowMs, changedMs: nowMs, ...ownedBy(subject, bodyOf(body), isShared) }; // prettier-ignore
        if (!(await desk.items.add(item, room)))
          throw invalidBody({
            errors: [{ pointer: '', code: 'TOO_MANY', detail: `you have ${room}`, hint: 'Remove one first.' }],
          });
        await onKept?.(item);
        return item;
      },
    );
    if (replayed) reply.header('idempotency-replayed', 'true');
    const released = await releasedItem(parts, answer, subject, shownOnce?.of(answer));
    reply.code(201).header('location', `${path}/${answer.id}`);
    return released;
  });

  app.get(path, { schema: schemas.list }, async (request) => {
    const subject = entering(request);
    const items = await desk.items.list(kind, readerOf(subject));
    const judged = items
      .map((item) => monitor.judge(toStored(parts, item, subject), subject))
      .flatMap((each) => (isWithheld(each) ? [] : [each]));
    return monitor.releaseAll(judged, subject, 'LIST', (bodies) => ({ items: bodies }));
  });

  app.get(`${path}/:id`, { schema: schemas.one, config: { etag: true } }, async (request) => {
    const subject = entering(request);
    return releasedItem(parts, await readOwn(parts, kind, idOf(request), subject), subject);
  });

  app.put(`${path}/:id`, { schema: schemas.replace, config: { etag: true } }, async (request) => {
    const subject = entering(request);
    const present = await readOwn(parts, kind, idOf(request), subject);
    if (present.person !== subject.person) throw notYours({});
    const judged = monitor.judge(toStored(parts, present, subject), subject);
    if (isWithheld(judged)) throw notFound({});
    mustMatch(request, judged.body);
    const body = bodyOf(ofThisView(request.body, view));
    const { id, createdMs, version } = present;
    const next = {
      kind,
      id,
      createdMs,
      version: version + 1,
      changedMs: clock.now(),
      ...ownedBy(subject, body, isShared),
    };
    // Replaced or removed in between: whoever reads it now gets another ETag than any that was given.
    if (!(await desk.items.replace(next))) throw preconditionFailed({ etag: '' });
    await onKept?.(next, present);
    return releasedItem(parts, next, subject);
  });

  app.delete(`${path}/:id`, { schema: schemas.remove }, async (request, reply: FastifyReply) => {
    const subject = entering(request);
    const present = await readOwn(parts, kind, idOf(request), subject);
    if (present.person !== subject.person) throw notYours({});
    await desk.items.remove(kind, present.id, subject.person);
    await onRemoved?.(present);
    reply.code(204);
    return statement(null);
  });
}

/** @returns the item, where it is the reader's own or shared with them. Throws the one `not-found`, with the leaf of any absent id. */
export async function readOwn(
  { desk, monitor }: GatewayParts,
  kind: DeskItemKind,
  id: string,
  subject: Subject,
): Promise<DeskItem> {
  const item = await desk.items.get(kind, id, readerOf(subject));
  if (item !== undefined) return item;
  await monitor.release(undefined, subject, id);
  throw notFound({});
}

/** A person of any role may keep things, in a view that they may enter. */
function entering(request: FastifyRequest): Subject {
  if (!request.subject.mayEnter) throw notFound({});
  return request.subject;
}

function idOf(request: FastifyRequest): string {
  return (request.params as { id: string }).id;
}

function readerOf({ person, agency }: Subject): { person: string; agency?: string } {
  return { person, ...(agency === undefined ? {} : { agency }) };
}

function ownedBy(subject: Subject, body: Readonly<Record<string, unknown>>, isShared: ItemKind['isShared']) {
  const { person, agency } = subject;
  return { person, body, ...(isShared(body) && agency !== undefined ? { sharedWith: agency } : {}) };
}

/** A view that the body names is one like any other that cannot be seen from here. */
function ofThisView(
  { view: named, ...body }: Readonly<Record<string, unknown>>,
  view: View,
): Readonly<Record<string, unknown>> {
  if (named !== undefined && named !== view.id) throw notFound({});
  return body;
}

async function releasedItem(
  parts: GatewayParts,
  item: DeskItem,
  subject: Subject,
  beside: JsonObject = {},
): Promise<Released<unknown>> {
  const shape = (body: Body) => ({ ...body, ...beside });
  const outcome = await parts.monitor.release(toStored(parts, item, subject), subject, item.id, shape);
  if (isWithheld(outcome)) throw notFound({});
  return outcome;
}

function toStored({ view, policy }: GatewayParts, item: DeskItem, subject: Subject): StoredDeskItem {
  const time = (ms: number): string => new Date(ms).toISOString();
  return {
    kind: 'desk-item',
    id: item.id,
    marking: highestOf(view, policy),
    value: {
      id: item.id,
      view: view.id,
      ...(item.body as JsonObject),
      owner: item.person,
      own: item.person === subject.person,
      createdAt: time(item.createdMs),
      changedAt: time(item.changedMs),
    },
  };
}

/** @returns how a desk is marked: what a person writes may be of anything they read here: it is marked as high as the view goes. */
export function highestOf(view: View, policy: Policy): Marking {
  return joinAll(cellsOf(view.clearance, policy.cells).map(({ ceiling }) => ceiling));
}

function schemasOf(
  kind: DeskItemKind,
  input: TObject,
  { shown, once }: { readonly shown: TProperties; readonly once: TProperties },
) {
  const thing = kind.replace('-', ' ');
  const tags = [`${kind}s`];
  const body = Type.Object({
    id: Type.String(),
    view: Type.String(),
    ...shown,
    owner: Type.String(),
    own: Type.Boolean(),
    createdAt: Type.String(),
    changedAt: Type.String(),
    marking: MarkingBody,
  });
  const key = Type.Object(
    { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) },
    { additionalProperties: true },
  );
  const any = { tags, querystring: query({}) };
  return {
    create: {
      ...any,
      summary: `Keeps a ${thing}`,
      headers: key,
      body: input,
      response: { 201: Type.Object({ ...body.properties, ...once }) },
    },
    list: { ...any, summary: `Your ${thing}s, newest first`, response: { 200: pageBody(body) } },
    one: { ...any, summary: `One ${thing}`, params: ById, response: { 200: body } },
    replace: {
      ...any,
      summary: `Replaces your ${thing}`,
      params: ById,
      body: input,
      response: { 200: body },
    },
    remove: { ...any, summary: `Removes your ${thing}`, params: ById, response: { 204: Type.Null() } },
  };
}
