// What a wrong credential costs: it counts against the address it came from, and past the bound it waits.
// Holds: only failures count, and a good credential is never held up by somebody else's behind the same address.
// Source: README.md#identity

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticate, Identity } from './authenticate.ts';
import { Problem, rateLimited } from './errors.ts';
import type { IncomingMessage } from 'node:http';
import type { ShownCertificate } from './shown-certificate.ts';
import { signInOf } from './taxii/sign-in.ts';

/** Wrong credentials a minute from one address before the answer is 429. */
export const FAILURES_A_MINUTE = 60;

/** Proves the credential of a request. Throws as `Authenticate` does, or `rate-limited`. */
export type SignIn = (request: FastifyRequest) => Promise<Identity | undefined>;

/** Counts the failures of one application, whose rate limit must have been registered by the first request. */
export function createSignIn(
  app: FastifyInstance,
  authenticate: Authenticate,
  certificateOf: (request: IncomingMessage) => ShownCertificate,
): SignIn {
  let failures: ReturnType<FastifyInstance['createRateLimit']> | undefined;
  return async (request) => {
    try {
      return await authenticate(signInOf(request.url, request.headers.authorization), certificateOf(request.raw));
    } catch (cause) {
      if (!(cause instanceof Problem) || cause.slug !== 'not-authenticated') throw cause; // ours, not the credential's fault
      failures ??= app.createRateLimit({
        max: FAILURES_A_MINUTE,
        timeWindow: 60_000,
        keyGenerator: ({ ip }) => `failures ${ip}`,
      });
      const count = await failures(request);
      if (!count.isAllowed && count.isExceeded) throw rateLimited({ retryAfterSeconds: count.ttlInSeconds }, cause);
      throw cause;
    }
  };
}
