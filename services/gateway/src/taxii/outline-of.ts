// The outline of whatever the journal holds.
// Holds: pure; ids alone leave it, and only to be counted: what is shown is mapped from what was released.

import type { StoredAlert, StoredAssessment, StoredObservation } from '../read-model/model.ts';
import type { StixPolicy } from '../stix/definitions.ts';
import { factsOfAssessment, factsOfObservation } from '../stix/facts.ts';
import { outlineOfAlert, outlineOfAssessment, outlineOfObservation } from '../stix/outline.ts';
import type { CurrentIdOf, Outlined } from '../stix/outline.ts';

/** @returns the objects the record becomes, in the order in which they are taken in. */
export function outlineOf(
  record: StoredObservation | StoredAssessment | StoredAlert,
  policy: StixPolicy,
  currentIdOf?: CurrentIdOf,
): readonly Outlined[] {
  const { marking } = record;
  switch (record.kind) {
    case 'observation':
      return outlineOfObservation(factsOfObservation(record.value, record), policy);
    case 'assessment':
      return outlineOfAssessment(factsOfAssessment(record.value, marking), policy, currentIdOf);
    case 'alert':
      return outlineOfAlert({ id: record.id, assessmentId: record.value.assessmentId, marking }, policy);
  }
}
