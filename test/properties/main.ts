// `npm run test:properties [-- --runs 20000] [--only case]`: the laws of every machine, each over at least ten thousand histories.
// Holds: one setting says how many (PROPERTY_RUNS); a file that does not take it from there is a fault, not a smaller number; what
// was drawn and how long it took is printed a machine; ends non-zero where a law does not hold.

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { MACHINES } from './machines.ts';

/** Least that a law is held to. */
const LEAST_RUNS = 10_000;
/** A hang ends; a law that draws much is not one. */
const TEST_TIMEOUT_MS = 3_600_000;
const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const { values } = parseArgs({ options: { runs: { type: 'string' }, only: { type: 'string' } } });
const runs = Number(values.runs ?? LEAST_RUNS);
if (!Number.isSafeInteger(runs) || runs < 1) throw new Error('--runs is no positive integer');
const chosen = Object.entries(MACHINES).filter(([name]) => values.only === undefined || name.includes(values.only));
if (chosen.length === 0) throw new Error(`no machine has ${values.only ?? ''} in its name`);
const unset = chosen.flatMap(([, files]) => files.filter((file) => !takesItsRuns(file)));
if (unset.length > 0) throw new Error(`does not take its runs from propertyRuns: ${unset.join(', ')}`);

const folder = mkdtempSync(join(tmpdir(), 'sitebus-properties-'));
const report = join(folder, 'report.json');
const code = await jest(chosen.flatMap(([, files]) => files));
if (!existsSync(report)) process.exit(1); // jest has said why nothing ran
const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as { testResults: readonly Suite[] };
rmSync(folder, { recursive: true });
const byFile = new Map(testResults.map((suite) => [relative(root, suite.name), suite]));
const rows = chosen.map(([name, files]) => rowOf(name, files.map((file) => byFile.get(file)))); // prettier-ignore
process.stdout.write(`machine\ttests\truns a law\tseconds\tfailed\n${rows.join('\n')}\n`);
process.exit(code);

interface Suite {
  readonly name: string;
  readonly assertionResults: readonly { readonly status: string; readonly duration?: number | null }[];
}

/** Itself, or by the table of drawn commands that it draws from. */
function takesItsRuns(file: string): boolean {
  const text = readFileSync(join(root, file), 'utf8');
  return /propertyRuns\(/.test(text) || /\bRUNS\b[^;]*from '\.[^']*(?:drawn-commands|case-histories)\.ts'/.test(text);
}

function jest(files: readonly string[]): Promise<number> {
  const bin = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const args = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', bin, '--runTestsByPath', ...files];
  const how = ['--json', '--outputFile', report, '--testTimeout', String(TEST_TIMEOUT_MS), '--selectProjects', 'unit'];
  const env = { ...process.env, PROPERTY_RUNS: String(runs) };
  const child = spawn(process.execPath, [...args, ...how], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env });
  return new Promise((resolve) => child.on('exit', (status) => resolve(status ?? 1)));
}

function rowOf(name: string, suites: readonly (Suite | undefined)[]): string {
  const tests = suites.flatMap((suite) => suite?.assertionResults ?? []);
  const seconds = tests.reduce((sum, { duration }) => sum + (duration ?? 0), 0) / 1_000;
  const failed = tests.filter(({ status }) => status !== 'passed').length + suites.filter((suite) => suite === undefined).length;
  return [name, tests.length, runs, seconds.toFixed(1), failed].join('\t');
} // prettier-ignore
