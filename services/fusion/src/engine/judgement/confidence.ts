// How well founded a likelihood is, and the caps that keep it down.
// Holds: never a function of how likely the matter is; every cap that holds is named. Source: README.md#confidence

export type Confidence = 'LOW' | 'MODERATE' | 'HIGH';
export type CapKind = 'DISSENT' | 'FEW_ROOTS' | 'NO_RELIABLE_ROOT' | 'ONE_AGENCY' | 'UNCONFIRMED_1';

export interface ConfidenceCap {
  readonly cap: CapKind;
  readonly atMost: Confidence;
}

/** What confidence depends on. */
export interface Foundation {
  readonly uMicro: number;
  /** Agencies with evidence that counts. */
  readonly agencies: number;
  /** Independent lineages; unknown provenance is none. */
  readonly roots: number;
  /** Whether a lineage of known origin counts by a record of a source graded A or B. */
  readonly hasReliableRoot: boolean;
  /** Whether a record that counts claims information grade 1. */
  readonly claimsConfirmed: boolean;
  /** Agencies disagree, in evidence or by position. */
  readonly dissent: boolean;
}

const HIGH_U_MICRO = 150_000;
const MODERATE_U_MICRO = 350_000;
const LADDER: readonly Confidence[] = ['LOW', 'MODERATE', 'HIGH'];

/** Confidence after its caps. Caps are sorted by name. */
export function confidenceOf(on: Foundation): {
  readonly confidence: Confidence;
  readonly caps: readonly ConfidenceCap[];
} {
  const caps = capsOf(on);
  const uncapped = on.uMicro <= HIGH_U_MICRO ? 2 : on.uMicro <= MODERATE_U_MICRO ? 1 : 0;
  const level = Math.min(uncapped, ...caps.map(({ atMost }) => LADDER.indexOf(atMost)));
  return { confidence: LADDER[level]!, caps };
}

function capsOf(on: Foundation): ConfidenceCap[] {
  const caps: ConfidenceCap[] = [];
  if (on.dissent) caps.push({ cap: 'DISSENT', atMost: 'MODERATE' });
  if (on.roots <= 1) caps.push({ cap: 'FEW_ROOTS', atMost: 'MODERATE' });
  if (!on.hasReliableRoot) caps.push({ cap: 'NO_RELIABLE_ROOT', atMost: 'LOW' });
  if (on.agencies < 2) caps.push({ cap: 'ONE_AGENCY', atMost: 'MODERATE' });
  if (on.claimsConfirmed && on.roots < 2) caps.push({ cap: 'UNCONFIRMED_1', atMost: 'MODERATE' });
  return caps;
}
