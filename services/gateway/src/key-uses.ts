// When each API key was last used at the gateways of a view.
// Holds: kept in the desk's store, at most once a minute a key; no request waits for that, and none fails for it; asked of the
// store by whoever lists keys alone. Source: README.md#people-and-partners

import type { Log } from '@sitebus/sdk';
import type { Authenticate, Identity } from './authenticate.ts';
import type { KeptTimes } from './store/desk.ts';

/** What is known of uses. */
export interface KeyUses {
  /** UTC milliseconds by name; a key that was never used here is not in it. Rejects with `fail-closed` while the store does not answer. */
  lastUses(): Promise<ReadonlyMap<string, number>>;
}

/** How much later a use must be to be kept anew. */
const KEPT_EVERY_MS = 60_000;

/** A check of credentials that notes uses; `now` is asked for each. */
export function notingUses(
  authenticate: Authenticate,
  parts: { readonly now: () => number; readonly kept: KeptTimes; readonly log: Log },
): { readonly authenticate: Authenticate; readonly keyUses: KeyUses } {
  const { now, kept, log } = parts;
  const uses = new Map<string, number>();
  const written = new Map<string, number>();
  const note = (name: string): void => {
    const at = now();
    uses.set(name, at);
    if (at < (written.get(name) ?? Number.NEGATIVE_INFINITY) + KEPT_EVERY_MS) return;
    written.set(name, at); // before it is: the next minute tries again, whatever comes of this
    kept.keep(name, at).catch((cause: unknown) => {
      log.warn({ name, code: (cause as { code?: string }).code }, 'the use of a key was not kept');
    });
  };
  return {
    keyUses: {
      async lastUses() {
        const all = new Map(await kept.all());
        for (const [name, at] of uses) all.set(name, Math.max(at, all.get(name) ?? at));
        return all;
      },
    },
    async authenticate(authorization, shown) {
      const identity: Identity | undefined = await authenticate(authorization, shown);
      if (identity?.kind === 'key') note(identity.name);
      return identity;
    },
  };
}
