// Rows 2–5: agencies are asked, answer with a definition, and the panel is informed; or it is not, with a reason that expires.
// Holds: pure; nothing is dropped in silence: what is not forwarded has a reason and comes back by itself; a brief says what is
// not known; who did not answer is shown as such. Source: README.md#case

import { canonicalHash } from '@sitebus/kit';
import type { CaseBrief } from '@sitebus/sdk';
import type { Case } from './case.ts';
import { possibleIn, type BriefArgs, type BriefInWords, type CaseCommand } from './commands.ts';
import { faultAt, isBlank, no, type Decided, type Given, type Participant } from './given.ts';

const DAY_MS = 86_400_000;

type Of<K extends CaseCommand['kind']> = Extract<CaseCommand, { kind: K }>;

/** Asks agencies; at least one besides the one that opened the case. */
export function consult(before: Case, { agencies, due }: Of<'consult'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  if (before.state === 'AGENCY_CONSULTATION' && before.consultation !== undefined)
    return no('ILLEGAL_TRANSITION', possible);
  if (due <= given.now) return no('EXPIRY_IN_PAST', possible);
  const asked = [...new Set(agencies)].sort();
  if (!asked.every((agency) => given.panel.openingAgencies.includes(agency)))
    return no('NOT_A_MEMBER_AGENCY', possible);
  if (!asked.some((agency) => agency !== before.openedByAgency)) return no('NOT_ASKED', possible);
  return [{ kind: 'consulted', to: 'AGENCY_CONSULTATION', agencies: asked, due }];
}

/** One agency's answer; a view on the matter rests on a definition of policy, a dissent says why. */
export function respond(before: Case, command: Of<'respond'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const { stance, text, definitionId } = command;
  const { agency } = by;
  if (agency === undefined || before.consultation?.agencies.includes(agency) !== true) return no('NOT_ASKED', possible);
  const definition = given.definitions.find(({ id }) => id === definitionId);
  if (definition === undefined && (stance !== 'NO_VIEW' || definitionId !== undefined))
    return no('DEFINITION_REQUIRED', possible, faultAt('/definitionId', 'DEFINITION', 'names no definition of policy'));
  if (stance === 'DISSENT' && isBlank(text)) return no('REASON_REQUIRED', possible);
  const answer = {
    agency, stance, text,
    definitionId: definition?.id ?? null,
    definitionVersion: definition?.version ?? null,
    at: given.now,
  }; // prettier-ignore
  return [{ kind: 'responded', to: 'AGENCY_CONSULTATION', answer }];
}

/** Keeps the matter from the panel, for a reason, until a day. */
export function notForward(before: Case, { reason, reviewBy }: Of<'not-forward'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  if (isBlank(reason)) return no('REASON_REQUIRED', possible);
  if (reviewBy <= given.now) return no('EXPIRY_IN_PAST', possible);
  if (reviewBy > given.now + given.panel.notForwardedDaysMax * DAY_MS) return no('REVIEW_TOO_FAR', possible);
  return [{ kind: 'not-forwarded', to: 'NOT_FORWARDED', reason, reviewBy, told: given.originators(before.assessments) }];
} // prettier-ignore

/** The day has come. */
export function reviewDue(before: Case, { now }: Given): Decided {
  if (before.state !== 'NOT_FORWARDED' || now < (before.notForwarded?.reviewBy ?? 0))
    return no('ILLEGAL_TRANSITION', []);
  return [{ kind: 'review-due', to: 'AGENCY_CONSULTATION' }];
}

/** Brings it before the panel, with its brief. */
export function inform(before: Case, command: Of<'inform'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('agency-head')) return no('ROLE_NOT_ALLOWED', possible);
  const precedence = command.precedence ?? before.precedence;
  const unanswered = unansweredIn(before);
  const isDue = given.now >= (before.consultation?.due ?? 0);
  if (unanswered.length > 0 && !isDue && precedence !== 'FLASH') return no('ANSWERS_OUTSTANDING', possible);
  if (!hasGaps(command))
    return no('GAPS_REQUIRED', possible, faultAt('/gaps', 'GAPS', 'says nothing of what is not known'));
  const faults = given.briefFaults(command, false);
  if (faults.length > 0) return no('LINT_FAILED', possible, { faults });
  const brief = briefOf(command, before.evidenceHash);
  return [
    { kind: 'informed', to: 'PANEL_INFORMED', brief, agencies: unanswered, precedence, told: given.seatHolders() },
  ];
}

/** Agencies that were asked and have not answered, sorted. */
export function unansweredIn({ consultation, answers }: Pick<Case, 'consultation' | 'answers'>): readonly string[] {
  return (consultation?.agencies ?? []).filter((agency) => !answers.some((answer) => answer.agency === agency));
}

/** A brief that says nothing of gaps reads like calm. */
export function hasGaps({ gaps }: Pick<BriefArgs, 'gaps'>): boolean {
  return gaps.length > 0 && gaps.every((gap) => !isBlank(gap));
}

/** @returns the brief, with the hash by which two readers know that they hold the same one. */
export function briefOf({ summary, gaps, fr }: BriefInWords, evidenceHash: string): CaseBrief {
  const said = { summary, gaps, evidenceHash, ...(fr === undefined ? {} : { fr }) };
  return { ...said, fr: fr ?? null, hash: canonicalHash(said) };
}
