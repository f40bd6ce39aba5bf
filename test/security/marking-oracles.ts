// Three ways to decide what `dominates` decides, none of which shares a line with the kernel.
// Holds: each reads the raw fields; compiled once a marking or clearance, then compared pair by pair.
// Source: the model of services/marking/README.md, written out again.

import type { RawClearance, RawMarking } from './marking-draws.ts';
import { isAccessible, parseAccessExpression, type AccessExpression } from './access-expression.ts';

/** A way to decide: what a marking demands and a clearance holds, prepared, and the decision on the two. */
export interface Oracle<M, C> {
  readonly demand: (marking: RawMarking) => M;
  readonly holding: (clearance: RawClearance) => C;
  readonly admits: (holding: C, demand: M, nowMs: number) => boolean;
}

const CLASSIFIED_RANK = { UNCLASSIFIED: 0, CONFIDENTIAL: 1, SECRET: 2, TOP_SECRET: 3 } as const;
const PROTECTED_RANK = { NONE: 0, A: 1, B: 2, C: 3 } as const;
const TLP_RANK = { CLEAR: 0, GREEN: 1, AMBER: 2, 'AMBER+STRICT': 3, RED: 4 } as const;

/** What lies in what, told one by one. */
const LIES_IN: Readonly<Record<string, readonly string[]>> = {
  'SI-G': ['SI'],
  'SI-M': ['SI'],
  'SI-G ABCD': ['SI-G', 'SI'],
  'HCS-P': ['HCS'],
};
const closure = (compartments: readonly string[]): Set<string> =>
  new Set(compartments.flatMap((compartment) => [compartment, ...(LIES_IN[compartment] ?? [])]));

interface SetDemand extends Omit<RawMarking, 'compartments' | 'relTo'> {
  readonly compartments: ReadonlySet<string>;
  readonly relTo: 'ALL' | ReadonlySet<string>;
}
interface SetHolding extends Omit<RawClearance, 'compartments' | 'groups'> {
  readonly compartments: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
}

/** The definition, word for word, over sets. */
export const naiveSets: Oracle<SetDemand, SetHolding> = {
  demand: (marking) => ({
    ...marking,
    compartments: new Set(marking.compartments),
    relTo: marking.relTo === 'ALL' ? 'ALL' : new Set(marking.relTo),
  }),
  holding: (clearance) => ({
    ...clearance,
    compartments: closure(clearance.compartments),
    groups: new Set(clearance.groups),
  }),
  admits: (holding, demand, nowMs) => {
    if (CLASSIFIED_RANK[holding.classified] < CLASSIFIED_RANK[demand.classified]) return false;
    if (PROTECTED_RANK[holding.protected] < PROTECTED_RANK[demand.protected]) return false;
    if (TLP_RANK[holding.maxTlp] < TLP_RANK[demand.tlp]) return false;
    if (nowMs >= holding.validUntil) return false;
    for (const compartment of demand.compartments) if (!holding.compartments.has(compartment)) return false;
    const { relTo } = demand;
    if (relTo !== 'ALL' && !holding.nations.every((nation) => relTo.has(nation))) return false;
    return demand.needToKnow.every((anyOf) => anyOf.some((group) => holding.groups.has(group)));
  },
};

/** One bit a member, in the order in which members are met; ladders as bits up to the level. */
export function createBitMasks(): Oracle<readonly number[], readonly number[]> {
  const bits = new Map<string, number>();
  const bitOf = (member: string): number => {
    if (!bits.has(member)) bits.set(member, 1 << bits.size);
    return bits.get(member)!;
  };
  const maskOf = (members: Iterable<string>, axis: string): number =>
    [...members].reduce((mask, member) => mask | bitOf(`${axis} ${member}`), 0);
  const upTo = (rank: number, shift: number): number => ((1 << rank) - 1) << shift;
  const levels = (
    classified: RawMarking['classified'],
    level: RawMarking['protected'],
    tlp: RawMarking['tlp'],
  ): number => upTo(CLASSIFIED_RANK[classified], 0) | upTo(PROTECTED_RANK[level], 4) | upTo(TLP_RANK[tlp], 8);
  return {
    demand: (m) => [
      levels(m.classified, m.protected, m.tlp),
      maskOf(m.compartments, 'compartment'),
      m.relTo === 'ALL' ? ~0 : maskOf(m.relTo, 'nation'),
      ...m.needToKnow.map((anyOf) => maskOf(anyOf, 'group')),
    ],
    holding: (c) => [
      levels(c.classified, c.protected, c.maxTlp),
      maskOf(closure(c.compartments), 'compartment'),
      maskOf(c.nations, 'nation'),
      maskOf(c.groups, 'group'),
      c.validUntil,
    ],
    admits: ([levelsHeld, held, nations, groups, validUntil], [levelsAsked, asked, relTo, ...demands], nowMs) =>
      (levelsAsked! & ~levelsHeld!) === 0 &&
      (asked! & ~held!) === 0 &&
      (nations! & ~relTo!) === 0 &&
      demands.every((anyOf) => (anyOf & groups!) !== 0) &&
      nowMs < validUntil!,
  };
}

/** The marking as an access expression, such as `L:SECRET&P:B&T:RED&"C:SI-G"&(REL:CAN|REL:GBR)&(G:a|G:b)`. */
export function toAccessExpression(marking: RawMarking): string {
  const anyOf = (tokens: readonly string[]): string => `(${tokens.join('|')})`;
  const { relTo } = marking;
  return [
    `L:${marking.classified}`,
    `P:${marking.protected}`,
    `"T:${marking.tlp}"`,
    ...marking.compartments.map((compartment) => `"C:${compartment}"`),
    ...(relTo === 'ALL' ? [] : [relTo.length === 0 ? 'REL:NONE' : anyOf(relTo.map((nation) => `REL:${nation}`))]),
    ...marking.needToKnow.map((groups) => anyOf(groups.map((group) => `G:${group}`))),
  ].join('&');
}

const atOrBelow = (ranks: Readonly<Record<string, number>>, level: string, axis: string): string[] =>
  Object.keys(ranks).flatMap((other) => (ranks[other]! <= ranks[level]! ? [`${axis}:${other}`] : []));

/** Access expressions: one set of tokens for each nation behind the channel, and every one of them must meet it. */
export const accessExpressions: Oracle<AccessExpression, { sets: readonly ReadonlySet<string>[]; validUntil: number }> =
  {
    demand: (marking) => parseAccessExpression(toAccessExpression(marking)),
    holding: (clearance) => ({
      validUntil: clearance.validUntil,
      sets: clearance.nations.map(
        (nation) =>
          new Set([
            ...atOrBelow(CLASSIFIED_RANK, clearance.classified, 'L'),
            ...atOrBelow(PROTECTED_RANK, clearance.protected, 'P'),
            ...atOrBelow(TLP_RANK, clearance.maxTlp, 'T'),
            ...[...closure(clearance.compartments)].map((compartment) => `C:${compartment}`),
            ...clearance.groups.map((group) => `G:${group}`),
            `REL:${nation}`,
          ]),
      ),
    }),
    admits: ({ sets, validUntil }, expression, nowMs) =>
      !(validUntil <= nowMs) && sets.every((tokens) => isAccessible(expression, tokens)),
  };
