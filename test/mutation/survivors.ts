// Runs mutation testing of one file of the marking kernel and says which changes no test notices.
// Holds: the file's own tests are asked first, and all tests of the room only of what those let live, so that a change that is
// noticed costs one short file of tests; a change that survives is a finding unless the reviewed list has it, with the reason
// why nothing can notice it; an entry that no longer survives is a finding too, so that the list never grows stale.

import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DEAR } from './cheap-first.js';

const ROOT = resolve(import.meta.dirname, '..', '..');
const ROOM = join(ROOT, 'services', 'marking', 'src');
const REVIEWED = join(import.meta.dirname, 'equivalent-mutants.json');

/** One change of the kernel, as it is named in the reviewed list. */
export interface Mutant {
  /** Below services/marking/src. */
  readonly file: string;
  /** What stands before it on its line: the same text can be there twice. */
  readonly after: string;
  /** The changed text, and what it was changed to. */
  readonly was: string;
  readonly became: string;
}

/** What a run found. */
export interface MutationRun {
  readonly mutants: number;
  /** All survivors, reviewed or not. */
  readonly survived: number;
  /** Survivors that nobody has reviewed, with their line. */
  readonly unseen: readonly (Mutant & { readonly line: number })[];
  /** Reviewed ones that a test notices after all, or that are no more. */
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

interface Found extends Mutant {
  readonly survived: boolean;
  /** By a test; what ran out of time neither survived nor, on a busy machine, was noticed for certain. */
  readonly isKilled: boolean;
  readonly at: ReportedMutant['location'];
}

/** The files of the kernel that have something to change, sorted, without ending. */
export async function kernelFiles(): Promise<readonly string[]> {
  const names = await readdir(ROOM);
  const isKernel = (name: string): boolean => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'index.ts';
  return names.filter(isKernel).map((name) => name.replace(/\.ts$/, '')).sort(); // prettier-ignore
}

/** Mutates one file, named without its ending; `signal` ends it. Rejects with what the tool wrote where it could not run. */
export async function mutateMarking(file: string, signal?: AbortSignal): Promise<MutationRun> {
  const own = await ownTests(file);
  const first = await foundBy([`${file}.ts`], own.map((name) => name.replace(/\.test\.ts$/, '')), signal); // prettier-ignore
  const left = first.filter(({ survived }) => survived);
  const rest =
    own.length === 0 || left.length === 0
      ? left
      : (await foundBy(left.map(rangeOf), [], signal)).filter((mutant) => left.some((one) => isSame(one, mutant)));
  const last = [...first.filter(({ survived }) => !survived), ...rest];
  const survivors = last.filter(({ survived }) => survived);
  const notKilled = last.filter(({ isKilled }) => !isKilled);
  const reviewed = (JSON.parse(await readFile(REVIEWED, 'utf8')) as readonly (Mutant & { readonly why: string })[]).filter((known) => known.file === `${file}.ts`); // prettier-ignore
  return {
    mutants: first.length,
    survived: survivors.length,
    unseen: survivors
      .filter((mutant, at) => countOf(mutant, survivors.slice(0, at)) >= countOf(mutant, reviewed))
      .map(({ after, was, became, at }) => ({ file: `${file}.ts`, after, was, became, line: at.start.line })),
    noticed: reviewed.filter((known, at) => countOf(known, reviewed.slice(0, at)) >= countOf(known, notKilled)),
  };
}

/** The tests that are named after a file; where there are none, those that import it and cost little. */
async function ownTests(file: string): Promise<readonly string[]> {
  const tests = (await readdir(ROOM)).filter((name) => name.endsWith('.test.ts'));
  const named = tests.filter((name) => name.startsWith(`${file}.`));
  if (named.length > 0) return named;
  const sources = await Promise.all(tests.map((name) => readFile(join(ROOM, name), 'utf8')));
  return tests.filter((name, at) => sources[at]?.includes(`from './${file}.ts'`) && !DEAR.includes(`/${name}`));
}

/** Where one change is, as the tool is told: lines from 1, columns from 0. */
function rangeOf({ file, at: { start, end } }: Found): string {
  return `${file}:${start.line}:${start.column - 1}-${end.line}:${end.column - 1}`;
}

function isSame(a: Mutant, b: Mutant): boolean {
  return a.file === b.file && a.after === b.after && a.was === b.was && a.became === b.became;
}

/** How many have the name of this one: two functions of a file may have the same line, and one of them a test. */
function countOf(mutant: Mutant, among: readonly Mutant[]): number {
  return among.filter((one) => isSame(one, mutant)).length;
}

function textAt(source: string, { start, end }: ReportedMutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const [first = ''] = lines;
  if (lines.length === 1) return first.slice(start.column - 1, end.column - 1);
  const last = lines.at(-1) ?? '';
  return [first.slice(start.column - 1), ...lines.slice(1, -1), last.slice(0, end.column - 1)].join('\n');
}

/** Changes what is at `places` and asks the tests of these names; of no names: all. */
async function foundBy(places: readonly string[], tests: readonly string[], signal?: AbortSignal): Promise<Found[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sitebus-mutation-'));
  try {
    const report = join(folder, 'report.json');
    await run({ MUTATE: places.join(), MUTATE_REPORT: report, ...(tests.length > 0 && { MUTATE_TESTS: tests.join() }) }, signal); // prettier-ignore
    const { files } = JSON.parse(await readFile(report, 'utf8')) as Report;
    return Object.entries(files).flatMap(([path, { source, mutants }]) =>
      mutants.map(({ replacement, status, location }) => ({
        file: path.replace('services/marking/src/', ''),
        after: (source.split('\n')[location.start.line - 1] ?? '').slice(0, location.start.column - 1).trimStart(),
        was: textAt(source, location),
        became: replacement,
        at: location,
        isKilled: status === 'Killed',
        survived: status === 'Survived' || status === 'NoCoverage',
      })),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(environment: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
  const child = spawn(
    process.execPath,
    ['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', 'test/mutation/stryker.config.js'],
    {
      cwd: ROOT,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(signal && { signal }),
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += String(text)));
  const code = await new Promise((done, refuse) => child.once('error', refuse).once('close', done));
  if (code !== 0) throw new Error(`mutation testing ended with ${String(code)}: ${said.slice(-2_000)}`);
}
