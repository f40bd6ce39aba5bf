// Markings and clearances for the rows on the kernel: as raw fields, drawn from a seed or listed from a bounded universe.
// Holds: the same seed draws the same; fields come as a careless caller would write them (unsorted, repeated,
// compartments without what they lie in), so that the kernel's constructors are under test too.

import { createClearance, type Classified, type Clearance, type Protected, type Tlp } from '@sitebus/marking';

/** A marking before the kernel has seen it. */
export interface RawMarking {
  readonly classified: Classified;
  readonly protected: Protected;
  readonly compartments: readonly string[];
  readonly relTo: 'ALL' | readonly string[];
  readonly tlp: Tlp;
  readonly needToKnow: readonly (readonly string[])[];
}

/** A clearance before the kernel has seen it; `epoch` plays no part in decisions. */
export type RawClearance = Omit<Clearance, 'epoch'>;

/** The same as the kernel holds it. */
export const toClearance = (raw: RawClearance): Clearance => createClearance({ ...raw, epoch: 0 });

const CLASSIFIED_LEVELS = ['UNCLASSIFIED', 'CONFIDENTIAL', 'SECRET', 'TOP_SECRET'] as const;
const PROTECTED_LEVELS = ['NONE', 'A', 'B', 'C'] as const;
const COLOURS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;
const COMPARTMENTS = ['SI', 'SI-G', 'SI-G ABCD', 'SI-M', 'TK', 'HCS-P'] as const;
const NATIONS = ['AUS', 'CAN', 'GBR', 'USA'] as const;
const GROUPS = ['community', 'platforms', 'research'] as const;

/** Uniform draws from one 32-bit seed. */
export interface Draw {
  readonly seed: number;
  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number;
  oneOf<T>(choices: readonly T[]): T;
  /** Each member with probability `1 / oneIn`, in random order, sometimes twice. */
  someOf<T>(choices: readonly T[], oneIn: number): readonly T[];
}

/** The seed of this run: `SITEBUS_SEED`, else the clock. Print it: a run that failed is repeated by setting it. */
export const runSeed = (): number => (Number(process.env['SITEBUS_SEED']) || Date.now()) >>> 0;

/** Draws by mulberry32. */
export function createDraw(seed: number): Draw {
  let state = seed >>> 0;
  const below = (end: number): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * end);
  };
  const oneOf = <T>(choices: readonly T[]): T => choices[below(choices.length)]!;
  const someOf = <T>(choices: readonly T[], oneIn: number): readonly T[] => {
    const taken = choices.filter(() => below(oneIn) === 0);
    if (taken.length > 0 && below(4) === 0) taken.push(oneOf(taken));
    return taken.sort(() => below(3) - 1);
  };
  return { seed, below, oneOf, someOf };
}

/** A marking, low more often than high, or nearly every pair would be a denial. */
export function drawMarking(draw: Draw): RawMarking {
  const low = <T>(ladder: readonly T[]): T => ladder[Math.min(draw.below(ladder.length), draw.below(ladder.length))]!;
  const classified = low(CLASSIFIED_LEVELS);
  const relTo = draw.below(10) === 0 ? [] : draw.someOf(NATIONS, draw.oneOf([1, 1, 2]));
  return {
    classified,
    protected: low(PROTECTED_LEVELS),
    compartments: draw.someOf(COMPARTMENTS, draw.oneOf([3, 8, 8])),
    relTo: classified === 'UNCLASSIFIED' && draw.below(2) === 0 ? 'ALL' : relTo,
    tlp: low(COLOURS),
    needToKnow: Array.from({ length: draw.oneOf([0, 0, 1, 2]) }, () => [draw.oneOf(GROUPS), ...draw.someOf(GROUPS, 3)]),
  };
}

/** A clearance, high more often than low; it ends at one of the moments around 1,000. */
export function drawClearance(draw: Draw): RawClearance {
  const high = <T>(ladder: readonly T[]): T => ladder[Math.max(draw.below(ladder.length), draw.below(ladder.length))]!;
  return {
    classified: high(CLASSIFIED_LEVELS),
    protected: high(PROTECTED_LEVELS),
    compartments: draw.someOf(COMPARTMENTS, draw.oneOf([1, 2])),
    nations: draw.below(8) === 0 ? ['XXX'] : [draw.oneOf(NATIONS), ...draw.someOf(NATIONS, 4)],
    maxTlp: high(COLOURS),
    groups: draw.someOf(GROUPS, draw.oneOf([1, 2])),
    validUntil: draw.oneOf([999, 1_000, 1_001, 1_002, Infinity, Infinity]),
  };
}

/** Every combination of a few values an axis: 624 markings, none equal to another. */
export function boundedMarkings(): readonly RawMarking[] {
  const found: RawMarking[] = [];
  for (const classified of ['UNCLASSIFIED', 'SECRET', 'TOP_SECRET'] as const)
    for (const level of ['NONE', 'B'] as const)
      for (const compartments of [[], ['SI'], ['SI-G'], ['TK']])
        for (const relTo of ['ALL', [], ['CAN'], ['GBR'], ['CAN', 'GBR']] as const)
          for (const tlp of ['CLEAR', 'RED'] as const)
            for (const needToKnow of [[], [['a']], [['a', 'b'], ['c']]])
              if (classified === 'UNCLASSIFIED' || relTo !== 'ALL')
                found.push({ classified, protected: level, compartments, relTo, tlp, needToKnow });
  return found;
}

/** Every combination of a few values an axis: 576 clearances. */
export function boundedClearances(): readonly RawClearance[] {
  const found: RawClearance[] = [];
  for (const classified of ['UNCLASSIFIED', 'SECRET', 'TOP_SECRET'] as const)
    for (const level of ['NONE', 'B'] as const)
      for (const compartments of [[], ['SI'], ['SI-G'], ['SI-G', 'TK']])
        for (const nations of [['CAN'], ['CAN', 'GBR'], ['XXX']])
          for (const maxTlp of ['CLEAR', 'RED'] as const)
            for (const groups of [[], ['a'], ['b'], ['a', 'c']])
              found.push({ classified, protected: level, compartments, nations, maxTlp, groups, validUntil: Infinity });
  return found;
}
