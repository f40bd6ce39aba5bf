// What a request that changes something must say besides its body, by route: `If-Match` where it judges what was read,
// `Idempotency-Key` where it is somebody's word.
// Holds: a route that changes something and is not in this table cannot be registered; the header is missed before the body is looked
// at and before anything is looked up. Source: README.md#what-a-change-must-say

import type { RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { badRequest, preconditionRequired } from './errors.ts';
import { ifMatch as ifMatchHeader } from './etag.ts';

/** Headers that a route does not do without. */
export interface Condition {
  /** Of what was read; whether it still is as it was, the route itself compares (`mustMatch`). */
  readonly ifMatch: boolean;
  /** Votes, approvals, signatures, announcements and recalls count once however often they are sent. */
  readonly idempotencyKey: boolean;
}

const NOTHING: Condition = { ifMatch: false, idempotencyKey: false };
const MATCH: Condition = { ifMatch: true, idempotencyKey: false };
const KEY: Condition = { ifMatch: false, idempotencyKey: true };
const BOTH: Condition = { ifMatch: true, idempotencyKey: true };

/** By `METHOD /path`, the path as Fastify has it. Orders of spills and purges bind their signatures to the whole text that was read. */
export const CONDITIONS: Readonly<Record<string, Condition>> = Object.freeze<Record<string, Condition>>({
  'POST /v1/observations': NOTHING,
  'POST /v1/observations/bulk': NOTHING,
  'POST /v1/observations/preview': NOTHING,
  'POST /v1/imports/:format': NOTHING,
  'POST /v1/observations/:id/reveal': NOTHING,
  'POST /v1/observations/:id/positions': NOTHING,
  'POST /v1/observations/:id/recall': KEY,
  'POST /v1/observations/:id/supersede': NOTHING,
  'POST /v1/features/lookup': NOTHING,
  'POST /v1/assessments/:id/positions': NOTHING,
  'PATCH /v1/alerts/:id': MATCH,
  'POST /v1/subscriptions': NOTHING,
  'PUT /v1/subscriptions/:id': MATCH,
  'DELETE /v1/subscriptions/:id': NOTHING,
  'POST /v1/subscriptions/preview': NOTHING,
  'POST /v1/subscriptions/:id/test': NOTHING,
  'POST /v1/subscriptions/:id/pause': NOTHING,
  'POST /v1/subscriptions/:id/resume': NOTHING,
  'POST /v1/saved-views': NOTHING,
  'PUT /v1/saved-views/:id': MATCH,
  'DELETE /v1/saved-views/:id': NOTHING,
  'POST /v1/sources/:id/gaps': NOTHING,
  'POST /v1/dead-letters/:id/redrive': NOTHING,
  'POST /v1/dead-letters/:id/discard': NOTHING,
  'POST /v1/distributions': NOTHING,
  'POST /v1/distributions/:id/recall': KEY,
  'POST /v1/notifications/:id/acknowledge': NOTHING,
  'POST /v1/notifications/:id/action': NOTHING,
  'POST /v1/tearlines': NOTHING,
  'POST /v1/tearlines/:id/draft': NOTHING,
  'POST /v1/tearlines/:id/submit': NOTHING,
  'POST /v1/tearlines/:id/approve': BOTH,
  'POST /v1/tearlines/:id/refuse': MATCH,
  'POST /v1/tearlines/:id/publish': MATCH,
  'POST /v1/tearlines/:id/withdraw': KEY,
  'POST /v1/downgrades': NOTHING,
  'POST /v1/downgrades/:id/sign': BOTH,
  'POST /v1/downgrades/:id/refuse': MATCH,
  'POST /v1/downgrades/:id/apply': MATCH,
  'POST /v1/identity-releases': NOTHING,
  'POST /v1/identity-releases/:id/justify': NOTHING,
  'POST /v1/identity-releases/:id/approve': BOTH,
  'POST /v1/identity-releases/:id/refuse': MATCH,
  'POST /v1/identity-releases/:id/review': MATCH,
  'POST /v1/sitreps/:id/contribute': NOTHING,
  'POST /v1/sitreps/:id/nil': NOTHING,
  'POST /v1/sitreps/:id/approve': BOTH,
  'POST /v1/sitreps/:id/issue': MATCH,
  'POST /v1/sitreps/:id/correct': BOTH,
  'POST /v1/lint': NOTHING,
  'POST /v1/sitrep-series': NOTHING,
  'POST /v1/sitrep-series/:id/stop': NOTHING,
  'POST /v1/rfis': NOTHING,
  'POST /v1/rfis/:id/answer': NOTHING,
  'POST /v1/rfis/:id/close': NOTHING,
  'POST /v1/feedback': NOTHING,
  'POST /v1/feedback/:id/forward': NOTHING,
  'POST /v1/feedback/:id/not-forward': NOTHING,
  'POST /v1/affected-parties/:id/notify': MATCH,
  'POST /v1/affected-parties/:id/withhold': BOTH,
  'POST /v1/protected-accounts': NOTHING,
  'POST /v1/protected-accounts/:id/identifiers': NOTHING,
  'POST /v1/protected-accounts/:id/consent': NOTHING,
  'POST /v1/protected-accounts/:id/revoke': NOTHING,
  'POST /v1/periods/:election/dissolution': NOTHING,
  'POST /v1/periods/:election/government-sworn-in': NOTHING,
  'POST /v1/periods/:election/returning-result-clear': NOTHING,
  'POST /v1/periods/:election/independent-review': NOTHING,
  'POST /v1/cases': NOTHING,
  'POST /v1/cases/:id/consult': NOTHING,
  'POST /v1/cases/:id/respond': NOTHING,
  'POST /v1/cases/:id/not-forward': NOTHING,
  'POST /v1/cases/:id/inform': NOTHING,
  'POST /v1/cases/:id/scope': NOTHING,
  'POST /v1/cases/:id/finding': NOTHING,
  'POST /v1/cases/:id/agency-action': NOTHING,
  'POST /v1/cases/:id/attach': NOTHING,
  'POST /v1/cases/:id/detach': NOTHING,
  'POST /v1/cases/:id/draft': MATCH,
  'POST /v1/cases/:id/answer': NOTHING,
  'POST /v1/cases/:id/name-issuer': NOTHING,
  'POST /v1/cases/:id/close': MATCH,
  'POST /v1/cases/:id/ask': NOTHING,
  'POST /v1/cases/:id/rate': MATCH,
  'POST /v1/cases/:id/propose': MATCH,
  'POST /v1/cases/:id/vote': BOTH,
  'POST /v1/cases/:id/refresh': NOTHING,
  'POST /v1/cases/:id/disclose': BOTH,
  'POST /v1/cases/:id/notify': MATCH,
  'POST /v1/cases/:id/announce': BOTH,
  'POST /v1/cases/:id/update': BOTH,
  'POST /v1/cases/:id/correct': BOTH,
  'POST /v1/notices/drafts': NOTHING,
  'PUT /v1/notices/drafts/:id': MATCH,
  'POST /v1/tracker/incidents': NOTHING,
  'POST /v1/tracker/incidents/:id/supersede': NOTHING,
  'POST /v1/tracker/incidents/:id/hide': NOTHING,
  'POST /v1/good-practices': NOTHING,
  'POST /v1/good-practices/:id/link': NOTHING,
  'POST /v1/ads': NOTHING,
  'POST /v1/ads/sightings': NOTHING,
  'POST /v1/arrangements': NOTHING,
  'POST /v1/monitor/accounts': NOTHING,
  'POST /v1/monitor/accounts/:id/retire': NOTHING,
  'POST /v1/partners': NOTHING,
  'POST /v1/partners/:slug/approve': BOTH,
  'POST /v1/partners/:slug/offboard': NOTHING,
  'POST /v1/partners/:slug/rotate-key': NOTHING,
  'POST /v1/people': NOTHING,
  'POST /v1/people/:id/approve': BOTH,
  'POST /v1/purges/preview': NOTHING,
  'POST /v1/purges': KEY,
  'POST /v1/keys': NOTHING,
  'DELETE /v1/keys/:id': NOTHING,
  'POST /v1/spills': KEY,
  'POST /v1/spills/preview': NOTHING,
  'POST /v1/spills/:id/confirm': KEY,
  'POST /v1/research/projects': NOTHING,
  'POST /v1/research/agreements': KEY,
  'POST /v1/research/outputs': NOTHING,
  'POST /v1/research/datasets': NOTHING,
  'POST /v1/research/datasets/:id/collect': NOTHING,
  'POST /v1/research/datasets/:id/freeze': NOTHING,
  'POST /v1/research/datasets/:id/export': NOTHING,
  'POST /v1/research/datasets/:id/retract': KEY,
  'POST /v1/research/datasets/:id/acknowledge': NOTHING,
  'POST /v1/markings/parse': NOTHING,
  'POST /v1/markings/join': NOTHING,
  'POST /v1/markings/check': NOTHING,
  'POST /taxii2/sitebus/collections/:id/objects': NOTHING,
  'POST /dev/token': NOTHING,
});

/** Whether the command judges what was read, so that its route has to compare. */
export function judgesWhatWasRead(route: string): boolean {
  return CONDITIONS[route]?.ifMatch === true;
}

const IDEMPOTENCY_KEY = { 'idempotency-key': Type.Optional(Type.String({ maxLength: 128 })) };

/** Adds what its condition asks for to a route: its description, and the refusal of whoever does not say it. Throws for an unknown one. */
export function addCondition(route: RouteOptions, method: string): void {
  if (method === 'GET' || method === 'HEAD') return;
  const condition = CONDITIONS[`${method} ${route.url}`];
  if (condition === undefined) throw new Error(`route is not in the table of conditions: ${method} ${route.url}`);
  const { ifMatch, idempotencyKey } = condition;
  if (!ifMatch && !idempotencyKey) return;
  const { headers, summary, ...schema } = { summary: '', ...route.schema };
  const declared = (headers as { readonly properties?: object } | undefined)?.properties;
  route.schema = {
    ...schema,
    summary: idempotencyKey ? `${summary} (Idempotency-Key required)` : summary,
    // Optional to the schema: that If-Match lacks is 428, not 400.
    headers: Type.Object(
      { ...declared, ...(ifMatch && ifMatchHeader.properties), ...(idempotencyKey && IDEMPOTENCY_KEY) },
      { additionalProperties: true },
    ),
  };
  route.preValidation = [
    ...[route.preValidation ?? []].flat(),
    async (request) => {
      if (idempotencyKey && request.headers['idempotency-key'] === undefined)
        throw badRequest({ parameter: 'Idempotency-Key' });
      if (ifMatch && !request.headers['if-match']) throw preconditionRequired({});
    },
  ];
} // prettier-ignore
