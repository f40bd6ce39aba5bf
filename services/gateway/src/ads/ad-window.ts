// Whether an entry of the ad registry is public today, or kept for the regulator alone, or no longer to be shown.
// Holds: pure; a day is over when it is over in the election's zone; an entry of an election that policy does not know is
// public to nobody. Source: README.md#public-matters

import { localDay, parseDay } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { textIn } from '../body-fields.ts';
import type { Body } from '../redact.ts';

/** Where an entry stands in its life. */
export type AdStanding = 'PUBLISHED' | 'WITHDRAWN_FROM_VIEW' | 'PURGED';

/** The standing of a released entry at a moment. */
export function adStanding(ad: Body, { elections }: Pick<Policy, 'elections'>, nowMs: number): AdStanding {
  const timeZone = elections.find(({ id }) => id === ad['electionId'])?.timeZone;
  const [publishUntil, retainUntil] = ['publishUntil', 'retainUntil'].map((field) => parseDay(textIn(ad, field)));
  if (timeZone === undefined || publishUntil === undefined || retainUntil === undefined) return 'WITHDRAWN_FROM_VIEW';
  const today = localDay(nowMs, timeZone);
  if (today > retainUntil) return 'PURGED';
  return today > publishUntil ? 'WITHDRAWN_FROM_VIEW' : 'PUBLISHED';
}
