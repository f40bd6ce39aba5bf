// The groups in which `npm test` runs the unit tests, against the files that the level has (jest.config.js).

import { expect, test } from '@jest/globals';
import { unitGroups } from '../support/unit-groups.js';
import { ROOT, sourceFiles } from './source-tree.ts';

const groups = [...unitGroups(ROOT).values()];

test('every unit test file is in one group, and no other file is', () => {
  const files = sourceFiles('services', 'deploy').filter(
    (path) => path.endsWith('.test.ts') && (path.startsWith('deploy/') || path.includes('/src/')),
  );
  expect(files.length).toBeGreaterThan(300);
  expect(groups.flat().sort()).toEqual(files);
});

test('a group is of one room and not long', () => {
  const roomsOf = (files: readonly string[]) => new Set(files.map((path) => path.split('/').slice(0, path.startsWith('deploy/') ? 1 : 2).join('/'))); // prettier-ignore
  expect(groups.filter((files) => roomsOf(files).size !== 1 || files.length > 12)).toEqual([]);
});
