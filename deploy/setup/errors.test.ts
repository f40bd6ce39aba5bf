import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { SETUP_CODES, SetupError } from './errors.ts';

test('the README explains every code, and no code that does not exist', () => {
  const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
  const rows = readme.split('\n').filter((line) => /^\| `[A-Z_]+`/.test(line) && !line.startsWith('| `BUS_'));
  const explained = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map((match) => match[1]),
  );
  expect(explained.length).toBeGreaterThan(3);
  expect([...explained].sort()).toEqual([...SETUP_CODES].sort());
});

test('only a missing network ends with 5', () => {
  const exits = SETUP_CODES.map((code) => [code, new SetupError(code, []).exitCode] as const);
  expect(exits.filter(([, exit]) => exit !== 1)).toEqual([['NETWORK_OFF', 5]]);
});
