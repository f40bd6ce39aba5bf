// When an assessment is worth ringing for, how urgent that is, and until when somebody must have seen it.
// Holds: pure; a value that trembles on a border does not ring twice; a lone, mild record never rings. One alert an
// assessment a cut. Source: README.md#alerts

import type { AlertPrecedence, AlertReason } from '@sitebus/sdk';
import { hasLeftBand } from '../judgement/band.ts';
import type { Shown } from './issued.ts';
import type { Rules } from '../rules.ts';

/** Severities from which precedence rises. */
const PRIORITY = 40;
const IMMEDIATE = 80;
const FLASH = 120;
const SEVERITY_STEP = 10;

const MINUTE_MS = 60_000;
const DEADLINE_MS: Readonly<Record<AlertPrecedence, number>> = {
  FLASH: 10 * MINUTE_MS,
  IMMEDIATE: 30 * MINUTE_MS,
  PRIORITY: 240 * MINUTE_MS,
  ROUTINE: 1_440 * MINUTE_MS,
};

/** Of the rules: from which severity one record is worth a bell. */
export type RingRules = Pick<Rules, 'assessAloneFrom'>;

/** What happened to one assessment in one cut. */
export interface Happening {
  /** What was last rung for, or first published; undefined for a new assessment. */
  readonly before: Shown | undefined;
  readonly after: Shown;
  readonly pMicro: number;
  readonly members: number;
  /** Whether an alert was ever raised under this id. */
  readonly alerted: boolean;
  readonly recalled: boolean;
  readonly split: boolean;
  /** Another product of two members or more was merged into this one. */
  readonly merged: boolean;
}

/** The reason to ring, the weightiest where several hold; undefined for silence. */
export function reasonOf(rules: RingRules, happening: Happening): AlertReason | undefined {
  const { before, after } = happening;
  if (happening.recalled) return 'RECALLED';
  if (happening.split) return 'SPLIT';
  if (before !== undefined) {
    if (after.dissentKey !== before.dissentKey) return 'DISSENT';
    if (hasLeftBand(happening.pMicro, before.band)) return 'BAND';
    if (after.confidence !== before.confidence) return 'CONFIDENCE';
    if (Math.abs(after.severity - before.severity) >= SEVERITY_STEP) return 'SEVERITY';
  }
  if (happening.merged) return 'MERGED';
  if (happening.alerted || !isWorthRinging(rules, happening.members, after)) return undefined;
  return isBare(rules, happening.members, after) ? 'DISSENT' : 'NEW';
}

/** Whether something never rung for is worth it: it has company, is severe, or somebody disagrees. */
export const isWorthRinging = (rules: RingRules, members: number, shown: Rung): boolean =>
  !isBare(rules, members, shown) || shown.dissentKey !== '';

type Rung = Pick<Shown, 'severity' | 'dissentKey'>;

/** Whether it is one record that is mild. */
const isBare = ({ assessAloneFrom }: RingRules, members: number, { severity }: Rung): boolean =>
  members < 2 && severity < assessAloneFrom;

/** How soon it must be seen, by severity alone. */
export function precedenceOf(severity: number): AlertPrecedence {
  if (severity >= FLASH) return 'FLASH';
  if (severity >= IMMEDIATE) return 'IMMEDIATE';
  return severity >= PRIORITY ? 'PRIORITY' : 'ROUTINE';
}

/** UTC milliseconds by which it must be acknowledged. */
export const ackDeadlineOf = (precedence: AlertPrecedence, at: number): number => at + DEADLINE_MS[precedence];
