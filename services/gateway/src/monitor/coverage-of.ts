// What the monitor did not see: gaps that daily records declare, and silence concluded from posts; with the caveat and the
// time of the last refresh, which every answer carries.
// Holds: pure; an answer cannot be made without all three. Source: README.md#public-matters

import { silencesOf } from '@sitebus/kit';
import type { CoverageGap, MonitorPost } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { instantIn, textIn } from '../body-fields.ts';
import type { Body } from '../redact.ts';

/** What stands above the data of every answer. */
export interface MonitorNotice {
  /** When the newest of what is shown was collected, RFC 3339; null where nothing was. */
  readonly lastRefresh: string | null;
  readonly gaps: readonly GapBody[];
  readonly caveat: { readonly en: string; readonly fr: string };
}

/** A gap as it is answered; without `to` it lasts. */
export interface GapBody {
  readonly platform: string;
  readonly from: string;
  readonly to?: string;
  readonly kind: CoverageGap['kind'];
  readonly reason: { readonly en: string; readonly fr: string };
}

/** The zone in which the monitor's days are counted. */
export function monitorZone({ monitor, elections }: Pick<Policy, 'monitor' | 'elections'>): string {
  const election = elections.find(({ id }) => id === monitor.electionId);
  if (election === undefined) throw new Error('policy names no election of the monitor'); // policy-load has checked it
  return election.timeZone;
}

/** Every gap, declared ones first by platform and begin. */
export function gapsOf(
  aggregates: readonly Body[],
  posts: readonly MonitorPost[],
  policy: Pick<Policy, 'monitor' | 'elections'>,
  nowMs: number,
): readonly CoverageGap[] {
  const { silenceDays, silence } = policy.monitor;
  const rule = { silenceDays, timeZone: monitorZone(policy), reason: silence.en };
  return [...declaredIn(aggregates), ...silencesOf(posts, rule, nowMs)];
}

/** The notice of an answer over these posts. */
export function noticeOf(
  posts: readonly MonitorPost[],
  gaps: readonly CoverageGap[],
  { monitor }: Pick<Policy, 'monitor'>,
): MonitorNotice {
  const last = posts.reduce((latest, { collectedAtMs }) => Math.max(latest, collectedAtMs), Number.NEGATIVE_INFINITY);
  return {
    lastRefresh: Number.isFinite(last) ? new Date(last).toISOString() : null,
    gaps: gaps.map(({ platform, fromMs, toMs, kind, reason }) => ({
      platform,
      from: new Date(fromMs).toISOString(),
      ...(toMs !== null && { to: new Date(toMs).toISOString() }),
      kind,
      reason: kind === 'SILENCE' ? monitor.silence : { en: reason, fr: reason },
    })),
    caveat: { en: monitor.caveat.en, fr: monitor.caveat.fr },
  };
}

/** A gap that the monitor's own agency declared of itself: it saw nothing on any platform. */
export function declaredOn(platforms: readonly string[], gap: Body): readonly CoverageGap[] {
  const toMs = instantIn(gap, 'to');
  const span = { fromMs: instantIn(gap, 'from'), toMs: Number.isNaN(toMs) ? null : toMs };
  return platforms.map((platform) => ({ platform, ...span, reason: textIn(gap, 'reason'), kind: 'DECLARED' }));
}

/** A gap of several days is in the record of each; the newest says how it ends. */
function declaredIn(aggregates: readonly Body[]): readonly CoverageGap[] {
  const gaps = new Map<string, CoverageGap>();
  for (const { gaps: listed } of aggregates)
    for (const each of Array.isArray(listed) ? (listed as readonly Body[]) : []) {
      const toMs = instantIn(each, 'to');
      const gap: CoverageGap = {
        platform: textIn(each, 'platform'),
        fromMs: instantIn(each, 'from'),
        toMs: Number.isNaN(toMs) ? null : toMs,
        reason: textIn(each, 'reason'),
        kind: 'DECLARED',
      };
      const key = `${gap.platform} ${gap.fromMs}`;
      const known = gaps.get(key);
      if (known === undefined || known.toMs === null) gaps.set(key, gap);
    }
  return [...gaps].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, gap]) => gap);
}
