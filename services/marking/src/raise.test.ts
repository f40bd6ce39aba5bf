import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMarking } from './testing/arbitraries.ts';
import { createMarking } from './create.ts';
import { isAtLeast } from './order.ts';
import { raise, type CompilationRule } from './raise.ts';

const protectedA = createMarking({ classified: 'UNCLASSIFIED', protected: 'A' });
const protectedB = createMarking({ classified: 'UNCLASSIFIED', protected: 'B' });
const canada = createMarking({ classified: 'UNCLASSIFIED', relTo: ['CAN'] });
const rules: readonly CompilationRule[] = [
  { id: 'many-protected-a', from: protectedA, minRecords: 10, raiseTo: protectedB },
  { id: 'any-protected-b', from: protectedB, minRecords: 1, raiseTo: canada },
];

test('ten records of PROTECTED A make a product of PROTECTED B; nine do not', () => {
  expect(raise(protectedA, 10, rules).protected).toBe('B');
  expect(raise(protectedA, 9, rules)).toBe(protectedA);
});

test('a rule looks at the marking as it came, so one rule does not set off another', () => {
  expect(raise(protectedA, 10, rules).relTo).toBe('ALL');
  expect(raise(protectedA, 10, [...rules].reverse())).toEqual(raise(protectedA, 10, rules));
  expect(raise(protectedB, 1, rules).relTo).toEqual(['CAN']);
});

const anyRules = fc.array(
  fc.record({ id: fc.constant('drawn'), from: anyMarking, minRecords: fc.nat({ max: 4 }), raiseTo: anyMarking }),
  { maxLength: 4 },
);

test('no table of rules lowers a marking, and more records or a higher marking never give less', () => {
  fc.assert(
    fc.property(anyMarking, anyMarking, fc.nat({ max: 4 }), fc.nat({ max: 4 }), anyRules, (a, b, few, more, table) => {
      expect(isAtLeast(raise(a, few, table), a)).toBe(true);
      expect(isAtLeast(raise(a, few + more, table), raise(a, few, table))).toBe(true);
      if (isAtLeast(b, a)) expect(isAtLeast(raise(b, few, table), raise(a, few, table))).toBe(true);
    }),
  );
});
