// The HTTP application of one gateway: plug-ins and hooks in their order, then the routes.
// Holds: it decides nothing; what may be asked is in access.ts and request-hooks.ts, what may be answered in release.ts and
// reply-hooks.ts. Source: README.md#http

import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import underPressure from '@fastify/under-pressure';
import { registerAjvFormats } from '@fastify/type-provider-typebox';
import type { ListenerTls } from '@sitebus/kit';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate } from './authenticate.ts';
import { overloaded, rateLimited } from './errors.ts';
import { loopTurns } from './loop-turns.ts';
import { describeRoute } from './openapi.ts';
import { shareResponses } from './openapi-responses.ts';
import type { GatewayParts, ReleasedTypeProvider } from './parts.ts';
import { MAX_JSON_BYTES } from './problem.ts';
import { LONGEST_PART, readable } from './readable-path.ts';
import { addReplyHooks } from './reply-hooks.ts';
import type { RequestMeter } from './reply-hooks.ts';
import { addRequestHooks, addSignIn } from './request-hooks.ts';
import { collectRoutes, refuseOtherMethods } from './route-table.ts';
import { adRoutes } from './routes/ads.ts';
import { alertRoutes } from './routes/alerts.ts';
import { assessmentRoutes } from './routes/assessments.ts';
import { bulkRoutes } from './routes/bulk.ts';
import { caseRoutes, underCases } from './routes/cases.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { deadLetterRoutes } from './routes/dead-letters.ts';
import { distributionRoutes } from './routes/distributions.ts';
import { docsRoutes } from './routes/docs.ts';
import { downgradeRoutes } from './routes/downgrades.ts';
import { featureRoutes } from './routes/features.ts';
import { graphRoutes } from './routes/graph.ts';
import { historyRoutes } from './routes/history.ts';
import { identityReleaseRoutes } from './routes/identity-releases.ts';
import { importRoutes } from './routes/imports.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { correspondenceRoutes } from './routes/correspondence.ts';
import { keyRoutes } from './routes/keys.ts';
import { lintRoutes } from './routes/lint.ts';
import { markingRoutes } from './routes/markings.ts';
import { meRoutes } from './routes/me.ts';
import { noticeRoutes } from './routes/notices.ts';
import { monitorRoutes } from './routes/monitor.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { observationRoutes } from './routes/observations.ts';
import { ownRecordRoutes } from './routes/own-records.ts';
import { partnerRoutes } from './routes/partners.ts';
import { peopleRoutes } from './routes/people.ts';
import { periodRoutes } from './routes/periods.ts';
import { protectedAccountRoutes } from './routes/protected-accounts.ts';
import { affectedPartyRoutes } from './routes/affected-parties.ts';
import { feedbackRoutes } from './routes/feedback.ts';
import { rfiRoutes } from './routes/rfis.ts';
import { sitrepDocumentRoutes } from './routes/sitrep-documents.ts';
import { sitrepRoutes } from './routes/sitreps.ts';
import { policyRoutes } from './routes/policy.ts';
import { practiceRoutes } from './routes/practices.ts';
import { purgeRoutes } from './routes/purges.ts';
import { receiptRoutes } from './routes/receipts.ts';
import { sourceRoutes } from './routes/sources.ts';
import { spillRoutes } from './routes/spills.ts';
import { researchRoutes } from './routes/research.ts';
import { savedViewRoutes } from './routes/saved-views.ts';
import { stixRoutes } from './routes/stix.ts';
import { subscriptionRoutes } from './routes/subscriptions.ts';
import { taxiiInboxRoutes } from './routes/taxii-inbox.ts';
import { taxiiRoutes } from './routes/taxii.ts';
import { tearlineRoutes } from './routes/tearlines.ts';
import { tokenRoutes } from './routes/token.ts';
import { trackerRoutes } from './routes/tracker.ts';
import type { IsProxy } from './shown-certificate.ts';
import type { Subject } from './subject.ts';
import { validatorOf } from './validators.ts';
import { withoutSlash } from './taxii/media.ts';
import './http-types.ts';

/** How long a request may take to come, its body included; what it is answered with may take as long as it likes. */
export const REQUEST_WITHIN_MS = 300_000;

