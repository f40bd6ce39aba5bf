// The laws of `join` and its order, over every marking of a small universe.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyClearance, anyMarking, NOW_MS } from './testing/arbitraries.ts';
import { createMarking } from './create.ts';
import { dominates } from './dominates.ts';
import { join } from './join.ts';
import { isSameMarking, markingKey } from './key.ts';
import type { Marking } from './model.ts';
import { isAtLeast } from './order.ts';

const universe: readonly Marking[] = [
  { classified: 'UNCLASSIFIED' as const, relTo: 'ALL' as const },
  { classified: 'UNCLASSIFIED' as const, relTo: [] },
  { classified: 'UNCLASSIFIED' as const, relTo: ['CAN'], protected: 'B' as const },
  { classified: 'SECRET' as const, relTo: ['CAN', 'GBR'] },
  { classified: 'SECRET' as const, relTo: ['GBR'] },
  { classified: 'TOP_SECRET' as const, relTo: ['CAN'] },
].flatMap((levels) =>
  [
    {},
    { compartments: ['SI'], tlp: 'RED' as const },
    { compartments: ['SI-G'], needToKnow: [['a', 'b']] },
    { compartments: ['TK'], owners: ['CAN'], origins: ['cse'] },
    { needToKnow: [['a'], ['b']], orcon: true, tlp: 'AMBER' as const },
    { needToKnow: [['b']], owners: ['GBR'], origins: ['gac'] },
  ].map((rest) => createMarking({ ...levels, ...rest })),
);

const violations = (law: (a: Marking, b: Marking, c: Marking) => boolean): unknown[] => {
  const found: unknown[] = [];
  for (const a of universe)
    for (const b of universe) for (const c of universe) if (!law(a, b, c)) found.push([a, b, c]);
  return found;
};

test('the universe is not trivial', () => {
  expect(universe.length).toBe(36);
  expect(new Set(universe.map(markingKey)).size).toBe(36);
});

test('join is commutative, idempotent and associative', () => {
  expect(violations((a, b) => isSameMarking(join(a, b), join(b, a)))).toEqual([]);
  expect(violations((a) => isSameMarking(join(a, { ...a }), a))).toEqual([]);
  expect(violations((a, b, c) => isSameMarking(join(join(a, b), c), join(a, join(b, c))))).toEqual([]);
});

test('join is the least upper bound of the order', () => {
  expect(violations((a, b) => isAtLeast(join(a, b), a) && isAtLeast(join(a, b), b))).toEqual([]);
  expect(violations((a, b, c) => !(isAtLeast(c, a) && isAtLeast(c, b)) || isAtLeast(c, join(a, b)))).toEqual([]);
});

test('the order holds exactly where joining adds nothing', () => {
  expect(violations((a, b) => isAtLeast(b, a) === isSameMarking(join(a, b), b))).toEqual([]);
  fc.assert(fc.property(anyMarking, anyMarking, (a, b) => isAtLeast(b, a) === isSameMarking(join(a, b), b)));
});

test('join is monotone: joining the same to a higher marking gives no less', () => {
  expect(violations((a, b, c) => !isAtLeast(b, a) || isAtLeast(join(b, c), join(a, c)))).toEqual([]);
});

test('a classified join always has a release list', () => {
  expect(violations((a, b) => join(a, b).classified === 'UNCLASSIFIED' || join(a, b).relTo !== 'ALL')).toEqual([]);
});

test('a clearance dominates the join exactly when it dominates both sides', () => {
  const seen = { admitted: 0, denied: 0 };
  fc.assert(
    fc.property(anyClearance, anyMarking, anyMarking, (clearance, a, b) => {
      const both = dominates(clearance, a, NOW_MS) && dominates(clearance, b, NOW_MS);
      expect(dominates(clearance, join(a, b), NOW_MS)).toBe(both);
      seen[both ? 'admitted' : 'denied'] += 1;
    }),
    { numRuns: 1_000 },
  );
  expect(seen.admitted).toBeGreaterThan(0);
  expect(seen.denied).toBeGreaterThan(0);
});
