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

/** Confidence after its caps. Caps are sorted by name and frozen, one list for all foundations that have the same. */
export function confidenceOf(on: Foundation): {
  readonly confidence: Confidence;
  readonly caps: ConfidenceCap[];
} {
  const caps = capsOf(on);
  let level = on.uMicro <= HIGH_U_MICRO ? 2 : on.uMicro <= MODERATE_U_MICRO ? 1 : 0;
  for (const { atMost } of caps) level = Math.min(level, LADDER.indexOf(atMost));
  return { confidence: LADDER[level]!, caps };
}

/** Sorted by name. */
const CAPS: readonly (readonly [cap: CapKind, atMost: Confidence, holds: (on: Foundation) => boolean])[] = [
  ['DISSENT', 'MODERATE', ({ dissent }) => dissent],
  ['FEW_ROOTS', 'MODERATE', ({ roots }) => roots <= 1],
  ['NO_RELIABLE_ROOT', 'LOW', ({ hasReliableRoot }) => !hasReliableRoot],
  ['ONE_AGENCY', 'MODERATE', ({ agencies }) => agencies < 2],
  ['UNCONFIRMED_1', 'MODERATE', ({ claimsConfirmed, roots }) => claimsConfirmed && roots < 2],
];

/** By which of them hold, a bit each. */
const capLists = new Map<number, ConfidenceCap[]>();

function capsOf(on: Foundation): ConfidenceCap[] {
  let bits = 0;
  for (let place = 0; place < CAPS.length; place += 1) if (CAPS[place]![2](on)) bits |= 1 << place;
  let list = capLists.get(bits);
  if (list === undefined) {
    list = CAPS.filter((_, place) => (bits & (1 << place)) !== 0).map(([cap, atMost]) =>
      Object.freeze({ atMost, cap }),
    );
    Object.freeze(list);
    capLists.set(bits, list);
  }
  return list;
}
