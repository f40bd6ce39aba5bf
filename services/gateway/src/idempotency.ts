// Idempotency keys: the same key and body gets the stored answer, another body is refused, one still running waits.
// Holds: scope is reader and route; an answer is kept 24 hours; a refusal that may be retried is not kept; room is a
// scope's own, so that nobody's keys drop another's answers.
// In memory: keys end with the process, and what they protected is protected by its own id. Source: README.md#idempotency

import { createHash } from 'node:crypto';
import type { Clock } from '@sitebus/sdk';
import { badRequest, idempotencyInFlight, idempotencyMismatch } from './errors.ts';

const KEPT_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_CHARS = 128;
/** Above this many answers or bytes of a scope its oldest go first: a key that is gone runs the request again. */
const MAX_KEPT = 10_000;
const MAX_KEPT_BYTES = 8 * 1024 * 1024;

export interface IdempotencyStore {
  /**
   * Runs `act` once for a key. @returns its answer, and whether it is a stored one.
   * Without a key it always runs. Throws `idempotency-mismatch`, `idempotency-in-flight` or `bad-request`.
   */
  once<T>(
    request: { scope: string; key: string | undefined; body: unknown },
    act: () => Promise<T>,
  ): Promise<{ answer: T; replayed: boolean }>;
}

interface Kept {
  readonly bodyHash: string;
  readonly until: number;
  /** Undefined while it is running. */
  answer?: { readonly value: unknown; readonly bytes: number };
}

/** What one scope keeps, in the order of its making, so that the oldest are first. */
interface Scope {
  readonly kept: Map<string, Kept>;
  bytes: number;
}

/** Makes an empty store. */
export function createIdempotencyStore(clock: Clock): IdempotencyStore {
  const scopes = new Map<string, Scope>();
  const scopeOf = (name: string): Scope => {
    const scope = scopes.get(name) ?? { kept: new Map<string, Kept>(), bytes: 0 };
    scopes.set(name, scope);
    return scope;
  };
  const forgetOld = (scope: Scope): void => {
    for (const [key, { until, answer }] of scope.kept) {
      if (until > clock.now() && scope.kept.size <= MAX_KEPT && scope.bytes <= MAX_KEPT_BYTES) return;
      if (answer === undefined) continue; // still running
      scope.kept.delete(key);
      scope.bytes -= answer.bytes;
    }
  };
  return {
    async once({ scope, key, body }, act) {
      if (key === undefined) return { answer: await act(), replayed: false };
      if (key.length === 0 || key.length > MAX_KEY_CHARS) throw badRequest({ parameter: 'Idempotency-Key' });
      const own = scopeOf(scope);
      forgetOld(own);
      const bodyHash = createHash('sha256')
        .update(JSON.stringify([body]))
        .digest('hex');
      const present = own.kept.get(key);
      if (present !== undefined) {
        if (present.bodyHash !== bodyHash) throw idempotencyMismatch({});
        if (present.answer === undefined) throw idempotencyInFlight({ retryAfterSeconds: 1 });
        return { answer: present.answer.value as Awaited<ReturnType<typeof act>>, replayed: true };
      }
      const running: Kept = { bodyHash, until: clock.now() + KEPT_MS };
      own.kept.set(key, running);
      try {
        const value = await act();
        running.answer = { value, bytes: Buffer.byteLength(JSON.stringify(value)) };
        own.bytes += running.answer.bytes;
        forgetOld(own);
        return { answer: value, replayed: false };
      } catch (cause) {
        own.kept.delete(key);
        throw cause;
      }
    },
  };
}
