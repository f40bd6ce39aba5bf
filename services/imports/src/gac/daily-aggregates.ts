// The monitor's days as StateMediaDailyAggregates: counted when a day is over and intake is quiet, again when late posts or
// gaps change it.
// Holds: pure; a day is counted only when it has ended in the election's zone; a day that a declared gap touches has no
// numbers; the same posts make the same record, so what has not changed is not written again. Source: README.md#the-monitor

import {
  dayText,
  engagementOfAll,
  isInGap,
  localDay,
  localDayStart,
  platformOf,
  rankAll,
  type CoverageGap,
  type MonitorPost,
} from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { contentName } from '../ids.ts';
import type { JournalNote } from '../journal.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { ImportDraft, ReadingContext } from '../reading.ts';
import type { Recurring } from '../recurring.ts';
import { createTally } from '../tally.ts';
import { sortedJson } from '../untrusted.ts';
import { accountsIn, gapsIn, lastIntakeMs, postsIn, type RememberedAccount } from './monitor-memory.ts';
import { decideWritten } from '../row-marking.ts';

const COUNTED = 'monitor-day';

/** A day of one country on one platform, as its record has it. */
export interface DailyAggregate {
  /** Days since 1970-01-01, in the zone of the monitor's election. */
  readonly date: number;
  readonly country: string;
  readonly platform: string;
  readonly posts: number | null;
  readonly top: ReturnType<typeof rankAll>;
  readonly engagement: number | null;
  readonly lastRefresh: number;
  readonly gaps: readonly { readonly platform: string; readonly from: number; readonly to: number | null; readonly reason: string }[];
  readonly caveatId: string;
} // prettier-ignore

/** What days are counted from. */
export interface MonitorSources {
  readonly posts: readonly MonitorPost[];
  /** By name; those without a post make a day where a gap explains why. */
  readonly accounts: ReadonlyMap<string, Pick<RememberedAccount, 'country'>>;
  readonly gaps: readonly CoverageGap[];
}

/** Every day that has ended and has a post, or a declared gap on a platform with accounts: by day, country, platform. */
export function dailyAggregates(
  { posts, accounts, gaps }: MonitorSources,
  { monitor, elections }: Pick<Policy, 'monitor' | 'elections'>,
  nowMs: number,
): readonly DailyAggregate[] {
  const timeZone = timeZoneOf({ monitor, elections });
  const today = localDay(nowMs, timeZone);
  const groups = new Map<string, MonitorPost[]>();
  const groupOf = (day: number, country: string, platform: string): MonitorPost[] => {
    const key = JSON.stringify([day, country, platform]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    return group;
  };
  for (const post of posts) {
    const day = localDay(post.postedAtMs, timeZone);
    if (day < today) groupOf(day, post.country, platformOf(post.account)).push(post);
  }
  for (const gap of gaps)
    for (const day of daysOf(gap, timeZone, today))
      for (const [account, { country }] of accounts)
        if (platformOf(account) === gap.platform) groupOf(day, country, gap.platform);
  return [...groups]
    .map(([key, ofDay]) => ({ place: JSON.parse(key) as [number, string, string], ofDay })) // written above
    .sort(({ place: a }, { place: b }) => a[0] - b[0] || (`${a[1]} ${a[2]}` < `${b[1]} ${b[2]}` ? -1 : 1))
    .map(({ place, ofDay }) => aggregateOf(place, ofDay, gaps, monitor, timeZone));
}

/** The monitor's day by day, as something that comes due. */
export const dailyCounts: Recurring = {
  format: 'coverage',
  source: 'gac-monitor',
  due: (context) => {
    const tally = createTally();
    if (context.nowMs < quietFromMs(context)) return tally.reading();
    for (const aggregate of changedDays(context)) {
      const item = tally.item(keyOf(aggregate));
      const marking = decideWritten({ groups: [] }, context);
      if (isMarkingRefused(marking)) item.refuse(marking);
      else item.carriedBy(draftOf(aggregate, marking, context));
    }
    return tally.reading();
  },
  nextDueMs: (context) => {
    if (lastIntakeMs(context) === undefined) return undefined;
    if (changedDays(context).length > 0) return quietFromMs(context);
    const timeZone = timeZoneOf(context.policy);
    return localDayStart(localDay(context.nowMs, timeZone) + 1, timeZone);
  },
};

/** The zone in which the monitor's days are counted. */
export function timeZoneOf({ monitor, elections }: Pick<Policy, 'monitor' | 'elections'>): string {
  const election = elections.find(({ id }) => id === monitor.electionId);
  if (election === undefined) throw new Error('policy names no election of the monitor'); // policy-load has checked it
  return election.timeZone;
}

function quietFromMs(context: ReadingContext): number {
  return (lastIntakeMs(context) ?? 0) + context.policy.monitor.settleSeconds * 1000;
}

function changedDays(context: ReadingContext): readonly DailyAggregate[] {
  const sources = { posts: postsIn(context), accounts: accountsIn(context), gaps: gapsIn(context) };
  const counted = context.notesOf?.(COUNTED);
  return dailyAggregates(sources, context.policy, context.nowMs).filter(
    (each) => counted?.get(keyOf(each))?.['revision'] !== revisionOf(each),
  );
}

function draftOf(
  aggregate: DailyAggregate,
  marking: ImportDraft['marking'],
  { policy, mapping }: ReadingContext,
): ImportDraft {
  const [key, revision] = [keyOf(aggregate), revisionOf(aggregate)];
  const counted: JournalNote = { kind: COUNTED, key, value: { revision } };
  return {
    type: 'StateMediaDailyAggregate',
    native: { format: 'monitor-days', nativeId: key, revision, part: '1' },
    fields: { ...aggregate },
    marking,
    observedAtMs: localDayStart(aggregate.date + 1, timeZoneOf(policy)),
    sourceGrade: mapping.sourceGrade ?? 'F',
    infoGrade: mapping.infoGrade ?? 6,
    notes: [counted],
  };
}

function keyOf({ date, country, platform }: DailyAggregate): string {
  return `${dayText(date)} ${country} ${platform}`;
}

function revisionOf(aggregate: DailyAggregate): string {
  return contentName([sortedJson(aggregate)]);
}

function aggregateOf(
  [date, country, platform]: readonly [number, string, string],
  posts: readonly MonitorPost[],
  gaps: readonly CoverageGap[],
  { topPlaces, caveat }: Policy['monitor'],
  timeZone: string,
): DailyAggregate {
  const [start, end] = [localDayStart(date, timeZone), localDayStart(date + 1, timeZone)];
  const ofDay = gaps.filter(({ fromMs, toMs }) => fromMs < end && (toMs ?? end) > start);
  const isBlind = isInGap(date, ofDay.filter((gap) => gap.platform === platform), timeZone); // prettier-ignore
  return {
    date,
    country,
    platform,
    posts: isBlind ? null : posts.length,
    top: isBlind ? [] : rankAll(posts, topPlaces),
    engagement: isBlind ? null : engagementOfAll(posts),
    lastRefresh: Math.max(start, ...posts.map(({ collectedAtMs }) => collectedAtMs)),
    gaps: ofDay.map(({ platform: of, fromMs, toMs, reason }) => ({ platform: of, from: fromMs, to: toMs, reason })),
    caveatId: caveat.id,
  };
}

/** Days before today that a gap touches. */
function daysOf({ fromMs, toMs }: CoverageGap, timeZone: string, today: number): readonly number[] {
  const first = localDay(fromMs, timeZone);
  const last = Math.min(today - 1, toMs === null ? today - 1 : localDay(toMs - 1, timeZone));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
