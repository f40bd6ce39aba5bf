// Rows 2 and 7: the laws of the lattice and of access, exhausted over a bounded universe. Needs no broker.
// A run that failed is repeated with SITEBUS_SEED set to the seed it printed.

import { beforeAll, expect, test } from '@jest/globals';
import { createMarking, dominates, isAtLeast, join, type Clearance, type Marking } from '@sitebus/marking';
import {
  boundedClearances,
  boundedMarkings,
  createDraw,
  drawClearance,
  drawMarking,
  runSeed,
  toClearance,
} from './marking-draws.ts';

const SEED = runSeed();

beforeAll(() => console.info(`SITEBUS_SEED=${SEED}`));

const markings = boundedMarkings().map(createMarking);
const triples = markings.filter(
  ({ protected: level, tlp, classified, compartments }) =>
    level === 'NONE' && tlp === 'CLEAR' && classified !== 'TOP_SECRET' && !compartments.includes('TK'),
);
const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length &&
  a.every((member, at) => (Array.isArray(member) ? sameList(member, b[at] as unknown[]) : member === b[at]));
const same = (a: Marking, b: Marking): boolean =>
  a.classified === b.classified &&
  a.protected === b.protected &&
  a.tlp === b.tlp &&
  a.orcon === b.orcon &&
  (a.relTo === b.relTo || (a.relTo !== 'ALL' && b.relTo !== 'ALL' && sameList(a.relTo, b.relTo))) &&
  sameList(a.compartments, b.compartments) &&
  sameList(a.needToKnow, b.needToKnow);

test('row 2: the universe holds every combination once', () => {
  expect([markings.length, new Set(markings.map((marking) => JSON.stringify(marking))).size]).toEqual([624, 624]);
  expect(triples).toHaveLength(81);
});

test('row 2: join is commutative, idempotent and an upper bound, over every pair', () => {
  let violations = 0;
  for (const [at, a] of markings.entries()) {
    if (!same(join(a, createMarking(a)), a)) violations += 1;
    for (const b of markings.slice(at)) {
      const joined = join(a, b);
      if (!same(joined, join(b, a)) || !isAtLeast(joined, a) || !isAtLeast(joined, b)) violations += 1;
    }
  }
  expect(violations).toBe(0);
});

test('row 2: join is associative, monotone and the least upper bound, over every triple', () => {
  let violations = 0;
  for (const a of triples)
    for (const b of triples) {
      const joined = join(a, b);
      const isHigher = isAtLeast(b, a);
      for (const c of triples) {
        const others = join(b, c);
        if (!same(join(joined, c), join(a, others))) violations += 1;
        if (isHigher && !isAtLeast(others, join(a, c))) violations += 1;
        if (isAtLeast(c, a) && isAtLeast(c, b) && !isAtLeast(c, joined)) violations += 1;
      }
    }
  expect(violations).toBe(0);
});

test('row 2: a clearance dominates a join exactly when it dominates both sides', () => {
  const clearances = boundedClearances()
    .filter((_clearance, at) => at % 11 === 0)
    .map(toClearance);
  const admitted = clearances.map((clearance) => markings.map((marking) => dominates(clearance, marking, 0)));
  let violations = 0;
  let joins = 0;
  markings.forEach((a, atA) =>
    markings.forEach((b, atB) => {
      const joined = join(a, b);
      clearances.forEach((clearance, of) => {
        const both = admitted[of]![atA]! && admitted[of]![atB]!;
        if (both) joins += 1;
        if (dominates(clearance, joined, 0) !== both) violations += 1;
      });
    }),
  );
  expect(violations).toBe(0);
  expect(joins).toBeGreaterThan(10_000);
});

test('row 7: more clearance never removes access, over the pairs of the universe', () => {
  const markings = boundedMarkings().map(createMarking);
  const clearances = boundedClearances().map(toClearance);
  let checked = 0;
  const lost: unknown[] = [];
  for (const low of clearances.filter((_clearance, at) => at % 5 === 0)) {
    const read = markings.filter((marking) => dominates(low, marking, 0));
    for (const high of clearances.filter((clearance) => holdsAllOf(clearance, low))) {
      checked += 1;
      const missing = read.find((marking) => !dominates(high, marking, 0));
      if (missing !== undefined) lost.push({ low, high, missing });
    }
  }
  expect(lost).toEqual([]);
  expect(checked).toBeGreaterThan(1_000);
});

test('row 7: a lower marking never removes access, over random triples', () => {
  const draw = createDraw(SEED);
  const markings = Array.from({ length: 2_000 }, () => createMarking(drawMarking(draw)));
  const clearances = Array.from({ length: 500 }, () => toClearance(drawClearance(draw)));
  let checked = 0;
  const lost: unknown[] = [];
  for (let count = 0; count < 300_000; count += 1) {
    const [a, b, clearance] = [draw.oneOf(markings), draw.oneOf(markings), draw.oneOf(clearances)];
    if (!dominates(clearance, join(a, b), 0)) continue;
    checked += 1;
    if (!dominates(clearance, a, 0) || !dominates(clearance, b, 0)) lost.push({ seed: SEED, clearance, a, b });
  }
  expect(lost).toEqual([]);
  expect(checked).toBeGreaterThan(1_000);
});

/** At least as much on each axis, told by hand; nations: fewer are more, and the unknown one reads ALL only. */
function holdsAllOf(high: Clearance, low: Clearance): boolean {
  const ladders = { UNCLASSIFIED: 0, SECRET: 1, TOP_SECRET: 2, CONFIDENTIAL: -1 };
  return (
    ladders[high.classified] >= ladders[low.classified] &&
    (high.protected === low.protected || low.protected === 'NONE') &&
    (high.maxTlp === low.maxTlp || low.maxTlp === 'CLEAR') &&
    low.compartments.every((compartment) => high.compartments.includes(compartment)) &&
    low.groups.every((group) => high.groups.includes(group)) &&
    (low.nations.includes('XXX') || high.nations.every((nation) => low.nations.includes(nation)))
  );
}
