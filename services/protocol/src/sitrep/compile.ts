// What a report says of its members at the cut-off, and how it differs from the one before.
// Holds: pure; every member of policy stands somewhere, whatever the members did; both are functions of what one view may read.
// Source: README.md#situation-reports

import type { Policy, SitrepDelta, SitrepPortion, SitrepStanding } from '@sitebus/sdk';
import type { Sitrep } from './sitrep.ts';

/** @returns how each member stands; the order is that of policy. LATE says nothing of what happened. */
export function standingsOf({ contributions }: Pick<Sitrep, 'contributions'>, { taskForce }: Policy): SitrepStanding[] {
  return taskForce.members.map((agency) => {
    const own = contributions.filter((each) => each.agency === agency);
    const hasSubmitted = own.some(({ portions }) => portions.length > 0);
    return { agency, status: hasSubmitted ? 'SUBMITTED' : own.some(({ isNil }) => isNil) ? 'NIL' : 'LATE' };
  });
}

/** @returns which paragraphs are new, repeated and gone since the report before; all are new in the first. */
export function deltaOf(
  portions: readonly SitrepPortion[],
  previous: Pick<Sitrep, 'number' | 'portions'> | undefined,
): SitrepDelta {
  const before = new Set(previous?.portions.map(({ id }) => id));
  const now = new Set(portions.map(({ id }) => id));
  return {
    previous: previous?.number ?? null,
    fresh: [...now].filter((id) => !before.has(id)),
    repeated: [...now].filter((id) => before.has(id)),
    dropped: [...before].filter((id) => !now.has(id)),
  };
}
