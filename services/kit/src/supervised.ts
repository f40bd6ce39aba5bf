// A service that is made again when it cannot go on: what a container engine does for a process, for one part of it.
// Holds: only a cause that says it is retriable starts it again; too many ends in too short a time are one that is not;
// the old one is stopped before the new one is made. Source: README.md#lifecycle

import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@sitebus/sdk';
import type { Readiness, Service } from './service.ts';
import { asError, createTryingAgain } from './trying-again.ts';

/** How many ends within how long are too many, and how long to wait before the next start. */
const BOUND = { mostEnds: 5, withinMs: 60_000 };
const PAUSE_MS = 500;

/** What is looked after. */
export interface SupervisedParts {
  /** In the log. */
  readonly name: string;
  /** Makes one that has not been started. */
  readonly create: () => Service;
  readonly log: Log;
  /** Before each start but the first, ms. Default 500. */
  readonly pauseMs?: number;
}

/** The face of one service, whichever instance of it is alive. Its first start rejects as that of the service does. */
export function createSupervised({ name, create, log, pauseMs = PAUSE_MS }: SupervisedParts): Service {
  let current = create();
  let isStopping = false;
  let restarting: Promise<void> | undefined;
  const tryingAgain = createTryingAgain({ firstPauseMs: pauseMs, longestPauseMs: pauseMs, bound: BOUND });
  let fail: (cause: Error) => void = () => undefined;
  const fatal = new Promise<Error>((resolve) => (fail = resolve));

  function watch(service: Service): void {
    void service.fatal.then((cause) => {
      if (!isStopping && service === current) restarting = again(cause);
    });
  }

  async function again(cause: Error): Promise<void> {
    for (let why: Error | undefined = cause; why !== undefined && !isStopping;) {
      const waitMs = tryingAgain.pauseAfter(why);
      if (waitMs === undefined) {
        fail(why);
        return;
      }
      log.warn({ service: name, code: (why as { code?: string }).code }, 'service starts again');
      await current.stop().catch(() => undefined); // it is given up, whatever it says
      await pause(waitMs);
      why = await startFresh();
    }
    restarting = undefined;
  }

  async function startFresh(): Promise<Error | undefined> {
    if (isStopping) return undefined;
    current = create();
    try {
      await current.start();
      watch(current);
      return undefined;
    } catch (error) {
      return asError(error);
    }
  }

  return {
    fatal,
    async start() {
      await current.start();
      watch(current);
    },
    async stop() {
      isStopping = true;
      await restarting;
      await current.stop();
    },
    ready: (): Readiness =>
      restarting === undefined
        ? current.ready()
        : { ready: false, parts: { ...current.ready().parts, service: 'starts again' } },
  };
}
