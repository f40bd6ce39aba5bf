// Row 24: the end of a case. A successor may cite it.

import type { Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { isBlank, no, type Decided, type Participant } from './given.ts';

/** Closes it, for a reason. */
export function closeCase(before: Case, { reason }: Extract<CaseCommand, { kind: 'close' }>, by: Participant): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('clerk')) return no('ROLE_NOT_ALLOWED', possible);
  if (isBlank(reason)) return no('REASON_REQUIRED', possible);
  return [{ kind: 'closed', to: 'CLOSED', reason }];
}
