// GET /v1/alerts, /v1/alerts/{id}, /v1/alerts/stream
// Holds: a hidden and an absent id take one path to one 404 (invariant 1); a list's cursor starts its stream; a stream
// is judged alert by alert (stream.ts). Source: README.md#routes

import { Type } from 'typebox';
import { badRequest, notFound } from '../errors.ts';
import { AlertFilter, filterOf, matches } from '../filter.ts';
import { answerPage, pageBody, paging, query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import type { StoredAlert } from '../read-model/model.ts';
import { AlertBody, ById } from '../shapes/bodies.ts';
import { serveStream } from '../sse.ts';
import { lostBefore } from '../stale.ts';

/** Routes of alerts. */
export const alertRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, cursors, view, streams } = parts;

  app.get('/v1/alerts', { schema: list }, async (request, reply) =>
    answerPage<StoredAlert>({ monitor, cursors }, request, reply, {
      subject: request.subject,
      scope: { person: request.subject.person, view: view.id, resource: 'alerts' },
      filter: filterOf(request.query),
      from: (cursor) => readModel.alerts(cursor?.offset),
      keep: ({ body }) => matches(body, filterOf(request.query)),
      positionOf: ({ offset, atMs, id }) => ({ offset, atMs, id }),
      isStale: async (position) => (await lostBefore(readModel.alertLog, position)) !== undefined,
    }),
  );

  app.get('/v1/alerts/:id', { schema: one, config: { etag: true } }, async (request) => {
    const { id } = request.params;
    const alert = await readModel.alert(id); // undefined is judged like any record
    const outcome = await monitor.release(alert, request.subject, id); // on the ledger before it returns
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  });

  app.get(
    '/v1/alerts/stream',
    { schema: stream, config: { produces: 'text/event-stream', rateLimit: {} } },
    async (request, reply) => {
      const lastEventId = request.headers['last-event-id'];
      if (Array.isArray(lastEventId)) throw badRequest({ parameter: 'Last-Event-ID' });
      const { cursor, from } = request.query;
      const opened = await streams.open(request.subject, {
        cursor: lastEventId || cursor,
        from,
        filter: filterOf(request.query),
      });
      serveStream(opened, request, reply, parts);
      return reply as never; // hijacked: the stream has written its own head
    },
  );
};

const list = {
  summary: 'Alerts, newest first',
  tags: ['alerts'],
  querystring: query({ ...AlertFilter, ...paging }),
  response: { 200: pageBody(AlertBody) },
};
const one = {
  summary: 'One alert',
  tags: ['alerts'],
  params: ById,
  querystring: query({}),
  response: { 200: AlertBody },
};
const stream = {
  summary: 'Alerts as they come (server-sent events)',
  tags: ['alerts'],
  produces: ['text/event-stream'],
  querystring: query({
    ...AlertFilter,
    cursor: Type.Optional(
      Type.String({ maxLength: 400, description: 'Continues after this; Last-Event-ID wins over it.' }),
    ),
    from: Type.Optional(Type.String({ format: 'date-time', description: 'Starts in the past, at this time.' })),
  }),
  response: { 200: Type.String({ description: 'Events alert, heartbeat, gap and end.' }) },
};
