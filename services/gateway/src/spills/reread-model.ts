// The read model, made anew whenever something it may hold is to be skipped: as at a start, and so it ends as a start would.
// Holds: from the turn in which an order is read nothing of the old model is answered; the new one answers once it has been
// read to the end; open streams end before, and go on from their cursors. Source: README.md#spills

import { createRemade } from '@sitebus/kit';
import type { Service, SpillCopy, Spills } from '@sitebus/kit';
import type { Log } from '@sitebus/sdk';
import type { InMemoryReadModel } from '../read-model/in-memory.ts';
import type { Rebuild } from '../read-model/rebuild.ts';
import type { Monitor } from '../release.ts';
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

/** @returns the monitor, to which what is spilled is not there, and which says nothing while the lists are of no use. */
export function withoutSpilled(
  monitor: Monitor,
  { state, isGone }: { readonly state: () => string; readonly isGone: SpilledProducts['isGone'] },
): Monitor {
  const check = (): void => {
    if (state() !== 'ok') throw failClosed({ part: 'spills' });
  };
  const present = <R extends Parameters<Monitor['judge']>[0]>(record: R): R | undefined =>
    record !== undefined && isGone(record) ? undefined : record;
  return {
    ...monitor,
    sightOf(subject) {
      check();
      return monitor.sightOf(subject);
    },
    judgeAs(record, sight) {
      check();
      return monitor.judgeAs(present(record), sight);
    },
    judge(record, subject) {
      check();
      return monitor.judge(present(record), subject);
    },
    async release(record, subject, asked, shape) {
      check();
      return monitor.release(present(record), subject, asked, shape);
    },
    async reveal(record, subject, asked, wanted) {
      check();
      return monitor.reveal(present(record), subject, asked, wanted);
    },
    async releaseAll(judged, subject, reason, shape) {
      check();
      if (judged.some(({ record }) => isGone(record))) throw failClosed({ part: 'spills' });
      return monitor.releaseAll(judged, subject, reason, shape);
    },
    async releaseToEach(judged, subjects, reason, shape) {
      check();
      if (judged.some(({ record }) => isGone(record))) throw failClosed({ part: 'spills' });
      return monitor.releaseToEach(judged, subjects, reason, shape);
    },
  };
}
