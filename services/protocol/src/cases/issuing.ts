// Rows 17–19 and 23: drafts, who may issue, whom is told, and what goes to the public.
// Holds: pure; whoever drafted a text does not issue it; both languages or nothing; what is issued rests on a decision of all
// five on the evidence as it stands; nobody who is told can hold anything up: no event of theirs is looked at.
// Source: README.md#notices

import type { CaseNotification, NoticeDraft, NoticeIssue, NoticeKind } from '@sitebus/sdk';
import { briefId } from '../brief/brief-id.ts';
import type { Refused } from '../errors.ts';
import type { Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { briefOf, hasGaps } from './consultation.ts';
import { markingOf } from './evidence.ts';
import { faultAt, no, type Decided, type Given, type Participant } from './given.ts';
import { asIssued, draftHash, noticeFaults } from './notice-text.ts';
import { uuidOf } from './uuid-of.ts';

type Of<K extends CaseCommand['kind']> = Extract<CaseCommand, { kind: K }>;

/** Writes a draft, or writes it again. */
export function draftNotice(before: Case, command: Of<'draft'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  const { notice: kind, en, fr } = command;
  const faults = noticeFaults({ en, fr });
  if (faults.length > 0) return no('NOTICE_INCOMPLETE', possible, { faults });
  const known = before.drafts.some(({ draftId }) => draftId === command.draftId);
  if (command.draftId !== undefined && !known) return no('NO_SUCH_DRAFT', possible);
  if (command.draftId !== undefined && isBound(before, command.draftId)) return no('ILLEGAL_TRANSITION', possible);
  const draftId = command.draftId ?? uuidOf(given.id, 'draft', String(before.drafts.length));
  const contentHash = draftHash({ kind, en, fr });
  return [{ kind: 'drafted', to: before.state!, draft: { draftId, kind, en, fr, drafter: by.person, contentHash } }];
}

/** The clerk names a head of an agency who may issue; nobody who has been told of this case. */
export function nameIssuer(before: Case, { person }: Of<'name-issuer'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('clerk')) return no('ROLE_NOT_ALLOWED', possible);
  const isTold = given.recipients(markingOf(before.assessments)!).some((recipient) => recipient.person === person);
  if (!given.panel.namedHeadsMayIssue || !given.isHead(person) || isTold) return no('NOT_AN_ISSUER', possible);
  return before.issuers.includes(person) ? [] : [{ kind: 'issuer-named', to: before.state!, issuer: person }];
}

/** Tells the public of a matter below the threshold, and that it is below. */
export function disclose(before: Case, command: Of<'disclose'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const draft = issuable(before, command.draft, 'BELOW_THRESHOLD', by, given);
  if ('refused' in draft) return draft;
  const { decision } = before;
  if (decision === undefined || before.carriedOut.includes(decision.decisionHash)) return no('NOT_AGREED', possible);
  return [{ kind: 'disclosed', to: 'BELOW_DISCLOSED', notice: firstNotice(before, draft, given) }];
}

/** Issues one brief to everyone policy names, and says when the public is told. */
export function notify(before: Case, command: Of<'notify'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const draft = issuable(before, command.draft, 'ANNOUNCEMENT', by, given);
  if ('refused' in draft) return draft;
  if (before.decision?.evidenceHash !== before.evidenceHash) return no('NOT_AGREED', possible);
  const { briefs: others = [], announceAt } = command;
  if (announceAt < given.now) return no('EXPIRY_IN_PAST', possible);
  if (others.length > 0 && given.panel.sameBrief) return no('ONE_BRIEF', possible, faultAt('/briefs', 'ONE_BRIEF', 'everyone is given the same')); // prettier-ignore
  if (![command, ...others].every((each) => hasGaps(each) && (each.fr === undefined || hasGaps(each.fr))))
    return no('GAPS_REQUIRED', possible, faultAt('/gaps', 'GAPS', 'says nothing of what is not known'));
  const lowered = given.briefMarking(command);
  if ('faults' in lowered) return no('INVALID_DRAFT', possible, lowered);
  const { marking, released, isLowered } = lowered;
  const faults = [command, ...others].flatMap((each) => given.briefFaults(each, isLowered));
  if (faults.length > 0) return no('LINT_FAILED', possible, { faults });
  const brief = briefOf(command, before.evidenceHash);
  const own = new Map(others.map((each) => [each.capacity, briefOf(each, before.evidenceHash)]));
  const recipients = given.recipients(marking).map(({ person, capacity, view }) => ({
    person, capacity, briefHash: (own.get(capacity) ?? brief).hash,
    ...placed(given.id, view, own.has(capacity) ? capacity : ''),
  })); // prettier-ignore
  const briefs = [brief, ...own.values()];
  const notification = { announceAt, draftId: draft.draftId, briefs, recipients, marking, released: [...released] };
  return [{ kind: 'notified', to: 'NOTIFYING', notification }];
}

