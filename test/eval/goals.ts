// What linking must reach, and what coordination must find. Source: test/README.md#evaluation

import type { Scored } from './shared-judge.ts';

/** One goal and what was measured. */
export interface Goal {
  readonly name: string;
  readonly wanted: number;
  readonly measured: number;
  readonly isMet: boolean;
}

const atLeast = (name: string, wanted: number, measured: number): Goal => ({
  name,
  wanted,
  measured,
  isMet: measured >= wanted,
});

/** Goals for the label `campaign`. */
export const linkingGoals = (dealt: Scored, whole: Scored): readonly Goal[] => [
  atLeast('shard and recover, B-cubed F1', 0.86, dealt.b3.f1),
  atLeast('shard and recover, pairwise precision', 0.9, dealt.pairwise.p),
  atLeast('whole reports, pairwise F1', 0.7, whole.pairwise.f1),
  atLeast('whole reports, pairwise precision', 0.9, whole.pairwise.p),
];

/** Rows and pairs of accounts that the published method finds in the same shares. */
export const COORDINATION = [
  { kind: 'image', rows: 2_131, accountPairs: 337 },
  { kind: 'url', rows: 5_658, accountPairs: 1_453 },
] as const;

/** Coordination must come out exactly. */
export function coordinationGoals(
  counts: readonly { readonly kind: string; readonly rows: number; readonly accountPairs: number }[],
): readonly Goal[] {
  return COORDINATION.flatMap(({ kind, ...wanted }) => {
    const found = counts.find((each) => each.kind === kind);
    return (['rows', 'accountPairs'] as const).map((what) => ({
      name: `coordination, ${kind}, ${what === 'rows' ? 'rows' : 'pairs of accounts'}`,
      wanted: wanted[what],
      measured: found?.[what] ?? 0,
      isMet: found?.[what] === wanted[what],
    }));
  });
}
