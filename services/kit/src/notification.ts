// What became of one product version for one named person: issued, sent, opened, acknowledged, acted on, recalled, late.
// Holds: pure. A state is a set of facts, each with its first time, so events folded in any order, each any number of
// times, give one state; no fact is inferred from another; a recall is owed to everyone who may have been sent it, also who
// is sent it a moment later. Source: N1 to N5 in README.md#receipts

import type { AcknowledgementTimers, Receipt, ReceiptKind } from '@sitebus/sdk';

/** How fast it must be acknowledged. */
export type Precedence = 'FLASH' | 'IMMEDIATE' | 'PRIORITY' | 'ROUTINE';

/**
 * What clocks and senders add to receipts. ATTEMPTED: its bytes may be on their way, written before the first of them, so
 * that what ends in between is known to have perhaps arrived.
 */
type OtherKind = 'ISSUED' | 'WITHHELD' | 'ATTEMPTED' | 'ATTEMPTS_EXHAUSTED' | 'OVERDUE' | 'ESCALATED' | 'RECALLED';

/** Something that happened; `at` in UTC milliseconds. */
export type NotificationEvent =
  | { readonly kind: 'ISSUED'; readonly at: number; readonly deadlineAt: number; readonly graceEndsAt: number }
  | { readonly kind: Exclude<ReceiptKind | OtherKind, 'ISSUED'>; readonly at: number };

/** First time of every fact, by kind; the deadline of the first issue. */
export interface NotificationState {
  readonly person: string;
  readonly facts: Readonly<Partial<Record<ReceiptKind | OtherKind, number>>>;
  readonly deadlineAt?: number;
  readonly graceEndsAt?: number;
}

/** The row of the board a notification stands in. */
export type NotificationStatus =
  | 'NONE'
  | 'WITHHELD'
  | 'QUEUED'
  | 'UNDELIVERED'
  | 'DELIVERED'
  | 'OPENED'
  | 'ACKNOWLEDGED'
  | 'ACTIONED'
  | 'RECALLED'
  | 'RECALL_ACKED';

/** What is asked. `by` is the person who asks; `dominates`: whether the recipient's clearance of this moment does. */
export type NotificationCommand =
  | { readonly kind: 'issue'; readonly precedence: Precedence; readonly dominates: boolean }
  /** Before the first byte; `sent` once the last one went. */
  | { readonly kind: 'send'; readonly dominates: boolean }
  | { readonly kind: 'sent' | 'exhaust-attempts' | 'recall-sent' }
  | { readonly kind: 'open' | 'acknowledge' | 'action' | 'acknowledge-recall'; readonly by: string }
  | { readonly kind: 'recall' }
  | { readonly kind: 'tick' };

/** Why nothing happens: the command does not belong to this state, or not to this person. */
export interface NotificationRefusal {
  readonly refused: 'illegal-transition' | 'not-yours';
}

/** Time to acknowledge by precedence, and the time of grace after it as a part of that. */
export interface NotificationTimers {
  readonly deadlineMs: Readonly<Record<Precedence, number>>;
  readonly gracePerCent: number;
}

const MINUTE_MS = 60_000;

/** @returns the timers that policy names. */
export function toNotificationTimers({ deadlineMinutes, gracePerCent }: AcknowledgementTimers): NotificationTimers {
  const { FLASH, IMMEDIATE, PRIORITY, ROUTINE } = deadlineMinutes;
  const deadlineMs = {
    FLASH: FLASH * MINUTE_MS,
    IMMEDIATE: IMMEDIATE * MINUTE_MS,
    PRIORITY: PRIORITY * MINUTE_MS,
    ROUTINE: ROUTINE * MINUTE_MS,
  };
  return Object.freeze({ deadlineMs: Object.freeze(deadlineMs), gracePerCent });
}

/** Before anything happened. */
export const notificationFor = (person: string): NotificationState => ({ person, facts: {} });

/** @returns the events of a command, none where it changes nothing, or why it is refused. */
export function decideNotification(
  state: NotificationState,
  command: NotificationCommand,
  timers: NotificationTimers,
  now: number,
): readonly NotificationEvent[] | NotificationRefusal {
  const has = (kind: keyof NotificationState['facts']): boolean => state.facts[kind] !== undefined;
  const unless = (kind: Exclude<ReceiptKind | OtherKind, 'ISSUED'>): readonly NotificationEvent[] =>
    has(kind) ? [] : [{ kind, at: now }];
  switch (command.kind) {
    case 'issue': {
      if (has('ISSUED') || has('WITHHELD')) return ILLEGAL;
      if (!command.dominates) return [{ kind: 'WITHHELD', at: now }];
      const deadlineAt = now + timers.deadlineMs[command.precedence];
      const graceEndsAt = deadlineAt + (timers.deadlineMs[command.precedence] * timers.gracePerCent) / 100;
      return [{ kind: 'ISSUED', at: now, deadlineAt, graceEndsAt }];
    }
    case 'send':
      if (!has('ISSUED') || has('WITHHELD') || has('RECALLED')) return ILLEGAL;
      if (has('SENT')) return [];
      return unless(command.dominates ? 'ATTEMPTED' : 'WITHHELD');
    case 'sent':
      return has('ATTEMPTED') ? unless('SENT') : ILLEGAL; // also after a recall, which then is owed to them
    case 'exhaust-attempts':
      return has('ISSUED') && !has('SENT') && !has('WITHHELD') && !has('RECALLED')
        ? unless('ATTEMPTS_EXHAUSTED')
        : ILLEGAL;
    case 'open':
    case 'acknowledge':
    case 'action':
      if (command.by !== state.person) return NOT_YOURS;
      if (!has('SENT') || has('RECALLED')) return ILLEGAL; // a recalled copy cannot be read any more
      return unless(RECEIPT_OF[command.kind]);
    case 'recall':
      return has('ISSUED') ? unless('RECALLED') : ILLEGAL;
    case 'recall-sent':
      return isRecallOwed(state) || has('RECALL_SENT') ? unless('RECALL_SENT') : ILLEGAL;
    case 'acknowledge-recall':
      if (command.by !== state.person) return NOT_YOURS;
      return has('RECALL_SENT') ? unless('RECALL_ACKNOWLEDGED') : ILLEGAL;
    case 'tick':
      if (!isAwaited(state)) return [];
      return [
        ...(now >= (state.deadlineAt ?? Infinity) ? unless('OVERDUE') : []),
        ...(now >= (state.graceEndsAt ?? Infinity) ? unless('ESCALATED') : []),
      ];
  }
}

