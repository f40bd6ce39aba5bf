// A service that is made anew whenever something it may have read is to be skipped: it reads all there is without it, and so
// ends where it would stand had the record never come.
// Holds: nothing is made before the lists are known, or while one is of no use; one is stopped before the next is made; orders
// that come meanwhile cost one more making, not one each. Source: README.md#spills

import type { Log } from '@sitebus/sdk';
import type { Readiness, Service } from '../service.ts';
import type { SpillCopy } from './spill-copy.ts';
import type { Spills } from './spills.ts';

/** What is made, and from what. */
export interface RemadeParts<T extends Service> {
  readonly spills: SpillCopy;
  /** Makes one that has not been started, for what is to be skipped as of now. */
  readonly create: (spills: Spills) => T;
  readonly log: Log;
}

/** Its life; `current` is what is alive, undefined while nothing is. */
export interface Remade<T extends Service> extends Service {
  current(): T | undefined;
}

/** Makes it; `stop` ends the lists too. */
export function createRemade<T extends Service>({ spills, create, log }: RemadeParts<T>): Remade<T> {
  let current: T | undefined;
  let made: string | undefined; // the version of what is alive
  let isStopping = false;
  let working: Promise<void> | undefined;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));
  void spills.fatal.then((cause) => died(cause));

  const wanted = (): string | undefined => (spills.state() === 'ok' && !isStopping ? spills.current().version : undefined);
  /** Until what is alive is what is wanted. */
  const settle = async (): Promise<void> => {
    while (made !== wanted()) {
      const gone = current;
      [current, made] = [undefined, undefined];
      await gone?.stop().catch((cause: unknown) => log.warn({ code: (cause as { code?: string }).code }, 'what is made anew did not stop as it should'));
      const version = wanted();
      if (version === undefined) continue;
      const next = create(spills.current());
      [current, made] = [next, version];
      void next.fatal.then((cause) => {
        if (current === next) died(cause);
      });
      await next.start();
    }
  };
  const work = (): Promise<void> => (working ??= settle().finally(() => (working = undefined)));

  return {
    fatal,
    current: () => current,
    async start() {
      await spills.start();
      spills.onChange(() => {
        if (made === wanted()) return;
        log.warn({ spills: spills.state(), version: spills.current().version }, 'what is to be skipped has changed');
        work().catch((cause: unknown) => died(cause instanceof Error ? cause : new Error('remaking failed', { cause })));
      });
      await work();
    },
    async stop() {
      isStopping = true;
      await work().catch(() => undefined); // whoever started it has been told
      await spills.stop();
    },
    ready(): Readiness {
      const state = spills.state();
      const inner = current?.ready() ?? { ready: false, parts: {} };
      return { ready: state === 'ok' && working === undefined && inner.ready, parts: { ...inner.parts, spills: state } };
    },
  };
} // prettier-ignore
