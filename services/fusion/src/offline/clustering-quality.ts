// How well a grouping agrees with the truth: B-cubed, pairs, the largest group.
// Holds: pure; an observation without an answer is a group of its own; one pass over (truth, answer) counts, so that
// a million observations need no pairs. Source: Bagga and Baldwin 1998 (B-cubed); README.md#offline

/** Precision, recall and their harmonic mean, 0 to 1. */
export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How a grouping compares with the truth. */
export interface ClusteringQuality {
  readonly observations: number;
  readonly groups: number;
  /** Groups of the truth. */
  readonly labels: number;
  /** Over observations, each with itself. */
  readonly bCubed: Agreement;
  /** Over unordered pairs put together. */
  readonly pairwise: Agreement;
  readonly largest: { readonly size: number; readonly labels: number };
}

/** Compares by place; `truth` and `answer` are equally long and not empty. */
export function clusteringQuality(truth: readonly string[], answer: readonly string[]): ClusteringQuality {
  const labelSizes = countOf(truth);
  const groupSizes = countOf(answer);
  const joint = new Map<string, Map<string, number>>();
  for (const [at, label] of truth.entries()) {
    const row = joint.get(label) ?? new Map<string, number>();
    joint.set(label, row.set(answer[at]!, (row.get(answer[at]!) ?? 0) + 1));
  }
  let precision = 0;
  let recall = 0;
  let pairs = 0;
  for (const [label, row] of joint)
    for (const [group, both] of row) {
      precision += (both * both) / groupSizes.get(group)!;
      recall += (both * both) / labelSizes.get(label)!;
      pairs += pairsOf(both);
    }
  const answered = sumOf(groupSizes, pairsOf);
  const wanted = sumOf(labelSizes, pairsOf);
  return {
    observations: truth.length,
    groups: groupSizes.size,
    labels: labelSizes.size,
    bCubed: agreement(precision / truth.length, recall / truth.length),
    pairwise: agreement(answered === 0 ? 1 : pairs / answered, wanted === 0 ? 1 : pairs / wanted),
    largest: largestOf(truth, answer, groupSizes),
  };
}

function largestOf(truth: readonly string[], answer: readonly string[], sizes: ReadonlyMap<string, number>) {
  const [group, size] = [...sizes].reduce((a, b) => (b[1] > a[1] || (b[1] === a[1] && b[0] < a[0]) ? b : a));
  return { size, labels: new Set(truth.filter((_, at) => answer[at] === group)).size };
}

function agreement(precision: number, recall: number): Agreement {
  const sum = precision + recall;
  return { precision, recall, f1: sum === 0 ? 0 : (2 * precision * recall) / sum };
}

const pairsOf = (size: number): number => (size * (size - 1)) / 2;

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function sumOf(sizes: ReadonlyMap<string, number>, of: (size: number) => number): number {
  let sum = 0;
  for (const size of sizes.values()) sum += of(size);
  return sum;
}
