// Idempotency keys: the same key and body gets the stored answer, another body is refused, one still running waits.
// Holds: scope is reader and route, within the view; an answer is kept 24 hours, across restarts and replicas; a refusal
// is not kept; a run that died leaves its key after its lease; room is a scope's own. Source: README.md#idempotency-key

import { createHash, randomUUID } from 'node:crypto';
import type { Clock, Log } from '@sitebus/sdk';
import { badRequest, idempotencyInFlight, idempotencyMismatch } from './errors.ts';
import type { AnswerRun, KeptAnswers } from './store/desk.ts';

const KEPT_MS = 24 * 60 * 60 * 1000;
const MAX_KEY_CHARS = 128;
/** How long a run that says nothing more holds its key, and how often one that goes on says so. */
const LEASE_MS = 60_000;
const RENEW_MS = 20_000;
/** Above this many answers or bytes of a scope its oldest go first: a key that is gone runs the request again. */
const ROOM = { answers: 10_000, bytes: 8 * 1024 * 1024 };
const SWEEP_MS = 60_000;
/** The deed is done when its answer is kept: a store that stumbles just then is asked again before it is given up. */
const KEEP_ATTEMPTS = 3;

export interface IdempotencyStore {
  /**
   * Runs `act` once for a key. @returns its answer, and whether it is a stored one.
   * Without a key it always runs. Throws `idempotency-mismatch`, `idempotency-in-flight`, `bad-request`, and
   * `fail-closed` before anything is done where the store does not answer.
   */
  once<T>(
    request: { scope: string; key: string | undefined; body: unknown },
    act: () => Promise<T>,
  ): Promise<{ answer: T; replayed: boolean }>;
}

/** Makes the keys of one gateway on its desk. */
export function createIdempotencyStore(parts: {
  readonly answers: KeptAnswers;
  readonly clock: Clock;
  readonly log: Log;
}): IdempotencyStore {
  const { answers, clock, log } = parts;
  let sweptMs = Number.NEGATIVE_INFINITY;
  let keptSince = { answers: 0, bytes: 0 };
  /** Beside requests: once a minute, or when one scope might have outgrown its room; a failure shows at the next request. */
  const sweepSometimes = (): void => {
    const isFull = keptSince.answers >= ROOM.answers || keptSince.bytes >= ROOM.bytes;
    if (!isFull && clock.now() < sweptMs + SWEEP_MS) return;
    sweptMs = clock.now();
    keptSince = { answers: 0, bytes: 0 };
    answers.sweep(sweptMs, ROOM).catch(() => undefined);
  };
  return {
    async once({ scope, key, body }, act) {
      if (key === undefined) return { answer: await act(), replayed: false };
      if (key.length === 0 || key.length > MAX_KEY_CHARS) throw badRequest({ parameter: 'Idempotency-Key' });
      sweepSometimes();
      const run = { scope, key, holder: randomUUID() };
      const bodyHash = createHash('sha256')
        .update(JSON.stringify([body]))
        .digest('hex');
      const nowMs = clock.now();
      const times = { nowMs, leaseUntilMs: nowMs + LEASE_MS, keptUntilMs: nowMs + KEPT_MS };
      const found = await answers.take({ ...run, bodyHash }, times);
      if (found.is !== 'taken' && found.bodyHash !== bodyHash) throw idempotencyMismatch({});
      if (found.is === 'running') throw idempotencyInFlight({ retryAfterSeconds: 1 });
      if (found.is === 'answered') return { answer: found.answer as Awaited<ReturnType<typeof act>>, replayed: true };
      const renewing = setInterval(() => {
        answers.renew(run, clock.now() + LEASE_MS).catch(() => undefined); // the next one comes before the lease ends
      }, RENEW_MS).unref();
      try {
        const answer = await act();
        await kept(answers, run, answer, log);
        keptSince.answers += 1;
        keptSince.bytes += Buffer.byteLength(JSON.stringify(answer ?? null));
        return { answer, replayed: false };
      } catch (cause) {
        await answers.drop(run).catch(() => undefined); // else the lease ends by itself
        throw cause;
      } finally {
        clearInterval(renewing);
      }
    },
  };
}

/** An answer that cannot be kept is given all the same: what it tells of has happened. */
async function kept(answers: KeptAnswers, run: AnswerRun, answer: unknown, log: Log): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await answers.keep(run, answer);
      return;
    } catch (cause) {
      if (attempt < KEEP_ATTEMPTS) continue;
      log.error({ code: (cause as { code?: string }).code }, 'answer not kept');
      return;
    }
  }
}
