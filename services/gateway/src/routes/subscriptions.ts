// POST GET PUT DELETE /v1/subscriptions[/{id}] · POST /v1/subscriptions/preview
// Holds: a person's own alone; what a preview counts has been judged first, and is told up to a bound.
// Source: README.md#subscriptions

import { Type } from 'typebox';
import type { JsonObject } from '../avro-json.ts';
import type { Deliveries } from '../deliveries/deliveries.ts';
import { webhookTarget } from '../deliveries/webhook-target.ts';
import { invalidBody } from '../errors.ts';
import { matches } from '../filter.ts';
import { createTurns, query } from '../page.ts';
import type { Routes } from '../parts.ts';
import { isWithheld } from '../release.ts';
import type { Judged } from '../release.ts';
import { AlertBody } from '../shapes/bodies.ts';
import { filterOfSubscription, SubscriptionFilter, SubscriptionInput, Triggers } from '../subscription.ts';
import { addItemRoutes } from './desk-items.ts';

const PREVIEW_MS = 7 * 24 * 60 * 60 * 1000;
const MAX_SHOWN = 50;
/** More are not counted; the answer says so. */
const MAX_COUNTED = 1_000;
const ROOM = 100;

/** Routes of subscriptions. */
export const subscriptionRoutes: Routes = async (app, parts) => {
  const { readModel, monitor, clock, deliveries } = parts;
  addItemRoutes(app, parts, {
    kind: 'subscription',
    path: '/v1/subscriptions',
    input: SubscriptionInput,
    shown: {
      name: Type.String(),
      filter: SubscriptionFilter,
      deliver: Type.String(),
      url: Type.Optional(Type.String()),
      triggers: Type.Optional(Triggers),
    },
    room: ROOM,
    bodyOf: (input) => checked(input as SubscriptionInput, deliveries),
    isShared: () => false,
    onKept: (item, before) => deliveries.kept(item, before),
    onRemoved: (item) => deliveries.removed(item),
    shownOnce: {
      of: ({ id, body }): JsonObject =>
        body['deliver'] === 'webhook' ? { signingSecret: deliveries.secretOf(id) } : {},
      fields: {
        signingSecret: Type.Optional(
          Type.String({
            description: 'Of a webhook, shown once: its posts are signed with it (Standard Webhooks, v1).',
          }),
        ),
      },
    },
  });

  app.post('/v1/subscriptions/preview', { schema: preview }, async (request) => {
    const { subject, body } = request;
    const filter = filterOfSubscription(body);
    const since = clock.now() - PREVIEW_MS;
    const found: Judged[] = [];
    const turn = createTurns();
    for await (const alert of readModel.alerts()) {
      if (alert.atMs < since || found.length > MAX_COUNTED) break;
      await turn();
      const judged = monitor.judge(alert, subject);
      if (!isWithheld(judged) && matches(judged.body, filter)) found.push(judged);
    }
    return monitor.releaseAll(found.slice(0, MAX_SHOWN), subject, 'LIST', (items) => ({
      items,
      matches: Math.min(found.length, MAX_COUNTED),
      isMore: found.length > MAX_COUNTED,
    }));
  });
};

/** @returns the input. Throws `invalid-body` where there is no such way from here, or the address is none that may be. */
function checked(input: SubscriptionInput, deliveries: Deliveries): SubscriptionInput {
  const refuse = (pointer: string, code: string, detail: string): Error =>
    invalidBody({ errors: [{ pointer, code, detail }] });
  const missing = deliveries.missing(input.deliver);
  if (missing !== undefined) throw refuse('/deliver', missing, 'nothing is sent this way from this view');
  if (input.deliver !== 'webhook') {
    if (input.url !== undefined) throw refuse('/url', 'NOT_ALLOWED', 'only a webhook has an address');
    return input;
  }
  if (input.url === undefined) throw refuse('/url', 'REQUIRED', 'where alerts are posted to is not said');
  if (webhookTarget(input.url, deliveries.webhookOrigins) === undefined)
    throw refuse('/url', 'TARGET_NOT_ALLOWED', 'nothing is posted to this address from here');
  return input;
}

const preview = {
  summary: 'What a subscription would have let through in the last seven days',
  tags: ['subscriptions'],
  querystring: query({}),
  body: Type.Object({ filter: SubscriptionFilter, triggers: Type.Optional(Triggers) }, { additionalProperties: false }),
  response: {
    200: Type.Object({
      items: Type.Array(AlertBody, { description: 'The newest 50.' }),
      matches: Type.Integer({ description: 'How many there were, up to 1,000.' }),
      isMore: Type.Boolean({ description: 'true: more than were counted.' }),
    }),
  },
};
