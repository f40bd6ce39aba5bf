// Where a person reads something of a marking: in their home view where it may lie there, else in the lowest view that carries it
// and that they may enter.
// Holds: pure; nobody is placed in a view that their clearance does not dominate, nor anything in a view that may not read it.
// Source: README.md#briefs

import { clearanceDominates, dominates, type Marking } from '@sitebus/marking';
import type { Person, Policy, View } from '@sitebus/sdk';
import { isReadableIn } from '../sitrep/portions.ts';

/** @returns the view; undefined: as of now the person may read it nowhere. */
export function readingView(
  { views }: Pick<Policy, 'views'>,
  person: Pick<Person, 'clearance' | 'homeView'> | undefined,
  marking: Marking,
  nowMs: number,
): View | undefined {
  if (person === undefined || nowMs >= person.clearance.validUntil) return undefined;
  if (!dominates(person.clearance, marking, nowMs)) return undefined;
  const open = views.filter((view) => isReadableIn(view, marking) && clearanceDominates(person.clearance, view.clearance));
  return open.find(({ id }) => id === person.homeView) ?? open[0];
} // prettier-ignore
