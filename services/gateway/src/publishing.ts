// What the gateway says of an observation that somebody publishes: where it would lie, who will read it, what is wrong.
// Holds: pure; computed from what was sent and from policy alone, so that a repeated, a foreign and a fresh id get the
// same answer. Source: README.md#publishing

import { cellOf, cellsOf, clearanceDominates, createMarking, dominates, parse } from '@sitebus/marking';
import type { Marking, MarkingError } from '@sitebus/marking';
import { isTooDeep } from '@sitebus/kit';
import { featuresOf, fromWire, isJsonObject, observationSubject } from '@sitebus/sdk';
import type { Codec, Feature, ItemAnswer, Policy, View, WireMarking } from '@sitebus/sdk';
import { invalidBody, invalidMarking, invalidObservation, markingNotAllowed, notDurable } from './errors.ts';
import type { FaultAt, Problem } from './errors.ts';
import type { Subject } from './subject.ts';

/** An observation as JSON: `{type, envelope, report?, …fields}`. */
export type ObservationInput = Readonly<Record<string, unknown>>;

/** What can be said before anything is stored. */
export interface Prospect {
  readonly marking: Marking;
  readonly cell: string;
  readonly normalised: readonly Feature[];
  /** Views that will read it, of those the caller may enter. */
  readonly readers: readonly string[];
}

/** @returns the body of a request to publish. Throws `invalid-body` for what nothing behind this could write out again. */
export function observationIn(body: unknown): ObservationInput {
  if (isTooDeep(body))
    throw invalidBody({ errors: [{ pointer: '', code: 'TOO_DEEP', detail: 'nested deeper than any record' }] });
  return body as ObservationInput; // its route's schema has established an object
}

/** @returns the marking that was sent, as text or as a record. Throws `invalid-marking`; there is no default. */
export function markingOf(input: ObservationInput, policy: Policy): Marking {
  const { marking } = (isJsonObject(input['envelope']) ? input['envelope'] : {}) as { marking?: unknown };
  const pointer = '/envelope/marking';
  if (marking === undefined) {
    throw invalidMarking({
      errors: [{ pointer, code: 'MARKING_REQUIRED', detail: 'a marking is required; there is no default' }],
    });
  }
  try {
    if (typeof marking === 'string') return parse(marking, { homeNation: policy.homeNation });
    return isWire(marking) ? fromWire(marking) : createMarking(marking as Parameters<typeof createMarking>[0]);
  } catch (cause) {
    throw invalidMarking({ errors: [faultOfMarking(pointer, cause as MarkingError)] }, cause);
  }
}

/** A kernel's refusal as a fault: its code and index, never a value beyond what was sent. */
export function faultOfMarking(pointer: string, error: { code?: string; index?: number | undefined }): FaultAt {
  const where = error.index === undefined ? '' : ` at index ${error.index}`;
  return { pointer, code: error.code ?? 'INVALID_MARKING', detail: `not a marking${where}` };
}

/** Throws `invalid-marking`, or `marking-not-allowed` where no cell of this view fits. */
export function prospectOf(
  input: ObservationInput,
  parts: { subject: Subject; view: View; policy: Policy; codec: Codec },
): Prospect {
  const { subject, view, policy, codec } = parts;
  const marking = markingOf(input, policy);
  const cell = cellOf(marking, policy.cells);
  // What is published in a view is readable there and above.
  if (cell === undefined || !cellsOf(view.clearance, policy.cells).some(({ id }) => id === cell.id)) {
    throw markingNotAllowed({
      errors: [{ pointer: '/envelope/marking', code: 'NO_CELL', detail: 'no cell of this view may hold it' }],
    });
  }
  return {
    marking,
    cell: cell.id,
    normalised: featuresIn(input, codec),
    readers: readersOf(marking, cell.id, subject, policy),
  };
}

/** @returns the views that read the cell and whose clearance dominates the marking, as far as the caller may know of them. */
export function readersOf(marking: Marking, cell: string, subject: Subject, policy: Policy): readonly string[] {
  return policy.views
    .filter(({ clearance }) => clearanceDominates(subject.held, clearance))
    .filter(({ clearance }) => cellsOf(clearance, policy.cells).some(({ id }) => id === cell))
    .filter(({ clearance }) => dominates(clearance, marking, 0)) // a view's clearance does not end by time
    .map(({ id }) => id);
}

/** @returns the problem to answer for a refused item of one. */
export function problemOfItem(answer: Exclude<ItemAnswer, { status: 'accepted' }>): Problem {
  const errors: FaultAt[] = [
    { pointer: answer.pointer ?? '', code: answer.code, detail: answer.reason, hint: answer.fix },
  ];
  switch (answer.code) {
    case 'MARKING_REQUIRED':
    case 'INVALID_MARKING':
      return invalidMarking({ errors });
    case 'NO_CELL':
    case 'NOT_ALLOWED':
    case 'MARKING_NOT_ALLOWED':
    case 'GROUP_REQUIRED':
      return markingNotAllowed({ errors });
    case 'NOT_DURABLE':
    case 'UNREACHABLE':
    case 'OVERLOADED':
    case 'TIMEOUT':
      return notDurable({});
    default:
      return invalidObservation({ errors });
  }
}

/** Normalised values of what was sent, as far as its shape lets them be read. */
export function featuresIn(input: ObservationInput, codec: Codec): readonly Feature[] {
  const { type, ...value } = input;
  try {
    return featuresOf(codec, { subject: observationSubject(String(type)), value }).features;
  } catch {
    return []; // fields of another shape: the agency's service says which
  }
}

function isWire(marking: unknown): marking is WireMarking {
  return isJsonObject(marking) && 'relToAll' in marking;
}
