// C7: every agency may act within its own mandate at any time, whatever the panel has in hand, where policy has it so.

import type { Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { isBlank, no, type Decided, type Given, type Participant } from './given.ts';

/** Writes down that an agency acts. */
export function actForAgency(
  before: Case,
  { text }: Extract<CaseCommand, { kind: 'agency-action' }>,
  by: Participant,
  { panel }: Given,
): Decided {
  const possible = possibleIn(before.state, by);
  if (by.agency === undefined || !panel.openingAgencies.includes(by.agency)) return no('NOT_A_MEMBER_AGENCY', possible);
  if (!panel.agencyActionIndependent && before.decision?.ladder.includes('AGENCY_ACTION') !== true)
    return no('ILLEGAL_TRANSITION', possible);
  if (isBlank(text)) return no('REASON_REQUIRED', possible);
  return [{ kind: 'agency-acted', to: before.state!, reason: text }];
}
