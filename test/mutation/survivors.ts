// Runs mutation testing of the marking kernel and says which changes no test notices.
// Holds: a change that survives is a finding unless the reviewed list has it, with the reason why nothing can notice it; an
// entry that no longer survives is a finding too, so that the list never grows stale.

import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..', '..');
const REPORT = join(ROOT, '.sitebus', 'mutation', 'report.json');
const REVIEWED = join(import.meta.dirname, 'equivalent-mutants.json');

/** One change of the kernel, as it is named in the reviewed list. */
export interface Mutant {
  /** Below services/marking/src. */
  readonly file: string;
  /** The changed text, and what it was changed to. */
  readonly was: string;
  readonly became: string;
}

/** What a run found. */
export interface MutationRun {
  readonly mutants: number;
  /** Survivors that nobody has reviewed, with their line. */
  readonly unseen: readonly (Mutant & { readonly line: number })[];
  /** Reviewed ones, of the files that were run, that a test notices after all. */
  readonly noticed: readonly Mutant[];
}

interface Report {
  readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly ReportedMutant[] }>>;
}

interface ReportedMutant {
  readonly replacement: string;
  readonly status: string;
  readonly location: { readonly start: Place; readonly end: Place };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Mutates the named files (without ending), or all. Rejects with what the tool wrote where it could not run. */
export async function mutateMarking(files?: readonly string[]): Promise<MutationRun> {
  await run(files);
  const report = JSON.parse(await readFile(REPORT, 'utf8')) as Report;
  const reviewed = JSON.parse(await readFile(REVIEWED, 'utf8')) as readonly (Mutant & { readonly why: string })[];
  const found = Object.entries(report.files).flatMap(([path, { source, mutants }]) =>
    mutants.map(({ replacement, status, location }) => ({
      file: path.replace('services/marking/src/', ''),
      was: textAt(source, location),
      became: replacement,
      line: location.start.line,
      survived: status === 'Survived' || status === 'NoCoverage',
    })),
  );
  const survivors = found.filter(({ survived }) => survived);
  const ran = new Set(found.map(({ file }) => file));
  return {
    mutants: found.length,
    unseen: survivors
      .filter((mutant) => !reviewed.some((known) => isSame(known, mutant)))
      .map(({ file, was, became, line }) => ({ file, was, became, line })),
    noticed: reviewed.filter((known) => ran.has(known.file) && !survivors.some((mutant) => isSame(known, mutant))),
  };
}

function isSame(a: Mutant, b: Mutant): boolean {
  return a.file === b.file && a.was === b.was && a.became === b.became;
}

function textAt(source: string, { start, end }: ReportedMutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const [first = ''] = lines;
  if (lines.length === 1) return first.slice(start.column - 1, end.column - 1);
  const last = lines.at(-1) ?? '';
  return [first.slice(start.column - 1), ...lines.slice(1, -1), last.slice(0, end.column - 1)].join('\n');
}

async function run(files: readonly string[] | undefined): Promise<void> {
  const child = spawn(
    process.execPath,
    ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', 'test/mutation/stryker.config.js'],
    {
      cwd: ROOT,
      env: { ...process.env, ...(files && { MUTATE: files.join() }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`mutation testing ended with ${String(code)}: ${said.slice(-2_000)}`);
}
