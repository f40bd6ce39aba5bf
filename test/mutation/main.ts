// `npm run test:mutation [-- file …] [--minutes 30]`: every small change of services/marking, a file at a time, or of some of
// its files. Prints who survived, a line a file and a sum. Holds: ends within its minutes and names what was not reached; what
// was found of a file is kept until the room or the way it is run changes, so that the next run goes on from there; exit code 1
// where a change was not noticed by any test, 2 where only some file was not reached.

import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { kernelFiles, mutateMarking, type MutationRun } from './survivors.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');
const KEPT = join(ROOT, '.sitebus', 'mutation-kept.json');

const { values, positionals } = parseArgs({
  options: { minutes: { type: 'string', default: '30' } },
  allowPositionals: true,
});
const files = positionals.length > 0 ? positionals : await kernelFiles();
const signal = AbortSignal.timeout(Number(values.minutes) * 60_000);
const fingerprint = await fingerprintOf(join(ROOT, 'services', 'marking', 'src'), import.meta.dirname);
const kept = await readFile(KEPT, 'utf8').then((text) => JSON.parse(text) as Kept, () => undefined); // prettier-ignore
const found: Record<string, MutationRun> = kept?.fingerprint === fingerprint ? { ...kept.found } : {};

interface Kept {
  readonly fingerprint: string;
  /** File → what a run found. */
  readonly found: Readonly<Record<string, MutationRun>>;
}

for (const file of files) {
  const startedMs = Date.now();
  const isKept = found[file] !== undefined;
  const run = found[file] ?? (await mutateMarking(file, signal).catch(unlessOver));
  if (run === undefined) continue;
  found[file] = run;
  await mkdir(join(ROOT, '.sitebus'), { recursive: true });
  await writeFile(KEPT, JSON.stringify({ fingerprint, found } satisfies Kept));
  const took = isKept ? 'as found before' : `${Math.round((Date.now() - startedMs) / 1_000)} s`;
  process.stdout.write(`${file.padEnd(16)} ${run.mutants} changes, ${run.survived} survived, ${run.unseen.length} of them not reviewed (${took})\n`); // prettier-ignore
  for (const { line, after, was, became } of run.unseen)
    process.stdout.write(`survived  ${file}.ts:${line}  after ${JSON.stringify(after)}\n  - ${was}\n  + ${became}\n`);
  for (const { was, became } of run.noticed)
    process.stdout.write(`no longer survives, take it off the reviewed list  ${file}.ts\n  - ${was}\n  + ${became}\n`);
}

const runs = files.flatMap((file) => found[file] ?? []);
const notReached = files.filter((file) => found[file] === undefined);
const sum = (of: (run: MutationRun) => number): number => runs.reduce((total, run) => total + of(run), 0);
const [mutants, survived, unseen, noticed] = [sum((run) => run.mutants), sum((run) => run.survived), sum((run) => run.unseen.length), sum((run) => run.noticed.length)]; // prettier-ignore
process.stdout.write(`${mutants} changes in ${runs.length} of ${files.length} files, ${mutants - survived} noticed, ${survived - unseen} reviewed, ${unseen} not noticed by any test\n`); // prettier-ignore
if (notReached.length > 0) process.stdout.write(`not reached in ${values.minutes} minutes: ${notReached.join(', ')}\n`);
process.exitCode = unseen + noticed > 0 ? 1 : notReached.length > 0 ? 2 : 0;

/** Nothing where time is over; the error itself otherwise. */
function unlessOver(error: unknown): undefined {
  if (!signal.aborted) throw error;
}

/** Of everything that decides what a run finds. */
async function fingerprintOf(...folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders)
    for (const entry of (await readdir(folder, { withFileTypes: true, recursive: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ))
      // prettier-ignore
      if (entry.isFile()) hash.update(`${entry.name}\n`).update(await readFile(join(entry.parentPath, entry.name)));
  return hash.digest('hex');
}
