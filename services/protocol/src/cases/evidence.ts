// What a case rests on: cited assessments, each pinned to a version, documents and answers; and when a change of it matters.
// Holds: pure; only what is material changes the evidence: what is merely added, what grows old, and whatever a tenant writes
// changes nothing, so that nobody who writes observations can delay the panel. Source: README.md#evidence

import { canonicalHash, canonicalText } from '@sitebus/kit';
import { toWire, fromWire, type PinnedAssessment, type WireMarking } from '@sitebus/sdk';
import { join } from '@sitebus/marking';
import type { AssessmentFacts } from '../assessment-index.ts';
import type { Case } from './case.ts';

/** What pinning has to know besides the assessment. */
export interface PinningFacts {
  /** True for agencies whose word is not a tenant's. */
  isMember(agency: string): boolean;
  /** True where the agency has recalled this observation. */
  isRecalled(agency: string, observation: string): boolean;
}

/** @returns the assessment as a case cites it from now on. */
export function pinOf(assessment: AssessmentFacts, facts: PinningFacts): PinnedAssessment {
  const { id, version, contentHash, likelihood, confidence, marking } = assessment;
  return {
    id, version, contentHash, confidence, marking,
    band: likelihood.band,
    dissents: assessment.dissents
      .filter(({ a, b }) => facts.isMember(a) && facts.isMember(b))
      .map(({ a, b }) => [a, b].sort().join('/'))
      .sort(),
    positions: assessment.positions
      .filter(({ agency }) => facts.isMember(agency))
      .map((position) => `${position.agency} ${position.stance} ${position.id}`)
      .sort(),
    members: assessment.members
      .filter((member) => !facts.isRecalled(member.agency, member.id))
      .map(({ id: member, agency }) => ({ id: member, agency }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
  }; // prettier-ignore
}

/** SHA-256 over what the panel decides on: the same evidence has the same hash, whoever computes it. */
export function evidenceHashOf({ assessments, documents, answers }: Pick<Case, 'assessments' | 'documents' | 'answers'>): string {
  return canonicalHash({
    assessments: assessments.map(({ id, version, contentHash }) => ({ id, version, contentHash })),
    documents: documents.map(({ id, contentHash }) => ({ id, contentHash })),
    answers: answers.map(({ at: _when, ...answer }) => answer),
  });
} // prettier-ignore

/**
 * What is materially different between an assessment as it was pinned and as it stands: `<what> <id>`, empty where nothing is.
 * A member that was recalled always counts. Positions and dissent of member agencies count. Likelihood, confidence and marking
 * count only where a member agency's observation was added: what they do by ageing, or by what tenants add, does not.
 */
export function materialChanges(pinned: PinnedAssessment, current: AssessmentFacts, facts: PinningFacts): readonly string[] {
  const now = pinOf(current, facts);
  const known = new Set(pinned.members.map(({ id }) => id));
  const isAddedByMember = now.members.some(({ id, agency }) => !known.has(id) && facts.isMember(agency));
  const changes = [
    ...(isAnyRecalled(pinned, facts) ? ['recalled'] : []),
    ...(isSame(pinned.positions, now.positions) ? [] : ['positions']),
    ...(isSame(pinned.dissents, now.dissents) ? [] : ['dissent']),
    ...(isAddedByMember && pinned.band !== now.band ? ['likelihood'] : []),
    ...(isAddedByMember && pinned.confidence !== now.confidence ? ['confidence'] : []),
    ...(isAddedByMember && !isSame(pinned.marking, now.marking) ? ['marking'] : []),
  ];
  return changes.map((what) => `${what} ${pinned.id}`);
} // prettier-ignore

/** True where an observation that it stands on has been recalled since. Cost: one look-up a member, once a second. */
export function isAnyRecalled({ members }: PinnedAssessment, facts: PinningFacts): boolean {
  return members.some(({ agency, id }) => facts.isRecalled(agency, id));
}

/** The least marking that protects everything cited. Undefined where nothing is. */
export function markingOf(pins: readonly Pick<PinnedAssessment, 'marking'>[]): WireMarking | undefined {
  const [first, ...rest] = pins.map(({ marking }) => fromWire(marking));
  return first === undefined ? undefined : toWire(rest.reduce(join, first));
}

function isSame(a: unknown, b: unknown): boolean {
  return canonicalText(a) === canonicalText(b);
}
