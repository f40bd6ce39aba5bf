// The least upper bound of two markings: the lowest that protects both.
// Holds: commutative, associative, idempotent, monotone; a clearance dominates the join exactly when it dominates both
// sides. A compilation rule may raise the result (`raise`); nothing lowers it. Source: README.md#the-model

import { nothingToJoin } from './errors.ts';
import { higher } from './ladder.ts';
import { CLASSIFIED, PROTECTED, TLP, type Marking } from './model.ts';
import { compareLists, compareText, intersection, union } from './sorted-list.ts';

/**
 * Joins two markings: whatever is derived from both records carries at least this.
 * Not for choosing a topic: `cellOf` does that, and refuses where no cell fits.
 * @returns a frozen marking. Disjoint `relTo` lists give the empty list: nobody, never everybody.
 */
export function join(a: Marking, b: Marking): Marking {
  if (a === b) return a;
  return Object.freeze({
    classified: higher(CLASSIFIED, a.classified, b.classified),
    protected: higher(PROTECTED, a.protected, b.protected),
    compartments: union(a.compartments, b.compartments, compareText),
    relTo: releasableToBoth(a.relTo, b.relTo),
    tlp: higher(TLP, a.tlp, b.tlp),
    orcon: a.orcon || b.orcon,
    owners: union(a.owners, b.owners, compareText),
    origins: union(a.origins, b.origins, compareText),
    needToKnow: union(a.needToKnow, b.needToKnow, compareLists), // side by side: one merged set would admit more people
  });
}

/**
 * Joins one marking or more. Refuses an empty list: what was derived from nothing has no marking, least of all the lowest.
 * Errors: NOTHING_TO_JOIN.
 */
export function joinAll(markings: readonly Marking[]): Marking {
  const [first, ...others] = markings;
  if (first === undefined) throw nothingToJoin({});
  return others.reduce(join, first);
}

function releasableToBoth(a: Marking['relTo'], b: Marking['relTo']): Marking['relTo'] {
  if (a === 'ALL') return b;
  if (b === 'ALL') return a;
  return intersection(a, b);
}
