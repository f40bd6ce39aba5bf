// Who may use which route: role and route alone, decided before any look-up.
// Holds: default deny: a route that is not in this table cannot be registered, and a test compares the table with the
// routes both ways. Clearance is another matter, and both must hold. Source: README.md#routes

import type { Role } from '@sitebus/sdk';
import { notAuthenticated, roleNotAllowed } from './errors.ts';
import { RECIPIENTS } from './receipts/recipients.ts';
import { KEY_HOLDERS } from './registry/commands.ts';
import type { Subject } from './subject.ts';
import { SUBSCRIBERS } from './subscription.ts';
import { TRIAGERS } from './triage.ts';

/** `anyone`: token or not. `any-token`: every role. Else one of the roles. */
export type Who = 'anyone' | 'any-token' | readonly Role[];

const READERS: readonly Role[] = ['analyst', 'operator', 'panel-member', 'secretariat', 'partner-admin', 'reviewer'];
const PUBLISHERS: readonly Role[] = ['operator', 'analyst', 'partner-admin'];

const POSITIONERS: readonly Role[] = ['analyst'];
const IMPORTERS: readonly Role[] = ['operator', 'partner-admin'];
const DISTRIBUTORS: readonly Role[] = ['analyst', 'secretariat', 'chair'];
/** Of tearlines and downgrades: who asks and drafts, who consents, who reviews. */
const ASKERS: readonly Role[] = ['analyst', 'secretariat'];
const CONSENTERS: readonly Role[] = ['release-authority'];
const CONSENT_READERS: readonly Role[] = [...ASKERS, ...CONSENTERS, 'reviewer'];
const IDENTITY_READERS: readonly Role[] = ['analyst', 'operator', 'reviewer'];
const SOURCE_READERS: readonly Role[] = [
  'analyst',
  'operator',
  'secretariat',
  'partner-admin',
  'reviewer',
  'administrator',
];

const ADMINISTRATORS: readonly Role[] = ['administrator'];
const SPILL_READERS: readonly Role[] = [...ADMINISTRATORS, 'reviewer'];

const CLERK: readonly Role[] = ['clerk'];
const SECRETARIAT: readonly Role[] = ['secretariat'];
const SEATS: readonly Role[] = ['panel-member'];
/** Of cases; which of them are there for whom, protocol says. What seats alone do is open to any token here: 404, not 403, tells nobody that there is a panel at work. */
const CASE_READERS: readonly Role[] = [
  ...SEATS,
  ...SECRETARIAT,
  ...CLERK,
  'reviewer',
  'analyst',
  'operator',
  'agency-head',
];
const ISSUERS: readonly Role[] = [...CLERK, 'agency-head'];

const SITREP_STARTERS: readonly Role[] = ['secretariat', 'chair', 'clerk'];
const QUESTIONERS: readonly Role[] = ['analyst', 'panel-member', 'secretariat'];
/** Of requests for information and their answers. */
export const QUESTION_READERS: readonly Role[] = [...QUESTIONERS, 'operator', 'agency-head', 'reviewer'];
const DISSEMINATORS: readonly Role[] = ['secretariat', 'release-authority'];

