import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareLists, compareText, intersection, intersects, isSubset, toSorted, union } from './sorted-list.ts';

const anyList = fc.subarray(['1', '2', 'A', 'AB', 'B', 'C', 'a']).map((members) => toSorted(members, compareText));
const bothLists = fc.tuple(anyList, anyList);

test('the merge loops agree with sets', () => {
  fc.assert(
    fc.property(bothLists, ([a, b]) => {
      const inB = new Set(b);
      const shared = a.filter((member) => inB.has(member));
      expect(union(a, b, compareText)).toEqual([...new Set([...a, ...b])].sort());
      expect(intersection(a, b)).toEqual(shared);
      expect(intersects(a, b)).toBe(shared.length > 0);
      expect(isSubset(a, b)).toBe(shared.length === a.length);
    }),
  );
});

test('a result is frozen, and is the input itself where that already holds the answer', () => {
  const [ab, abc, bd] = [
    ['A', 'B'],
    ['A', 'B', 'C'],
    ['B', 'D'],
  ].map((list) => toSorted(list, compareText)) as [string[], string[], string[]];
  const none = toSorted<string>([], compareText);
  expect(union(ab, abc, compareText)).toBe(abc);
  expect(union(abc, ab, compareText)).toBe(abc);
  expect(union(none, ab, compareText)).toBe(ab);
  expect(union(ab, none, compareText)).toBe(ab);
  expect(intersection(ab, abc)).toBe(ab);
  expect(intersection(abc, ab)).toBe(ab);
  expect(Object.isFrozen(union(ab, bd, compareText)) && Object.isFrozen(intersection(ab, bd))).toBe(true);
});

test('over lists that are not sorted nothing is found that is not there', () => {
  const unsorted = fc.array(fc.constantFrom('A', 'B', 'C', 'D'));
  fc.assert(
    fc.property(unsorted, unsorted, (a, b) => {
      if (isSubset(a, b)) expect(a.every((member) => b.includes(member))).toBe(true);
      if (intersects(a, b)) expect(a.some((member) => b.includes(member))).toBe(true);
    }),
  );
});

test('lists are ordered by their first difference, the shorter first where one begins the other', () => {
  const lists = [['B'], ['A', 'C'], ['A'], ['A', 'B', 'C'], ['A', 'B'], []];
  expect(toSorted([...lists, ...lists], compareLists)).toEqual([
    [],
    ['A'],
    ['A', 'B'],
    ['A', 'B', 'C'],
    ['A', 'C'],
    ['B'],
  ]);
});

test('digits come before capitals, and capitals before small letters', () => {
  expect(toSorted(['a', 'A', '9', 'Z'], compareText)).toEqual(['9', 'A', 'Z', 'a']);
});
