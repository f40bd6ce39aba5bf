// The rooms as plain JavaScript in their `dist`, where `exports` sends whoever does not ask for their sources.
// Holds: what is measured then runs without a loader that wraps functions; types are not checked here (`npm run types` does).

import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** What every service is made with. */
const SHARED = ['marking', 'sdk', 'kit'];
/** What the image gives Node (`deploy/images/Dockerfile`): what is measured runs as it does there. */
export const IMAGE_FLAGS: readonly string[] = ['--max-semi-space-size=32', '--v8-pool-size=1'];
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  rewriteRelativeImportExtensions: true,
};

/** Builds these services and what they are made with; a few seconds each. */
export async function buildRooms(services: readonly string[]): Promise<void> {
  await Promise.all([...SHARED, ...services].map((room) => buildRoom(join(ROOT, 'services', room))));
}

async function buildRoom(room: string): Promise<void> {
  const [from, to] = [join(room, 'src'), join(room, 'dist')];
  await rm(to, { recursive: true, force: true });
  const files = (await readdir(from, { recursive: true })).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file),
  );
  for (const file of files) {
    const target = join(to, file.replace(/\.ts$/, '.js'));
    const { outputText } = ts.transpileModule(await readFile(join(from, file), 'utf8'), { compilerOptions: OPTIONS });
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, outputText);
  }
}

/** What starts a built service as a process. */
export function builtMain(service: string): string {
  return join(ROOT, 'services', service, 'dist', 'main.js');
}
