// TypeScript made JavaScript, each file by itself, by the compiler that the tests run through and to the same target.
// Holds: types are taken out, not checked (`npm run types` does that); what only tests use is left out; `dist` holds nothing
// from before; a program that reaches past a room's `exports`, or names a file that is not there, is refused.

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { transform } from '@swc/core';

/** The checkout, and where what is made of it goes: a folder of the same shape, or the checkout itself. */
export interface Trees {
  readonly from: string;
  readonly to: string;
}

const OPTIONS = {
  configFile: false,
  swcrc: false,
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript' },
    transform: { verbatimModuleSyntax: true },
    rewriteRelativeImportExtensions: true, // as tsconfig.base.json says; its types do not list it
  },
  module: { type: 'es6' },
} as const;
const ONLY_FOR_TESTS = /\.test\.ts$|^testing[/\\]|[/\\]testing[/\\]/;
const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*["'](\.[^"']+)\.js["']/g;

/** Makes the `dist` of each room (`services/kit`) anew from its `src`. */
export async function compileRooms(rooms: readonly string[], { from, to }: Trees): Promise<void> {
  await Promise.all(
    rooms.map(async (room) => {
      const [src, dist] = [join(from, room, 'src'), join(to, room, 'dist')];
      await rm(dist, { recursive: true, force: true });
      const files = (await readdir(src, { recursive: true })).filter(
        (file) => file.endsWith('.ts') && !ONLY_FOR_TESTS.test(file),
      );
      await Promise.all(files.map((file) => compile(join(src, file), join(dist, toJs(file)))));
    }),
  );
}

/**
 * Makes these programs (`deploy/provision/main.ts`) and every file that they import by its path JavaScript, which lies as its
 * sources do. Throws where one imports a file of a room, or one that is not there.
 */
export async function compilePrograms(programs: readonly string[], { from, to }: Trees): Promise<void> {
  const files = new Set(programs);
  for (const file of files) {
    if (file.startsWith('services/')) throw new Error(`${file} is imported by its path: a room is used by its exports`);
    const code = await compile(join(from, file), join(to, toJs(file)));
    for (const [, path = ''] of code.matchAll(RELATIVE_IMPORT))
      files.add(posix.join(posix.dirname(file), `${path}.ts`));
  }
}

async function compile(source: string, target: string): Promise<string> {
  const { code } = await transform(await readFile(source, 'utf8'), { ...OPTIONS, filename: source });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, code);
  return code;
}

function toJs(file: string): string {
  return file.replace(/\.ts$/, '.js');
}
