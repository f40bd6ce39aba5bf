// The editions of one view's collection, one a clearance: readers who may see the same share one.
// Holds: an edition is kept while it is used, the least lately used goes first; made anew from the journal it has the same
// numbers. Source: README.md#taxii

import { canonicalText } from '@sitebus/kit';
import { dominates } from '@sitebus/marking';
import type { Clearance } from '@sitebus/marking';
import { createTurns } from '../page.ts';
import type { Journal, ReadModel } from '../read-model/model.ts';
import type { StixPolicy } from '../stix/definitions.ts';
import type { Subject } from '../subject.ts';
import { createEdition } from './edition.ts';
import type { Edition } from './edition.ts';

/** Clearances differ by groups and compartments alone among those who may enter a view: few are in use at a time. */
const MAX_EDITIONS = 32;

/** @returns the edition of a reader, caught up. */
export type Editions = (subject: Pick<Subject, 'clearance'>) => Promise<Edition>;

/** Makes the editions of one gateway. */
export function createEditions(parts: { readonly readModel: ReadModel; readonly policy: StixPolicy }): Editions {
  const kept = new Map<string, Edition>();
  let numbered: Journal | undefined;
  return async ({ clearance }) => {
    const { journal } = parts.readModel; // refuses until the model has been read
    if (journal !== numbered) kept.clear(); // it was read anew
    numbered = journal;
    const key = keyOf(clearance);
    const edition =
      kept.get(key) ??
      createEdition({
        settled: (from) => journal.settled(from),
        sees: (marking) => dominates({ ...clearance, validUntil: Number.POSITIVE_INFINITY }, marking, 0),
        policy: parts.policy,
        turn: createTurns(),
      });
    kept.delete(key);
    kept.set(key, edition);
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_EDITIONS) break;
      kept.delete(oldest);
    }
    await edition.catchUp();
    return edition;
  };
}

/** When a clearance ends is the monitor's to say, at every release; it makes no other collection. */
function keyOf({ validUntil: _until, epoch: _epoch, ...axes }: Clearance): string {
  const sorted = Object.entries(axes).map(([axis, value]) => [
    axis,
    Array.isArray(value) ? [...(value as readonly string[])].sort() : value,
  ]);
  return canonicalText(Object.fromEntries(sorted));
}
