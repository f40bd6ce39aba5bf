// When many small matters are one large one: assessments that nobody has before the panel, or that were found below the
// threshold, counted by what they have in common.
// Holds: pure; only distinct lineages count, so that one source under many names stays one; what has been counted once is not
// counted again, so that a crossing is answered once. Source: README.md#accumulation; failure 14

import type { AccumulationGroup } from '@sitebus/sdk';

/** One assessment as far as it counts. */
export interface CountedMatter {
  readonly id: string;
  /** 0–100. */
  readonly severity: number;
  /** UTC milliseconds. */
  readonly lastSeen: number;
  /** Roots of what it stands on; two that share one are one matter. */
  readonly lineages: readonly string[];
  /** What it has in common with others, by key of a group. */
  readonly values: Readonly<Record<AccumulationGroup['key'], readonly string[]>>;
}

/** A group that has crossed its number. */
export interface Crossing {
  /** `<group>/<value>/<how manyth>`. */
  readonly id: string;
  readonly group: string;
  readonly value: string;
  /** Assessments that were counted, sorted. */
  readonly assessments: readonly string[];
}

/** What was counted before: assessments by `<group>/<value>`, and how many crossings there were. */
export type Counted = ReadonlyMap<string, { readonly crossings: number; readonly lineages: ReadonlySet<string> }>;

const DAY_MS = 86_400_000;

/** @returns the crossings there are now, in the order of groups and values. `now`: UTC milliseconds. */
export function crossingsOf(
  groups: readonly AccumulationGroup[],
  matters: readonly CountedMatter[],
  counted: Counted,
  now: number,
): readonly Crossing[] {
  return groups.flatMap((group) => {
    const { key, windowDays, minSeverity, minCount } = group;
    const recent = matters.filter(
      ({ severity, lastSeen }) => severity >= minSeverity && lastSeen > now - windowDays * DAY_MS && lastSeen <= now,
    );
    const values = [...new Set(recent.flatMap((matter) => matter.values[key]))].sort();
    return values.flatMap((value) => {
      const before = counted.get(`${group.id}/${value}`);
      const fresh = recent.filter(
        (matter) => matter.values[key].includes(value) && !matter.lineages.some((root) => before?.lineages.has(root)),
      );
      if (fresh.length < minCount || distinctOf(fresh) < minCount) return [];
      const id = `${group.id}/${value}/${(before?.crossings ?? 0) + 1}`;
      return [{ id, group: group.id, value, assessments: fresh.map((matter) => matter.id).sort() }];
    });
  });
}

/** How many matters there are where those that share a lineage are one. Without lineage a matter counts as none. */
export function distinctOf(matters: readonly Pick<CountedMatter, 'lineages'>[]): number {
  const sets: Set<string>[] = [];
  for (const { lineages } of matters) {
    if (lineages.length === 0) continue;
    const joined = new Set(lineages);
    for (let at = sets.length - 1; at >= 0; at -= 1) {
      if (![...sets[at]!].some((root) => joined.has(root))) continue;
      for (const root of sets.splice(at, 1)[0]!) joined.add(root);
    }
    sets.push(joined);
  }
  return sets.length;
}
