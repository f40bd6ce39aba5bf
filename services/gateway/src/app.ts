// The HTTP application of one gateway: hooks in their order, and the routes.
// Holds: every route is in access.ts; only a Released, a problem or the documentation's own files are written; headers
// that say what an answer is are set here and nowhere else. Source: README.md#http

import { randomBytes, createHash } from 'node:crypto';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import underPressure from '@fastify/under-pressure';
import { registerAjvFormats, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { Type } from 'typebox';
import { ACCESS, checkAccess, isDocumentation, needsView } from './access.ts';
import type { Authenticate } from './authenticate.ts';
import { internal, methodNotAllowed, notAcceptable, notFound, overloaded, rateLimited } from './errors.ts';
import type { Problem } from './errors.ts';
import { accepts } from './negotiate.ts';
import { query } from './page.ts';
import type { GatewayParts, ReleasedTypeProvider } from './parts.ts';
import { languageOf, MAX_JSON_BYTES, ProblemBody, problemOfValidation, renderProblem, toProblem } from './problem.ts';
import { isReleased, open, UNMARKED_BANNER } from './release.ts';
import type { Opened } from './release.ts';
import { alertRoutes } from './routes/alerts.ts';
import { assessmentRoutes } from './routes/assessments.ts';
import { docsRoutes } from './routes/docs.ts';
import { featureRoutes } from './routes/features.ts';
import { importRoutes } from './routes/imports.ts';
import { markingRoutes } from './routes/markings.ts';
import { meRoutes } from './routes/me.ts';
import { observationRoutes } from './routes/observations.ts';
import { policyRoutes } from './routes/policy.ts';
import { sourceRoutes } from './routes/sources.ts';
import { tokenRoutes } from './routes/token.ts';
import { PUBLIC_VIEW } from './subject.ts';
import type { Subject } from './subject.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who is asking, as of the start of the request. */
    subject: Subject;
    traceId: string;
  }
  interface FastifyReply {
    /** What is written: set from a Released, or by the two writers of streams. */
    opened: Opened<unknown> | undefined;
    isProblem: boolean;
  }
  interface FastifyInstance {
    /** Methods by path of every route that does something; complete once the application is ready. */
    readonly routeMethods: ReadonlyMap<string, ReadonlySet<string>>;
  }
  interface FastifyContextConfig {
    /** Media type of the answer; default application/json. */
    produces?: string;
    /** Media types of the request's body; default application/json. */
    consumes?: readonly string[];
    /** Answers with a strong ETag of its bytes. */
    etag?: boolean;
    /** Methods of the same path, on routes that only say 405. */
    allow?: readonly string[];
  }
}

/** What the hooks count; labels never depend on records. */
export interface RequestMeter {
  count(route: string, method: string, status: number, seconds: number): void;
}

/** Builds the application; it listens nowhere until told to. */
export function createApp(
  parts: GatewayParts & {
    readonly authenticate: Authenticate;
    readonly meter: RequestMeter;
    readonly maxEventLoopDelayMs: number;
  },
): FastifyInstance {
  registerAjvFormats();
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_JSON_BYTES,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: false, caseSensitive: true },
    requestTimeout: 0,
    forceCloseConnections: 'idle',
  }).withTypeProvider<ReleasedTypeProvider>();
  app.setValidatorCompiler(TypeBoxValidatorCompiler);
  app.removeContentTypeParser('text/plain');
  app.setSerializerCompiler(() => (body) => JSON.stringify(body));
  app.decorateRequest('subject', null as unknown as Subject);
  app.decorateRequest('traceId', '');
  app.decorateReply('opened', undefined);
  app.decorateReply('isProblem', false);

  const methods = collectRoutes(app as unknown as FastifyInstance);
  app.decorate('routeMethods', methods);
  addRequestHooks(app as unknown as FastifyInstance, parts);
  addReplyHooks(app as unknown as FastifyInstance, parts);

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
      request.subject?.identity === undefined ? `address ${request.ip}` : `person ${request.subject.person}`,
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
        description: `The ${parts.view.id} view. Reads are judged record by record.`,
      },
      components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } },
      security: [{ bearer: [] }],
    },
    hideUntagged: false,
  });

  const routes = [
    observationRoutes,
    importRoutes,
    assessmentRoutes,
    alertRoutes,
    featureRoutes,
    sourceRoutes,
    meRoutes,
    markingRoutes,
    policyRoutes,
    docsRoutes,
    ...(parts.localIssuer === undefined ? [] : [tokenRoutes]),
  ];
  for (const plugin of routes) void app.register(plugin, parts);
  void app.register(async (inner) => refuseOtherMethods(inner as unknown as FastifyInstance, methods));
  return app as unknown as FastifyInstance;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Default deny: a route that the access table lacks cannot be added; every route takes `view` and no unknown parameter. */
