// What happens to every request before its route: who asks, whether they may, in which view, in which representation.
// Holds: credential, role and route are judged before any look-up, the view before the route's own work.
// Source: README.md#http

import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { ACCESS, checkAccess, isDocumentation, needsView } from './access.ts';
import type { Authenticate } from './authenticate.ts';
import { failClosed, methodNotAllowed, notAcceptable, notFound } from './errors.ts';
import { accepts } from './negotiate.ts';
import type { GatewayParts } from './parts.ts';
import { lookForCertificates, type IsProxy } from './shown-certificate.ts';
import { createSignIn } from './sign-in-attempts.ts';
import { isTurnedAway } from './turned-away.ts';
import './http-types.ts';

/** Adds them, and the one 404 of unknown paths. */
export function addRequestHooks(
  app: FastifyInstance,
  parts: GatewayParts & { readonly authenticate: Authenticate; readonly isProxy: IsProxy },
): void {
  const signIn = createSignIn(app, parts.authenticate, lookForCertificates(parts.isProxy));
  app.addHook('onRequest', async (request) => {
    request.isBegun = false;
    request.traceId = traceIdOf(request.headers['traceparent']);
    const { allow } = request.routeOptions.config;
    if (allow !== undefined) throw methodNotAllowed({ allow });
    request.subject = parts.subjects.current(undefined);
    if (request.is404) throw notFound({}); // before its body is looked at
    // A copy of the registry that is a moment too old is given its second, and then asked: it may still refuse.
    if (request.headers.authorization !== undefined) await parts.registry.heartbeat.awaited();
    if (isTurnedAway(request.raw)) throw failClosed({ part: 'registry' });
    const identity = await signIn(request);
    if (identity?.kind === 'certificate') await parts.registry.heartbeat.awaited();
    request.subject = parts.subjects.current(identity);
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    checkAccess(route, request.subject);
    if (!isDocumentation(request.routeOptions.url)) parts.policyAge.check();
    const { view } = request.query as { view?: unknown };
    const who = ACCESS[route];
    const entersView = who !== undefined && needsView(who);
    if ((view !== undefined && view !== parts.view.id) || (entersView && !request.subject.mayEnter)) throw notFound({});
  });
  app.addHook('preHandler', async (request) => {
    const { produces = 'application/json', alsoProduces = [] } = request.routeOptions.config;
    const produced = [produces, ...alsoProduces];
    const isTaken = produced.some((mediaType) => accepts(request.headers.accept, mediaType));
    if (!request.is404 && !isDocumentation(request.routeOptions.url) && !isTaken)
      throw notAcceptable({ accepted: produced });
    request.isBegun = !request.is404;
  });
  app.setNotFoundHandler(async () => {
    throw notFound({});
  });
}

/** The caller's trace, or a new id. */
function traceIdOf(traceparent: unknown): string {
  const given = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(
    typeof traceparent === 'string' ? traceparent : '',
  )?.[1];
  return given ?? randomBytes(16).toString('hex');
}
