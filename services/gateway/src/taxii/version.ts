// The version of an object, as manifests and filters name it, before the object itself is written.
// Holds: pure; equals `modified`, else `created`, else `date_added` of what is sent (collection.test.ts compares).

import { createdOfMarking } from '../stix/marking.ts';
import { FIXED_TIME } from '../stix/object.ts';
import { printAdded } from './date-added.ts';
import type { Listed } from './edition.ts';

/** @returns the version as printed. */
export function versionOf({ id, type, addedMs, modifiedMs }: Pick<Listed, 'id' | 'type' | 'addedMs' | 'modifiedMs'>): string {
  if (type === 'marking-definition') return createdOfMarking(id);
  if (FIXED_TYPES.has(type)) return FIXED_TIME;
  return VERSIONED_TYPES.has(type) ? new Date(modifiedMs).toISOString() : printAdded(addedMs);
} // prettier-ignore

/** The same in every collection, at any time. */
const FIXED_TYPES = new Set(['extension-definition', 'identity', 'attack-pattern', 'intrusion-set']);
/** Those with a history; an observable has none and is versioned by its place. */
const VERSIONED_TYPES = new Set(['observed-data', 'note', 'relationship', 'report', 'indicator', 'opinion']);
