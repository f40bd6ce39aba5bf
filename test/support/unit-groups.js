// The files of the level `unit` in groups that share a context each: what files of one room import is loaded once a group
// instead of once a file, which is most of what they cost. Holds: every file is in one group; a group is of one room and of
// neighbours, and the same on every machine; where files are named, `run.js` runs each by itself, as an editor does.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Below the checkout. */
export const GROUPS_DIR = '.sitebus/unit';
/** More cost less together, but the last ones to end keep one worker busy alone, and what they hold is freed at the end only. */
const MOST_FILES = 12;
const PLACES = [
  { below: 'services', within: /(?:^|\/)src\// },
  { below: 'deploy', within: /^/ },
];
const NOT_OURS = new Set(['node_modules', 'dist', '.sitebus']);

/** Writes a suite for each group; those of an earlier run that are groups no more are removed. */
export function writeUnitGroups(root) {
  const dir = join(root, GROUPS_DIR);
  const groups = unitGroups(root);
  mkdirSync(dir, { recursive: true });
  for (const left of readdirSync(dir)) if (!groups.has(left)) rmSync(join(dir, left), { recursive: true });
  for (const [name, files] of groups) writeFileSync(join(dir, name), suiteOf(files));
}

/** File name of a group → its test files, below `root` with `/`. */
export function unitGroups(root) {
  const rooms = new Map();
  for (const file of unitFiles(root)) {
    const room = roomOf(file);
    rooms.set(room, [...(rooms.get(room) ?? []), file]);
  }
  return new Map(
    [...rooms].flatMap(([room, files]) => {
      const count = Math.ceil(files.length / MOST_FILES);
      const each = Math.ceil(files.length / count);
      return Array.from({ length: count }, (_none, at) => [
        `${room}-${at + 1}.test.js`,
        files.slice(at * each, (at + 1) * each),
      ]);
    }),
  );
}

/** The files of a group's suite as it was written; none of any other suite. */
export function filesOfGroup(path) {
  if (!path.split(sep).join('/').includes(`/${GROUPS_DIR}/`)) return [];
  return [...readFileSync(path, 'utf8').matchAll(/apart\('([^']+)'/g)].map(([, file]) => file);
}

/** Of the level `unit`, as its project in jest.config.js finds them: sorted, below `root`, with `/`. */
export function unitFiles(root) {
  return PLACES.flatMap(({ below, within }) =>
    filesBelow(join(root, below))
      .map((path) => relative(root, path).split(sep).join('/'))
      .filter((path) => path.endsWith('.test.ts') && within.test(path)),
  ).sort();
}

function filesBelow(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(dir, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

/** `services/agencies/cse/src/…` are of one room, for each has a file or two. */
const roomOf = (file) => (file.startsWith('deploy/') ? 'deploy' : file.split('/')[1]);

const suiteOf = (files) =>
  [
    '// Written by test/support/unit-groups.js.',
    "import { apart } from '../../test/support/apart.js';",
    ...files.map((file) => `await apart('${file}', () => import('../../${file}'));`),
    '',
  ].join('\n');
