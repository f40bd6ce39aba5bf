// Waiting while a broker settles: right after a start, or a topic's making, parts of it answer "not yet".
// Holds: only that answer is waited out, and only for a while; every other comes back at once.

import { setTimeout as pause } from 'node:timers/promises';
import { isSettling } from './kafkajs-refusals.ts';

/** How long a partition may be between two leaders, or a group's coordinator load, before that is a refusal. */
const SETTLING_MS = 15_000;
const ASK_AGAIN_MS = 100;

/** Does `work`, again while the broker says that it has not settled. Rejects with the last error otherwise. */
export async function onceSettled<T>(work: () => Promise<T>): Promise<T> {
  const giveUpAt = performance.now() + SETTLING_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isSettling(error) || performance.now() > giveUpAt) throw error;
      await pause(ASK_AGAIN_MS); // the driver retries this for records, but neither for questions nor when joining a group
    }
  }
}
