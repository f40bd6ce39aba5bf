// What must be found, by brute force: which reports belong together because they share a value that is not too common.
// Holds: knows nothing of fusion but the cap above which a value links nothing, and which values are on a list of common
// ones (an address drawn at random may be a cloud's); every kind of value drawn here links alone.

import type { DrawnReport, DrawnValue } from './drawn-reports.ts';

/** The components of two and more, each as its ids sorted and joined, all sorted. */
export function expectedComponents(
  reports: readonly DrawnReport[],
  hubCap: number,
  isCommon: (value: DrawnValue) => boolean,
): string[] {
  const carriers = new Map<number, number[]>();
  for (const [place, { values }] of reports.entries())
    for (const value of values) {
      const places = carriers.get(value.number);
      if (places !== undefined) places.push(place);
      else if (!isCommon(value)) carriers.set(value.number, [place]);
    }
  const parents = reports.map((_, place) => place);
  const rootOf = (place: number): number => {
    let root = place;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = place; at !== root;) [at, parents[at]] = [parents[at]!, root];
    return root;
  };
  for (const [first, ...others] of carriers.values())
    if (others.length < hubCap) for (const other of others) parents[rootOf(other)] = rootOf(first!);
  const members = new Map<number, string[]>();
  for (const [place, { id }] of reports.entries()) {
    const root = rootOf(place);
    members.set(root, [...(members.get(root) ?? []), id]);
  }
  return [...members.values()]
    .filter((ids) => ids.length > 1)
    .map(toText)
    .sort();
}

/** A component as it is compared. */
export function toText(ids: readonly string[]): string {
  return [...ids].sort().join(' ');
}
