// What rooms export is documented, and nothing is named so that it could be anything.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exportedNames, namesDeclaredIn } from './exports.ts';
import { ROOT, sourceFiles } from './source-tree.ts';

const VAGUE_ANYWHERE = /^(utils?|helpers?|misc|manager|managers)$/;
const VAGUE_ALONE_OR_LAST = /^(common|stuff)$/;

test('every name that a room exports says what it promises', () => {
  const entries = sourceFiles('services').filter((file) => /^services\/(agencies\/)?[^/]+\/src\/index\.ts$/.test(file));
  expect(entries.length).toBeGreaterThan(2);
  const names = exportedNames(entries);
  expect(names.length).toBeGreaterThan(50);
  const ours = names.filter(({ declaredIn }) => !/node_modules|\/generated\//.test(declaredIn));
  const silent = ours.filter(({ hasDocstring, isCatalogued }) => !hasDocstring && !isCatalogued);
  expect(silent.map(({ entry, name }) => `${entry}: ${name}`)).toEqual([]);
});

test.each([
  ['date-utils', true],
  ['helpers', true],
  ['TopicManager', true],
  ['parseHelper', true],
  ['common', true],
  ['commonDomains', false],
  ['broker-up', false],
  ['join', false],
])('the name %s is vague: %s', (name, vague) => {
  expect(isVague(name)).toBe(vague);
});

test('no file and no export is named utils, helpers, common, misc or manager', () => {
  const files = sourceFiles('services', 'deploy', 'test');
  expect(files.length).toBeGreaterThan(50);
  const vagueFiles = files.filter((file) => file.split('/').some((step) => isVague(step.replace(/\..*$/, ''))));
  const vagueNames = files.flatMap((file) =>
    namesDeclaredIn(file, readFileSync(join(ROOT, file), 'utf8'))
      .filter(isVague)
      .map((name) => `${file}: ${name}`),
  );
  expect([...vagueFiles, ...vagueNames]).toEqual([]);
});

test('every source file begins by saying what it is', () => {
  const files = sourceFiles('services', 'deploy', 'test').filter((file) => !file.endsWith('.test.ts'));
  const silent = files.filter((file) => !/^(#!.*\n)?\s*(\/\/|\/\*)/.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(files.length).toBeGreaterThan(50);
  expect(silent).toEqual([]);
});

test('every script of package.json runs a file that exists, and the README names only scripts that exist', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const targets = Object.values(scripts).flatMap(
    (line) => line.match(/\b(?:deploy|test|services)\/\S+\.(?:js|ts)\b/g) ?? [],
  );
  expect(targets.length).toBeGreaterThan(3);
  expect(targets.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/\bnpm (?:run ([\w:-]+)|(start|test)\b)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

/** Judges a file, folder or exported name by its words: `dateUtils` and `date-utils` are the same. */
function isVague(name: string): boolean {
  const words = basename(name)
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[-_.]/);
  return words.some((word) => VAGUE_ANYWHERE.test(word)) || VAGUE_ALONE_OR_LAST.test(words.at(-1) ?? '');
}
