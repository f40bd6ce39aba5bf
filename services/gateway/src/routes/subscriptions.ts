// POST GET PUT DELETE /v1/subscriptions[/{id}] · POST /v1/subscriptions/preview
// Holds: a person's own alone; what a preview counts has been judged first, and is told up to a bound.
// Source: README.md#subscriptions

import { Type } from 'typebox';
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
  const { readModel, monitor, clock } = parts;
  addItemRoutes(app, parts, {
    kind: 'subscription',
    path: '/v1/subscriptions',
    input: SubscriptionInput,
    shown: {
      name: Type.String(),
      filter: SubscriptionFilter,
      deliver: Type.String(),
      triggers: Type.Optional(Triggers),
    },
    room: ROOM,
    bodyOf: (input) => input,
    isShared: () => false,
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
