// The README's tables against the code, both ways: refusals, columns, states.

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { COLUMN_NAMES } from './columns.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = readFileSync(new URL('./errors.ts', import.meta.url), 'utf8');
const section = (heading: string): string => readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const firstCells = (heading: string): string[] =>
  [...section(heading).matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([A-Za-z_]+)`/g)].map(([, word = '']) => word),
  );

test('every code of the catalogue stands in a table of failures, and no other does', () => {
  const codes = [...source.matchAll(/code: '([A-Z_]+)'|\| '([A-Z_]+)'/g)].map(([, code, reason]) => code ?? reason);
  expect(codes.length).toBeGreaterThan(15);
  expect(firstCells('Failures').sort()).toEqual(codes.sort());
});

test('every column of data sets stands in the table of columns, and no other does', () => {
  expect(firstCells('Columns').sort()).toEqual([...COLUMN_NAMES].sort());
});
