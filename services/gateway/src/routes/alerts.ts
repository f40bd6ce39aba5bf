// GET /v1/alerts, /v1/alerts/{id}, /v1/alerts/stream · PATCH /v1/alerts/{id}
// Holds: a hidden and an absent id take one path to one 404 (invariant 1), and the desk is asked of what was judged alone;
// a list's cursor starts its stream; a stream is judged alert by alert (stream.ts). Source: README.md#triage

import { Type } from 'typebox';
import { toWire } from '@sitebus/sdk';
import { etagOf, mustMatch } from '../etag.ts';
import { badRequest, invalidBody, notFound, preconditionFailed } from '../errors.ts';
import { AlertFilter, filterOf, matches } from '../filter.ts';
import type { Filter } from '../filter.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import type { StoredAlert } from '../read-model/model.ts';
import { AlertBody, ById } from '../shapes/bodies.ts';
import { serveStream } from '../sse.ts';
import { lostBefore } from '../stale.ts';
import { TRIAGE_STATES } from '../store/desk.ts';
import type { TriageState } from '../store/desk.ts';
import type { Subject } from '../subject.ts';
import { filterOfSubscription } from '../subscription.ts';
import { decideTriage, mayTriage } from '../triage.ts';
import { readOwn } from './desk-items.ts';

/** Routes of alerts. */
export const alertRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view, streams, desk, registry, clock, deliveries } = parts;

  app.get('/v1/alerts', { schema: list }, async (request, reply) => {
    const filter = await wantedBy(parts, request.query, request.subject);
    return answerPage<StoredAlert>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'alerts' },
      filter,
      from: (cursor) => readModel.alerts(cursor?.offset),
      keep: ({ body }) => matches(body, filter),
      positionOf: ({ offset, atMs, id }) => ({ offset, atMs, id }),
      isStale: async (position) => (await lostBefore(readModel.alertLog, position)) !== undefined,
      beside: async (alerts) => {
        const newest = await desk.triage.newest(alerts.map(({ id }) => id));
        return alerts.map((alert) => {
          const entry = newest.get(alert.id);
          return { ...alert, triage: entry === undefined ? [] : [entry] };
        });
      },
    });
  });

  app.get('/v1/alerts/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const alert = await withHistory(parts, await readModel.alert(id), request.subject);
    const outcome = await monitor.release(alert, request.subject, id); // on the ledger before it returns
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.patch('/v1/alerts/:id', { schema: triage, config: { etag: true } }, async (request) => {
    const { subject, body: decision } = request;
    const { id } = request.params;
    const alert = await withHistory(parts, await readModel.alert(id), subject);
    const judged = monitor.judge(alert, subject);
    if (alert === undefined || isWithheld(judged)) {
      await monitor.release(undefined, subject, id); // leaves the leaf that any absent id leaves
      throw notFound({});
    }
    mustMatch(request, judged.body);
    const by = { person: subject.person, atMs: clock.now(), marking: toWire(alert.marking) };
    const entry = decideTriage([...(alert.triage ?? [])].reverse(), decision, by);
    const isReader = (person: string): boolean =>
      mayTriage(registry.personNamed(person), alert.marking, view, clock.now());
    if (entry.assignee !== undefined && !isReader(entry.assignee))
      throw invalidBody({
        errors: [{ pointer: '/assignee', code: 'NOT_A_READER', detail: 'nobody who could take it' }],
      });
    const isFirst = await desk.triage.append(id, entry);
    const after = await withHistory(parts, alert, subject);
    const seen = monitor.judge(after, subject);
    if (isWithheld(seen)) throw notFound({}); // the clearance ended meanwhile
    if (!isFirst) throw preconditionFailed({ etag: etagOf(JSON.stringify(seen.body)) });
    const outcome = await monitor.release(after, subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.get(
    '/v1/alerts/stream',
    { schema: stream, config: { produces: 'text/event-stream', rateLimit: {} } },
    async (request, reply) => {
      const lastEventId = request.headers['last-event-id'];
      if (Array.isArray(lastEventId)) throw badRequest({ parameter: 'Last-Event-ID' });
      const { cursor, from, subscription: of, ...conditions } = request.query;
      // Of a subscription's stream it says where to begin, and is no condition beside those of the subscription.
      const wanted = of === undefined ? request.query : { ...conditions, subscription: of };
      const opened = await streams.open(request.subject, {
        cursor: lastEventId || cursor,
        from,
        filter: await wantedBy(parts, wanted, request.subject),
        ...(of === undefined ? {} : { onSent: (passed) => deliveries.streamed(of, passed) }),
      });
      serveStream(opened, request, reply, parts);
      return reply as never; // hijacked: the stream has written its own head
    },
  );
};

/** The inline filter, or that of the reader's own subscription; not both. */
async function wantedBy(
  parts: GatewayParts,
  given: Readonly<Record<string, unknown>> & { readonly subscription?: string },
  subject: Subject,
): Promise<Filter> {
  const inline = filterOf(given);
  if (given.subscription === undefined) return inline;
  if (Object.keys(inline).length > 0) throw badRequest({ parameter: 'subscription' });
  return filterOfSubscription((await readOwn(parts, 'subscription', given.subscription, subject)).body);
}

/** With everything that was decided about it, newest first. The desk is not asked of what the reader may not see. */
async function withHistory(
  { monitor, desk }: GatewayParts,
  alert: StoredAlert | undefined,
  subject: Subject,
): Promise<StoredAlert | undefined> {
  if (alert === undefined || isWithheld(monitor.judge(alert, subject))) return alert;
  return { ...alert, triage: [...(await desk.triage.history(alert.id))].reverse() };
}

const bySubscription = {
  subscription: Type.Optional(
    Type.String({ maxLength: 100, description: 'Id of one of your subscriptions, instead of the filters here.' }),
  ),
};
const list = {
  summary: 'Alerts, newest first',
  tags: ['alerts'],
  querystring: query({ ...AlertFilter, ...bySubscription, ...paging }),
  response: { 200: pageBody(AlertBody) },
};
const one = {
  summary: 'One alert',
  tags: ['alerts'],
  params: ById,
  querystring: query({}),
  response: { 200: AlertBody },
};
const triage = {
  summary: 'Decides about an alert; undone by another decision',
  tags: ['alerts'],
  params: ById,
  querystring: query({}),
  body: Type.Object(
    {
      state: Type.Unsafe<TriageState>({ type: 'string', enum: [...TRIAGE_STATES] }),
      assignee: Type.Optional(
        Type.String({ minLength: 1, maxLength: 200, description: 'A person; with ASSIGNED or ESCALATED.' }),
      ),
      reason: Type.String({ minLength: 1, maxLength: 2_000 }),
    },
    { additionalProperties: false },
  ),
  response: { 200: AlertBody },
};
const stream = {
  summary: 'Alerts as they come (server-sent events)',
  tags: ['alerts'],
  produces: ['text/event-stream'],
  querystring: query({
    ...AlertFilter,
    ...bySubscription,
    cursor: Type.Optional(
      Type.String({ maxLength: 400, description: 'Continues after this; Last-Event-ID wins over it.' }),
    ),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Starts in the past, at this time.' })),
  }),
  response: { 200: Type.String({ description: 'Events alert, heartbeat, gap and end.' }) },
};
