// README.md and the code say the same: files and public names, in both directions; and its command runs.

import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as room from './index.ts';

const source = new URL('./', import.meta.url);
const readme = readFileSync(new URL('../README.md', source), 'utf8');
const files = readdirSync(source).filter((name) => name.endsWith('.ts'));
const ofProduct = files.filter((name) => !name.endsWith('.test.ts'));
const section = (heading: string): string => readme.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1]!);

test('the file map names every file of the room, and no other', () => {
  expect(ofProduct.length).toBeGreaterThan(10);
  expect([...new Set(found(section('File map'), /`([a-z-]+\.ts)`/g))].sort()).toEqual(ofProduct.sort());
});

test('every test that the README points at is there', () => {
  const named = found(section('Non-obvious'), /`([a-z-]+\.test\.ts)`/g);
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => !files.includes(name))).toEqual([]);
});

test('the room depends on nothing', () => {
  const { dependencies } = JSON.parse(readFileSync(new URL('../package.json', source), 'utf8')) as {
    dependencies: object;
  };
  expect(dependencies).toEqual({});
  const imports = ofProduct.flatMap((name) => found(readFileSync(new URL(name, source), 'utf8'), / from '([^']+)';/g));
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter((from) => !from.startsWith('./'))).toEqual([]);
});

test('the command of the README prints what it says', () => {
  const command = found(readme, /^```sh\nnode (.*)\n```$/gm)[0]!;
  const [, options, program] = /^(.*) -e "(.*)"$/.exec(command)!;
  const printed = execFileSync(process.execPath, [...options!.split(' '), '-e', program!], {
    cwd: fileURLToPath(new URL('../../../', source)),
    encoding: 'utf8',
  });
  expect(found(readme, /^It prints `(.*)`\.$/gm)).toEqual([printed.trim()]);
});

test('the public names are these', () => {
  expect(Object.keys(room).sort()).toEqual([
    ...['CLASSIFIED', 'MAX_MARKING_CHARS', 'MarkingError', 'PROTECTED', 'TLP', 'UNKNOWN_NATION', 'cellOf', 'cellsOf'],
    ...[
      'clearanceDominates',
      'createClearance',
      'createMarking',
      'dominates',
      'isAtLeast',
      'isImportRefusal',
      'isNation',
    ],
    ...[
      'isSameMarking',
      'isWithin',
      'join',
      'joinAll',
      'markingKey',
      'meet',
      'parse',
      'parseParagraph',
      'parsePortion',
    ],
    ...['print', 'printParagraph', 'printPortion', 'raise', 'readImportedMarking'],
  ]);
});
