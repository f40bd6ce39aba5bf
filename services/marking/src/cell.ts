// Which cell a record lies in, and which cells a view reads: both derived from ceilings, never listed by hand.
// Holds: whoever dominates a ceiling dominates, on the mandatory axes, every marking within it. Need-to-know and time
// are no part of a ceiling. Source: README.md#the-model

import { dominatesMandatory } from './dominates.ts';
import type { Cell, Clearance, Marking } from './model.ts';
import { isWithin } from './order.ts';

/**
 * The lowest-ranked cell under whose ceiling the marking may lie; undefined where none fits, and then nothing is written.
 * `cells` may come in any order.
 */
export function cellOf(marking: Marking, cells: readonly Cell[]): Cell | undefined {
  let lowest: Cell | undefined;
  for (const cell of cells) {
    if ((lowest === undefined || cell.rank < lowest.rank) && isWithin(marking, cell.ceiling)) lowest = cell;
  }
  return lowest;
}

/** The cells whose ceiling the clearance dominates, by rank ascending; may be empty. `cells` may come in any order. */
export function cellsOf(clearance: Clearance, cells: readonly Cell[]): Cell[] {
  return cells.filter((cell) => dominatesMandatory(clearance, cell.ceiling)).sort((a, b) => a.rank - b.rank);
}
