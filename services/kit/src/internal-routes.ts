// What every internal listener of a service has in common: the credential that callers must show, and how it refuses.
// Holds: all who lack the credential get one answer before anything is read; refusals carry code and details, never a
// driver's text. Source: README.md#intake-over-http

import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isRefusal } from '@sitebus/sdk';

/** A refusal on the wire: as a body, or as the last line of an answer that had begun. */
export interface RefusalBody {
  readonly refusal: {
    readonly code: string;
    readonly retriable: boolean;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

/** Shorter ones could be found by trying. */
const MIN_CREDENTIAL_CHARS = 32;

/** Lets nobody through without the credential, and answers whatever routes throw. Throws at once where it is too short. */
export function requireCredential(credential: string): (app: FastifyInstance) => void {
  if (credential.length < MIN_CREDENTIAL_CHARS) throw new Error('the service credential is too short');
  const expected = digestOf(`Bearer ${credential}`);
  return (app) => {
    app.addHook('onRequest', async (request, reply) => {
      if (!timingSafeEqual(digestOf(request.headers.authorization ?? ''), expected))
        await refuseInternally(reply, 401, { code: 'NOT_AUTHENTICATED', retriable: false, details: {} });
    });
    app.setErrorHandler((error, _request, reply) => {
      if (isRefusal(error)) return refuseInternally(reply, error.retriable ? 503 : 422, error);
      const { statusCode = 500 } = error as { readonly statusCode?: number };
      const code = statusCode === 413 ? 'TOO_LARGE' : statusCode < 500 ? 'MALFORMED_REQUEST' : 'UNEXPECTED';
      return refuseInternally(reply, statusCode, { code, retriable: statusCode >= 500, details: {} });
    });
  };
}

/** Answers with a refusal. */
export function refuseInternally(reply: FastifyReply, status: number, refusal: RefusalBody['refusal']): FastifyReply {
  return reply.code(status).send(toRefusalBody(refusal));
}

/** Its code and details, and nothing else that it may carry. */
export function toRefusalBody({ code, retriable, details }: RefusalBody['refusal']): RefusalBody {
  return { refusal: { code, retriable, details } };
}

/** Of equal length whatever is given, as the comparison needs. */
const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