/** @returns the state with an event taken in; the same for any order of events, and for any repetition. */
export function evolveNotification(state: NotificationState, event: NotificationEvent): NotificationState {
  const first = Math.min(state.facts[event.kind] ?? Infinity, event.at);
  const facts = { ...state.facts, [event.kind]: first };
  if (event.kind !== 'ISSUED') return { ...state, facts };
  return {
    ...state,
    facts,
    deadlineAt: Math.min(state.deadlineAt ?? Infinity, event.deadlineAt),
    graceEndsAt: Math.min(state.graceEndsAt ?? Infinity, event.graceEndsAt),
  };
}

/** True for a recalled one that its person may have been sent, and whose recall they have not been sent. */
export function isRecallOwed({ facts }: NotificationState): boolean {
  const mayHaveIt = facts.ATTEMPTED !== undefined || facts.SENT !== undefined;
  return facts.RECALLED !== undefined && mayHaveIt && facts.RECALL_SENT === undefined;
}

/** True for one that its person is still to be sent. */
export function isDue({ facts }: NotificationState): boolean {
  return [facts.SENT, facts.WITHHELD, facts.RECALLED].every((at) => at === undefined) && facts.ISSUED !== undefined;
}

/** @returns where it stood at a moment: a state holds the first time of each fact, so what came later can be left out. */
export function notificationAsOf(state: NotificationState, at: number): NotificationState {
  const facts = Object.fromEntries(Object.entries(state.facts).filter(([, first]) => first <= at));
  if ('ISSUED' in facts) return { ...state, facts };
  return { person: state.person, facts };
}

/** @returns where it stands: the furthest fact, a recall above all others. */
export function statusOfNotification({ facts }: NotificationState): NotificationStatus {
  const [, status] = LADDER.find(([kind]) => facts[kind] !== undefined) ?? [undefined, 'NONE' as const];
  return status;
}

/** @returns who is told of an event, beside the person themselves. */
export function toldOf(event: NotificationEvent): readonly ('sender' | 'deputy' | 'agency-head')[] {
  switch (event.kind) {
    case 'WITHHELD':
    case 'ATTEMPTS_EXHAUSTED':
      return ['sender'];
    case 'OVERDUE':
      return ['sender', 'deputy'];
    case 'ESCALATED':
      return ['sender', 'agency-head'];
    default:
      return [];
  }
}

/** @returns the event that a receipt on the bus tells of. */
export function toNotificationEvent({ kind, at }: Pick<Receipt, 'kind' | 'at'>): NotificationEvent {
  return { kind, at };
}

const ILLEGAL: NotificationRefusal = Object.freeze({ refused: 'illegal-transition' });
const NOT_YOURS: NotificationRefusal = Object.freeze({ refused: 'not-yours' });
const RECEIPT_OF = { open: 'OPENED', acknowledge: 'ACKNOWLEDGED', action: 'ACTIONED' } as const;

const LADDER = [
  ['RECALL_ACKNOWLEDGED', 'RECALL_ACKED'],
  ['RECALL_SENT', 'RECALLED'],
  ['RECALLED', 'RECALLED'],
  ['ACTIONED', 'ACTIONED'],
  ['ACKNOWLEDGED', 'ACKNOWLEDGED'],
  ['OPENED', 'OPENED'],
  ['SENT', 'DELIVERED'],
  ['WITHHELD', 'WITHHELD'],
  ['ATTEMPTS_EXHAUSTED', 'UNDELIVERED'],
  ['ISSUED', 'QUEUED'],
] as const satisfies readonly (readonly [ReceiptKind | OtherKind, NotificationStatus])[];

/** Still to be acknowledged: only that clears the deadline. */
function isAwaited({ facts }: NotificationState): boolean {
  return (
    facts.ISSUED !== undefined &&
    facts.WITHHELD === undefined &&
    facts.RECALLED === undefined &&
    facts.ACKNOWLEDGED === undefined &&
    facts.ACTIONED === undefined
  );
}
