// Rows 6–9, 20 and 21, and the history pack: whose matter it is, and what the beginning and the end of the caretaker period do to it.
// Holds: pure; only what was found in scope in the caretaker period is before the panel, and what was referred comes back only by
// a new check. Source: README.md#case

import type { CaseState, PanelRules, PeriodState } from '@sitebus/sdk';
import type { Case } from './case.ts';
import { possibleIn, type CaseCommand } from './commands.ts';
import { isBlank, no, type Decided, type Given, type Participant } from './given.ts';

type Of<K extends CaseCommand['kind']> = Extract<CaseCommand, { kind: K }>;

/** Asks whose matter it is; once it was referred, only on a new fact. */
export function scope(before: Case, { fact = '' }: Of<'scope'>, by: Participant): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  if (before.state !== 'PANEL_INFORMED' && isBlank(fact)) return no('REASON_REQUIRED', possible);
  return [{ kind: 'scoped', to: 'SCOPE_CHECK', reason: isBlank(fact) ? null : fact }];
}

/** Says whose it is. */
export function find(before: Case, { finding, reason }: Of<'finding'>, by: Participant, given: Given): Decided {
  const possible = possibleIn(before.state, by);
  if (!by.roles.includes('secretariat')) return no('ROLE_NOT_ALLOWED', possible);
  return [{ kind: 'found', to: whose(before, finding, given), finding, reason: reason ?? null }];
}

function whose({ electionId }: Case, finding: Of<'finding'>['finding'], given: Given): CaseState {
  if (finding === 'ELECTION_ADMINISTRATION') return 'REFERRED_CEO';
  return given.period(electionId) === 'CARETAKER' ? 'EVALUATING' : given.panel.outsideCaretaker;
}

/** The writ: what ministers had in hand is looked at again. */
export function dissolve(before: Case): Decided {
  if (before.state !== 'REFERRED_MINISTERIAL') return no('ILLEGAL_TRANSITION', []);
  return [{ kind: 'scoped', to: 'SCOPE_CHECK' }];
}

/** The writ: the five seats are sent every case that is not closed, wherever it stands. */
export function pack(before: Case, given: Given): Decided {
  if (before.state === undefined || before.state === 'CLOSED') return no('ILLEGAL_TRANSITION', []);
  return [{ kind: 'packed', to: before.state, told: given.seatHolders() }];
}

/** The caretaker period is over: what the panel has not announced goes back to the ordinary channel. */
export function periodClosed(before: Case, given: Given): Decided {
  if (!isLeftByPeriod(before, given)) return no('ILLEGAL_TRANSITION', []);
  return [{ kind: 'period-closed', to: 'REFERRED_MINISTERIAL' }];
}

/** True where the end of the period takes the case from the panel. */
export function isLeftByPeriod({ state, electionId }: Case, given: Given): boolean {
  return leavesPanel(state, given.period(electionId), given.panel);
}

/** The same for any state and period. */
export function leavesPanel(state: CaseState | undefined, period: PeriodState, panel: PanelRules): boolean {
  if (panel.whenPeriodCloses === 'STAY' || period === 'PRE_WRIT' || period === 'CARETAKER' || state === undefined)
    return false;
  return LEFT.has(state) || (UNDER_WAY.has(state) && !panel.finishAnnouncement);
}

const LEFT: ReadonlySet<CaseState> = new Set([
  'EVALUATING', 'INFO_REQUESTED', 'BELOW_MONITOR', 'BELOW_INTERVENTION', 'BELOW_DISCLOSED', 'NO_CONSENSUS',
]); // prettier-ignore
const UNDER_WAY: ReadonlySet<CaseState> = new Set(['THRESHOLD_MET', 'NOTIFYING']);
