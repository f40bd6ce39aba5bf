// When an assessment is worth ringing for, how urgent that is, and until when somebody must have seen it.
// Holds: pure; a value that trembles on a border does not ring twice; a lone, mild record never rings. One alert an
// assessment a cut. Source: README.md#alerts

import type { AlertPrecedence, AlertReason } from '@sitebus/sdk';
import { hasLeftBand } from '../judgement/band.ts';
import type { Shown } from './issued.ts';

/** Severity from which a lone record rings: the impact at which a report must say why it matters. */
const SEVERE = 40;
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
export function reasonOf(happening: Happening): AlertReason | undefined {
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
  return !happening.alerted && wouldRingAlone(happening.members, after) ? 'NEW' : undefined;
}

/** Whether something never rung for is worth it: it has company, or is severe. */
export const wouldRingAlone = (members: number, { severity }: Pick<Shown, 'severity'>): boolean =>
  members > 1 || severity >= SEVERE;

/** How soon it must be seen, by severity alone. */
export function precedenceOf(severity: number): AlertPrecedence {
  if (severity >= FLASH) return 'FLASH';
  if (severity >= IMMEDIATE) return 'IMMEDIATE';
  return severity >= SEVERE ? 'PRIORITY' : 'ROUTINE';
}

/** UTC milliseconds by which it must be acknowledged. */
export const ackDeadlineOf = (precedence: AlertPrecedence, at: number): number => at + DEADLINE_MS[precedence];
