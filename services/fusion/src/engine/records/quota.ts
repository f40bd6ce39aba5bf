// What happens when a view holds more records than it may: who is furthest over its quota loses its oldest first.
// Holds: a function of what is present, so neither order nor time within a cut decides; agencies that are not furthest over
// lose nothing; what is lost is told, never silent. A little more than needed goes at once, so that a full view does not
// look through all its records at every cut. Source: README.md#quota

import { PRESENT, TENANT, compareText } from './records.ts';
import type { Rules } from '../rules.ts';
import type { EngineState } from '../state.ts';

/** A declared gap: records of an agency that were given up because there was no room. */
export interface EngineNotice {
  readonly code: 'QUOTA_EVICTED';
  readonly agency: string;
  /** Records given up in this cut. */
  readonly count: number;
  /** The earliest and the latest admission among them, UTC milliseconds. */
  readonly from: number;
  readonly to: number;
}

/** Of a full view this part is given up at once. */
const SLACK = 1 / 64;

/** Records that must go, in no order; none while there is room. */
export function overflow(state: EngineState): number[] {
  const { records, rules } = state;
  if (records.present <= rules.maxLiveRecords) return [];
  const excess = records.present - Math.floor(rules.maxLiveRecords * (1 - SLACK));
  const byAgency = recordsByAgency(state);
  const over = [...byAgency].map(([agency, own]) => ({
    agency,
    over: own.length - quotaOf(rules, agency, records.is(own[0]!, TENANT)),
  }));
  return [...sharesOf(over, excess)].flatMap(([agency, count]) => oldestOf(state, byAgency.get(agency)!, count));
}

/** What is told of records that were given up; sorted by agency. */
export function noticesOf({ records }: EngineState, lost: readonly number[]): EngineNotice[] {
  const byAgency = new Map<string, { count: number; from: number; to: number }>();
  for (const record of lost) {
    const known = byAgency.get(records.agencyOf(record)) ?? { count: 0, from: Infinity, to: -Infinity };
    known.count += 1;
    known.from = Math.min(known.from, records.admittedAt[record]!);
    known.to = Math.max(known.to, records.admittedAt[record]!);
    byAgency.set(records.agencyOf(record), known);
  }
  return [...byAgency]
    .map(([agency, gap]) => ({ code: 'QUOTA_EVICTED' as const, agency, ...gap }))
    .sort((a, b) => compareText(a.agency, b.agency));
}

function quotaOf({ liveQuota }: Rules, agency: string, isTenant: boolean): number {
  return liveQuota.get(agency) ?? liveQuota.get(isTenant ? 'tenant' : 'default') ?? 0;
}

function recordsByAgency({ records }: EngineState): Map<string, number[]> {
  const byAgency = new Map<string, number[]>();
  for (let record = 1; record <= records.count; record += 1) {
    if (!records.is(record, PRESENT)) continue;
    const own = byAgency.get(records.agencyOf(record));
    if (own === undefined) byAgency.set(records.agencyOf(record), [record]);
    else own.push(record);
  }
  return byAgency;
}

/** How many each loses: the furthest over goes down to the next, then both together, and so on. */
function sharesOf(agencies: readonly { readonly agency: string; readonly over: number }[], excess: number) {
  const sorted = [...agencies].sort((a, b) => b.over - a.over || compareText(a.agency, b.agency));
  let reached = 1;
  let level = sorted[0]!.over;
  let left = excess;
  while (reached < sorted.length && (level - sorted[reached]!.over) * reached < left) {
    left -= (level - sorted[reached]!.over) * reached;
    level = sorted[reached]!.over;
    reached += 1;
  }
  const losing = sorted.slice(0, reached).sort((a, b) => compareText(a.agency, b.agency));
  const each = Math.floor(left / reached);
  return new Map(
    losing.map(({ agency, over }, place) => [agency, over - level + each + (place < left % reached ? 1 : 0)] as const),
  );
}

/** The first admitted; among those of one cut the least by name. */
function oldestOf(state: EngineState, own: readonly number[], count: number): number[] {
  const { admittedAt } = state.records;
  if (count === 0) return [];
  const limit = Float64Array.from(own, (record) => admittedAt[record]!).sort()[Math.min(count, own.length) - 1]!;
  const earlier = own.filter((record) => admittedAt[record]! < limit);
  const tied = own.filter((record) => admittedAt[record]! === limit).sort((a, b) => byName(state, a, b));
  return [...earlier, ...tied.slice(0, count - earlier.length)];
}

function byName({ records }: EngineState, a: number, b: number): number {
  return compareText(records.idOf(a), records.idOf(b)) || compareText(records.cellOf(a), records.cellOf(b));
}
