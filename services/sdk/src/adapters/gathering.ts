// A rest after a fetch that brought few records: what comes meanwhile comes together, and for many readers of slow topics a fetch
// costs more than what it brings. Holds: a backlog is never held up. Source: README.md#the-bus

import { setTimeout as pause } from 'node:timers/promises';

/** From so many records on there may be a backlog. */
const MANY_RECORDS = 100;

/** Resolves when the next fetch may be made, after a batch of `count` records; undefined for at once. */
export function restAfter(count: number, gatherMs = 0): Promise<void> | undefined {
  return gatherMs <= 0 || count >= MANY_RECORDS ? undefined : pause(gatherMs);
}
