// `npm run build`: every room's `dist`. `npm run build -- --to DIR`: a folder that runs by itself once `npm ci --omit=dev` has run
// in it, with the rooms, the programs of the image and the contract, and no source.
// Holds: what a container runs is made here and nowhere else; nothing is fetched.

import { cp, readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compilePrograms, compileRooms } from './compile.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** What the image and docker-compose.yml start. */
const PROGRAMS = ['deploy/images/serve.ts', 'deploy/images/serve-research.ts', 'deploy/provision/main.ts'];
const AS_THEY_ARE = ['LICENSE', 'package.json', 'package-lock.json', 'schemas', 'services/cli/bin'];

const { to = ROOT } = parseArgs({ options: { to: { type: 'string' } } }).values;
const trees = { from: ROOT, to: resolve(to) };
const rooms = await roomsOf(ROOT);
await compileRooms(rooms, trees);
if (trees.to !== ROOT) {
  await compilePrograms(PROGRAMS, trees);
  for (const path of [...AS_THEY_ARE, ...rooms.map((room) => `${room}/package.json`)])
    await cp(join(ROOT, path), join(trees.to, path), { recursive: true });
}

/** Folders of the workspaces, which package.json names by `<folder>/*`. */
async function roomsOf(root: string): Promise<readonly string[]> {
  const { workspaces } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { workspaces: string[] };
  const inside = await Promise.all(
    workspaces.map(async (pattern) => {
      const folder = pattern.replace(/\/\*$/, '');
      const entries = await readdir(join(root, folder), { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${folder}/${name}`);
    }),
  );
  return inside.flat().filter((folder) => !workspaces.includes(`${folder}/*`)); // services/agencies holds rooms and is none
}
