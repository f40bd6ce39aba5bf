// The source tree as architecture tests see it: files, and which imports which.
import { readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { ICruiseResult } from 'dependency-cruiser';

/** The root of the repository. */
export const ROOT = resolve(import.meta.dirname, '..', '..');

const SKIPPED = new Set(['node_modules', 'dist', 'generated', 'golden', '.sitebus']);

/** One import as dependency-cruiser resolved it: a path from the root, a package folder, or a Node module's name. */
export interface ResolvedImport {
  readonly from: string;
  readonly to: string;
  readonly specifier: string;
  readonly isCore: boolean;
  readonly isUnresolved: boolean;
}

/** @returns every source file below the given folders, as sorted paths from the root with forward slashes */
export function sourceFiles(...folders: string[]): string[] {
  return folders.flatMap((folder) => walk(join(ROOT, folder))).sort();
}

/** @returns the folders of services that are rooms, an agency's among them, as sorted paths from the root */
export function roomFolders(): string[] {
  const inside = (folder: string): string[] =>
    readdirSync(join(ROOT, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => `${folder}/${name}`);
  return inside('services')
    .flatMap((folder) => (folder === 'services/agencies' ? inside(folder) : [folder]))
    .sort();
}

/** Resolves all imports, of types too; about two seconds. */
export function importsOf(...folders: string[]): ResolvedImport[] {
  const bin = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const config = join(ROOT, 'test', 'architecture', 'dependency-cruiser.config.js');
  const run = spawnSync(process.execPath, [bin, '--config', config, '--output-type', 'json', ...folders], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (run.status !== 0) throw new Error(`dependency-cruiser: ${run.stderr}`);
  const { modules } = JSON.parse(run.stdout) as ICruiseResult;
  return modules.flatMap((module) =>
    module.dependencies.map((dependency) => ({
      from: module.source,
      to: dependency.resolved,
      specifier: dependency.module,
      isCore: dependency.coreModule,
      isUnresolved: dependency.couldNotResolve,
    })),
  );
}

function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(path);
    return /\.(ts|js)$/.test(entry.name) ? [relative(ROOT, path).split(sep).join('/')] : [];
  });
}
