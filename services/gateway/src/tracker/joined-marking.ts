// The marking of a file: the join of everything in it.

import { joinAll, print } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import { UNMARKED, UNMARKED_BANNER } from '../release.ts';
import type { Judged } from '../release.ts';

/** The join, and how it is printed; of nothing, that of an answer without records. */
export function joinedMarking(judged: readonly Judged[], homeNation: string): { readonly marking: Marking; readonly banner: string } {
  if (judged.length === 0) return { marking: UNMARKED, banner: UNMARKED_BANNER };
  const marking = joinAll(judged.map((each) => each.marking));
  return { marking, banner: print(marking, { homeNation }) };
} // prettier-ignore
