// Turns a draft into the record that is encoded: envelope first, then the fields.
// Holds: pure; the token comes from the canonical origin and the key, and neither is in the record.

import type { Marking } from '@sitebus/marking';
import { sourceTokenOf, toWire, type Observation, type ObservationType } from '@sitebus/sdk';

/** A whole record, ready to be checked, encoded and written. */
export interface FinishedObservation {
  readonly type: ObservationType;
  readonly value: Readonly<Record<string, unknown>> & { readonly envelope: Observation['envelope'] };
  readonly marking: Marking;
}

export interface EnvelopeParts {
  readonly id: string;
  readonly agency: string;
  readonly observedAtMs: number;
  readonly recordedAtMs: number;
  readonly marking: Marking;
  readonly sourceGrade: Observation['envelope']['sourceGrade'];
  readonly infoGrade: number;
  readonly origin?: string | undefined;
  readonly derivedFrom?: readonly string[] | undefined;
  readonly supersedes?: string | undefined;
  readonly recalls?: string | undefined;
}

/** Puts the envelope before the fields. */
export function finish(
  type: ObservationType,
  fields: Readonly<Record<string, unknown>>,
  parts: EnvelopeParts,
  signerKey: Buffer,
): FinishedObservation {
  const envelope: Observation['envelope'] = {
    id: parts.id,
    agency: parts.agency,
    observedAt: parts.observedAtMs,
    recordedAt: parts.recordedAtMs,
    marking: toWire(parts.marking),
    lineage: {
      derivedFrom: [...(parts.derivedFrom ?? [])],
      sourceToken: parts.origin === undefined ? null : sourceTokenOf(signerKey, parts.origin),
    },
    sourceGrade: parts.sourceGrade,
    infoGrade: parts.infoGrade,
    supersedes: parts.supersedes ?? null,
    recalls: parts.recalls ?? null,
  };
  return { type, value: { envelope, ...fields }, marking: parts.marking };
}
