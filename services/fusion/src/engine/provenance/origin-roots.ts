// Where each origin of a derivation cluster leads in the end: the root under which all that derives from it counts once.
// Holds: pure; origins that lead to one another stand for one; of several roots the least counts. Source: README.md#lineage

import type { Origin } from './origins.ts';
import { stronglyConnected } from './strongly-connected.ts';

/** A root, and the origins that a circle among source tokens has made one with it. */
export interface Root {
  readonly origin: Origin;
  /** Itself alone, or all of the circle it stands for. */
  readonly circle: readonly Origin[];
}

/**
 * For every origin the root that stands for it: the least of the terminal groups it leads to.
 * `edges` has every origin of the cluster as a key; `leastOf` chooses the one that stands for several.
 */
export function rootsOf(
  edges: ReadonlyMap<Origin, ReadonlySet<Origin>>,
  leastOf: (origins: readonly Origin[]) => Origin,
): Map<Origin, Root> {
  const groupOf = stronglyConnected(edges);
  const groups = new Map<number, Origin[]>();
  for (const origin of edges.keys()) {
    const group = groups.get(groupOf.get(origin)!);
    if (group === undefined) groups.set(groupOf.get(origin)!, [origin]);
    else group.push(origin);
  }
  const roots = new Map<Origin, Root>();
  const ofGroup = new Map<number, Root>();
  for (const [number, circle] of [...groups].sort(([a], [b]) => a - b)) {
    const above = new Map<Origin, Root>();
    for (const origin of circle)
      for (const parent of edges.get(origin) ?? []) {
        const root = groupOf.get(parent) === number ? undefined : ofGroup.get(groupOf.get(parent)!)!;
        if (root) above.set(root.origin, root);
      }
    const root = above.size === 0 ? { origin: leastOf(circle), circle } : above.get(leastOf([...above.keys()]))!;
    ofGroup.set(number, root);
    for (const origin of circle) roots.set(origin, root);
  }
  return roots;
}
