// Idempotency keys: the same key and body gets the stored answer, another body is refused, one still running waits.
// Holds: scope is reader and route; an answer is kept 24 hours; a refusal that may be retried is not kept.
// In memory: keys end with the process, and what they protected is protected by its own id. Source: README.md#idempotency

import { createHash } from 'node:crypto';
import type { Clock } from '@sitebus/sdk';
import { badRequest, idempotencyInFlight, idempotencyMismatch } from './errors.ts';

const KEPT_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_CHARS = 128;
/** Above this many answers the oldest go first: a key that is gone runs the request again. */
const MAX_KEPT = 50_000;

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
  answer?: { readonly value: unknown };
}

/** Makes an empty store. */
export function createIdempotencyStore(clock: Clock): IdempotencyStore {
  const kept = new Map<string, Kept>(); // in the order of their making, so the oldest are first
  const forgetOld = (): void => {
    for (const [key, { until }] of kept) {
      if (until > clock.now() && kept.size <= MAX_KEPT) return;
      kept.delete(key);
    }
  };
  return {
    async once({ scope, key, body }, act) {
      if (key === undefined) return { answer: await act(), replayed: false };
      if (key.length === 0 || key.length > MAX_KEY_CHARS) throw badRequest({ parameter: 'Idempotency-Key' });
      forgetOld();
      const place = `${scope} ${key}`;
      const bodyHash = createHash('sha256')
        .update(JSON.stringify([body]))
        .digest('hex');
      const present = kept.get(place);
      if (present !== undefined) {
        if (present.bodyHash !== bodyHash) throw idempotencyMismatch({});
        if (present.answer === undefined) throw idempotencyInFlight({ retryAfterSeconds: 1 });
        return { answer: present.answer.value as Awaited<ReturnType<typeof act>>, replayed: true };
      }
      const running: Kept = { bodyHash, until: clock.now() + KEPT_MS };
      kept.set(place, running);
      try {
        const value = await act();
        running.answer = { value };
        return { answer: value, replayed: false };
      } catch (cause) {
        kept.delete(place);
        throw cause;
      }
    },
  };
}
