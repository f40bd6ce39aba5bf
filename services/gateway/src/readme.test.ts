// The README against the code, both ways.

import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ENVIRONMENT } from './config.ts';
import { catalogue } from './errors.ts';

const ROOM = join(dirname(fileURLToPath(import.meta.url)), '..');
const readme = await readFile(join(ROOM, 'README.md'), 'utf8');

/** Cells of the table rows below a heading. */
function rowsOf(heading: string): string[][] {
  const section = readme.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').filter((line) => line.startsWith('| ')).slice(2).map((line) => line.slice(1, -1).split('|').map((cell) => cell.trim()));
} // prettier-ignore

const quoted = (text = ''): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? '');

test('the table of problems is the catalogue', () => {
  const rows = rowsOf('Problems').map(([slug, status, again]) => `${quoted(slug).join()} ${status} ${again}`);
  expect(rows.length).toBeGreaterThan(25);
  expect(rows.sort()).toEqual(
    catalogue.map(({ slug, status, retriable }) => `${slug} ${status} ${retriable ? 'yes' : 'no'}`).sort(),
  );
});

test('the table of the environment has every variable and no other', () => {
  const names = rowsOf('Environment').flatMap(([name]) => quoted(name));
  expect(names.length).toBeGreaterThan(10);
  expect(names.sort()).toEqual(Object.keys(ENVIRONMENT).sort());
});

test('the file map names every file of src, and no file that is not there', async () => {
  const named = rowsOf('File map').flatMap(([, files]) => quoted(files)).filter((file) => file.startsWith('src/'));
  const folders = named.filter((file) => file.endsWith('/'));
  const entries = await readdir(join(ROOM, 'src'), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts') && !entry.parentPath.endsWith('testing'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOM.length + 1));
  expect(files.length).toBeGreaterThan(30);
  expect(files.filter((file) => !named.includes(file) && !folders.some((folder) => file.startsWith(folder)))).toEqual([]);
  expect(named.filter((file) => !file.endsWith('/') && !files.includes(file))).toEqual([]);
}); // prettier-ignore
