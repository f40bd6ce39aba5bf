// Where in the order a record stands that came later than anybody waits for: kept, so that a start finds it there again.
// Holds: a place is durable before anything is numbered by it; until what was kept is known, nothing is put in order at all.
// Source: README.md#read-model

import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '@sitebus/sdk';
import type { KeptTimes } from '../store/desk.ts';

/** What the journal asks. */
export interface LatePlaces {
  /** By name of the record, UTC milliseconds; undefined until they are known. */
  known(): ReadonlyMap<string, number> | undefined;
  /** True when it is durable, however long that takes; false once nobody wants it any more. */
  keep(name: string, atMs: number): boolean | Promise<boolean>;
}

/** With its life. */
export interface RunningLatePlaces extends LatePlaces {
  /** Begins to read what was kept; resolves at once. */
  start(): void;
  stop(): void;
}

/** While the store does not answer. */
const AGAIN_MS = 1_000;

/** Makes them over the desk of the view. */
export function createLatePlaces({ kept, log }: { readonly kept: KeptTimes; readonly log: Log }): RunningLatePlaces {
  const stopping = new AbortController();
  let known: Map<string, number> | undefined;
  const untilDone = async <T>(act: () => Promise<T>): Promise<T | undefined> => {
    while (!stopping.signal.aborted) {
      try {
        return await act();
      } catch (cause) {
        log.warn({ cause: String(cause) }, 'the place of a late record cannot be kept yet');
        await pause(AGAIN_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
      }
    }
    return undefined;
  };
  return {
    start() {
      void untilDone(async () => {
        known = new Map(await kept.all());
      });
    },
    stop: () => stopping.abort(),
    known: () => known,
    async keep(name, atMs) {
      const done = await untilDone(async () => {
        await kept.keep(name, atMs);
        return true;
      });
      if (done === true) known?.set(name, atMs);
      return done === true;
    },
  };
}

/** Places that no restart has to find again. */
export function createPassingPlaces(): LatePlaces {
  const known = new Map<string, number>();
  return {
    known: () => known,
    keep(name, atMs) {
      known.set(name, atMs);
      return true;
    },
  };
}
