// Who announces a record that every reader skips: one view a cell, so that a refusal is written once.
// Holds: pure; the lowest view that contains the cell; every view computes the same answer from policy.
// Source: README.md#admission

import { cellsOf, type Cell } from '@sitebus/marking';
import type { View } from '@sitebus/sdk';

/**
 * The view whose fusion refuses for this cell: of those that contain it, the one whose highest cell ranks lowest, then the
 * one with the fewest cells, then the first by id.
 * @returns undefined for a cell that no view contains
 */
export function refuserOf(cell: string, views: readonly View[], cells: readonly Cell[]): string | undefined {
  const containing = views
    .map(({ id, clearance }) => ({ id, within: cellsOf(clearance, cells) })) // sorted by rank
    .filter(({ within }) => within.some((one) => one.id === cell));
  containing.sort(
    (a, b) => topRank(a.within) - topRank(b.within) || a.within.length - b.within.length || (a.id < b.id ? -1 : 1),
  );
  return containing[0]?.id;
}

const topRank = (within: readonly Cell[]): number => within.at(-1)?.rank ?? 0;
