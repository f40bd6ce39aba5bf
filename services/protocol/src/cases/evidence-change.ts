// Rows 16 and 22: the evidence changes, small matters have added up, or the day to look again has come.
// Holds: pure; whatever the panel had under way is void, and what was decided on other evidence is not carried out; those who
// had been told are told again. Source: README.md#evidence

import type { CaseState } from '@sitebus/sdk';
import type { Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { isAnyRecalled, materialChanges, pinOf } from './evidence.ts';
import { isBlank, no, type CaseHappening, type Decided, type Given, type Participant } from './given.ts';
import { uuidOf } from './uuid-of.ts';

type Of<K extends CaseCommand['kind']> = Extract<CaseCommand, { kind: K }>;

/** Adds a document, by its hash. */
export function attach(before: Case, { title, contentHash }: Of<'attach'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  if (isBlank(title)) return no('REASON_REQUIRED', possible);
  if (before.documents.some((each) => each.contentHash === contentHash)) return [];
  const document = { id: uuidOf(given.id, 'document', contentHash), title, contentHash };
  return [{ kind: 'attached', ...after(before), document }];
}

/** Takes one away. */
export function detach(before: Case, { document: id }: Of<'detach'>, by: Participant, _given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  const document = before.documents.find((each) => each.id === id);
  if (document === undefined) return no('NO_SUCH_DRAFT', possible);
  return [{ kind: 'detached', ...after(before), document }];
}

/** A seat wants the newest version of everything cited. Nothing newer: nothing happens. */
export function refresh(before: Case, given: Given): Decided {
  const assessments = before.assessments.flatMap(({ id, version }) => {
    const current = given.assessment(id);
    return current === undefined || current.version === version ? [] : [pinOf(current, given.pinning)];
  });
  return assessments.length === 0 ? [] : [{ kind: 'refreshed', ...after(before), assessments }];
}

/** What is cited has changed materially. */
export function changeEvidence(before: Case, { assessments: ids }: Of<'evidence'>, given: Given): Decided {
  const changed = changedIn(before, given).filter(({ id }) => ids.includes(id));
  if (changed.length === 0 || before.state === 'CLOSED') return no('ILLEGAL_TRANSITION', []);
  const assessments = changed.map(({ id }) => pinOf(given.assessment(id)!, given.pinning));
  return [{ kind: 'evidence-changed', ...after(before), assessments, changes: changed.flatMap(({ changes }) => changes) }];
} // prettier-ignore

/** Cited assessments that have changed materially since they were pinned, in the order of their ids. */
export function changedIn(
  { assessments }: Case,
  given: Pick<Given, 'assessment' | 'pinning'>,
): readonly { readonly id: string; readonly changes: readonly string[] }[] {
  return assessments.flatMap((pinned) => {
    const current = given.assessment(pinned.id);
    const isAsPinned = current?.version === pinned.version && !isAnyRecalled(pinned, given.pinning);
    const changes = current === undefined || isAsPinned ? [] : materialChanges(pinned, current, given.pinning);
    return changes.length === 0 ? [] : [{ id: pinned.id, changes }];
  });
}

/** A group of small matters has crossed its number, and this case was one of them. */
export function accumulate(before: Case, { crossing, assessments: ids }: Of<'accumulate'>, given: Given): Decided {
  if (before.state === undefined || !REOPENED.has(before.state) || before.crossings.includes(crossing))
    return no('ILLEGAL_TRANSITION', []);
  const assessments = [...ids].sort().flatMap((id) => {
    const current = given.assessment(id);
    return current === undefined ? [] : [pinOf(current, given.pinning)];
  });
  return [{ kind: 'accumulated', ...after(before), crossing, assessments }];
}

/** The day that a motion set for another look has come. */
export function review(before: Case, given: Given): Decided {
  if (!isReviewDue(before, given)) return no('ILLEGAL_TRANSITION', []);
  return [{ kind: 'review-due', to: 'EVALUATING' }];
}

/** True where the decision in force named a day, and it has come. */
export function isReviewDue({ state, decision }: Case, { now }: Pick<Given, 'now'>): boolean {
  const reviewAt = decision?.reviewAt;
  return state !== undefined && REVIEWED.has(state) && reviewAt !== undefined && reviewAt !== null && now >= reviewAt;
}

const REVIEWED: ReadonlySet<CaseState> = new Set([
  'BELOW_MONITOR', 'BELOW_INTERVENTION', 'BELOW_DISCLOSED', 'NO_CONSENSUS',
]); // prettier-ignore
const REOPENED: ReadonlySet<CaseState> = new Set([...REVIEWED, 'EVALUATING', 'INFO_REQUESTED']);
const DECIDED_TO_TELL: ReadonlySet<CaseState> = new Set(['THRESHOLD_MET', 'NOTIFYING']);

/** Where a change of evidence leads, and who has to be told of it. */
function after({ state, notifications }: Case): Pick<CaseHappening, 'to' | 'told'> {
  const isBefore = state !== undefined && (REOPENED.has(state) || DECIDED_TO_TELL.has(state));
  const told = state === 'NOTIFYING' ? (notifications.at(-1)?.recipients ?? []).filter(({ issued }) => issued) : [];
  return { to: isBefore ? 'EVALUATING' : state!, told: told.map(({ person }) => person) };
}
