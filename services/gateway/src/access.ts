// Who may use which route: role and route alone, decided before any look-up.
// Holds: default deny: a route that is not in this table cannot be registered, and a test compares the table with the
// routes both ways. Clearance is another matter, and both must hold. Source: README.md#routes

import type { Role } from '@sitebus/sdk';
import { notAuthenticated, roleNotAllowed } from './errors.ts';
import { RECIPIENTS } from './receipts/recipients.ts';
import type { Subject } from './subject.ts';
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
const SUBSCRIBERS: readonly Role[] = ['analyst', 'operator', 'secretariat', 'partner-admin'];

/** By `METHOD /path`, the path as Fastify has it. */
export const ACCESS: Readonly<Record<string, Who>> = Object.freeze<Record<string, Who>>({
  'POST /v1/observations': PUBLISHERS,
  'POST /v1/observations/bulk': PUBLISHERS,
  'POST /v1/observations/preview': PUBLISHERS,
  'POST /v1/imports/:format': IMPORTERS,
  'GET /v1/observations': READERS,
  'GET /v1/observations/:id': READERS,
  'GET /v1/observations/:id/assessments': READERS,
  'POST /v1/observations/:id/recall': PUBLISHERS,
  'POST /v1/observations/:id/supersede': PUBLISHERS,
  'POST /v1/features/lookup': PUBLISHERS,
  'GET /v1/assessments': READERS,
  'GET /v1/assessments/:id': READERS,
  'GET /v1/assessments/:id/explain': READERS,
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
  'POST /v1/saved-views': 'any-token',
  'GET /v1/saved-views': 'any-token',
  'GET /v1/saved-views/:id': 'any-token',
  'PUT /v1/saved-views/:id': 'any-token',
  'DELETE /v1/saved-views/:id': 'any-token',
  'GET /v1/sources': SOURCE_READERS,
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
