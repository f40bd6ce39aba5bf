// Calls from one service to another over HTTP, both halves: `POST <path>/<name>`, the arguments as a JSON array, answered
// with {answer} or {refusal}.
// Holds: what is not in the table cannot be called; nobody without the service credential reaches anything; a refusal there is
// the same refusal here, with code and details and never a driver's text; a connection that breaks is UNREACHABLE, and
// whether the command was decided is then found by asking again. Source: README.md#calls-between-services

import type { FastifyPluginAsync } from 'fastify';
import { SitebusError, unreachable } from '@sitebus/sdk';
import { refuseInternally, requireCredential } from './internal-routes.ts';
import type { RefusalBody } from './internal-routes.ts';

/** One call: its arguments are JSON and trusted in shape alone, for the caller is a service of this system. */
export type InternalCall = (...args: never[]) => Promise<unknown>;

/** What is served, and to whom. */
export interface InternalCallsParts {
  /** Such as `/internal/v1/protocol`. */
  readonly path: string;
  readonly calls: ReadonlyMap<string, InternalCall>;
  /** The service credential, at least 32 characters; never logged. */
  readonly credential: string;
}

/** The largest call, bytes: a notice in two languages is far below it. */
const MAX_CALL_BYTES = 1024 * 1024;
const MAX_ARGUMENTS = 5;

/** The one route of a table of calls. Throws at once where the credential is too short. */
export function internalCalls({ path, calls, credential }: InternalCallsParts): FastifyPluginAsync {
  const guarded = requireCredential(credential);
  return (app) => {
    guarded(app);
    app.post<{ Params: { name: string }; Body: unknown[] }>(
      `${path}/:name`,
      { schema: { body: { type: 'array', maxItems: MAX_ARGUMENTS } }, bodyLimit: MAX_CALL_BYTES },
      async (request, reply) => {
        const call = calls.get(request.params.name);
        if (call === undefined)
          return refuseInternally(reply, 404, { code: 'NO_SUCH_CALL', retriable: false, details: {} });
        return { answer: await call(...(request.body as never[])) };
      },
    );
    return Promise.resolve();
  };
}

/** Where a service listens for calls, and the credential it shares with its callers. */
export interface InternalCallerOptions {
  /** Such as `http://protocol:7090`. */
  readonly url: string;
  readonly credential: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/** Makes the calling half; `what` names the service in UNREACHABLE. Each call rejects with what the service refuses. */
export function createInternalCaller(
  { path, what }: { readonly path: string; readonly what: string },
  { url, credential, timeoutMs = TIMEOUT_MS }: InternalCallerOptions,
): <T>(name: string, args: readonly unknown[]) => Promise<T> {
  return async <T>(name: string, args: readonly unknown[]): Promise<T> => {
    const response = await fetch(new URL(`${path}/${name}`, url), {
      method: 'POST',
      headers: { 'authorization': `Bearer ${credential}`, 'content-type': 'application/json' }, // prettier-ignore
      body: JSON.stringify(args),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw unreachable({ what }, cause);
    });
    const body = (await response.json().catch(() => undefined)) as { readonly answer: T } | RefusalBody | undefined;
    if (body === undefined) throw unreachable({ what });
    if ('answer' in body) return body.answer;
    const { code, retriable, details } = body.refusal;
    throw new SitebusError(code, retriable, details);
  };
}
