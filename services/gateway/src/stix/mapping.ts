// What was released of a record, as STIX 2.1 objects.
// Holds: pure; it takes a ReleasedBody, which only release.ts makes, so nothing can be mapped that was not let through;
// a reference is written only where its target is in the same collection for the same reader. Source: README.md#stix

import type { Marking } from '@sitebus/marking';
import type { ReleasedBody } from '../release.ts';
import type { StixPolicy } from './definitions.ts';
import { alertObjects } from './alert.ts';
import { assessmentObjects } from './assessment.ts';
import type { StixId } from './names.ts';
import type { StixObject, Versioned } from './object.ts';
import type { Feature } from './observables.ts';
import { observationObjects } from './observation.ts';
import type { CurrentIdOf } from './outline.ts';

/** What the collection knows of its objects, and policy. */
export interface MappingContext {
  readonly policy: StixPolicy;
  /** The values of a released observation that link. */
  readonly featuresOf: (body: ReleasedBody) => readonly Feature[];
  readonly markingOf: (body: ReleasedBody) => Marking;
  readonly versionOf: (id: StixId) => Versioned;
  /** Whether the object is in the collection, for this reader, before the one that refers to it. */
  readonly isPresent: (id: StixId, before: StixId) => boolean;
  /** The id under which an indicator stands now. */
  readonly currentIdOf: CurrentIdOf;
  /** Indicators that an assessment had in an earlier version and has no more. */
  readonly withdrawnFrom: (assessmentId: string) => readonly StixId[];
}

/** @returns every object the body stands for, by id; a recalled observation stands for its revoked self alone. */
export function stixOf(
  kind: 'observation' | 'assessment' | 'alert',
  body: ReleasedBody,
  context: MappingContext,
): ReadonlyMap<StixId, StixObject> {
  const objects = MAPPINGS[kind](body, context);
  return new Map(objects.map((object) => [object.id, object]));
}

const MAPPINGS = { observation: observationObjects, assessment: assessmentObjects, alert: alertObjects };
