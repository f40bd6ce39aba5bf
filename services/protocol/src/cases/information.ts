// Row 10: the panel asks agencies, and goes on when they have answered or their time is over.
// Holds: pure; who of the panel asked is the panel's own matter; no answer is waited for longer than asked.
// Source: README.md#case

import type { Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { isBlank, no, type Decided, type Given, type Participant } from './given.ts';
import { uuidOf } from './uuid-of.ts';

/** Asks. Two events: who asked, for the panel; what is asked, for everybody at work on the case. */
export function ask(before: Case, command: Extract<CaseCommand, { kind: 'ask' }>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const { question, due } = command;
  if (before.state !== 'EVALUATING') return no('ILLEGAL_TRANSITION', possible);
  if (isBlank(question)) return no('REASON_REQUIRED', possible);
  if (due <= given.now) return no('EXPIRY_IN_PAST', possible);
  const everyone = given.panel.openingAgencies;
  const asked = [...new Set(command.toAgencies ?? before.consultation?.agencies ?? everyone)].sort();
  if (asked.length === 0 || !asked.every((agency) => everyone.includes(agency)))
    return no('NOT_A_MEMBER_AGENCY', possible);
  const rfiId = uuidOf(given.id, 'rfi', String(before.infoRequests.length));
  const infoRequest = { rfiId, question, toAgencies: asked, due };
  return [
    { kind: 'asked', to: 'EVALUATING', infoRequest },
    { kind: 'information-requested', to: 'INFO_REQUESTED', infoRequest },
  ];
} // prettier-ignore

/** Every agency has answered: by their own matter, or as the secretariat has it. */
export function answerInformation(before: Case, by: Participant): Decided {
  const possible = possibleIn(before.state, by);
  if (before.state !== 'INFO_REQUESTED') return no('ILLEGAL_TRANSITION', possible);
  if (!by.roles.includes('secretariat') && !by.roles.includes('timer')) return no('ROLE_NOT_ALLOWED', possible);
  return [{ kind: 'information-answered', to: 'EVALUATING' }];
}

/** The time is over. */
export function informationDue(before: Case, { now }: Given): Decided {
  const due = before.infoRequests.at(-1)?.due ?? 0;
  if (before.state !== 'INFO_REQUESTED' || now < due) return no('ILLEGAL_TRANSITION', []);
  return [{ kind: 'information-due', to: 'EVALUATING' }];
}
