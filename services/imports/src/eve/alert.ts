// Reads what makes an EVE event an alert: which rule, how severe, when, in which flow.
// Holds: a part that cannot be read refuses the line by its pointer; nothing is filled in. Source: README.md#eve

import { toInstantMs } from '../instants.ts';
import type { NotCarriedReason } from '../tally.ts';
import { at, objectAt, textAt, type JsonObject } from '../untrusted.ts';
import { flowOf, type FlowRef } from './lines.ts';

/** The parts of an alert that a detection is made of. */
export interface Alert {
  readonly flow: FlowRef;
  readonly atMs: number;
  readonly signatureId: number;
  readonly signature: string;
  readonly signatureCategory: string;
  /** As the rule states it, from 1. */
  readonly statedSeverity: number;
  readonly action: string;
}

/** Reads an alert, or says which part of it is missing. */
export function readAlert(event: JsonObject, source: string): Alert | NotCarriedReason {
  const alert = objectAt(event, 'alert');
  const flow = flowOf(event, source);
  const atMs = toInstantMs(textAt(event, 'timestamp') ?? '');
  const [signatureId, statedSeverity] = [at(alert, 'signature_id'), at(alert, 'severity')];
  const signature = textAt(alert, 'signature');
  if (flow === undefined) return missing('flow_id', 'whole digits, and written as text where they exceed 2^53');
  if (atMs === undefined)
    return {
      code: 'BAD_INSTANT',
      reason: 'timestamp is an instant with an offset',
      fix: 'export it as EVE writes it',
      pointer: '/timestamp',
    };
  if (!isCount(signatureId)) return missing('alert/signature_id', 'a whole number');
  if (signature === undefined) return missing('alert/signature', 'the text of the rule');
  if (!isCount(statedSeverity) || statedSeverity < 1) return missing('alert/severity', 'a whole number from 1');
  return {
    flow,
    atMs,
    signatureId,
    signature,
    signatureCategory: textAt(alert, 'category') ?? '',
    statedSeverity,
    action: textAt(alert, 'action') ?? '',
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function missing(what: string, fix: string): NotCarriedReason {
  return {
    code: 'MISSING_PROPERTY',
    reason: `the alert has no ${what} that can be read`,
    fix: `give ${fix}`,
    pointer: `/${what}`,
  };
}
