// Who announces a record that every reader skips: one view a cell, so that a refusal is written once.
// Holds: the lowest view that contains the cell; every view computes the same answer from policy. Source: README.md#refusals

import { cellsOf } from '@sitebus/marking';
import type { Policy, View } from '@sitebus/sdk';

/** The view that refuses for this cell; undefined for a cell that no view contains. */
export function refuserOf(cell: string, policy: Pick<Policy, 'cells' | 'views'>): View | undefined {
  const containing = policy.views
    .map((view) => ({ view, cells: cellsOf(view.clearance, policy.cells) }))
    .filter(({ cells }) => cells.some(({ id }) => id === cell));
  containing.sort(
    (a, b) =>
      highest(a.cells) - highest(b.cells) || a.cells.length - b.cells.length || (a.view.id < b.view.id ? -1 : 1),
  );
  return containing[0]?.view;
}

function highest(cells: readonly { readonly rank: number }[]): number {
  return Math.max(...cells.map(({ rank }) => rank));
}
