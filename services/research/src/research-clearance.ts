// What research may read in a view: the view's own axes, and the one group that records above the open cell must name.
// Holds: pure; whoever collects, and whoever asks what must not be read, goes by this one. Source: README.md#collecting

import { cellsOf, createClearance, type Clearance } from '@sitebus/marking';
import type { Policy } from '@sitebus/sdk';

/** @returns what research may read in a view. */
export function researchClearance(policy: Policy, view: string): Clearance {
  const found = policy.views.find(({ id }) => id === view);
  if (found === undefined) throw new Error(`policy has no view ${view}`);
  return createClearance({ ...found.clearance, groups: [policy.research.group], validUntil: Infinity, epoch: 0 });
}

/** @returns the cells that it reads, by id. */
export function researchCells(policy: Policy, view: string): readonly string[] {
  return cellsOf(researchClearance(policy, view), policy.cells).map(({ id }) => id);
}
