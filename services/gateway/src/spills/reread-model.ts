// The read model, made anew whenever something it may hold is to be skipped: as at a start, and so it ends as a start would.
// Holds: from the turn in which an order is read nothing of the old model is answered; the new one answers once it has been
// read to the end; open streams end before, and go on from their cursors. Source: README.md#spills

import { createRemade } from '@sitebus/kit';
import type { Service, SpillCopy, Spills } from '@sitebus/kit';
import type { Log } from '@sitebus/sdk';
import type { InMemoryReadModel } from '../read-model/in-memory.ts';
import type { Stored } from '../read-model/model.ts';
import type { Rebuild } from '../read-model/rebuild.ts';
import type { Judged, Monitor } from '../release.ts';
import { failClosed } from '../errors.ts';
import type { SpilledProducts } from './spilled-products.ts';

/** One reading of the bus: what it fills, its feed, and what of it is spilled. */
export interface Reading {
  readonly model: InMemoryReadModel;
  readonly rebuild: Rebuild;
  readonly products: SpilledProducts;
}

/** The reading that counts now. */
export interface RereadModel {
  current(): Reading;
  readonly isRead: () => boolean;
  /** `ok`, or why nothing is answered from it. */
  state(): string;
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly fatal: Promise<Error>;
}

/** Makes it. `before`: what must end before anything is read anew. */
export function createRereadModel(parts: {
  readonly spills: SpillCopy;
  readonly make: (spills: Spills) => Reading;
  readonly before: () => void;
  readonly log: Log;
}): RereadModel {
  const { spills, make, log } = parts;
  let reading = make(spills.current()); // nothing is in it: it answers what is asked before the first one is read
  const remade = createRemade<Service>({
    spills,
    log,
    create(now) {
      reading = make(now);
      const { rebuild } = reading;
      return {
        start: () => rebuild.start(),
        stop: () => rebuild.stop(),
        fatal: rebuild.fatal,
        ready: () => ({ ready: rebuild.state() === 'ok', parts: {} }),
      };
    },
  });
  const isAlive = (): boolean => spills.state() === 'ok' && remade.current() !== undefined;
  return {
    fatal: remade.fatal,
    current: () => reading,
    isRead: () => isAlive() && reading.rebuild.isRead(),
    state: () => (isAlive() ? reading.rebuild.state() : 'is read anew'),
    start() {
      spills.onChange(() => parts.before());
      return remade.start();
    },
    stop: () => remade.stop(),
  };
}

/**
 * @returns the monitor, to which what is spilled is not there, and which says nothing while the lists are of no use. What was read
 * of the bus before an order came is judged no more while all is read anew, and goes nowhere although it was judged before: then
 * it is not known yet what rested on the spilled record. Throws `fail-closed` for both.
 */
export function withoutSpilled(monitor: Monitor, { state, isRead, isGone }: SpilledNow): Monitor {
  const check = (): void => {
    if (state() !== 'ok') throw failClosed({ part: 'spills' });
  };
  const present = <R extends Parameters<Monitor['judge']>[0]>(record: R): R | undefined => {
    check();
    if (record === undefined || !OF_THE_BUS.has(record.kind)) return record;
    if (!isRead()) throw failClosed({ part: 'store' });
    return isGone(record) ? undefined : record;
  };
  const mustBePresent = (judged: readonly Judged[]): void => {
    check();
    if (judged.some(({ record }) => present(record) === undefined)) throw failClosed({ part: 'spills' });
  };
  return {
    ...monitor,
    sightOf(subject) {
      check();
      return monitor.sightOf(subject);
    },
    judgeAs: (record, sight) => monitor.judgeAs(present(record), sight),
    judge: (record, subject) => monitor.judge(present(record), subject),
    release: async (record, subject, asked, shape) => monitor.release(present(record), subject, asked, shape),
    reveal: async (record, subject, asked, wanted) => monitor.reveal(present(record), subject, asked, wanted),
    async releaseAll(judged, subject, reason, shape) {
      mustBePresent(judged);
      return monitor.releaseAll(judged, subject, reason, shape);
    },
    async releaseToEach(judged, subjects, reason, shape) {
      mustBePresent(judged);
      return monitor.releaseToEach(judged, subjects, reason, shape);
    },
  };
}

/** What is known of spills at this moment. */
export interface SpilledNow {
  /** `ok`, or why the lists are of no use. */
  readonly state: () => string;
  /** Whether the bus has been read to its end under the newest order. */
  readonly isRead: () => boolean;
  readonly isGone: SpilledProducts['isGone'];
}

const OF_THE_BUS: ReadonlySet<Stored['kind']> = new Set<Stored['kind']>(['observation', 'assessment', 'alert']);
