// An assessment as it stands now, under the id by which a case cites it: one that was merged stands as what it was merged into.

import type { AssessmentFacts } from '../assessment-index.ts';
import type { Facts } from '../protocol-machine.ts';

/** Merges of merges; a circle would be fusion's defect, and must not hang this. */
const MOST_HOPS = 32;

/** @returns undefined where this view never had one. */
export function standing(facts: Pick<Facts, 'assessment'>, id: string): AssessmentFacts | undefined {
  let found = facts.assessment(id);
  for (let hops = 0; hops < MOST_HOPS && found?.status === 'REDIRECTED' && found.redirectTo !== null; hops += 1)
    found = facts.assessment(found.redirectTo);
  return found && { ...found, id };
}
