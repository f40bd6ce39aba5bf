// GET /v1/notifications, /v1/notifications/{id}, /v1/notifications/stream; POST /v1/notifications/{id}/{acknowledge,action}
// Holds: a person's own alone: another's, a hidden and an absent one are one 404; SENT follows the last byte, and fetching
// the body is what makes it OPENED; a recalled one has no body any more. Source: README.md#receipts

import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { failClosed, notFound } from '../errors.ts';
import { pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { toItem } from '../receipts/items.ts';
import { serveNotifications } from '../receipts/notification-sse.ts';
import { judgedItem, sendablesOf } from '../receipts/delivering.ts';
import type { Sendable } from '../receipts/delivering.ts';
import type { NotificationEntry } from '../receipts/board.ts';
import { isDueTo } from '../receipts/board.ts';
import type { StoredMatter } from '../read-model/model.ts';
import { isWithheld } from '../release.ts';
import type { Judged, Released } from '../release.ts';
import { AssessmentBody, ById, MarkingBody } from '../shapes/bodies.ts';
import type { Subject } from '../subject.ts';
import { correspondenceLink } from './correspondence.ts';
import { askProtocol, findMatter, toStoredMatter } from './matters.ts';

/** Routes of what was distributed to the caller by name. */
export const notificationRoutes: Routes = async (app, parts) => {
  const { receipts, monitor, cursors, view, notificationStreams } = parts;

  app.get('/v1/notifications', { schema: list }, async (request, reply) => {
    const { subject } = request;
    const { limit = DEFAULT_LIMIT, cursor, ...filter } = request.query;
    const scope = { person: subject.person, view: view.id, resource: 'notifications' };
    const before = cursor === undefined ? undefined : cursors.open(scope, cursor, filter);
    const all = sendablesOf(receipts, subject)
      .filter(({ record }) => filter.kind === undefined || record.value['kind'] === filter.kind)
      .filter(({ record }) => filter.state === undefined || record.value['status'] === filter.state)
      .filter(({ record }) => before === undefined || isAfter(record, before))
      .filter(({ record }) => judgedItem(monitor, record, subject) !== undefined);
    const page = all.slice(0, limit);
    const shown: { readonly item: Sendable; readonly judged: Judged }[] = [];
    for (const item of page) {
      const record = await item.begin();
      const judged = record && judgedItem(monitor, record, subject);
      if (judged !== undefined) shown.push({ item, judged });
    }
    const last = page.at(-1)?.record;
    const next =
      all.length > limit && last !== undefined
        ? cursors.seal(scope, { atMs: last.atMs, id: last.id, epoch: subject.epoch }, filter)
        : undefined;
    return monitor.releaseAll(
      shown.map(({ judged }) => judged),
      subject,
      'LIST',
      (items, leaf) => {
        const leafIndex = leaf === undefined ? null : Number(leaf.index);
        reply.raw.once('finish', () => {
          for (const { item } of shown.filter(({ item: { isNew } }) => isNew))
            void item.went({ channel: 'http', leafIndex });
        });
        return { items, ...(next === undefined ? {} : { next }) };
      },
    );
  });

  app.get(
    '/v1/notifications/stream',
    { schema: stream, config: { produces: 'text/event-stream' } },
    async (request, reply) => {
      await serveNotifications(notificationStreams.open(request.subject), request, reply, parts);
      return reply as never; // hijacked: the stream has written its own head
    },
  );

  app.get('/v1/notifications/:id', { schema: one }, async (request, reply) => {
    const { subject } = request;
    const { id } = request.params;
    const present = ownEntry(parts, id, subject);
    if (present !== undefined && isDueTo(present)) await receipts.begin(id);
    const entry = ownEntry(parts, id, subject);
    const record = entry && toItem(entry, receipts.board);
    if (entry === undefined || record === undefined) return nothing(parts, id, subject);
    const { RECALLED, ATTEMPTED, SENT, RECALL_SENT } = entry.state.facts;
    if (RECALLED !== undefined) {
      const mayHaveIt = ATTEMPTED !== undefined || SENT !== undefined;
      const judged = mayHaveIt ? judgedItem(monitor, record, subject) : undefined;
      if (judged === undefined) return nothing(parts, id, subject);
      return monitor.releaseAll([judged], subject, 'READ', ([item], leaf) => {
        const how = { channel: 'http', leafIndex: leaf === undefined ? null : Number(leaf.index) } as const;
        if (RECALL_SENT === undefined)
          reply.raw.once('finish', () => void receipts.went(id, ['RECALL_SENT'], subject, how));
        return item;
      });
    }
    const version = receipts.shelf.get(entry) ?? (await issuedMatter(parts, entry, subject));
    if (version === undefined) throw failClosed({ part: 'store' }); // it was issued, and is not there any more
    const judged = monitor.judge(version, subject);
    if (isWithheld(judged)) return nothing(parts, id, subject);
    reply.header('link', correspondenceLink(entry.productId));
    return monitor.releaseAll([judged], subject, 'READ', ([body], leaf) => {
      const contentHash = createHash('sha256').update(JSON.stringify(judged.body), 'utf8').digest('hex'); // as in its leaf
      const how = { channel: 'http', leafIndex: leaf === undefined ? null : Number(leaf.index), contentHash } as const;
      reply.raw.once('finish', () => void receipts.went(id, ['SENT', 'OPENED'], subject, how));
      return { ...record.value, marking: judged.body.marking, body };
    });
  });

  app.post('/v1/notifications/:id/acknowledge', { schema: acknowledge }, async (request) =>
    answered(parts, request.params.id, request.subject, 'acknowledge'),
  );
  app.post('/v1/notifications/:id/action', { schema: action }, async (request) =>
    answered(parts, request.params.id, request.subject, 'action', request.body.text),
  );
};

/** What protocol issued, as it stood then, for this person; undefined where it is no product of protocol. */
async function issuedMatter(
  parts: GatewayParts,
  entry: NotificationEntry,
  subject: Subject,
): Promise<StoredMatter | undefined> {
  if (parts.protocol === undefined || entry.distributions.every((id) => parts.receipts.board.distribution(id)?.productKind === 'ASSESSMENT')) return undefined;
  const issues = await askProtocol(parts, (protocol) => protocol.issues(parts.view.id));
  const issue = issues.find(({ id, version, to }) => id === entry.productId && version === entry.productVersion && to.includes(subject.person));
  const found = issue && (await findMatter(parts, issue.kind, issue.id, subject, issue.atMs));
  return found && toStoredMatter(found);
} // prettier-ignore

async function answered(
  parts: GatewayParts,
  id: string,
  subject: Subject,
  command: 'acknowledge' | 'action',
  text?: string,
): Promise<Released<unknown>> {
  const { receipts, monitor } = parts;
  const entry = ownEntry(parts, id, subject);
  const record = entry && toItem(entry, receipts.board);
  if (record === undefined || judgedItem(monitor, record, subject) === undefined) return nothing(parts, id, subject);
  const after = toItem(await receipts.answer(id, command, subject, text), receipts.board);
  const outcome = await monitor.release(after, subject, id);
  if (isWithheld(outcome)) throw notFound({});
  return outcome;
}

/** @returns the entry where it is this person's; what is withheld from them is not. */
function ownEntry({ receipts }: GatewayParts, id: string, { person }: Subject): NotificationEntry | undefined {
  const entry = receipts.board.notification(id);
  const isTheirs = entry?.person === person && entry.state.facts.WITHHELD === undefined;
  return isTheirs ? entry : undefined;
}

/** One path for another's, a hidden and an absent one. */
async function nothing({ monitor }: GatewayParts, id: string, subject: Subject): Promise<never> {
  await monitor.release(undefined, subject, id);
  throw notFound({});
}

function isAfter({ atMs, id }: { atMs: number; id: string }, before: { atMs: number; id: string }): boolean {
  return atMs < before.atMs || (atMs === before.atMs && id > before.id);
}

const DEFAULT_LIMIT = 50;
const Kind = Type.Union([Type.Literal('notification'), Type.Literal('recall'), Type.Literal('escalation')]);
const ItemBody = Type.Object({
  kind: Kind,
  id: Type.String(),
  product: Type.Object({ id: Type.String(), version: Type.Integer(), kind: Type.String() }),
  status: Type.Optional(Type.String()),
  marking: MarkingBody,
});
const list = {
  summary: 'What was distributed to you by name, and word of others’ lateness, the newest first',
  tags: ['receipts'],
  querystring: query({
    ...paging,
    kind: Type.Optional(Kind),
    state: Type.Optional(Type.String({ maxLength: 20, description: 'Such as DELIVERED or OPENED.' })),
  }),
  response: { 200: pageBody(ItemBody) },
};
const stream = {
  summary: 'The same, as it comes, beginning with what has not gone to you yet (server-sent events)',
  tags: ['receipts'],
  produces: ['text/event-stream'],
  querystring: query({}),
  response: { 200: Type.String({ description: 'Events notification, recall, escalation, heartbeat and end.' }) },
};
const one = {
  summary: 'One of them with its body; fetching it is what opens it',
  tags: ['receipts'],
  params: ById,
  querystring: query({}),
  response: {
    200: Type.Object({
      ...ItemBody.properties,
      body: Type.Optional(Type.Union([AssessmentBody, Type.Object({}, { additionalProperties: true })])),
    }),
  },
};
const acknowledge = {
  summary: 'Says that you have taken note of it, or of its recall',
  tags: ['receipts'],
  params: ById,
  querystring: query({}),
  body: Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]),
  response: { 200: ItemBody },
};
const action = {
  summary: 'Says what you have done about it',
  tags: ['receipts'],
  params: ById,
  querystring: query({}),
  body: Type.Object(
    { text: Type.String({ minLength: 1, maxLength: 4_000, pattern: '\\S' }) },
    { additionalProperties: false },
  ),
  response: { 200: ItemBody },
};
