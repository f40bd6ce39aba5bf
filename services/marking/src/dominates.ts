// The decision: may whoever holds this clearance, now, read what bears this marking?
// Holds: deny wins; a level, list or time that cannot be compared denies; more clearance or a lower marking never takes
// access away; allocates nothing, being called per record and reader. Source: README.md#the-model

import { reaches } from './ladder.ts';
import { CLASSIFIED, PROTECTED, TLP, type Clearance, type Marking } from './model.ts';
import { intersects, isSubset } from './sorted-list.ts';

/**
 * True when `clearance` admits to `marking` at `nowMs` (UTC milliseconds; `validUntil` itself is too late).
 * Not for cells and ceilings: those leave need-to-know and time out, see `cellsOf`.
 */
export function dominates(clearance: Clearance, marking: Marking, nowMs: number): boolean {
  return (
    nowMs < clearance.validUntil &&
    dominatesMandatory(clearance, marking) &&
    meetsEveryDemand(clearance.groups, marking.needToKnow)
  );
}

/** `dominates` on the mandatory axes alone: classified, protected, compartments, nations, TLP. */
export function dominatesMandatory(clearance: Clearance, marking: Marking): boolean {
  return (
    reaches(CLASSIFIED, clearance.classified, marking.classified) &&
    reaches(PROTECTED, clearance.protected, marking.protected) &&
    reaches(TLP, clearance.maxTlp, marking.tlp) &&
    isSubset(marking.compartments, clearance.compartments) &&
    isReleasableTo(clearance.nations, marking.relTo)
  );
}

/** All of the nations, and at least one: an empty list would be a subset of anything. */
function isReleasableTo(nations: readonly string[], relTo: Marking['relTo']): boolean {
  return nations.length > 0 && (relTo === 'ALL' || isSubset(nations, relTo));
}

function meetsEveryDemand(groups: readonly string[], demands: Marking['needToKnow']): boolean {
  for (let at = 0; at < demands.length; at += 1) if (!intersects(demands[at]!, groups)) return false;
  return true;
}
