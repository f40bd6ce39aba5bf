import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyMarking } from './testing/arbitraries.ts';
import { createMarking } from './create.ts';
import { isSameMarking, markingKey } from './key.ts';

test('keys are equal exactly when markings are', () => {
  fc.assert(
    fc.property(anyMarking, anyMarking, (a, b) => {
      const same = expectEqual(a, b);
      expect(markingKey(a) === markingKey(b)).toBe(same);
      expect(isSameMarking(a, b)).toBe(same);
      expect(isSameMarking(a, createMarking(a))).toBe(true);
    }),
  );
});

test('a difference on any one axis changes the key', () => {
  const base = createMarking({ classified: 'UNCLASSIFIED', relTo: ['CAN'] });
  const changes = [
    { classified: 'SECRET' as const }, { protected: 'A' as const }, { compartments: ['SI'] }, { relTo: [] }, { relTo: 'ALL' as const },
    { tlp: 'RED' as const }, { orcon: true }, { owners: ['CAN'] }, { origins: ['cse'] }, { needToKnow: [['a']] },
    { needToKnow: [['a', 'b']] }, { needToKnow: [['a'], ['b']] },
  ]; // prettier-ignore
  const keys = [{}, ...changes].map((change) => markingKey(createMarking({ ...base, ...change })));
  expect(new Set(keys).size).toBe(changes.length + 1);
});

test('the key of a marking is fixed, because caches and ids outlive a process', () => {
  const marking = createMarking({
    classified: 'SECRET',
    relTo: ['GBR', 'CAN'],
    needToKnow: [['b', 'a']],
    origins: ['cse'],
  });
  expect(markingKey(marking)).toBe('["SECRET","NONE",[],["CAN","GBR"],"CLEAR",false,[],["cse"],[["a","b"]]]');
});

function expectEqual(a: unknown, b: unknown): boolean {
  try {
    expect(a).toEqual(b);
    return true;
  } catch {
    return false;
  }
}
