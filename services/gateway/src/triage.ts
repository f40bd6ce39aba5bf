// Triage of an alert: what a person may decide next, and what that makes of it.
// Holds: pure; nothing is ever undone by forgetting: an earlier state is gone back to by another decision, which is in
// the history like the first; what is closed goes back to where it was or is opened again. Source: README.md#triage

import { clearanceDominates, dominates } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import type { Person, Role, View, WireMarking } from '@sitebus/sdk';
import { illegalTransition, invalidBody } from './errors.ts';
import { TRIAGE_STATES } from './store/desk.ts';
import type { TriageEntry, TriageState } from './store/desk.ts';
import { effectiveClearance } from './subject.ts';

/** Who decides about alerts, and to whom they can be assigned. */
export const TRIAGERS: readonly Role[] = ['analyst', 'operator'];

/** What a person decides. */
export interface TriageDecision {
  readonly state: TriageState;
  /** Needed with ASSIGNED, allowed with ESCALATED. */
  readonly assignee?: string;
  readonly reason: string;
}

/**
 * @returns the next entry of the alert's history, which is oldest first.
 * Throws `illegal-transition` naming the states possible now, or `invalid-body` where state and assignee do not go together.
 */
export function decideTriage(
  history: readonly TriageEntry[],
  decision: TriageDecision,
  by: { readonly person: string; readonly atMs: number; readonly marking: WireMarking },
): TriageEntry {
  const { state, assignee, reason } = decision;
  const possible = possibleStates(history);
  if (!possible.includes(state)) throw illegalTransition({ possible });
  const now = history.at(-1);
  if (state === 'ASSIGNED' && assignee === undefined)
    throw invalidBody({ errors: [{ pointer: '/assignee', code: 'REQUIRED', detail: 'to whom is not said' }] });
  if (assignee !== undefined && state !== 'ASSIGNED' && state !== 'ESCALATED')
    throw invalidBody({
      errors: [{ pointer: '/assignee', code: 'NOT_ALLOWED', detail: 'only what is assigned or escalated has one' }],
    });
  // The same again says nothing, but to somebody else.
  if (now?.state === state && now.assignee === assignee)
    throw illegalTransition({ possible: possible.filter((each) => each !== state || state === 'ASSIGNED') });
  return {
    seq: (now?.seq ?? 0) + 1,
    state,
    ...(assignee === undefined ? {} : { assignee }),
    reason,
    by: by.person,
    atMs: by.atMs,
    marking: by.marking,
  };
}

/** @returns the states that may follow, the present one among them where it can pass to another assignee. */
export function possibleStates(history: readonly TriageEntry[]): readonly TriageState[] {
  const now = history.at(-1)?.state ?? 'OPEN';
  if (now !== 'CLOSED')
    return TRIAGE_STATES.filter((state) => state !== now || now === 'ASSIGNED' || now === 'ESCALATED');
  const before = history.findLast(({ state }) => state !== 'CLOSED')?.state ?? 'OPEN';
  return TRIAGE_STATES.filter((state) => state === 'OPEN' || state === before);
}

/** @returns whether the person could decide about an alert of this marking in this view, at this moment. */
export function mayTriage(person: Person | undefined, marking: Marking, view: View, nowMs: number): boolean {
  return (
    person !== undefined &&
    person.roles.some((role) => TRIAGERS.includes(role)) &&
    nowMs < person.clearance.validUntil &&
    clearanceDominates(person.clearance, view.clearance) &&
    dominates(effectiveClearance(person.clearance, view), marking, nowMs)
  );
}
