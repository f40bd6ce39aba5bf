// What the README says twice is compared with the code, both ways.

import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ENVIRONMENT } from './config.ts';
import * as errors from './errors.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = await readFile(`${root}/README.md`, 'utf8');

/** A section's text, from its heading to the next of the same depth. */
function section(heading: string): string {
  const [, text = ''] = readme.split(`\n## ${heading}\n`);
  return text.split('\n## ')[0]!;
}

const quoted = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))].sort();

test('every environment name is in the table, and no other', () => {
  const names = quoted(section('Environment'), /`(SITEBUS_[A-Z_]+)`/g);
  expect(names).toEqual(Object.keys(ENVIRONMENT).sort());
});

test('every code of the catalogue is in the table of failures, and no other', () => {
  const makers = Object.values(errors) as ((details: never) => { code: string })[];
  const codes = makers.map((make) => make({} as never).code).sort();
  expect(codes.length).toBeGreaterThan(3);
  expect(quoted(section('Failures'), /^\| `([A-Z_]+)` +\|/gm)).toEqual(codes);
});

test('every file the README names exists', async () => {
  const named = quoted(readme, /`((?:[a-z-]+\/)*[a-z-]+(?:\.property)?(?:\.test)?\.ts)`/g);
  const files = (await readdir(`${root}/src`, { recursive: true }))
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'));
  expect(named.length).toBeGreaterThan(20);
  const missing = named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)));
  expect(missing).toEqual([]);
});
