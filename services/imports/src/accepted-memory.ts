// What was accepted in this process: the same observation sent twice is written once, and answered alike.
// Holds: bounded; the oldest are forgotten first; a refusal is never remembered. Source: README.md#submitting

import type { Fault } from '@sitebus/sdk';

/** Outcomes by name: id and content. */
export interface AcceptedMemory {
  /** Publishes once a name: a second call with it, even while the first is on its way, gets its outcome as known. */
  once(name: string, publish: () => Promise<PublishOutcome>): Promise<PublishOutcome & { readonly known: boolean }>;
}

/** Where it was written, or why the bus would not have it. */
export type PublishOutcome = { readonly cell: string } | { readonly fault: Fault };

const MAX_REMEMBERED = 50_000;

/** An empty memory of bounded size. */
export function createAcceptedMemory(): AcceptedMemory {
  const outcomes = new Map<string, Promise<PublishOutcome>>();
  return {
    async once(name, publish) {
      const earlier = outcomes.get(name);
      if (earlier !== undefined) return { ...(await earlier), known: true };
      const own = publish();
      outcomes.set(name, own);
      const [oldest] = outcomes.keys();
      if (outcomes.size > MAX_REMEMBERED && oldest !== undefined) outcomes.delete(oldest);
      try {
        const outcome = await own;
        if ('fault' in outcome) outcomes.delete(name);
        return { ...outcome, known: false };
      } catch (cause) {
        outcomes.delete(name);
        throw cause;
      }
    },
  };
}
