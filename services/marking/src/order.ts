// The order that `join` is the upper bound of: which of two markings protects at least as much.
// Holds: isAtLeast(b, a) exactly when join(a, b) equals b; `isWithin` is the same order on the mandatory axes alone.
// Source: README.md#the-model

import { reaches } from './ladder.ts';
import { CLASSIFIED, PROTECTED, TLP, type Marking } from './model.ts';
import { compareLists, isSubset, union } from './sorted-list.ts';

/**
 * True when `marking` may lie under `ceiling`: on each mandatory axis it asks for no more, and everyone admitted at the
 * ceiling is releasable. Owners, origins, ORCON and need-to-know are not part of a ceiling: see `isAtLeast` for those.
 * Allocates nothing.
 */
export function isWithin(marking: Marking, ceiling: Marking): boolean {
  return (
    reaches(CLASSIFIED, ceiling.classified, marking.classified) &&
    reaches(PROTECTED, ceiling.protected, marking.protected) &&
    reaches(TLP, ceiling.tlp, marking.tlp) &&
    isSubset(marking.compartments, ceiling.compartments) &&
    (marking.relTo === 'ALL' || (ceiling.relTo !== 'ALL' && isSubset(ceiling.relTo, marking.relTo)))
  );
}

/** True when `marking` protects all that `floor` does, on every axis: such as an envelope over the join of its portions. */
export function isAtLeast(marking: Marking, floor: Marking): boolean {
  return (
    isWithin(floor, marking) &&
    (marking.orcon || !floor.orcon) &&
    isSubset(floor.owners, marking.owners) &&
    isSubset(floor.origins, marking.origins) &&
    union(marking.needToKnow, floor.needToKnow, compareLists).length === marking.needToKnow.length
  );
}
