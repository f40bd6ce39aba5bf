// Which indicators of an assessment stand, and which have left it, as one edition has seen its versions.
// Holds: a function of the versions it was told, in their order; revoked is revoked for good, so a value that comes back has
// another id than before; ids only. Source: STIX 2.1 §3.2 (`revoked`); README.md#taxii

import { idOfNamed } from '../stix/names.ts';
import type { StixId } from '../stix/names.ts';

/** The indicators of one edition. */
export interface Indicators {
  /** The id under which an indicator stands now: its own, until it has been revoked and came back. */
  readonly currentIdOf: (indicator: StixId) => StixId;
  /** Tells what the newest version of an assessment has (own ids). @returns what it had and has no more, to be revoked now. */
  replace(assessment: string, indicators: readonly StixId[]): readonly StixId[];
  /** All that ever left the assessment. */
  readonly withdrawnFrom: (assessment: string) => readonly StixId[];
}

/** Makes it, for an edition that has seen nothing. */
export function createIndicators(): Indicators {
  const standing = new Map<string, readonly StixId[]>(); // as they stand, by assessment
  const withdrawn = new Map<string, StixId[]>();
  const returns = new Map<StixId, number>();
  const currentIdOf = (indicator: StixId): StixId => {
    const times = returns.get(indicator);
    return times === undefined ? indicator : idOfNamed('indicator', indicator, String(times));
  };
  return {
    currentIdOf,
    replace(assessment, indicators) {
      const gone = withdrawn.get(assessment) ?? [];
      for (const each of indicators)
        if (gone.includes(currentIdOf(each))) returns.set(each, (returns.get(each) ?? 0) + 1);
      const now = indicators.map(currentIdOf);
      const left = (standing.get(assessment) ?? []).filter((id) => !now.includes(id));
      standing.set(assessment, now);
      if (left.length > 0) withdrawn.set(assessment, [...gone, ...left]);
      return left;
    },
    withdrawnFrom: (assessment) => withdrawn.get(assessment) ?? [],
  };
}
