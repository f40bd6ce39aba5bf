import { expect, test } from '@jest/globals';
import { CLASSIFIED, PROTECTED, TLP } from './model.ts';

test('the ladders ascend, and nobody can add a rung', () => {
  expect([CLASSIFIED, PROTECTED, TLP]).toEqual([
    ['UNCLASSIFIED', 'CONFIDENTIAL', 'SECRET', 'TOP_SECRET'],
    ['NONE', 'A', 'B', 'C'],
    ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'],
  ]);
  expect([CLASSIFIED, PROTECTED, TLP].every((ladder) => Object.isFrozen(ladder))).toBe(true);
});
