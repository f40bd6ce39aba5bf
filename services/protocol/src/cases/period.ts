// The period of an election as the protocol has it: before the writ, caretaker, closed, under review.
// Holds: pure; no passing of time changes it, polling day included; only kinds of election that policy names reach the caretaker
// period. Source: README.md#period

import type { PeriodEvent, PeriodState } from '@sitebus/sdk';
import type { Refused } from '../errors.ts';
import type { Asking, Frame } from '../machine.ts';
import { isBlank, no } from './given.ts';

/** What is asked. Instants are UTC milliseconds. */
export type PeriodCommand =
  | { readonly kind: 'dissolution' | 'government-sworn-in' | 'returning-result-clear'; readonly at: number }
  | { readonly kind: 'independent-review'; readonly body: string };

/** What policy says of it. */
export interface PeriodPolicy {
  /** True for a kind of election that has a caretaker period. */
  readonly caretaker: boolean;
  /** Of situation reports, from the writ on. */
  readonly cadence: string;
}

/** One period. */
export interface Period {
  /** Absent: nothing has happened yet, which is before the writ. */
  readonly state?: PeriodState;
  readonly dissolvedAt?: number;
  readonly closedAt?: number;
  readonly body?: string;
}

/** Before anything happened. */
export const NO_PERIOD: Period = Object.freeze({});

/** What a decider says has happened. */
export type PeriodHappening = Pick<PeriodEvent, 'kind' | 'to'> & Partial<Omit<PeriodEvent, keyof Frame<string>>>;

/** @returns what happens, or why nothing does. */
export function decidePeriod(
  { state = 'PRE_WRIT' }: Period,
  command: PeriodCommand,
  by: Asking,
  policy: PeriodPolicy,
): readonly PeriodHappening[] | Refused {
  const possible = possibleInPeriod(state);
  if (!possible.includes(command.kind)) return no('ILLEGAL_TRANSITION', possible);
  if (!by.roles.includes('clerk')) return no('ROLE_NOT_ALLOWED', possible);
  switch (command.kind) {
    case 'dissolution':
      if (!policy.caretaker) return no('NO_CARETAKER_PERIOD', []);
      return [{ kind: command.kind, to: 'CARETAKER', effectiveAt: command.at, cadence: policy.cadence }];
    case 'government-sworn-in':
    case 'returning-result-clear':
      return [{ kind: command.kind, to: 'CLOSED', effectiveAt: command.at }];
    case 'independent-review':
      if (isBlank(command.body)) return no('REASON_REQUIRED', possible);
      return [{ kind: command.kind, to: 'INDEPENDENT_REVIEW', body: command.body }];
  }
}

/** @returns the period with one event taken in. */
export function evolvePeriod(before: Period, { to: state, effectiveAt, body }: PeriodEvent): Period {
  return {
    ...before,
    state,
    ...(state === 'CARETAKER' && effectiveAt !== null ? { dissolvedAt: effectiveAt } : {}),
    ...(state === 'CLOSED' && effectiveAt !== null ? { closedAt: effectiveAt } : {}),
    ...(body === null ? {} : { body }),
  };
}

/** @returns the commands that are possible in a state. */
export function possibleInPeriod(state: PeriodState): readonly string[] {
  return POSSIBLE[state];
}

const POSSIBLE: Readonly<Record<PeriodState, readonly string[]>> = {
  PRE_WRIT: ['dissolution'],
  CARETAKER: ['government-sworn-in', 'returning-result-clear'],
  CLOSED: ['independent-review'],
  INDEPENDENT_REVIEW: [],
};
