// How much two records have in common: S(a,b) = Σ w(f)·log2(N/df)/log2(N/2) over the values they share.
// Holds: whole micro-units; hubs count nothing; a large report must also share a fifth of the smaller one's values.
// Source: README.md#edges

import type { FeatureIndex } from './feature-index.ts';
import type { RecordTable } from './records.ts';
import type { Rules } from './rules.ts';

/**
 * The score of two records in micro-units, 0 when they do not link: score below the threshold, or containment too low.
 * Cost: the sum of their features.
 */
export function edgeScore(rules: Rules, records: RecordTable, index: FeatureIndex, a: number, b: number): number {
  const { featurePool } = records;
  let atA = records.featureStart[a]!;
  let atB = records.featureStart[b]!;
  const countA = records.featureCount[a]!;
  const countB = records.featureCount[b]!;
  const endA = atA + countA;
  const endB = atB + countB;
  let score = 0;
  let shared = 0;
  while (atA < endA && atB < endB) {
    const left = featurePool[atA]!;
    const right = featurePool[atB]!;
    if (left === right) {
      const contribution = index.contributionMicro(left);
      if (contribution > 0) {
        score += contribution;
        shared += 1;
      }
    }
    if (left <= right) atA += 1;
    if (right <= left) atB += 1;
  }
  return score >= rules.thresholdMicro && isContained(rules, shared, countA, countB) ? score : 0;
}

function isContained(rules: Rules, shared: number, countA: number, countB: number): boolean {
  if (countA <= rules.largeReportFeatures && countB <= rules.largeReportFeatures) return true;
  return shared * 1_000_000 >= rules.containmentMicro * Math.min(countA, countB);
}
