// package-lock.json is whole: `npm ci` works on every platform, from any registry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from './source-tree.ts';

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, LockEntry>;
};

// npm leaves packages of other platforms out when their newest version is older than their parent's: then `npm ci`
// stops with "Missing … from lock file", everywhere. The remedy is a pin of the parent.
test('every optional platform package that the lock names has an entry', () => {
  const named = Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {}).map(([name, range]) => ({ path, name, range })),
  );
  expect(named.length).toBeGreaterThan(20);
  const holes = named.filter(({ path, name, range }) => !fits(entryFor(path, name), range));
  expect(holes.map(({ path, name, range }) => `${path} needs ${name}@${range}`)).toEqual([]);
});

test('every package has a checksum, and none the address of a registry', () => {
  const installed = Object.entries(packages).filter(([path, entry]) => path.includes('node_modules/') && !entry.link);
  expect(installed.length).toBeGreaterThan(100);
  const wrong = installed.filter(([, entry]) => !entry.integrity || entry.resolved !== undefined);
  expect(wrong.map(([path]) => path)).toEqual([]);
});

/** As Node looks a package up: in the folder's own node_modules, then in each one above. */
function entryFor(path: string, name: string): LockEntry | undefined {
  for (let folder = path; ; folder = parentOf(folder)) {
    const entry = packages[folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`];
    if (entry !== undefined || folder === '') return entry;
  }
}

function parentOf(folder: string): string {
  const at = folder.lastIndexOf('/node_modules/');
  return at < 0 ? '' : folder.slice(0, at);
}

/** Platform packages are named with an exact version; of a range only the entry's presence is judged. */
function fits(entry: LockEntry | undefined, range: string): boolean {
  return entry !== undefined && (!/^\d+\.\d+\.\d+/.test(range) || entry.version === range);
}
