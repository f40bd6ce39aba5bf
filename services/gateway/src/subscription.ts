// A person's own subscription: a filter over alerts under a name, and on which reasons it speaks.
// Holds: pure; what it lets through is what the inline filter would, evaluated on the released form alone.
// Source: README.md#subscriptions

import { Type } from 'typebox';
import type { Static } from 'typebox';
import type { Role } from '@sitebus/sdk';
import { AlertFilter } from './filter.ts';
import type { Filter } from './filter.ts';

/** Who keeps subscriptions, and to whom is sent by itself. */
export const SUBSCRIBERS: readonly Role[] = ['analyst', 'operator', 'secretariat', 'partner-admin'];

/** How alerts reach a person: a stream and TAXII are fetched; digests and webhooks are sent. */
export const DELIVER_BY = ['stream', 'taxii', 'digest', 'webhook'] as const;
export type DeliverBy = (typeof DELIVER_BY)[number];

/** Conditions of a subscription, as the query of alerts has them. */
export const SubscriptionFilter = Type.Object(AlertFilter, { additionalProperties: false });

/** Reasons on which it speaks; none named: all. */
export const Triggers = Type.Array(AlertFilter.reason, { maxItems: 20, uniqueItems: true });

/** What a person sends. */
export const SubscriptionInput = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 200 }),
    view: Type.Optional(
      Type.String({ maxLength: 64, description: 'The view it is made in; default that of the request.' }),
    ),
    filter: SubscriptionFilter,
    deliver: Type.Unsafe<DeliverBy>({ type: 'string', enum: [...DELIVER_BY] }),
    url: Type.Optional(
      Type.String({ maxLength: 2_000, description: 'With `webhook`, and only then: where alerts are posted to.' }),
    ),
    triggers: Type.Optional(Triggers),
  },
  { additionalProperties: false },
);
export type SubscriptionInput = Static<typeof SubscriptionInput>;

/** @returns the filter that lets through what the subscription is for. `body` is of a subscription. */
export function filterOfSubscription(body: Readonly<Record<string, unknown>>): Filter {
  const { filter, triggers } = body as Pick<SubscriptionInput, 'filter' | 'triggers'>; // checked when it was kept
  return { ...filter, ...(triggers === undefined || triggers.length === 0 ? {} : { triggers: triggers.join(' ') }) };
}
