// GET /v1/subscriptions/{id}/deliveries · POST /v1/subscriptions/{id}/{test,pause,resume}
// Holds: a person's own alone; where it stands is counted of what they see, and marked as high as the view goes, like the
// subscription itself; the answer to a test comes before its end, which is in the log. Source: README.md#deliveries

import { Type } from 'typebox';
import type { FastifyRequest } from 'fastify';
import type { JsonObject } from '../avro-json.ts';
import type { SubscriptionStatus } from '../deliveries/deliveries.ts';
import { notFound } from '../errors.ts';
import { query } from '../page.ts';
import type { GatewayParts, Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import type { Released } from '../release.ts';
import { ById, MarkingBody } from '../shapes/bodies.ts';
import { DELIVERY_KINDS, DELIVERY_STATES, PLACE_STATES } from '../store/deliveries.ts';
import type { DeliveryEntry } from '../store/deliveries.ts';
import type { DeskItem } from '../store/desk.ts';
import type { Subject } from '../subject.ts';
import { highestOf, readOwn } from './desk-items.ts';

/** Routes of what subscriptions send. */
export const deliveryRoutes: Routes = async (app, parts) => {
  const { deliveries } = parts;
  const own = async (request: FastifyRequest): Promise<DeskItem> => {
    const { subject } = request;
    if (!subject.mayEnter) throw notFound({});
    return readOwn(parts, 'subscription', (request.params as { id: string }).id, subject);
  };
  const answer = async (subject: Subject, id: string, value: JsonObject): Promise<Released<unknown>> => {
    const record = { kind: 'desk-item' as const, id, marking: highestOf(parts.view, parts.policy), value };
    const outcome = await parts.monitor.release(record, subject, id);
    if (isWithheld(outcome)) throw notFound({});
    return outcome;
  };

  app.get('/v1/subscriptions/:id/deliveries', { schema: list }, async (request) => {
    const item = await own(request);
    const status = await deliveries.status(item, request.subject);
    return answer(request.subject, item.id, toBody(item, status, parts));
  });
  app.post('/v1/subscriptions/:id/test', { schema: test }, async (request, reply) => {
    const item = await own(request);
    const id = await deliveries.test(item);
    const released = await answer(request.subject, item.id, { id: item.id, delivery: id });
    reply.code(202).header('location', `/v1/subscriptions/${item.id}/deliveries`);
    return released;
  });
  app.post('/v1/subscriptions/:id/pause', { schema: turn('Holds what it sends; nothing is lost') }, async (request) => {
    const item = await own(request);
    return answer(request.subject, item.id, { id: item.id, state: await deliveries.pause(item) });
  });
  app.post('/v1/subscriptions/:id/resume', { schema: turn('Goes on where it stood, also after it was given up') }, async (request) => {
    const item = await own(request);
    return answer(request.subject, item.id, { id: item.id, state: await deliveries.resume(item) });
  }); // prettier-ignore
};

function toBody(item: DeskItem, status: SubscriptionStatus, { clock }: GatewayParts): JsonObject {
  const { state, place, lag, nextDigestMs } = status;
  const oldest = lag?.oldestMs;
  return {
    id: item.id,
    deliver: String(item.body['deliver']),
    state,
    failures: place?.failures ?? 0,
    ...time('lastSentAt', place?.lastSentMs),
    ...time('retryAt', state === 'ACTIVE' ? place?.retryAtMs : undefined),
    ...time('nextDigestAt', state === 'ACTIVE' ? nextDigestMs : undefined),
    ...(lag === undefined
      ? {}
      : {
          lag: {
            waiting: lag.waiting,
            isMore: lag.isMore,
            ...time('oldestAt', oldest),
            ms: oldest === undefined ? 0 : Math.max(0, clock.now() - oldest),
          },
        }),
    items: status.deliveries.map(toDelivery),
  };
}

function toDelivery(entry: DeliveryEntry): JsonObject {
  const { id, kind, state, records, withheld, attempts, code, lagMs, leafIndex } = entry;
  return {
    id, kind, state, ...time('startedAt', entry.startedMs), ...time('endedAt', entry.endedMs), records, withheld, attempts,
    ...(code === undefined ? {} : { code }),
    ...(lagMs === undefined ? {} : { lagMs }),
    ...(leafIndex === undefined ? {} : { leafIndex: Number(leafIndex) }),
  }; // prettier-ignore
}

function time(name: string, ms: number | undefined): JsonObject {
  return ms === undefined ? {} : { [name]: new Date(ms).toISOString() };
}

const oneOf = (words: readonly string[]) => Type.Unsafe<string>({ type: 'string', enum: [...words] });
const Delivery = Type.Object({
  id: Type.String({ description: 'The same for every attempt to send the same records; `webhook-id` of a post.' }),
  kind: oneOf(DELIVERY_KINDS),
  state: oneOf(DELIVERY_STATES),
  startedAt: Type.String(),
  endedAt: Type.Optional(Type.String()),
  records: Type.Integer(),
  withheld: Type.Integer({ description: 'Of what you read: what may not go this way. No cause is given.' }),
  attempts: Type.Integer(),
  code: Type.Optional(Type.String({ description: 'Why the last attempt failed.' })),
  lagMs: Type.Optional(Type.Integer({ description: 'From the oldest record to its going out.' })),
  leafIndex: Type.Optional(Type.Integer()),
});
const list = {
  summary: 'Where your subscription stands, what waits, and what it sent when: the newest fifty',
  tags: ['subscriptions'],
  params: ById,
  querystring: query({}),
  response: {
    200: Type.Object({
      id: Type.String(),
      deliver: Type.String(),
      state: oneOf(PLACE_STATES),
      failures: Type.Integer({ description: 'In a row.' }),
      lastSentAt: Type.Optional(Type.String()),
      retryAt: Type.Optional(Type.String()),
      nextDigestAt: Type.Optional(Type.String()),
      lag: Type.Optional(
        Type.Object({
          waiting: Type.Integer({ description: 'Up to 1,000.' }),
          isMore: Type.Boolean(),
          oldestAt: Type.Optional(Type.String()),
          ms: Type.Integer({ description: 'How long the oldest has waited.' }),
        }),
      ),
      items: Type.Array(Delivery),
      marking: MarkingBody,
    }),
  },
};
/** Nothing is said, and nothing else is taken. */
const nothing = Type.Union([Type.Null(), Type.Object({}, { additionalProperties: false })]);
const test = {
  summary: 'Sends one test the way the subscription goes, marked as a test',
  tags: ['subscriptions'],
  params: ById,
  querystring: query({}),
  body: nothing,
  response: {
    202: Type.Object({
      id: Type.String(),
      delivery: Type.String({ description: 'Of the log.' }),
      marking: MarkingBody,
    }),
  },
};
const turn = (summary: string) => ({
  summary,
  tags: ['subscriptions'],
  params: ById,
  querystring: query({}),
  body: nothing,
  response: { 200: Type.Object({ id: Type.String(), state: oneOf(PLACE_STATES), marking: MarkingBody }) },
});
