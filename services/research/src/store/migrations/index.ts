// Every migration of the schema `research`, by name, in the order of their names. One file each; a file that has been
// released is never changed: what comes next is another file.

import type { Migration } from 'kysely';
import { research } from './2026-11-26-research.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = { '2026-11-26-research': research };

/** What a room of this version needs to find. */
export const NEWEST_MIGRATION = Object.keys(MIGRATIONS).sort().at(-1) ?? '';
