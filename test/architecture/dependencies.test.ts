// A room's package.json lists what the room imports and nothing else, and its README says what each is for.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from '@jest/globals';
import { ROOT, importsOf, roomFolders, type ResolvedImport } from './source-tree.ts';

const rooms = roomFolders();
let imports: ResolvedImport[] = [];

beforeAll(() => {
  imports = importsOf('services');
});

test('there are rooms to look at, and each is a package', () => {
  expect(rooms.length).toBeGreaterThan(7);
  expect(rooms.filter((room) => !existsSync(join(ROOT, room, 'package.json')))).toEqual([]);
});

test.each(rooms)('%s depends on the packages that it imports', (room) => {
  const product = importsOfRoom(room).filter(({ from }) => !isOnlyForTests(from));
  const inTests = importsOfRoom(room).filter(({ from }) => isOnlyForTests(from));
  const declared = dependenciesOf(room);
  const missing = packagesOf(product).filter((name) => !declared.includes(name));
  const unused = declared.filter((name) => !packagesOf([...product, ...inTests]).includes(name));
  expect({ missing, unused }).toEqual({ missing: [], unused: [] });
});

test.each(rooms)('the README of %s says what each foreign package is for', (room) => {
  const foreign = dependenciesOf(room).filter((name) => !name.startsWith('@sitebus/'));
  const readme = readFileSync(join(ROOT, room, 'README.md'), 'utf8');
  const [, dependencies = ''] = /## Dependencies\n([\s\S]*?)(?:\n## |$)/.exec(readme) ?? [];
  expect(dependencies).not.toBe('');
  expect(foreign.filter((name) => !dependencies.includes(`\`${name}\``))).toEqual([]);
  const named = [...dependencies.matchAll(/`(@?[a-z][\w./-]*)`/g)].map(([, name = '']) => name);
  const gone = named.filter((name) => existsSync(join(ROOT, 'node_modules', name)) && !isDeclared(name, room));
  expect(gone).toEqual([]);
});

function importsOfRoom(room: string): ResolvedImport[] {
  return imports.filter(({ from }) => from.startsWith(`${room}/`));
}

/** Package names, each once; Node's own modules, files of the room and files of the tests are none. */
function packagesOf(of: readonly ResolvedImport[]): string[] {
  const bare = of.filter(({ specifier, isCore }) => !isCore && !specifier.startsWith('.'));
  return [...new Set(bare.map(({ specifier }) => /^(@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier))];
}

function dependenciesOf(room: string): string[] {
  const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, room, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  return Object.keys(dependencies);
}

function isDeclared(name: string, room: string): boolean {
  return dependenciesOf(room).includes(name);
}

/** The parts of a room that no user of it loads; `testing/` of a room that exports it is product. */
function isOnlyForTests(file: string): boolean {
  return /\.test\.ts$|\/testing\/|\/scripts\//.test(file);
}
