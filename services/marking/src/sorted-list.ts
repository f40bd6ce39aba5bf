// Sets as sorted lists without duplicates, compared by merge loops in code-unit order (digits before letters).
// Holds: `isSubset` and `intersects` allocate nothing; over a list that is not sorted they may miss, never invent, a member;
// a result is frozen, and is one of the inputs where that already holds every member of the answer.

/** Order of two members: negative, zero or positive. */
export type Compare<T> = (a: T, b: T) => number;

/** Code-unit order, the same in every locale. */
export const compareText: Compare<string> = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Order of two sorted lists: by the first member that differs, the shorter first where one begins the other. */
export const compareLists: Compare<readonly string[]> = (a, b) => {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const order = compareText(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

/** A frozen, sorted copy without duplicates. */
export function toSorted<T>(members: readonly T[], compare: Compare<T>): readonly T[] {
  if (members.length === 0) return NONE;
  const sorted = [...members].sort(compare);
  return Object.freeze(sorted.filter((member, at) => at === 0 || compare(sorted[at - 1]!, member) !== 0));
}

const NONE: readonly never[] = Object.freeze([]); // most lists of most records

/** True when every member of `part` is in `whole`; an empty `part` is in everything. */
export function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (let needed = 0; needed < part.length; needed += 1) {
    const member = part[needed]!;
    while (at < whole.length && whole[at]! < member) at += 1;
    if (whole[at] !== member) return false;
  }
  return true;
}

/** True when the lists share a member. */
export function intersects(a: readonly string[], b: readonly string[]): boolean {
  let inA = 0;
  let inB = 0;
  while (inA < a.length && inB < b.length) {
    const left = a[inA]!;
    const right = b[inB]!;
    if (left === right) return true;
    if (left < right) inA += 1;
    else inB += 1;
  }
  return false;
}

/** Every member of either list. */
export function union<T>(a: readonly T[], b: readonly T[], compare: Compare<T>): readonly T[] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const merged: T[] = [];
  let inA = 0;
  let inB = 0;
  while (inA < a.length && inB < b.length) {
    const order = compare(a[inA]!, b[inB]!);
    merged.push(order <= 0 ? a[inA]! : b[inB]!);
    if (order <= 0) inA += 1;
    if (order >= 0) inB += 1;
  }
  while (inA < a.length) merged.push(a[inA++]!);
  while (inB < b.length) merged.push(b[inB++]!);
  if (merged.length === a.length) return a;
  if (merged.length === b.length) return b;
  return Object.freeze(merged);
}

/** The members of both lists. */
export function intersection(a: readonly string[], b: readonly string[]): readonly string[] {
  const shared: string[] = [];
  let inA = 0;
  let inB = 0;
  while (inA < a.length && inB < b.length) {
    const order = compareText(a[inA]!, b[inB]!);
    if (order === 0) shared.push(a[inA]!);
    if (order <= 0) inA += 1;
    if (order >= 0) inB += 1;
  }
  if (shared.length === a.length) return a;
  if (shared.length === b.length) return b;
  return Object.freeze(shared);
}
