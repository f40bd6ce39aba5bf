// The search of the ad registry: by party, riding, platform and day.
// Holds: pure; applied to what is released; a day is a local one of the ad's election. Source: README.md#public-matters

import { localDay, parseDay } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { Type, type Static, type TObject } from 'typebox';
import { instantIn, textsIn } from '../body-fields.ts';
import type { Body } from '../redact.ts';

export const AdFilter = {
  party: Type.Optional(Type.String({ maxLength: 80, description: 'A registered party, `party:alder` or `alder`.' })),
  riding: Type.Optional(Type.String({ maxLength: 200, description: 'Ads aimed at it, and those aimed at all.' })),
  platform: Type.Optional(Type.String({ maxLength: 80 })),
  day: Type.Optional(
    Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Displayed on this local day of the election.' }),
  ),
};
export type AdFilterValues = Static<TObject<typeof AdFilter>>;

/** @returns the part of a query that is a filter. */
export function adFilterOf(query: Readonly<Record<string, unknown>>): AdFilterValues {
  return Object.fromEntries(Object.entries(query).filter(([name]) => name in AdFilter));
}

/** @returns whether the released entry fulfils every condition. */
export function adMatches(
  ad: Body,
  { party, riding, platform, day }: AdFilterValues,
  { elections }: Pick<Policy, 'elections'>,
): boolean {
  const ridings = textsIn(ad, 'ridings');
  const ref = party?.startsWith('party:') === true ? party : `party:${party ?? ''}`;
  return (
    (party === undefined || ad['buyerRef'] === ref.toLowerCase()) &&
    (riding === undefined || ridings.length === 0 || ridings.includes(riding)) &&
    (platform === undefined || ad['platformId'] === platform.toLowerCase()) &&
    (day === undefined || isDisplayedOn(ad, day, elections))
  );
}

function isDisplayedOn(ad: Body, text: string, elections: Policy['elections']): boolean {
  const day = parseDay(text);
  const timeZone = elections.find(({ id }) => id === ad['electionId'])?.timeZone;
  if (day === undefined || timeZone === undefined) return false;
  const [first, last] = ['firstDisplayedAt', 'lastDisplayedAt'].map((field) =>
    localDay(instantIn(ad, field), timeZone),
  );
  return first !== undefined && last !== undefined && first <= day && day <= last;
}
