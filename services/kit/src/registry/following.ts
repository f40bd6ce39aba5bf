// A topic that is followed for as long as its reader lives: whose consumer died, or fell silent, joins again.
// Holds: only a retriable death is got over, every other is fatal; what was read before is given up first, because a record
// may have gone from the topic meanwhile; a consumer that is given up is not waited for. For topics on which something is
// always said: a broker's outage and a stalled fetch both end as silence. Source: README.md#registry

import { setTimeout as pause } from 'node:timers/promises';
import { timedOut } from '@sitebus/sdk';
import type { BusConsumer, Log } from '@sitebus/sdk';
import { asError, createTryingAgain } from '../trying-again.ts';

/** How long to wait before joining again, from the first failure on, and at most; ms. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;
const LOOKS_A_SILENCE = 4;

/** What is followed. */
export interface FollowingParts {
  /** In the log. */
  readonly what: string;
  /** Reads from the beginning; asks `heard` with every batch, and leaves it where that says that the consumer was given up. */
  readonly join: (heard: () => boolean) => Promise<BusConsumer>;
  /** Called before it joins again: nothing read so far counts. */
  readonly onLost: () => void;
  /** Whether silence is no harm now. */
  readonly isWell: () => boolean;
  /** Silence after which a consumer counts as stalled, ms; twice as long after each that changed nothing, up to a minute. */
  readonly silentAfterMs: number;
  readonly log: Log;
}

/** The life of one reader. `start` resolves with its first assignment; rejects with what its first consumer died of. */
export interface Following {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Resolves (never rejects) with a cause that joining again does not mend. */
  readonly fatal: Promise<Error>;
}

const LONGEST_SILENCE_MS = 60_000;

/** Makes it; nothing is read before `start`. */
export function createFollowing({ what, join, onLost, isWell, silentAfterMs, log }: FollowingParts): Following {
  let consumer: BusConsumer | undefined;
  const tryingAgain = createTryingAgain({ firstPauseMs: FIRST_PAUSE_MS, longestPauseMs: LONGEST_PAUSE_MS });
  let turn = 0;
  let heardAt = 0;
  let patienceMs = silentAfterMs;
  let isStopped = false;
  let looking: NodeJS.Timeout | undefined;
  let rejoining: Promise<void> | undefined;
  let fail: (cause: Error) => void = () => undefined;
  const fatal = new Promise<Error>((resolve) => (fail = resolve));
  const ending = new AbortController();

  const follow = async (): Promise<void> => {
    const mine = (turn += 1);
    const joined = await join(() => {
      if (mine !== turn) return false;
      heardAt = performance.now();
      patienceMs = silentAfterMs;
      return true;
    });
    consumer = joined;
    heardAt = performance.now();
    void joined.fatal.then((cause) => {
      if (mine === turn) lose(cause);
    });
    await joined.assigned;
  };

  /** Gives up the consumer there is and joins again, now and then until it succeeds. */
  const lose = (cause: unknown): void => {
    if (looking === undefined || isStopped || rejoining !== undefined) return; // the first death is the start's
    rejoining = again(cause).finally(() => (rejoining = undefined));
  };

  const again = async (first: unknown): Promise<void> => {
    let cause = first;
    while (!isStopped) {
      const waitMs = tryingAgain.pauseAfter(cause);
      if (waitMs === undefined) {
        fail(asError(cause));
        return;
      }
      log.warn({ what, code: (cause as { code?: string }).code }, 'joins again');
      void consumer?.close().catch(() => undefined); // a stalled one may never end; its session does
      consumer = undefined;
      turn += 1;
      onLost();
      try {
        await pause(waitMs, undefined, { signal: ending.signal });
        await follow();
        tryingAgain.wentWell();
        return;
      } catch (error) {
        cause = error;
      }
    }
  };

  return {
    fatal,
    async start() {
      await follow();
      looking = setInterval(() => {
        const silentMs = performance.now() - heardAt;
        if (silentMs < patienceMs || isWell()) return;
        patienceMs = Math.min(2 * patienceMs, LONGEST_SILENCE_MS);
        lose(timedOut({ what, afterMs: Math.round(silentMs) }));
      }, silentAfterMs / LOOKS_A_SILENCE);
      looking.unref();
    },
    async stop() {
      isStopped = true;
      clearInterval(looking);
      ending.abort();
      await Promise.all([consumer?.close(), rejoining]);
      await consumer?.close(); // one that had been joining yet
    },
  };
}