function collectRoutes(app: FastifyInstance): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', (route: RouteOptions) => {
    if (route.config?.allow !== undefined) return;
    for (const method of [route.method].flat()) {
      if (!(`${method} ${route.url}` in ACCESS))
        throw new Error(`route is not in the access table: ${method} ${route.url}`);
      methods.set(route.url, (methods.get(route.url) ?? new Set()).add(method));
    }
    route.schema = {
      ...(route.schema ?? {}),
      querystring: route.schema?.querystring ?? query({}),
      response: { ...commonAnswers(), ...((route.schema?.response as object | undefined) ?? {}) },
    };
  });
  return methods;
}

function commonAnswers(): Record<string, unknown> {
  return { '4xx': ProblemBody, '5xx': ProblemBody };
}

/** 405 is decided by the path's own routes, before any look-up. */
function refuseOtherMethods(app: FastifyInstance, methods: ReadonlyMap<string, ReadonlySet<string>>): void {
  for (const [url, taken] of [...methods]) {
    if (url.endsWith('*')) continue;
    const allow = [...taken].sort();
    const others = METHODS.filter((method) => !taken.has(method));
    app.route({
      method: [...others],
      url,
      config: { allow, rateLimit: false },
      schema: { hide: true, querystring: Type.Object({}) },
      handler: async () => {
        throw methodNotAllowed({ allow });
      },
    });
  }
}

function addRequestHooks(app: FastifyInstance, parts: GatewayParts & { readonly authenticate: Authenticate }): void {
  app.addHook('onRequest', async (request) => {
    request.traceId = traceIdOf(request.headers['traceparent']);
    const { allow } = request.routeOptions.config;
    if (allow !== undefined) throw methodNotAllowed({ allow });
    request.subject = parts.subjects.current(undefined);
    if (request.is404) return;
    request.subject = parts.subjects.current(await parts.authenticate(request.headers.authorization));
    const route = `${request.method} ${request.routeOptions.url ?? ''}`;
    checkAccess(route, request.subject);
    const { view } = request.query as { view?: unknown };
    const who = ACCESS[route];
    const entersView = who !== undefined && needsView(who);
    if ((view !== undefined && view !== parts.view.id) || (entersView && !request.subject.mayEnter)) throw notFound({});
  });
  app.addHook('preHandler', async (request) => {
    const produces = request.routeOptions.config.produces ?? 'application/json';
    if (!request.is404 && !isDocumentation(request.routeOptions.url) && !accepts(request.headers.accept, produces))
      throw notAcceptable({ accepted: [produces] });
  });
  app.setNotFoundHandler(async () => {
    throw notFound({});
  });
}

