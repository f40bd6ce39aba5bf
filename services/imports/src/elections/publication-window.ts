// For how long an entry of the registry is public, and for how long it is kept.
// Holds: pure; calendar years from polling day; 29 February ends on 28 February; the years are policy. Source: README.md#ads

import { addYears, parseDay } from '@sitebus/kit';
import type { AdsPolicy, Election } from '@sitebus/sdk';

/** Last days, inclusive, in the election's time zone: days since 1970-01-01. */
export interface PublicationWindow {
  readonly publishUntil: number;
  readonly retainUntil: number;
}

/** The window of every ad of an election. */
export function publicationWindow(
  { pollingDay }: Pick<Election, 'pollingDay'>,
  { publicationYears, retentionYears }: Pick<AdsPolicy, 'publicationYears' | 'retentionYears'>,
): PublicationWindow {
  const polling = parseDay(pollingDay);
  if (polling === undefined) throw new Error('policy holds a polling day that is none'); // policy-load has checked it
  const publishUntil = addYears(polling, publicationYears);
  return { publishUntil, retainUntil: addYears(publishUntil, retentionYears) };
}
