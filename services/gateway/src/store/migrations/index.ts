// Every migration of the gateway's schema, by name, in the order of their names. One file each; a file that has been
// released is never changed: what comes next is another file.

import type { Migration } from 'kysely';
import { desk } from './2026-11-26-desk.ts';
import { latePlaces } from './2026-11-26-late-places.ts';
import { subscriptions } from './2026-11-26-subscriptions.ts';
import { usesOfKeys } from './2026-11-26-uses-of-keys.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '2026-11-26-desk': desk,
  '2026-11-26-late-places': latePlaces,
  '2026-11-26-subscriptions': subscriptions,
  '2026-11-26-uses-of-keys': usesOfKeys,
};

/** What a gateway of this version needs to find. */
export const NEWEST_MIGRATION = Object.keys(MIGRATIONS).sort().at(-1) ?? '';