function addReplyHooks(app: FastifyInstance, parts: GatewayParts & { readonly meter: RequestMeter }): void {
  app.setErrorHandler(async (error: Error & { validation?: unknown; validationContext?: string }, request, reply) => {
    const problem = Array.isArray(error.validation)
      ? problemOfValidation(error.validationContext, error.validation)
      : toProblem(error, request.routeOptions.config.consumes);
    if (problem.status >= 500) logFailure(parts, request, problem);
    return writeProblem(problem, request, reply);
  });
  app.addHook('preSerialization', async (request, reply, payload) => {
    if (reply.isProblem || isDocumentation(request.routeOptions.url)) return payload;
    if (!isReleased(payload)) throw internal({}, new Error('a route returned what was not released'));
    reply.opened = open(payload);
    return reply.opened.body;
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const isStatic = isDocumentation(request.routeOptions.url);
    if (!reply.isProblem && !isStatic && reply.opened === undefined) {
      // A string, a buffer or a stream passes no preSerialization: it is stopped here (release is the only way out).
      logFailure(parts, request, internal({}, new Error('a route wrote what was not released')));
      const problem = internal({});
      writeProblemHead(problem, request, reply);
      return JSON.stringify(renderProblem(problem, languageOf(request.headers['accept-language']), request.traceId));
    }
    writeHead(parts, request, reply);
    if (typeof payload === 'string' && request.routeOptions.config.etag === true && reply.statusCode === 200) {
      const etag = `"${createHash('sha256').update(payload).digest('base64url').slice(0, 32)}"`;
      reply.header('etag', etag);
      if (isNamed(request.headers['if-none-match'], etag)) {
        reply.code(304).removeHeader('content-type');
        return '';
      }
    }
    return payload;
  });
  app.addHook('onResponse', async (request, reply) => {
    parts.meter.count(request.routeOptions.url ?? 'none', request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
}

/** Writes the headers that say what the answer is; SSE, which writes its own head, calls it too. */
export function writeHead(parts: Pick<GatewayParts, 'view'>, request: FastifyRequest, reply: FastifyReply): void {
  const { opened } = reply;
  const isPublic = parts.view.id === PUBLIC_VIEW && request.subject.identity === undefined;
  const mayKeep = isPublic && request.method === 'GET' && reply.statusCode === 200 && !reply.isProblem;
  if (!reply.hasHeader('cache-control'))
    reply.header('cache-control', mayKeep ? 'public, max-age=30' : 'private, no-store');
  reply.header('vary', 'Accept, Accept-Language, Authorization');
  reply.header('sitebus-marking', opened?.banner ?? UNMARKED_BANNER);
  if (opened?.leaf !== undefined) {
    const { index, checkpoint } = opened.leaf;
    reply.header('sitebus-ledger', `leaves=${index}-${index}; checkpoint=${checkpoint}`);
  }
  if (request.headers['traceparent'] !== undefined && request.traceId.length === 32)
    reply.header('traceparent', `00-${request.traceId}-${randomBytes(8).toString('hex')}-00`);
}

function writeProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): unknown {
  writeProblemHead(problem, request, reply);
  return renderProblem(problem, languageOf(request.headers['accept-language']), request.traceId);
}

function writeProblemHead(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  reply.isProblem = true;
  reply.opened = undefined;
  reply.code(problem.status).type('application/problem+json; charset=utf-8');
  reply.header('content-language', languageOf(request.headers['accept-language']));
  const { retryAfterSeconds, allow, expired } = problem.details as {
    retryAfterSeconds?: number;
    allow?: string[];
    expired?: boolean;
  };
  if (problem.status === 401)
    reply.header(
      'www-authenticate',
      `Bearer realm="sitebus"${expired === true ? ', error="invalid_token", error_description="expired"' : ''}`,
    );
  if (allow !== undefined) reply.header('allow', allow.join(', '));
  // The same for every reader, so that it tells nothing of the load others make.
  if (problem.retriable) reply.header('retry-after', String(retryAfterSeconds ?? 2));
}

function logFailure(parts: Pick<GatewayParts, 'log'>, request: FastifyRequest, problem: Problem): void {
  const cause = problem.cause as { name?: string; code?: string; stack?: string } | undefined;
  // Where a defect was thrown, never its message: a message may hold a value.
  const at = cause?.stack
    ?.split('\n')
    .find((line) => line.trim().startsWith('at '))
    ?.trim();
  const defect = problem.slug === 'internal' ? { cause: cause?.name, at } : {};
  parts.log.error(
    {
      route: request.routeOptions.url,
      code: problem.slug,
      part: problem.details['part'],
      driver: cause?.code,
      traceId: request.traceId,
      ...defect,
    },
    'request failed',
  );
}

/** The caller's trace, or a new id. */
function traceIdOf(traceparent: unknown): string {
  const given = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/.exec(String(traceparent ?? ''))?.[1];
  return given ?? randomBytes(16).toString('hex');
}

function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim() === etag || tag.trim() === '*');
}
