// What the members of a component say, in figures: likelihood, confidence, who disagrees.
// Holds: a function of the members, of the positions about them and of `now`; what only ages is here and not in the content
// hash. Source: README.md#likelihood, README.md#confidence

import { bandOf } from './band.ts';
import { confidenceOf } from './confidence.ts';
import { likelihoodOf, type LikelihoodResult, type Testimony } from './likelihood.ts';
import { DENIES, TENANT, compareText } from '../records/records.ts';
import type { EngineState } from '../state.ts';

/** What the members say, in figures. */
export interface Figures {
  readonly likelihood: LikelihoodResult;
  readonly band: number;
  readonly confidence: ReturnType<typeof confidenceOf>;
  readonly independentRoots: number;
  /** Member that is a copy → the first of what it copies, a member too. */
  readonly originals: ReadonlyMap<number, number>;
  /** Attached positions, one an agency, sorted by agency. */
  readonly positions: readonly number[];
}

/** The figures alone: enough to see whether ageing has moved a band. `members` in canonical order. */
export function figuresOf(state: EngineState, members: readonly number[], now: number): Figures {
  const originals = originalsOf(state, members);
  const testimonies = members.map((member) => testimonyOf(state, member, originals.has(member)));
  const likelihood = likelihoodOf(state.rules, testimonies, now);
  const positions = positionsOf(state, members);
  const roots = new Set<number>();
  for (const { root } of testimonies) if (root !== null) roots.add(root);
  let hasReliableRoot = false;
  let claimsConfirmed = false;
  for (const place of likelihood.counted) {
    const { root, source, info } = testimonies[place]!;
    if (root !== null && source <= 1) hasReliableRoot = true;
    if (info === 1) claimsConfirmed = true;
  }
  const confidence = confidenceOf({
    uMicro: likelihood.uMicro,
    agencies: likelihood.agencies.length,
    roots: roots.size,
    hasReliableRoot,
    claimsConfirmed,
    dissent: likelihood.dissents.length > 0 || positions.some((each) => stanceOf(state, each) === 'DISSENT'),
  });
  return {
    likelihood,
    band: bandOf(likelihood.pMicro),
    confidence,
    independentRoots: roots.size,
    originals,
    positions,
  };
}

/** Pairs of agencies, and agencies whose position dissents; empty for nobody. */
export function dissentKeyOf(state: EngineState, { likelihood, positions }: Figures): string {
  if (likelihood.dissents.length === 0 && positions.length === 0) return '';
  const pairs = likelihood.dissents.map(({ a, b }) => `${a}/${b}`);
  const stated = positions
    .filter((each) => stanceOf(state, each) === 'DISSENT')
    .map((each) => state.records.agencyOf(each));
  return [...pairs, ...stated].join(' ');
}

/** Member that is a copy → the first of what it copies. Only where that is a member too: elsewhere nobody else speaks. */
export function originalsOf({ copies }: EngineState, members: readonly number[]): ReadonlyMap<number, number> {
  if (!members.some((member) => copies.isCopy(member))) return NO_ORIGINALS;
  const copied = members.filter((member) => copies.isCopy(member));
  const among = new Set(members);
  return new Map(
    copied.map((copy) => [copy, copies.firstOf(copy)] as const).filter(([, original]) => among.has(original)),
  );
}

const NO_ORIGINALS: ReadonlyMap<number, number> = new Map();

function testimonyOf({ records, lineages }: EngineState, member: number, isCopy: boolean): Testimony {
  return {
    agency: records.agencyOf(member),
    tenant: records.is(member, TENANT),
    root: lineages.isRootless(member) ? null : lineages.lineageOf(member),
    source: records.grades[member]! >> 3,
    info: records.grades[member]! & 7,
    denies: records.is(member, DENIES),
    isCopy,
    observedAt: records.observedAt[member]!,
    lifetimeDays: records.lifetimeDays[member]!,
  };
}

const NO_POSITIONS: number[] = [];
Object.freeze(NO_POSITIONS);

/** The newest position of each agency about any of the members. */
function positionsOf({ records, positionsAbout }: EngineState, members: readonly number[]): number[] {
  if (positionsAbout.size === 0) return NO_POSITIONS;
  const newest = new Map<string, number>();
  for (const member of members)
    for (const position of positionsAbout.get(records.id[member]!) ?? []) {
      const agency = records.agencyOf(position);
      const known = newest.get(agency);
      if (known === undefined || records.compare(known, position) < 0) newest.set(agency, position);
    }
  return [...newest].sort(([a], [b]) => compareText(a, b)).map(([, position]) => position);
}

function stanceOf({ records }: EngineState, position: number) {
  return records.positions.get(position)!.stance;
}
