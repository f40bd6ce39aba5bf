// When a platform was not seen: gaps that somebody declared, and silence that was long enough to be the collector's and not
// the platform's.
// Holds: pure; a platform that falls silent has a gap from its last post on; a day in a gap has no number, never 0; a trend
// is broken there and joined nowhere. Source: README.md#the-monitor

import { localDay, localDayStart } from '../local-day.ts';
import { engagementOfAll, platformOf, type MonitorPost } from './post.ts';

/** A time in which nothing of a platform was collected, UTC milliseconds; `toMs` exclusive, null while it lasts. */
export interface CoverageGap {
  readonly platform: string;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly reason: string;
  /** Declared by people, or concluded from silence. */
  readonly kind: 'DECLARED' | 'SILENCE';
}

/** How silence is read. */
export interface SilenceRule {
  readonly silenceDays: number;
  readonly timeZone: string;
  readonly reason: string;
}

/** Gaps concluded from silence, by platform and time; `nowMs` ends the last one only when it is long enough. */
export function silencesOf(posts: readonly MonitorPost[], rule: SilenceRule, nowMs: number): readonly CoverageGap[] {
  const byPlatform = new Map<string, number[]>();
  for (const { account, postedAtMs } of posts) {
    const platform = platformOf(account);
    byPlatform.set(platform, [...(byPlatform.get(platform) ?? []), postedAtMs]);
  }
  return [...byPlatform]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([platform, times]) => silences(platform, times, rule, nowMs));
}

/** True where a day has no number: touched by a declared gap, or wholly silent. */
export function isInGap(day: number, gaps: readonly CoverageGap[], timeZone: string): boolean {
  const [start, end] = [localDayStart(day, timeZone), localDayStart(day + 1, timeZone)];
  return gaps.some(({ kind, fromMs, toMs }) =>
    kind === 'DECLARED' ? fromMs < end && (toMs ?? end) > start : fromMs < start && (toMs ?? end) >= end,
  );
}

/** A day of a trend; null where it lies in a gap. */
export interface TrendDay {
  /** Days since 1970-01-01, local. */
  readonly day: number;
  readonly posts: number | null;
  readonly engagement: number | null;
}

/**
 * Posts and engagement, day by day, `fromDay` to `toDay` inclusive. `gaps` are those of the platforms asked for: while one
 * of them was not seen, a sum over all would be too low, and is null.
 */
export function trendOf(
  posts: readonly MonitorPost[],
  gaps: readonly CoverageGap[],
  { fromDay, toDay, timeZone }: { readonly fromDay: number; readonly toDay: number; readonly timeZone: string },
): readonly TrendDay[] {
  const byDay = new Map<number, MonitorPost[]>();
  for (const post of posts) {
    const day = localDay(post.postedAtMs, timeZone);
    const present = byDay.get(day);
    if (present === undefined) byDay.set(day, [post]);
    else present.push(post);
  }
  return Array.from({ length: Math.max(0, toDay - fromDay + 1) }, (_, index) => {
    const day = fromDay + index;
    if (isInGap(day, gaps, timeZone)) return { day, posts: null, engagement: null };
    const ofDay = byDay.get(day) ?? [];
    return { day, posts: ofDay.length, engagement: ofDay.length === 0 ? 0 : engagementOfAll(ofDay) };
  });
}

function silences(
  platform: string,
  times: readonly number[],
  { silenceDays, timeZone, reason }: SilenceRule,
  nowMs: number,
): readonly CoverageGap[] {
  const sorted = [...times].filter((atMs) => atMs <= nowMs).sort((a, b) => a - b);
  return sorted.flatMap((fromMs, index) => {
    const nextMs = sorted[index + 1];
    const silentDays =
      localDay(nextMs ?? nowMs, timeZone) - localDay(fromMs, timeZone) - (nextMs === undefined ? 0 : 1);
    return silentDays >= silenceDays
      ? [{ platform, fromMs, toMs: nextMs ?? null, reason, kind: 'SILENCE' as const }]
      : [];
  });
}
