// The README's tables of codes against the catalogue, both ways.

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const source = ['./errors.ts', './cases/refused-code.ts']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
  .join('\n');

test('every code of the catalogue stands in a table of failures, and no other does', () => {
  const failures = readme.split('\n## Failures\n')[1]?.split('\n## ')[0] ?? '';
  const told = [...failures.matchAll(/^\|([^|]*)\|/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`([A-Z_]+)`/g)].map(([, code]) => code)); // prettier-ignore
  const codes = [...source.matchAll(/code: '([A-Z_]+)'|\| '([A-Z_]+)'/g)].map(([, code, reason]) => code ?? reason);
  expect(codes.length).toBeGreaterThan(30);
  expect(told.sort()).toEqual(codes.sort());
});
