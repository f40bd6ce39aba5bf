// Check 6: what a mistaken report joined comes apart when it is recalled; what too many share joins nothing.

import type { ScenarioRow } from '../row.ts';
import type { Run } from './checks.ts';
import { MATTERS } from './ground-truth.ts';
import type { PlayedInMemory } from './in-memory.ts';
import { mattersOf } from './matters.ts';
import { matterOf, newestOf, rowsOf } from './newest.ts';

const VIEWS = Object.keys(MATTERS).filter((view) => view !== 'public');
const CDN = '192.0.2.10';
/** Between the mistake (D-16) and its recall (D-13). */
const BETWEEN_DAY = -14;

/** Keeps the matters of the partner view as they were before each day's first row. */
export function matterLog() {
  const before = new Map<number, readonly string[]>();
  return {
    before,
    note: ({ day }: ScenarioRow, { assessments, rowOf }: Pick<PlayedInMemory, 'assessments' | 'rowOf'>): void => {
      if (!before.has(day)) before.set(day, mattersOf(assessments('partner'), rowOf));
    },
  };
}

/** What is recorded of the recall and of the hub. */
export interface RecallRecord {
  /** Matters of the partner view between mistake and recall, and at the end. */
  readonly between: readonly string[];
  readonly after: readonly string[];
  /** Ids that were merged away, and whether each still leads to an assessment. */
  readonly merged: readonly { readonly id: string; readonly resolves: boolean }[];
  /** By view: assessments that the hub links, whether it is shown as context, and those that held threads 1 and 3 at once. */
  readonly hub: Readonly<Record<string, { readonly links: readonly string[]; readonly isContext: boolean; readonly joined: number }>>; // prettier-ignore
}

/** Of the play with people. */
export function recordRecall({ played, matters }: Run): RecallRecord {
  const newest = newestOf(played, 'partner');
  const ids = new Set(newest.map(({ id }) => id));
  const hub = VIEWS.map((view) => {
    const live = newestOf(played, view).filter(({ status }) => status === 'LIVE');
    const links = live.filter((each) => each.links.some(({ features }) => features.some(({ value }) => value === CDN))).map(({ id }) => id);
    const context = matterOf(played, view, '1.01')?.contextValues ?? [];
    const isContext = context.some(({ value, why }) => value === CDN && why === 'HUB');
    const joined = played.assessments(view).filter((each) => ['1.01', '3.04'].every((row) => rowsOf(played, each).includes(row))).length;
    return [view, { links, isContext, joined }] as const;
  });
  return {
    between: matters.before.get(BETWEEN_DAY) ?? [],
    after: mattersOf(played.assessments('partner'), played.rowOf),
    merged: newest.filter(({ status }) => status === 'REDIRECTED').map(({ id, redirectTo }) => ({ id, resolves: ids.has(redirectTo ?? '') })),
    hub: Object.fromEntries(hub),
  };
} // prettier-ignore

/** Check 6. */
export function recallFaults({ between, after, merged, hub }: RecallRecord): readonly string[] {
  const isJoined = between.some((matter) => ['2.08', '2.05', '9.01'].every((row) => matter.includes(row)));
  return [
    ...(isJoined ? [] : ['between the mistake and its recall threads 2 and 9 are not one matter']),
    ...(after.some((matter) => matter.includes('2.08')) ? ['row 2.08 is still a member'] : []),
    ...(merged.length > 0 ? [] : ['no merged id is left to resolve']),
    ...merged.filter(({ resolves }) => !resolves).map(({ id }) => `${id} resolves to nothing`),
    ...VIEWS.flatMap((view) => {
      const { links = [], isContext = false, joined = 0 } = hub[view] ?? {};
      return [
        ...links.map((id) => `${view}: ${id} is linked by the hub`),
        ...(isContext ? [] : [`${view}: the hub is no context`]),
        ...(joined === 0 ? [] : [`${view}: threads 1 and 3 shared an assessment`]),
      ];
    }),
  ];
}
