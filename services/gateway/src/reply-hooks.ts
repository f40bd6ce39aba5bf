// What happens to every answer: only what was released, a problem or the documentation's own files is written.
// Holds: headers that say what an answer is are set here and nowhere else. Source: README.md#http

import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isDocumentation } from './access.ts';
import { internal } from './errors.ts';
import { etagOf } from './etag.ts';
import type { Problem } from './errors.ts';
import type { GatewayParts } from './parts.ts';
import { languageOf, problemOfValidation, renderProblem, toProblem } from './problem.ts';
import { isReleased, open, UNMARKED_BANNER } from './release.ts';
import { PUBLIC_VIEW } from './subject.ts';
import { renderErrorMessage } from './taxii/error-message.ts';
import { isTaxiiPath, TAXII_TYPE } from './taxii/media.ts';
import { CHALLENGE } from './taxii/sign-in.ts';
import './http-types.ts';

/** What the hooks count; labels never depend on records. */
export interface RequestMeter {
  count(route: string, method: string, status: number, seconds: number): void;
}

/** Adds them. */
export function addReplyHooks(app: FastifyInstance, parts: GatewayParts & { readonly meter: RequestMeter }): void {
  app.setErrorHandler(async (error: Error & { validation?: unknown; validationContext?: string }, request, reply) => {
    const problem = Array.isArray(error.validation)
      ? problemOfValidation(error.validationContext, error.validation)
      : toProblem(error, request.routeOptions.config.consumes, request.routeOptions.bodyLimit);
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
      return JSON.stringify(rendered(problem, request));
    }
    writeHead(parts, request, reply);
    // Fastify adds a charset to whatever calls itself JSON, and TAXII's clients compare the whole.
    if (isTaxiiPath(request.url)) reply.header('content-type', TAXII_TYPE);
    if (typeof payload === 'string' && request.routeOptions.config.etag === true && reply.statusCode === 200) {
      const etag = etagOf(payload);
      reply.header('etag', etag);
      if (request.method === 'GET' && isNamed(request.headers['if-none-match'], etag)) {
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
  return rendered(problem, request);
}

/** TAXII has a form of its own for the same words. */
function rendered(problem: Problem, request: FastifyRequest): object {
  const render = isTaxiiPath(request.url) ? renderErrorMessage : renderProblem;
  const changes = !SAFE_METHODS.includes(request.method);
  return render(problem, languageOf(request.headers['accept-language']), request.traceId, changes && request.isBegun);
}

/** What changes nothing. Source: RFC 9110 §9.2.1 */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

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
      `${isTaxiiPath(request.url) ? CHALLENGE : 'Bearer realm="sitebus"'}${expired === true ? ', error="invalid_token", error_description="expired"' : ''}`,
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

function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
  return (ifNoneMatch ?? '').split(',').some((tag) => tag.trim() === etag || tag.trim() === '*');
}
