// When a stack is ready: every service has said so.

import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '@sitebus/kit';

const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 20;

/** A service by the name it goes by in messages. */
export type Named = readonly [name: string, service: Pick<Service, 'fatal'> & Partial<Pick<Service, 'ready'>>];

/** What the first of the services that cannot go on says, under its name; never rejects. */
export const firstEnd = (named: readonly Named[]): Promise<Error> =>
  Promise.race(
    named.map(([name, { fatal }]) => fatal.then((cause) => new Error(`${name} ended: ${cause.message}`, { cause }))),
  );

/** Resolves when every service says that it is ready; rejects with the ones that are not, and why, or with the first that ended. */
export async function allReady(named: readonly Named[]): Promise<void> {
  let ended: Error | undefined;
  void firstEnd(named).then((cause) => (ended = cause));
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const waiting = named.flatMap(([name, service]) => {
      const state = service.ready?.();
      return state === undefined || state.ready
        ? []
        : [
            `${name}: ${Object.values(state.parts)
              .filter((part) => part !== 'ok')
              .join(', ')}`,
          ];
    });
    if (ended !== undefined) throw ended;
    if (waiting.length === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`not ready after ${READY_WITHIN_MS / 1000} s: ${waiting.join('; ')}`);
    await pause(LOOK_AGAIN_MS);
  }
}
