// What happens to every request before its route: who asks, whether they may, in which view, in which representation.
// Holds: credential, role and route are judged before any look-up and before the body is taken, the view before the route's own work;
// all of it again when the body is there, which may be minutes later. Source: README.md#http

import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ACCESS, checkAccess, isDocumentation, needsView } from './access.ts';
import type { Authenticate } from './authenticate.ts';
import { failClosed, methodNotAllowed, notAcceptable, notFound } from './errors.ts';
import { accepts } from './negotiate.ts';
import type { GatewayParts } from './parts.ts';
import { lookForCertificates, type IsProxy } from './shown-certificate.ts';
import { createSignIn } from './sign-in-attempts.ts';
import { isTurnedAway } from './turned-away.ts';
import './http-types.ts';

/** Adds what every request begins with, before any plug-in may refuse it, and the judgement of who asks. */
export function addRequestHooks(app: FastifyInstance, parts: GatewayParts): void {
  app.decorateRequest('judge', async function (this: FastifyRequest) {
    // A copy of the registry that is a moment too old is given its second, and then asked: it may still refuse.
    if (this.subject.identity !== undefined) await parts.registry.heartbeat.awaited();
    judge(this, parts);
  });
  app.addHook('onRequest', async (request) => {
    request.isBegun = false;
    request.traceId = traceIdOf(request.headers['traceparent']);
    request.subject = parts.subjects.current(undefined);
  });
  // After every onRequest, the count of requests among them: who is refused has used one of theirs.
  app.addHook('preParsing', async (request) => {
    const { allow } = request.routeOptions.config;
    if (allow !== undefined) throw methodNotAllowed({ allow });
    if (request.is404) throw notFound({});
    await request.judge();
  });
  app.addHook('preHandler', async (request) => {
    if (request.is404) return;
    await request.judge();
    const { produces = 'application/json', alsoProduces = [] } = request.routeOptions.config;
    const produced = [produces, ...alsoProduces];
    const isTaken = produced.some((mediaType) => accepts(request.headers.accept, mediaType));
    if (!isDocumentation(request.routeOptions.url) && !isTaken) throw notAcceptable({ accepted: produced });
    request.isBegun = true;
  });
  app.setNotFoundHandler(async () => {
    throw notFound({});
  });
}

/** Adds the proof of credentials, which the count of requests needs: requests are counted by person. */
export function addSignIn(
  app: FastifyInstance,
  parts: GatewayParts & { readonly authenticate: Authenticate; readonly isProxy: IsProxy },
): void {
  const signIn = createSignIn(app, parts.authenticate, lookForCertificates(parts.isProxy));
  app.addHook('onRequest', async (request) => {
    if (request.is404 || request.routeOptions.config.allow !== undefined) return; // refused whoever asks
    if (request.headers.authorization !== undefined) await parts.registry.heartbeat.awaited();
    if (isTurnedAway(request.raw)) throw failClosed({ part: 'registry' });
    const identity = await signIn(request);
    if (identity?.kind === 'certificate') await parts.registry.heartbeat.awaited();
    request.subject = parts.subjects.current(identity);
  });
}

/** Who asks, as of now: whether they may ask this, in this view. */
function judge(request: FastifyRequest, { subjects, policyAge, view }: GatewayParts): void {
  request.subject = subjects.current(request.subject.identity);
  const { url } = request.routeOptions;
  const route = `${request.method} ${url ?? ''}`;
  checkAccess(route, request.subject);
  if (!isDocumentation(url)) policyAge.check();
  const { view: asked } = request.query as { view?: unknown };
  const who = ACCESS[route];
  const entersView = who !== undefined && needsView(who);
  if ((asked !== undefined && asked !== view.id) || (entersView && !request.subject.mayEnter)) throw notFound({});
}

/** The caller's trace, or a new id. */
function traceIdOf(traceparent: unknown): string {
  const given = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(
    typeof traceparent === 'string' ? traceparent : '',
  )?.[1];
  return given ?? randomBytes(16).toString('hex');
}
