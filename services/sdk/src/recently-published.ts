// What this process has published lately: so that the same observation is written once, and a correction finds its cell.
// Holds: bounded, the oldest forgotten first; a failure is never remembered; after a restart nothing is (fusion counts an
// id once in any case).

import type { Marking } from '@sitebus/marking';
import { invalidObservation } from './errors.ts';

/** How many are remembered. */
const MAX_REMEMBERED = 50_000;

/** What identifies a publication and where it goes. */
export interface Publication {
  readonly id: string;
  readonly cell: string;
  readonly marking: Marking;
  /** Equal for equal content. */
  readonly contentKey: string;
}

/** The memory of one producer; `P` is what publishing gives. */
export interface RecentlyPublished<P> {
  /**
   * Publishes, unless this content has been published under this id: then that outcome again, also while it is under way.
   * Rejects with INVALID_OBSERVATION where the id stands for other content.
   */
  once(publication: Publication, publish: () => Promise<P>): Promise<P>;
  placeOf(id: string): Pick<Publication, 'cell' | 'marking'> | undefined;
}

/** An empty memory. */
export function createRecentlyPublished<P>(): RecentlyPublished<P> {
  const known = new Map<string, { readonly publication: Publication; readonly outcome: Promise<P> }>();
  return {
    placeOf: (id) => known.get(id)?.publication,
    once(publication, publish) {
      const { id, contentKey } = publication;
      const earlier = known.get(id);
      if (earlier !== undefined) {
        return earlier.publication.contentKey === contentKey ? earlier.outcome : Promise.reject(idInUse());
      }
      const outcome = publish();
      known.set(id, { publication, outcome });
      outcome.catch(() => known.delete(id));
      const [oldest] = known.keys();
      if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
      return outcome;
    },
  };
}

function idInUse(): Error {
  const detail = 'names another observation of this producer already';
  const hint = 'supersede that one, or leave the id out';
  return invalidObservation({ faults: [{ pointer: '/id', code: 'ID_IN_USE', detail, hint }] });
}
