// When each API key was last used at this gateway.
// Holds: in memory alone, since its start, so that no request writes anywhere because of it; asked by the key's holder only.
// Source: README.md#people-and-partners

import type { Authenticate, Identity } from './authenticate.ts';

/** What is known of uses. */
export interface KeyUses {
  /** UTC milliseconds; undefined where it was not used here since the start. */
  lastUseOf(name: string): number | undefined;
}

/** A check of credentials that notes uses; `now` is asked for each. */
export function notingUses(authenticate: Authenticate, now: () => number): { readonly authenticate: Authenticate; readonly keyUses: KeyUses } {
  const uses = new Map<string, number>();
  return {
    keyUses: { lastUseOf: (name) => uses.get(name) },
    async authenticate(authorization) {
      const identity: Identity | undefined = await authenticate(authorization);
      if (identity?.kind === 'key') uses.set(identity.name, now());
      return identity;
    },
  };
} // prettier-ignore