/** By `METHOD /path`, the path as Fastify has it. */
export const ACCESS: Readonly<Record<string, Who>> = Object.freeze<Record<string, Who>>({
  'POST /v1/observations': PUBLISHERS,
  'POST /v1/observations/bulk': PUBLISHERS,
  'POST /v1/observations/preview': PUBLISHERS,
  'POST /v1/imports/:format': IMPORTERS,
  'GET /v1/observations': READERS,
  'GET /v1/observations/:id': READERS,
  'GET /v1/observations/:id/assessments': READERS,
  'POST /v1/observations/:id/reveal': ['analyst', 'operator'],
  'POST /v1/observations/:id/positions': POSITIONERS,
  'POST /v1/observations/:id/recall': PUBLISHERS,
  'POST /v1/observations/:id/supersede': PUBLISHERS,
  'POST /v1/features/lookup': PUBLISHERS,
  'GET /v1/assessments': READERS,
  'GET /v1/assessments/:id': READERS,
  'GET /v1/assessments/:id/explain': READERS,
  'GET /v1/assessments/:id/graph': READERS,
  'GET /v1/assessments/:id/history': READERS,
  'GET /v1/assessments/:id/history/:n': READERS,
  'POST /v1/assessments/:id/positions': POSITIONERS,
  'GET /v1/redirects/:id': READERS,
  'GET /v1/alerts': READERS,
  'GET /v1/alerts/:id': READERS,
  'GET /v1/alerts/stream': READERS,
  'PATCH /v1/alerts/:id': TRIAGERS,
  'POST /v1/subscriptions': SUBSCRIBERS,
  'GET /v1/subscriptions': SUBSCRIBERS,
  'GET /v1/subscriptions/:id': SUBSCRIBERS,
  'PUT /v1/subscriptions/:id': SUBSCRIBERS,
  'DELETE /v1/subscriptions/:id': SUBSCRIBERS,
  'POST /v1/subscriptions/preview': SUBSCRIBERS,
  'GET /v1/subscriptions/:id/deliveries': SUBSCRIBERS,
  'POST /v1/subscriptions/:id/test': SUBSCRIBERS,
  'POST /v1/subscriptions/:id/pause': SUBSCRIBERS,
  'POST /v1/subscriptions/:id/resume': SUBSCRIBERS,
  'POST /v1/saved-views': 'any-token',
  'GET /v1/saved-views': 'any-token',
  'GET /v1/saved-views/:id': 'any-token',
  'PUT /v1/saved-views/:id': 'any-token',
  'DELETE /v1/saved-views/:id': 'any-token',
  'GET /v1/sources': SOURCE_READERS,
  'GET /v1/sources/:id': SOURCE_READERS,
  'POST /v1/sources/:id/gaps': ['operator'],
  'GET /v1/dead-letters': ['operator'],
  'GET /v1/dead-letters/:id': ['operator'],
  'POST /v1/dead-letters/:id/redrive': ['operator'],
  'POST /v1/dead-letters/:id/discard': ['operator'],
  'POST /v1/distributions': DISTRIBUTORS,
  'POST /v1/distributions/:id/recall': DISTRIBUTORS,
  'GET /v1/receipts': RECIPIENTS,
  'GET /v1/notifications': RECIPIENTS,
  'GET /v1/notifications/:id': RECIPIENTS,
  'GET /v1/notifications/stream': RECIPIENTS,
  'POST /v1/notifications/:id/acknowledge': RECIPIENTS,
  'POST /v1/notifications/:id/action': RECIPIENTS,
  'POST /v1/tearlines': ASKERS,
  'GET /v1/tearlines': CONSENT_READERS,
  'GET /v1/tearlines/:id': CONSENT_READERS,
  'POST /v1/tearlines/:id/draft': ASKERS,
  'POST /v1/tearlines/:id/submit': ASKERS,
  'POST /v1/tearlines/:id/approve': CONSENTERS,
  'POST /v1/tearlines/:id/refuse': CONSENTERS,
  'POST /v1/tearlines/:id/publish': CONSENTERS,
  'POST /v1/tearlines/:id/withdraw': [...ASKERS, ...CONSENTERS],
  'POST /v1/downgrades': ASKERS,
  'GET /v1/downgrades': CONSENT_READERS,
  'GET /v1/downgrades/:id': CONSENT_READERS,
  'POST /v1/downgrades/:id/sign': CONSENTERS,
  'POST /v1/downgrades/:id/refuse': CONSENTERS,
  'POST /v1/downgrades/:id/apply': CONSENTERS,
  'POST /v1/identity-releases': ['analyst'],
  'GET /v1/identity-releases': IDENTITY_READERS,
  'GET /v1/identity-releases/:id': IDENTITY_READERS,
  'POST /v1/identity-releases/:id/justify': ['analyst'],
  'POST /v1/identity-releases/:id/approve': ['operator'],
  'POST /v1/identity-releases/:id/refuse': ['operator'],
  'POST /v1/identity-releases/:id/review': ['reviewer'],
  'GET /v1/sitreps': RECIPIENTS,
  'GET /v1/sitreps/:id': RECIPIENTS,
  'GET /v1/sitreps/:id.html': RECIPIENTS,
  'GET /v1/sitreps/:id.pdf': RECIPIENTS,
  'POST /v1/sitreps/:id/contribute': ['operator'],
  'POST /v1/sitreps/:id/nil': ['operator'],
  'POST /v1/sitreps/:id/approve': ['chair'],
  'POST /v1/sitreps/:id/issue': ['chair'],
  'POST /v1/sitreps/:id/correct': ['chair'],
  'POST /v1/lint': ['analyst', 'operator', 'panel-member', 'secretariat', 'partner-admin'],
  'POST /v1/sitrep-series': SITREP_STARTERS,
  'GET /v1/sitrep-series': [...SITREP_STARTERS, 'analyst', 'operator', 'reviewer'],
  'GET /v1/sitrep-series/:id': [...SITREP_STARTERS, 'analyst', 'operator', 'reviewer'],
  'POST /v1/sitrep-series/:id/stop': SITREP_STARTERS,
  'POST /v1/rfis': QUESTIONERS,
  'GET /v1/rfis': QUESTION_READERS,
  'GET /v1/rfis/:id': QUESTION_READERS,
  'POST /v1/rfis/:id/answer': ['analyst', 'operator', 'agency-head'],
  'POST /v1/rfis/:id/close': QUESTIONERS,
  'GET /v1/products/:id/correspondence': RECIPIENTS,
  'POST /v1/feedback': RECIPIENTS,
  'GET /v1/feedback': RECIPIENTS,
  'GET /v1/feedback/:id': RECIPIENTS,
  'POST /v1/feedback/:id/forward': RECIPIENTS,
  'POST /v1/feedback/:id/not-forward': RECIPIENTS,
  'GET /v1/affected-parties': [...DISSEMINATORS, 'reviewer'],
  'GET /v1/affected-parties/:id': [...DISSEMINATORS, 'reviewer'],
  'POST /v1/affected-parties/:id/notify': DISSEMINATORS,
  'POST /v1/affected-parties/:id/withhold': DISSEMINATORS,
  'POST /v1/protected-accounts': ['cleared-rep', 'partner-admin'],
  'GET /v1/protected-accounts': 'any-token',
  'GET /v1/protected-accounts/:id': 'any-token',
  'POST /v1/protected-accounts/:id/identifiers': 'any-token',
  'POST /v1/protected-accounts/:id/consent': 'any-token',
  'POST /v1/protected-accounts/:id/revoke': 'any-token',
  'GET /v1/target-notices': 'any-token',
  'GET /v1/target-notices/:id': 'any-token',
  'GET /v1/periods/:election': 'any-token',
  'POST /v1/periods/:election/dissolution': CLERK,
  'POST /v1/periods/:election/government-sworn-in': CLERK,
  'POST /v1/periods/:election/returning-result-clear': CLERK,
  'POST /v1/periods/:election/independent-review': CLERK,
  'POST /v1/cases': ['secretariat', 'analyst'],
  'GET /v1/cases': CASE_READERS,
  'GET /v1/cases/:id': CASE_READERS,
  'GET /v1/cases/:id/brief': [...SEATS, 'secretariat'],
  'GET /v1/cases/:id/evidence': [...SEATS, 'secretariat'],
  'GET /v1/cases/:id/decision': 'any-token',
  'POST /v1/cases/:id/consult': SECRETARIAT,
  'POST /v1/cases/:id/respond': ['analyst', 'operator', 'agency-head'],
  'POST /v1/cases/:id/not-forward': SECRETARIAT,
  'POST /v1/cases/:id/inform': ['agency-head'],
  'POST /v1/cases/:id/scope': SECRETARIAT,
  'POST /v1/cases/:id/finding': SECRETARIAT,
  'POST /v1/cases/:id/agency-action': ['analyst', 'operator', 'agency-head'],
  'POST /v1/cases/:id/attach': SECRETARIAT,
  'POST /v1/cases/:id/detach': SECRETARIAT,
  'POST /v1/cases/:id/draft': SECRETARIAT,
  'POST /v1/cases/:id/answer': SECRETARIAT,
  'POST /v1/cases/:id/name-issuer': CLERK,
  'POST /v1/cases/:id/close': CLERK,
  'POST /v1/cases/:id/ask': 'any-token',
  'POST /v1/cases/:id/rate': 'any-token',
  'POST /v1/cases/:id/propose': 'any-token',
  'POST /v1/cases/:id/vote': 'any-token',
  'POST /v1/cases/:id/refresh': 'any-token',
  'POST /v1/cases/:id/disclose': ISSUERS,
  'POST /v1/cases/:id/notify': ISSUERS,
  'POST /v1/cases/:id/announce': ISSUERS,
  'POST /v1/cases/:id/update': ISSUERS,
  'POST /v1/cases/:id/correct': ISSUERS,
  'GET /v1/elections/:id/history-pack': [...SEATS, 'reviewer'],
  'GET /v1/elections/:id/threshold-report': [...SEATS, 'reviewer'],
  'GET /v1/notices': 'anyone',
  'GET /v1/notices/:id': 'anyone',
  'GET /v1/notices/feed.atom': 'anyone',
  'POST /v1/notices/drafts': SECRETARIAT,
  'PUT /v1/notices/drafts/:id': SECRETARIAT,
  'GET /v1/ledger/checkpoint': 'anyone',
  'GET /v1/ledger/checkpoints/:size': 'anyone',
  'GET /v1/ledger/proof/inclusion': 'anyone',
  'GET /v1/ledger/proof/consistency': 'anyone',
  'GET /v1/ledger/entries': 'any-token',
  'GET /v1/ledger/entries/:index': 'any-token',
  'GET /v1/tracker/incidents': 'anyone',
  'GET /v1/tracker/incidents/:id': 'anyone',
  'GET /v1/tracker/incidents.csv': 'anyone',
  'GET /v1/tracker/incidents.json': 'anyone',
  'GET /v1/tracker/incidents.stix': 'anyone',
  'POST /v1/tracker/incidents': ['partner-admin'],
  'POST /v1/tracker/incidents/:id/supersede': ['partner-admin'],
  'POST /v1/tracker/incidents/:id/hide': ['partner-admin'],
  'GET /v1/good-practices': 'anyone',
  'POST /v1/good-practices': ['partner-admin'],
  'POST /v1/good-practices/:id/link': ['partner-admin'],
  'GET /v1/ads': 'anyone',
  'GET /v1/ads/:id': 'anyone',
  'GET /v1/ads/compliance': ['analyst', 'operator'],
  'POST /v1/ads': IMPORTERS,
  'POST /v1/ads/sightings': IMPORTERS,
  'POST /v1/arrangements': ['operator'],
  'GET /v1/monitor/accounts': 'anyone',
  'GET /v1/monitor/posts': 'anyone',
  'GET /v1/monitor/aggregates': 'anyone',
  'GET /v1/monitor/coverage': 'anyone',
  'POST /v1/monitor/accounts': ['operator'],
  'POST /v1/monitor/accounts/:id/retire': ['operator'],
  'GET /v1/partners': ADMINISTRATORS,
  'GET /v1/partners/:slug': ADMINISTRATORS,
  'POST /v1/partners': ADMINISTRATORS,
  'POST /v1/partners/:slug/approve': ADMINISTRATORS,
  'POST /v1/partners/:slug/offboard': ADMINISTRATORS,
  'POST /v1/partners/:slug/rotate-key': ADMINISTRATORS,
  'GET /v1/people': ADMINISTRATORS,
  'GET /v1/people/:id': ADMINISTRATORS,
  'POST /v1/people': ADMINISTRATORS,
  'POST /v1/people/:id/approve': ADMINISTRATORS,
  'POST /v1/purges/preview': ADMINISTRATORS,
  'POST /v1/purges': ADMINISTRATORS,
  'GET /v1/keys': KEY_HOLDERS,
  'POST /v1/keys': KEY_HOLDERS,
  'DELETE /v1/keys/:id': KEY_HOLDERS,
  'GET /v1/spills': SPILL_READERS,
  'GET /v1/spills/:id': SPILL_READERS,
  'POST /v1/spills': ADMINISTRATORS,
  'POST /v1/spills/preview': ADMINISTRATORS,
  'POST /v1/spills/:id/confirm': ADMINISTRATORS,
  'GET /v1/spills/:id/recipients': ['reviewer'],
  // Whoever is not at arm's length gets the 404 of everything that is not there (routes/research.ts), never a 403.
  'POST /v1/research/projects': 'any-token',
  'GET /v1/research/projects': 'any-token',
  'POST /v1/research/agreements': 'any-token',
  'POST /v1/research/outputs': 'any-token',
  'POST /v1/research/datasets': 'any-token',
  'GET /v1/research/datasets': 'any-token',
  'GET /v1/research/datasets/:id': 'any-token',
  'GET /v1/research/datasets/:id/file': 'any-token',
  'POST /v1/research/datasets/:id/collect': 'any-token',
  'POST /v1/research/datasets/:id/freeze': 'any-token',
  'POST /v1/research/datasets/:id/export': 'any-token',
  'POST /v1/research/datasets/:id/retract': 'any-token',
  'POST /v1/research/datasets/:id/acknowledge': 'any-token',
  'GET /v1/research/catalogue': 'anyone',
  'GET /v1/me': 'any-token',
  'GET /v1/policy': 'any-token',
  'GET /v1/schemas': 'any-token',
  'GET /v1/schemas/:name': 'any-token',
  'POST /v1/markings/parse': 'any-token',
  'POST /v1/markings/join': 'any-token',
  'POST /v1/markings/check': 'any-token',
  'GET /taxii2': 'anyone',
  'GET /taxii2/sitebus': 'any-token',
  'GET /taxii2/sitebus/collections': READERS,
  'GET /taxii2/sitebus/collections/:id': READERS,
  'GET /taxii2/sitebus/collections/:id/objects': READERS,
  'GET /taxii2/sitebus/collections/:id/objects/:objectId': READERS,
  'GET /taxii2/sitebus/collections/:id/objects/:objectId/versions': READERS,
  'GET /taxii2/sitebus/collections/:id/manifest': READERS,
  'POST /taxii2/sitebus/collections/:id/objects': PUBLISHERS,
  'GET /taxii2/sitebus/status/:statusId': PUBLISHERS,
  'GET /stix/extensions/:name': 'anyone',
  'GET /version': 'anyone',
  'GET /openapi.json': 'anyone',
  'GET /asyncapi': 'anyone',
  'GET /asyncapi.json': 'anyone',
  'GET /docs': 'anyone',
  'GET /docs/': 'anyone',
  'GET /docs/json': 'anyone',
  'GET /docs/yaml': 'anyone',
  'GET /docs/static/index.html': 'anyone',
  'GET /docs/static/swagger-initializer.js': 'anyone',
  'GET /docs/static/*': 'anyone',
  'HEAD /docs/static/*': 'anyone',
  'POST /dev/token': 'anyone',
});

/** True for the routes of the documentation's own plug-in, whose files hold no record. */
export function isDocumentation(path: string | undefined): boolean {
  return path === '/docs' || (path ?? '').startsWith('/docs/');
}

/** True where the route reads or writes within a view, so that its reader must be able to enter it. */
export function needsView(who: Who): boolean {
  return typeof who !== 'string';
}

/** Throws `not-authenticated` without a token where one is needed, `role-not-allowed` where the role or key does not fit. */
export function checkAccess(route: string, subject: Subject): void {
  const who = ACCESS[route];
  if (who === 'anyone') return;
  if (subject.identity === undefined) throw notAuthenticated({ expired: false });
  const hasRole = who === 'any-token' || (who ?? []).some((role) => subject.roles.includes(role));
  const hasRoute = subject.routes.includes('*') || subject.routes.includes(route);
  if (!hasRole || !hasRoute) throw roleNotAllowed({});
}
