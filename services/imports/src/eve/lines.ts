// The lines of a Suricata EVE file as JSON objects, each with the line it stands on and the flow it belongs to.
// Holds: a blank line is no line; a line that is no object is kept as such, so that it can be answered; a flow's number is
// exact or it is none. Source: README.md#eve

import { isTooDeep } from '@sitebus/kit';
import { at, isJsonObject, textAt, type JsonObject } from '../untrusted.ts';

/** One line that is not blank. */
export interface EveLine {
  /** From 1. */
  readonly line: number;
  /** Undefined where the line is no JSON object, or is nested deeper than any event. */
  readonly event?: JsonObject;
}

/** A flow as one sensor numbers it. */
export interface FlowRef {
  readonly sensor: string;
  /** Decimal digits. */
  readonly flowId: string;
}

/** Every line that is not blank, in the order of the file. */
export function readLines(content: Buffer): readonly EveLine[] {
  return content
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((text, index) => (text.trim() === '' ? [] : readLine(text, index + 1)));
}

/** The flow an event belongs to; undefined where its number is absent, or too large to be read exactly from JSON. */
export function flowOf(event: JsonObject, sensor: string): FlowRef | undefined {
  const given = at(event, 'flow_id');
  const flowId = Number.isSafeInteger(given) ? String(given) : textAt(event, 'flow_id');
  return flowId !== undefined && /^\d{1,20}$/.test(flowId)
    ? { sensor: textAt(event, 'host') ?? sensor, flowId }
    : undefined;
}

function readLine(text: string, line: number): EveLine {
  try {
    const event: unknown = JSON.parse(text);
    return isJsonObject(event) && !isTooDeep(event) ? { line, event } : { line };
  } catch {
    return { line }; // Answered as UNREADABLE.
  }
}
