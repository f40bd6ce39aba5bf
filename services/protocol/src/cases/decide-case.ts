// `decideCase` says what a command on a case comes to. One file a matter beside this one says how.
// Holds: pure; what is not possible in a state is refused before anything else is looked at; whoever has no seat is told of
// nothing that only seats do. Source: README.md#case

import { actForAgency } from './agency-action.ts';
import type { Case } from './case.ts';
import { closeCase } from './closing.ts';
import { possibleIn, SEAT_COMMANDS, type CaseCommand } from './commands.ts';
import { consult, inform, notForward, respond, reviewDue } from './consultation.ts';
import { accumulate, attach, changeEvidence, detach, refresh, review } from './evidence-change.ts';
import { no, type Decided, type Given, type Participant } from './given.ts';
import { answerInformation, ask, informationDue } from './information.ts';
import { announce, disclose, draftNotice, nameIssuer, notify, reissue } from './issuing.ts';
import { propose, vote } from './motion.ts';
import { openCase } from './opening.ts';
import { rate } from './ratings.ts';
import { dissolve, find, pack, periodClosed, scope } from './scope.ts';

/** @returns what happens, in order, or why nothing does. */
export function decideCase(before: Case, command: CaseCommand, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  const isClock = by.roles.includes('timer');
  if (SEAT_COMMANDS.has(command.kind) && !hasSeat(by, given)) return no('NOT_A_SEAT', possible);
  if (!isClock && !possible.includes(command.kind)) return no('ILLEGAL_TRANSITION', possible);
  switch (command.kind) {
    case 'open':
      return before.state === undefined ? openCase(command, by, given) : no('ILLEGAL_TRANSITION', possible);
    case 'consult':
      return consult(before, command, by, given);
    case 'respond':
      return respond(before, command, by, given);
    case 'not-forward':
      return notForward(before, command, by, given);
    case 'inform':
      return inform(before, command, by, given);
    case 'scope':
      return scope(before, command, by);
    case 'finding':
      return find(before, command, by, given);
    case 'ask':
      return ask(before, command, by, given);
    case 'answer':
      return answerInformation(before, by);
    case 'rate':
      return rate(before, command, by, given);
    case 'propose':
      return propose(before, command, by, given);
    case 'vote':
      return vote(before, command, by, given);
    case 'refresh':
      return refresh(before, given);
    case 'attach':
      return attach(before, command, by, given);
    case 'detach':
      return detach(before, command, by, given);
    case 'draft':
      return draftNotice(before, command, by, given);
    case 'name-issuer':
      return nameIssuer(before, command, by, given);
    case 'disclose':
      return disclose(before, command, by, given);
    case 'notify':
      return notify(before, command, by, given);
    case 'announce':
      return announce(before, command, by, given);
    case 'update':
    case 'correct':
      return reissue(before, command, by, given);
    case 'agency-action':
      return actForAgency(before, command, by, given);
    case 'close':
      return closeCase(before, command, by);
    case 'evidence':
      return changeEvidence(before, command, given);
    case 'accumulate':
      return accumulate(before, command, given);
    case 'review-due':
      return reviewDue(before, given);
    case 'review':
      return review(before, given);
    case 'info-due':
      return informationDue(before, given);
    case 'dissolution':
      return dissolve(before);
    case 'pack':
      return pack(before, given);
    case 'period-closed':
      return periodClosed(before, given);
  }
}

/** One of the seats of policy, held by a member of the panel. */
export function hasSeat(
  by: Participant,
  { panel }: Pick<Given, 'panel'>,
): by is Participant & { readonly seat: string } {
  return by.roles.includes('panel-member') && panel.seats.some(({ id }) => id === by.seat);
}
