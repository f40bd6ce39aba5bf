// Which enrolled organisation, and which of its consenting persons, an assessment names as targets.
// Holds: pure; who has not consented, or does so no more, is never matched; of an assessment only its targets count.
// Source: README.md#protected-accounts

import type { AssessmentFacts } from '../assessment-index.ts';
import { isConsenting, type Enrolment } from './enrolment.ts';
import { hashesOfTarget } from './identifiers.ts';

/** What one assessment has to do with one enrolment. */
export interface TargetMatch {
  /** True: the organisation itself is named. */
  readonly isOrg: boolean;
  /** Consenting persons who are named, sorted. */
  readonly members: readonly string[];
}

/** @returns the match; undefined where nobody of the enrolment is a target. */
export function matchOf(enrolment: Enrolment, targets: AssessmentFacts['targets'], key: Uint8Array): TargetMatch | undefined {
  if (enrolment.state !== 'ENROLLED') return undefined;
  const hashes = new Set(targets.flatMap(({ ref }) => hashesOfTarget(key, ref)));
  const isOrg = targets.some(({ ref }) => ref === enrolment.org) || enrolment.hashes.some((hash) => hashes.has(hash));
  const members = Object.keys(enrolment.members)
    .filter((person) => isConsenting(enrolment, person) && enrolment.members[person]!.hashes.some((hash) => hashes.has(hash)))
    .sort();
  return isOrg || members.length > 0 ? { isOrg, members } : undefined;
} // prettier-ignore
