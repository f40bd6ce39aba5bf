// README.md and the code say the same: codes, environment and files, in both directions.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { BUS_TLS_ENVIRONMENT } from '@sitebus/kit';
import * as errors from './errors.ts';

const readme = readFileSync('deploy/provision/README.md', 'utf8');
const section = (heading: string): string => readme.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const firstCells = (text: string): string[] => [...text.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name = '']) => name);

test('the failures of the README are the catalogue, retriable as it says', () => {
  const makers = Object.values(errors) as ((details: never) => { code: string; retriable: boolean })[];
  const catalogue = makers
    .map((make) => make({} as never))
    .map(({ code, retriable }) => `${code} ${retriable ? 'yes' : 'no'}`);
  const table = [...section('Failures').matchAll(/^\| `([A-Z_]+)` +\| (yes|no)/gm)].map(
    ([, code, retriable]) => `${code} ${retriable}`,
  );
  expect(catalogue.length).toBeGreaterThan(5);
  expect(table.sort()).toEqual(catalogue.sort());
});

test('the environment of the README is what the program reads', () => {
  const main = readFileSync('deploy/provision/main.ts', 'utf8');
  const read = new Set([...main.matchAll(/env\['(\w+)'\]/g)].map(([, name = '']) => name));
  expect(read.size).toBeGreaterThan(3);
  expect(main).toContain('busTlsOf(env)');
  for (const name of Object.keys(BUS_TLS_ENVIRONMENT)) read.add(name);
  expect(new Set(firstCells(section('Environment')))).toEqual(read);
});

test('the file map names every file but the public names, and no other', () => {
  const files = readdirSync('deploy/provision').filter(
    (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts',
  );
  const named = [...section('File map').matchAll(/`([\w-]+\.ts)`/g)].map(([, name = '']) => name);
  expect(files.length).toBeGreaterThan(10);
  expect(new Set(named)).toEqual(new Set(files));
});
