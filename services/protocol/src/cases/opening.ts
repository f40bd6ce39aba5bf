// Row 1: a case is opened on assessments that stand, by a member agency, the secretariat, or an accumulation.
// Holds: pure; what is cited is pinned to the version of this moment. Source: README.md#case

import type { CaseCommand } from './commands.ts';
import { pinOf } from './evidence.ts';
import { faultAt, isBlank, no, type Decided, type Given, type Participant } from './given.ts';

/** Opens it. */
export function openCase(command: Extract<CaseCommand, { kind: 'open' }>, by: Participant, given: Given): Decided {
  const possible = ['open'];
  const { electionId, question, successorOf, crossing } = command;
  const isSecretariat = by.roles.includes('secretariat');
  const isMember = by.agency !== undefined && given.panel.openingAgencies.includes(by.agency);
  if (!by.roles.includes('timer')) {
    if (!isSecretariat && !by.roles.includes('analyst') && !by.roles.includes('agency-head'))
      return no('ROLE_NOT_ALLOWED', possible);
    if (!isSecretariat && !isMember) return no('NOT_A_MEMBER_AGENCY', possible);
    if (crossing !== undefined) return no('ROLE_NOT_ALLOWED', possible);
  }
  if (!given.elections.includes(electionId))
    return no('INVALID_DRAFT', possible, faultAt('/electionId', 'UNKNOWN_ELECTION', 'is no election of policy'));
  if (isBlank(question)) return no('REASON_REQUIRED', possible);
  if (successorOf !== undefined && given.caseState(successorOf) !== 'CLOSED')
    return no('INVALID_DRAFT', possible, faultAt('/successorOf', 'NOT_CLOSED', 'is no closed case'));
  const cited = [...new Set(command.assessments)].sort().map((id) => given.assessment(id));
  const found = cited.filter((each) => each !== undefined && each.status === 'LIVE');
  if (found.length === 0 || found.length < cited.length) return no('NOTHING_CITED', possible);
  const assessments = found.map((each) => pinOf(each!, given.pinning));
  return [
    {
      kind: 'opened',
      to: 'DETECTED',
      electionId,
      question,
      precedence: command.precedence ?? 'ROUTINE',
      successorOf: successorOf ?? null,
      crossing: crossing ?? null,
      assessments,
      told: given.originators(assessments).filter((person) => person !== by.person),
    },
  ];
}
