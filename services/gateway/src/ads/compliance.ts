// The clock of the ad registry as a table: by local day and platform, what was displayed, entered in time, late, or never.
// Holds: pure; counts released entries and findings alone; the day of a missing entry is the day it was seen on, which ended
// when it was found. Source: README.md#public-matters

import { dayText, localDay } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { instantIn, objectIn, textIn, textsIn } from '../body-fields.ts';
import type { Body } from '../redact.ts';

/** One local day of one platform in one election. */
export interface ComplianceRow {
  readonly electionId: string;
  readonly day: string;
  readonly platformId: string;
  /** Entries first displayed on this day. */
  readonly entries: number;
  readonly inTime: number;
  readonly late: number;
  /** Seen on this day and not entered when it ended. */
  readonly missing: number;
  /** Entries of a platform without duty, or whose duty is unknown: they can be neither late nor missing. */
  readonly withoutDuty: number;
  readonly missingAuthoriser: number;
}

/** A row and whether the registry was blind on its day: a zero in a gap is no finding. */
export type ComplianceDay = ComplianceRow & { readonly isInGap: boolean };

/** Declared gaps that touch the local days of a table, and the table with each row in one of them marked. */
export function withGaps(
  rows: readonly ComplianceRow[],
  gaps: readonly { readonly from: string; readonly to?: string }[],
  { elections }: Pick<Policy, 'elections'>,
): readonly ComplianceDay[] {
  return rows.map((row) => {
    const timeZone = elections.find(({ id }) => id === row.electionId)?.timeZone;
    const isInGap = timeZone !== undefined && gaps.some((gap) => isWithin(row.day, daysOf(gap, timeZone)));
    return { ...row, isInGap };
  });
}

/** First and last local day that a gap touches; its end is exclusive. A gap that lasts has no last day. */
export function daysOf(gap: { readonly from: string; readonly to?: string }, timeZone: string) {
  const dayAt = (atMs: number): string => dayText(localDay(atMs, timeZone));
  return { first: dayAt(Date.parse(gap.from)), last: gap.to === undefined ? undefined : dayAt(Date.parse(gap.to) - 1) };
}

const isWithin = (day: string, { first, last }: ReturnType<typeof daysOf>): boolean =>
  day >= first && (last === undefined || day <= last);

/** The table, newest day first. Entries of elections that policy does not know are left out. */
export function complianceOf(
  ads: readonly Body[],
  findings: readonly Body[],
  { elections }: Pick<Policy, 'elections'>,
): readonly ComplianceRow[] {
  const rows = new Map<string, Mutable<ComplianceRow>>();
  const rowOf = (electionId: string, atMs: number, platformId: string): Mutable<ComplianceRow> | undefined => {
    const timeZone = elections.find(({ id }) => id === electionId)?.timeZone;
    if (timeZone === undefined || Number.isNaN(atMs)) return undefined;
    const day = dayText(localDay(atMs, timeZone));
    const key = JSON.stringify([day, electionId, platformId]);
    const row = rows.get(key) ?? { electionId, day, platformId, ...NOTHING };
    rows.set(key, row);
    return row;
  };
  for (const ad of ads) {
    const row = rowOf(textIn(ad, 'electionId'), instantIn(ad, 'firstDisplayedAt'), textIn(ad, 'platformId'));
    if (row === undefined) continue;
    const flags = textsIn(ad, 'flags');
    const hasNoDuty = flags.includes('NOT_IN_DUTY') || flags.includes('DUTY_UNKNOWN');
    row.entries += 1;
    if (flags.includes('MISSING_AUTHORISER')) row.missingAuthoriser += 1;
    if (flags.includes('LATE')) row.late += 1;
    else if (hasNoDuty) row.withoutDuty += 1;
    else row.inTime += 1;
  }
  for (const finding of findings) {
    if (finding['kind'] !== 'NO_ENTRY') continue;
    const electionId = textIn(objectIn(finding, 'report'), 'electionId');
    const foundAtMs = instantIn(objectIn(finding, 'envelope'), 'observedAt');
    const row = rowOf(electionId, foundAtMs - 1, textIn(finding, 'platformId'));
    if (row !== undefined) row.missing += 1;
  }
  return [...rows.values()].sort((a, b) => (a.day === b.day ? (a.platformId < b.platformId ? -1 : 1) : a.day < b.day ? 1 : -1));
} // prettier-ignore

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING = { entries: 0, inTime: 0, late: 0, missing: 0, withoutDuty: 0, missingAuthoriser: 0 };