/** Builds the application; it listens nowhere until told to. */
export function createApp(
  parts: GatewayParts & {
    readonly authenticate: Authenticate;
    readonly meter: RequestMeter;
    readonly maxEventLoopDelayMs: number;
    /** Whose word about where a request comes from, and with which certificate, is believed. */
    readonly isProxy: IsProxy;
    /** Of its own listener; absent: that speaks plain HTTP. */
    readonly tls?: ListenerTls;
  },
): FastifyInstance {
  registerAjvFormats();
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_JSON_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: LONGEST_PART, ignoreTrailingSlash: false, caseSensitive: true },
    requestTimeout: REQUEST_WITHIN_MS,
    rewriteUrl: ({ url = '/' }) => underCases(withoutSlash(readable(url))),
    forceCloseConnections: 'idle',
    trustProxy: parts.isProxy,
    ...(parts.tls && ({ https: parts.tls.options } as object)), // by its type an application is of HTTP or of HTTPS for ever
  }).withTypeProvider<ReleasedTypeProvider>();
  app.server.on('connection', loopTurns.giveWay);
  app.setValidatorCompiler(validatorOf);
  app.removeContentTypeParser('text/plain');
  app.setSerializerCompiler(() => (body) => JSON.stringify(body));
  app.decorateRequest('subject', null as unknown as Subject);
  app.decorateRequest('traceId', '');
  app.decorateRequest('isBegun', false);
  app.decorateReply('opened', undefined);
  app.decorateReply('isProblem', false);

  const methods = collectRoutes(app);
  app.decorate('routeMethods', methods);
  addRequestHooks(app, parts);
  addReplyHooks(app, parts);

  void app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
    },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  void app.register(rateLimit, {
    global: true,
    max: parts.requestsPerMinute,
    timeWindow: 60_000,
    enableDraftSpec: true,
    keyGenerator: (request: FastifyRequest) =>
      request.subject.identity === undefined ? `address ${request.ip}` : `person ${request.subject.person}`,
    errorResponseBuilder: (_request: FastifyRequest, context: { ttl: number }) =>
      rateLimited({ retryAfterSeconds: Math.ceil(context.ttl / 1000) }),
  });
  if (parts.maxEventLoopDelayMs > 0) {
    void app.register(underPressure, {
      maxEventLoopDelay: parts.maxEventLoopDelayMs,
      pressureHandler: () => {
        throw overloaded({});
      },
    });
  }
  void app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'sitebus',
        version: 'v1',
        description: 'One view, and what lies below it. Reads are judged record by record.',
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    hideUntagged: false,
    transform: describeRoute,
    transformObject: (made) => ('openapiObject' in made ? shareResponses(made.openapiObject) : made.swaggerObject),
  });

  void app.register(named(onTheWhole(async (whole) => addSignIn(whole, parts))));

  const routes = [
    observationRoutes,
    ownRecordRoutes,
    bulkRoutes,
    importRoutes,
    assessmentRoutes,
    historyRoutes,
    graphRoutes,
    adRoutes,
    monitorRoutes,
    alertRoutes,
    subscriptionRoutes,
    deliveryRoutes,
    savedViewRoutes,
    featureRoutes,
    sourceRoutes,
    spillRoutes,
    purgeRoutes,
    deadLetterRoutes,
    distributionRoutes,
    notificationRoutes,
    receiptRoutes,
    tearlineRoutes,
    downgradeRoutes,
    identityReleaseRoutes,
    periodRoutes,
    protectedAccountRoutes,
    affectedPartyRoutes,
    feedbackRoutes,
    rfiRoutes,
    sitrepRoutes,
    sitrepDocumentRoutes,
    correspondenceRoutes,
    lintRoutes,
    caseRoutes,
    noticeRoutes,
    researchRoutes,
    ledgerRoutes,
    trackerRoutes,
    practiceRoutes,
    partnerRoutes,
    peopleRoutes,
    keyRoutes,
    meRoutes,
    markingRoutes,
    policyRoutes,
    taxiiRoutes,
    taxiiInboxRoutes,
    stixRoutes,
    docsRoutes,
    ...(parts.localIssuer === undefined ? [] : [tokenRoutes]),
  ];
  for (const plugin of routes) void app.register(named(plugin), parts);
  void app.register(named(async (inner) => refuseOtherMethods(inner as unknown as FastifyInstance, methods)));
  return app;
}

/** A plug-in whose hooks are those of the application: after the ones of plug-ins before it, before those of routes. */
function onTheWhole<T extends (app: FastifyInstance) => Promise<void>>(plugin: T): T {
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true });
}

/** Without a name of its own fastify looks for a plugin in every loaded module, for each view anew. */
function named<T extends (...args: never[]) => unknown>(plugin: T): T {
  return Object.assign(plugin, { [Symbol.for('fastify.display-name')]: plugin.name || 'route methods' });
}