/** Tells the public: by the clock, or by whoever may issue once the time has come. */
export function announce(before: Case, command: Of<'announce'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const notification = before.notifications.at(-1);
  if (before.state !== 'NOTIFYING' || notification === undefined) return no('ILLEGAL_TRANSITION', possible);
  const { draftId, announceAt } = notification;
  const draft = before.drafts.find((each) => each.draftId === draftId);
  const isClock = by.roles.includes('timer');
  if (draft === undefined || (command.draft !== undefined && command.draft !== draftId))
    return no('NO_SUCH_DRAFT', possible);
  if (!isClock && !mayIssue(before, by, given)) return no('NOT_AN_ISSUER', possible);
  if (!isClock && draft.drafter === by.person) return no('OWN_DRAFT', possible);
  if (given.now < announceAt) return no('TOO_EARLY', possible, { current: new Date(announceAt).toISOString() });
  if (before.decision?.evidenceHash !== before.evidenceHash) return no('NOT_AGREED', possible);
  return [{ kind: 'announced', to: 'ANNOUNCED', notice: firstNotice(before, draft, given) }];
}

/** Replaces what was announced, where five seats have agreed that it be: the old text stays readable. */
export function reissue(before: Case, command: Of<'update' | 'correct'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const draft = issuable(before, command.draft, 'ANNOUNCEMENT', by, given);
  if ('refused' in draft) return draft;
  const { decision, evidenceHash } = before;
  const isAgreed =
    decision?.outcome === (command.kind === 'update' ? 'UPDATE' : 'CORRECT') &&
    decision.evidenceHash === evidenceHash &&
    !before.carriedOut.includes(decision.decisionHash) &&
    (decision.draftId === null || decision.draftId === draft.draftId);
  if (!isAgreed) return no('NOT_AGREED', possible);
  const { noticeId, version } = before.notices.findLast(({ kind }) => kind === 'ANNOUNCEMENT')!;
  const notice: NoticeIssue = { noticeId, version: version + 1, kind: draft.kind, ...asIssued(draft, given.panel) };
  const kind = command.kind === 'update' ? 'updated' : 'corrected';
  return [{ kind, to: 'ANNOUNCED', notice, notification: toldAgain(before, draft, given) }];
}

/** Clerk, or a head whom the clerk named. */
export function mayIssue({ issuers }: Case, by: Participant, { panel }: Pick<Given, 'panel'>): boolean {
  return (
    by.roles.includes('clerk') ||
    (panel.namedHeadsMayIssue && by.roles.includes('agency-head') && issuers.includes(by.person))
  );
}

/** What a motion, a decision or those who were told have seen is changed by a new draft alone. */
function isBound({ motion, decision, notifications, sealed }: Case, draft: string): boolean {
  const bound = [motion, decision, ...notifications, ...sealed].map((each) => each?.draftId);
  return bound.includes(draft);
}

function issuable(before: Case, id: string, kind: NoticeKind, by: Participant, given: Given): NoticeDraft | Refused {
  const possible = possibleIn(before.state, by);
  if (!mayIssue(before, by, given)) return no('NOT_AN_ISSUER', possible);
  const draft = before.drafts.find(({ draftId }) => draftId === id);
  if (draft?.kind !== kind) return no('NO_SUCH_DRAFT', possible);
  if (draft.drafter === by.person) return no('OWN_DRAFT', possible);
  const incomplete = noticeFaults(draft);
  if (incomplete.length > 0) return no('NOTICE_INCOMPLETE', possible, { faults: incomplete });
  const faults = given.lintFaults(draft);
  return faults.length > 0 ? no('LINT_FAILED', possible, { faults }) : draft;
}

function firstNotice({ notices }: Case, draft: NoticeDraft, { id, panel }: Given): NoticeIssue {
  const noticeId = uuidOf(id, 'notice', String(notices.length));
  return { noticeId, version: 1, kind: draft.kind, ...asIssued(draft, panel) };
}

/** Whether something is sent to a person, and as which product; nothing waits for those who may not have it. */
function placed(caseId: string, view: string | undefined, capacity: string) {
  const product = view === undefined ? null : briefId(caseId, view, capacity);
  return { issued: view !== undefined, view: view ?? null, product };
}

/** The same persons, cleared or not as of now; nothing waits for them. */
function toldAgain(
  { notifications, evidenceHash, assessments }: Case,
  draft: NoticeDraft,
  given: Given,
): CaseNotification {
  const before = notifications.at(-1)!;
  const marking = before.marking ?? markingOf(assessments)!;
  const views = new Map(given.recipients(marking).map(({ person, view }) => [person, view]));
  const [first] = before.briefs;
  const inFrench = first?.fr?.gaps === undefined ? {} : { fr: { summary: draft.fr.known, gaps: first.fr.gaps } };
  const brief = briefOf({ summary: draft.en.known, gaps: first!.gaps, ...inFrench }, evidenceHash);
  const recipients = before.recipients.map(({ person, capacity }) => ({
    person, capacity, briefHash: brief.hash, ...placed(given.id, views.get(person), ''),
  })); // prettier-ignore
  return {
    announceAt: given.now,
    draftId: draft.draftId,
    briefs: [brief],
    recipients,
    marking,
    released: before.released,
  };
}
