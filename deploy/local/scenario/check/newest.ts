// Assessments as a view has them at the end of a play, by the rows of which they are made.
// Holds: pure; of an assessment's versions the last one counts.

import type { Assessment } from '@sitebus/sdk';
import type { PlayedInMemory } from './in-memory.ts';

type Played = Pick<PlayedInMemory, 'assessments' | 'rowOf'>;

/** The last version of each. */
export function newestOf(played: Played, view: string): readonly Assessment[] {
  return [...new Map(played.assessments(view).map((each) => [each.id, each])).values()];
}

/** The rows of which an assessment is made. */
export function rowsOf(played: Played, { members }: Pick<Assessment, 'members'>): readonly string[] {
  return members.map(({ agency, id }) => played.rowOf(agency, id));
}

/** The live assessment of which a row is a member. */
export function matterOf(played: Played, view: string, row: string): Assessment | undefined {
  return newestOf(played, view).find((each) => each.status === 'LIVE' && rowsOf(played, each).includes(row));
}
