// Which declared gaps a report names: those of its time, and those of an earlier one that nobody had declared by then.
// Holds: pure; asked once, when the report is compiled, so that a version never changes; however many gaps there are, an event of
// a report stays within what a record may weigh, and no source's gaps push out another's. Source: README.md#situation-reports

import { toWire, type Policy } from '@sitebus/sdk';
import type { DeclaredGap } from '../source-gaps.ts';
import { cutOffBefore } from './cut-off.ts';
import type { Sitrep, SitrepSourceGap, SitrepSourceGaps } from './sitrep.ts';

/** A gap weighs at most some 8 KB (`source-gaps.ts`), and a record 1 MB; of more than this the newest of each source are named. */
const MOST_NAMED = 50;

/** @returns what a report says of sources. `earlier`: the reports of its series before it, in its view, in any order. */
export function namedGaps(
  sitrep: Sitrep,
  earlier: readonly Sitrep[],
  { policy, declared }: { readonly policy: Policy; readonly declared: readonly DeclaredGap[] },
): SitrepSourceGaps {
  const since = earlier.find(({ number }) => number === sitrep.number - 1)?.cutOffAt ?? beginOf(sitrep, policy);
  const begins = Math.min(since, ...earlier.flatMap(({ sourceGaps }) => sourceGaps?.since ?? []));
  const named = new Set(earlier.flatMap(({ sourceGaps }) => sourceGaps?.gaps.map(keyOf) ?? []));
  const gaps = declared
    .filter((gap) => gap.fromMs < sitrep.cutOffAt)
    .map((gap) => toNamed(gap, since))
    .filter((gap) => !gap.isLate || (endOf(gap) > begins && !named.has(keyOf(gap))))
    .sort((a, b) => a.from - b.from || (keyOf(a) < keyOf(b) ? -1 : 1));
  const kept = newestOfEach(gaps);
  return { since, gaps: kept, omitted: gaps.length - kept.length };
}

/** Where no report is before it. Without its cadence or its election in policy: its cut-off alone. */
function beginOf({ cadence: wanted, electionId, cutOffAt }: Sitrep, { cadences, elections }: Policy): number {
  const cadence = cadences.find(({ id }) => id === wanted);
  const timeZone = elections.find(({ id }) => id === electionId)?.timeZone;
  return cadence === undefined || timeZone === undefined ? cutOffAt : cutOffBefore(cadence, timeZone, cutOffAt);
}

function toNamed({ id, agency, cell, fromMs, toMs, reason, marking }: DeclaredGap, since: number): SitrepSourceGap {
  const isLate = toMs !== undefined && toMs <= since;
  return { id, agency, cell, from: fromMs, to: toMs ?? null, reason, isLate, marking: toWire(marking) };
}

function endOf({ to }: SitrepSourceGap): number {
  return to ?? Number.POSITIVE_INFINITY;
}

function keyOf({ agency, cell, id }: SitrepSourceGap): string {
  return `${cell} ${agency} ${id}`;
}

/** All of them where they are few; else as many of each source, at least one. */
function newestOfEach(gaps: readonly SitrepSourceGap[]): readonly SitrepSourceGap[] {
  if (gaps.length <= MOST_NAMED) return gaps;
  const taken = new Map<string, number>();
  const sources = new Set(gaps.map(sourceOf));
  const share = Math.max(1, Math.floor(MOST_NAMED / sources.size));
  return gaps.toReversed().filter((gap) => {
    const before = taken.get(sourceOf(gap)) ?? 0;
    taken.set(sourceOf(gap), before + 1);
    return before < share;
  }).slice(0, MOST_NAMED).toReversed(); // prettier-ignore
}

function sourceOf({ agency, cell }: SitrepSourceGap): string {
  return `${cell}.${agency}`;
}
