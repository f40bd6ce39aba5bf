// Everything that would make sitebus refuse an observation whose shape is right, at every entrance alike.
// Holds: pure; all faults at once, in the order envelope, marking, report, fields; a wrong shape is the codec's to name.
// Source: README.md#what-an-observation-is-checked-for

import { toPointer, type Fault } from './fault.ts';
import { checkEnvelope, type CheckContext } from './observation-checks/envelope.ts';
import { fault } from './observation-checks/faults.ts';
import { checkMarkings } from './observation-checks/marking.ts';
import { checkReport } from './observation-checks/report.ts';
import { toFields } from './observation-checks/shape.ts';
import { checkTypeRules } from './observation-checks/type-rules.ts';
import type { Policy } from './policy.ts';

/**
 * @param type name without namespace, such as IndicatorReport.
 * @param value the record as `Codec.encode` takes it; what has another shape is skipped here and refused there.
 * @returns every fault, empty when the observation may be published. Never throws on any value.
 */
export function checkObservation(type: string, value: unknown, policy: Policy, context: CheckContext): Fault[] {
  const record = toFields(value);
  return [
    ...checkEnvelope(type, record, policy, context),
    ...checkMarkings(record, policy, context),
    ...checkReport(record, policy),
    ...checkTypeRules(type, record, policy),
    ...checkCharacters(value, []),
  ];
}

/** U+0000 is a character that databases and terminals behind us cannot hold. */
function checkCharacters(value: unknown, path: readonly (string | number)[]): Fault[] {
  if (typeof value === 'string') return value.includes('\u0000') ? [fault('NUL_CHARACTER', toPointer(path))] : [];
  if (typeof value !== 'object' || value === null || path.length > MAX_DEPTH) return [];
  return Object.entries(value).flatMap(([key, inner]) => checkCharacters(inner, [...path, key]));
}

/** Deeper than any record type; a value nested further is refused by the codec. */
const MAX_DEPTH = 16;
