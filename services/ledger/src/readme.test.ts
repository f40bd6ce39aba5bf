// What the README says twice is compared with the code, both ways.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DEFAULT_PACE, ENVIRONMENT } from './config.ts';
import * as errors from './errors.ts';

const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
const section = (heading: string): string => (readme.split(`\n## ${heading}\n`)[1] ?? '').split('\n## ')[0] ?? '';
const quoted = (text: string, pattern: RegExp): string[] =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name ?? ''))].sort();

test('every environment name is in the table, and no other', () => {
  expect(quoted(section('Environment'), /`(SITEBUS_[A-Z_]+)`/g)).toEqual(Object.keys(ENVIRONMENT).sort());
});

test('the pace of the README is the default', () => {
  expect(section('Environment')).toContain(`default ${DEFAULT_PACE.everyLeaves} `);
  expect(section('Environment')).toContain(`default ${DEFAULT_PACE.everyMs} `);
});

test('every code of the catalogue is in the table of failures, and no other', () => {
  const makers = Object.values(errors) as ((details: never) => { code: string })[];
  const codes = makers.map((make) => make({} as never).code).sort();
  expect(codes.length).toBeGreaterThan(3);
  expect(quoted(section('Failures'), /^\| `([A-Z_]+)` +\|/gm)).toEqual(codes);
});

test('every file of src has its place in the file map', async () => {
  const named = quoted(section('File map'), /`([a-z-]+\.ts)`/g);
  const files = (await readdir(import.meta.dirname)).filter((file) => !file.endsWith('.test.ts'));
  expect(named).toEqual(files.sort());
});
