// When a stack is ready: every service has said so.

import { setTimeout as pause } from 'node:timers/promises';
import type { Service } from '@sitebus/kit';

const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 20;

/** Resolves when every service says that it is ready; rejects with the ones that are not, and why. */
export async function allReady(named: readonly (readonly [string, Partial<Pick<Service, 'ready'>>])[]): Promise<void> {
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
    if (waiting.length === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`not ready after ${READY_WITHIN_MS / 1000} s: ${waiting.join('; ')}`);
    await pause(LOOK_AGAIN_MS);
  }
}
