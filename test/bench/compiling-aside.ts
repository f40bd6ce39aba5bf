// Takes a Java process's compilers behind all other work: they use what is idle, and no core that something is measured on.
// Holds: a broker in service has compiled long ago, one of a bench compiles for minutes, for half a second at a time.
// Linux alone has threads with a priority of their own; elsewhere nothing changes, and `false` says so.

import { readdir, readFile } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';

const COMPILERS = /^C[12] Compiler/;

/** @returns whether the process has such threads, and they are behind now. */
export async function compileAside(pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const threads = await readdir(`/proc/${pid}/task`);
  const names = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/comm`, 'utf8')));
  const compilers = threads.filter((_, index) => COMPILERS.test(names[index]!));
  for (const thread of compilers) setPriority(Number(thread), constants.priority.PRIORITY_LOW);
  return compilers.length > 0;
}
