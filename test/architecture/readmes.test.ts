// What READMEs name is there: paths, commands, options; and each folder that has a README tells the same things.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseStartOptions } from '../../deploy/local/options.ts';
import { runCli } from '../../services/cli/src/testing/run-cli.ts';
import { ROOT, roomFolders } from './source-tree.ts';

const FOLDERS = [
  'schemas',
  'test',
  'deploy/images',
  'deploy/local',
  'deploy/provision',
  'deploy/setup',
  ...roomFolders(),
];
const ALL = ['.', ...FOLDERS];
const root = readmeOf('.');

test.each(FOLDERS)('%s says what it is, shows a command, maps its files and names what is not obvious', (folder) => {
  const text = readmeOf(folder);
  const [title = '', opening = ''] = text.split(/\n\n/);
  expect(title).toMatch(/^# \S/);
  expect(opening).toMatch(/^[A-Z`].*[.;:]/s);
  expect(text.split('\n## ')[0]).toMatch(/^```(sh)?\n(node|npm|npx|docker) /m);
  expect(sectionOf(text, 'File map')).not.toBe('');
  expect(sectionOf(text, 'Non-obvious')).not.toBe('');
});

test.each(ALL)('every file that the map of %s names is there', (folder) => {
  const named = pathsIn(sectionOf(readmeOf(folder), 'File map'));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !isThere(path, folder))).toEqual([]);
});

test.each(ALL)('every test that %s points at is there', (folder) => {
  const named = pathsIn(sectionOf(readmeOf(folder), 'Non-obvious')).filter((path) => path.endsWith('.test.ts'));
  expect(named.filter((path) => !isThere(path, folder))).toEqual([]);
});

test('the map of the root leads into every room but the agencies, which are one errand', () => {
  const named = pathsIn(sectionOf(root, 'File map'));
  const unmapped = FOLDERS.filter((folder) => !folder.startsWith('services/agencies/')).filter(
    (folder) => !named.some((path) => path.startsWith(`${folder}/`)),
  );
  expect(unmapped).toEqual([]);
});

test('every option that a README gives to npm start is one', () => {
  const lines = ALL.flatMap((folder) => [...readmeOf(folder).matchAll(/npm start -- ([^`#\n]+)/g)]);
  const given = lines.map(([, words = '']) => words.trim().split(/\s+/));
  expect(given.length).toBeGreaterThan(1);
  for (const words of given) expect(() => parseStartOptions(words)).not.toThrow();
});

test.each([
  ['setup', 'deploy/setup/setup.ts'],
  ['provision', 'deploy/provision/main.ts'],
])('every option that a README gives to npm run %s is one', (script, file) => {
  const lines = ALL.flatMap((folder) => [
    ...readmeOf(folder).matchAll(new RegExp(`npm run ${script} -- (--\\w+)`, 'g')),
  ]);
  const source = readFileSync(join(ROOT, file), 'utf8');
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.map(([, option = '']) => option).filter((option) => !source.includes(option))).toEqual([]);
});

test('every command that a README gives to sitebus is one', async () => {
  const { out } = await runCli(['--help']);
  const commands = [...(out.split('Commands:\n')[1] ?? '').matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name);
  const given = ALL.flatMap((folder) => [...readmeOf(folder).matchAll(/npx sitebus ([a-z]\w*)/g)]);
  expect(given.length).toBeGreaterThan(4);
  expect(given.map(([, name = '']) => name).filter((name) => !commands.includes(name))).toEqual([]);
});

test('the table of tests names every level, and every level is a folder or lies beside the source', () => {
  const scripts = Object.keys((JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Scripts).scripts);
  const levels = scripts.filter((name) => name.startsWith('test:')).map((name) => `npm run ${name}`);
  const table = [...sectionOf(root, 'Tests').matchAll(/^\| `(npm run test:\w+)`/gm)].map(([, line = '']) => line);
  expect(levels.length).toBeGreaterThan(5);
  expect(table.sort()).toEqual(levels.sort());
});

interface Scripts {
  readonly scripts: Readonly<Record<string, string>>;
}

function readmeOf(folder: string): string {
  return readFileSync(join(ROOT, folder, 'README.md'), 'utf8');
}

function sectionOf(text: string, heading: string): string {
  return text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
}

/** What stands in back-ticks and looks like a path; patterns and packages do not. */
function pathsIn(text: string): string[] {
  return [...text.matchAll(/`([\w./-]+)`/g)]
    .map(([, path = '']) => path)
    .filter((path) => /\/|\.(ts|js|json|avsc|md|yml|xml)$/.test(path) && !path.startsWith('/') && !isPackage(path));
}

function isPackage(name: string): boolean {
  return existsSync(join(ROOT, 'node_modules', name)) && !name.includes('/');
}

/** A path counts from the root, from the folder or from its sources; a bare file name from anywhere below the folder. */
function isThere(path: string, folder: string): boolean {
  const places = [ROOT, join(ROOT, folder), join(ROOT, folder, 'src'), join(ROOT, 'schemas')];
  if (places.some((place) => existsSync(join(place, path)))) return true;
  return dirname(path) === '.' && namesBelow(join(ROOT, folder)).has(basename(path));
}

function namesBelow(folder: string): Set<string> {
  const names = new Set<string>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isFile()) names.add(entry.name);
    else if (entry.isDirectory() && entry.name !== 'node_modules')
      for (const name of namesBelow(join(folder, entry.name))) names.add(name);
  }
  return names;
}
