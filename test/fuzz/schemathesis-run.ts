// One run of schemathesis over the OpenAPI document of a running sitebus, as one reader.
// Holds: the tool is as its package manager gives it; it is told real ids, so that more than refusals is looked at; bounded
// by time, and by what it asked where somebody says how much is enough; what it found is returned, never judged here. Streams
// are left out: a response that does not end is no response to it, and what they answer is tested elsewhere.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whom it asks as, and for how long. */
export interface FuzzWish {
  readonly python: string;
  readonly gateway: string;
  /** Absent: without a credential. */
  readonly token: string | undefined;
  readonly seconds: number;
  /** It ends before that once it has asked so many operations and cases; default: it uses its time up. */
  readonly enough?: Pick<FuzzOutcome, 'operations' | 'cases'>;
  /** Ids of records there are. */
  readonly ids: readonly string[];
  /** Repeats a run. */
  readonly seed?: string;
}

/** What it found. */
export interface FuzzOutcome {
  readonly cases: number;
  readonly operations: number;
  /** Without what it says to repeat them. */
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
  /** Everything it said, for a person. */
  readonly said: string;
  /** Digits: it has more of them than a number keeps. */
  readonly seed: string;
}

/** No 500, no schema violation, no undocumented status, media type or method. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'unsupported_method',
  'allow_header_conformance',
];
/** What it does not write by itself: lines of JSON. */
const HOOKS = join(import.meta.dirname, 'ndjson_hooks.py');
/** Ends it early. The tool loads it for all of its settings, and the hooks of its environment for a part of them. */
const ENOUGH_HOOK = join(import.meta.dirname, 'enough_hook.py');
/** A reader's own limit is 1,200 a minute: what is refused for its rate is not looked at. */
const RATE = '1000/m';
/** Seconds for one answer of a machine that is busy. */
const PATIENCE = '120';
/** It ends by itself; a process that does not is ended. */
const PATIENCE_MS = 300_000;

/** Runs it. Rejects where it could not be run. */
export async function runSchemathesis(wish: FuzzWish): Promise<FuzzOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'sitebus-fuzz-'));
  try {
    const [config, report] = [join(folder, 'schemathesis.toml'), join(folder, 'report.json')];
    await writeFile(config, configOf(wish));
    // As a module: a script of an environment that was moved into its place names the place where it was made.
    const said = await spoken(wish.python, ['-m', 'schemathesis.cli', ...argsOf(wish, config, report)], wish, folder);
    return { ...outcomeIn(await readFile(report, 'utf8').catch(() => '')), said };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function argsOf({ gateway, token, seconds, seed }: FuzzWish, config: string, report: string): readonly string[] {
  return [
    ...['--config-file', config, 'run', `${gateway}/openapi.json`, '--max-time', String(seconds)],
    ...(token === undefined ? [] : ['-H', `Authorization: Bearer ${token}`]),
    ...['--checks', CHECKS.join(), '--phases', 'examples,coverage,fuzzing', '--exclude-path-regex', '/stream$'],
    ...['--wait-for-schema', PATIENCE, '--request-timeout', PATIENCE, '--rate-limit', RATE],
    ...['--continue-on-failure', '--generation-database', 'none', '--no-color'],
    ...['--report', 'json', '--report-json-path', report],
    ...(seed === undefined ? [] : ['--seed', seed]),
  ];
}

/** Half of the ids it sends are of records there are. A 503 names what cannot be asked just now, and is no fault. */
function configOf({ ids, enough }: FuzzWish): string {
  const values = ids.map((id) => JSON.stringify(id)).join(', ');
  return `${enough === undefined ? '' : `hooks = ${JSON.stringify(ENOUGH_HOOK)}\n`}
[dictionaries.ids]
values = [${values}]

[parameters]
"path.id" = { dictionary = "ids", probability = 0.5 }

[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", 503]
`;
}

function spoken(command: string, args: readonly string[], wish: FuzzWish, cwd: string): Promise<string> {
  const { seconds, enough } = wish;
  const env = {
    ...process.env,
    SCHEMATHESIS_HOOKS: HOOKS,
    ...(enough && { FUZZ_ENOUGH: `${enough.operations} ${enough.cases}` }),
  };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1_000 + PATIENCE_MS);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      resolve(said);
    });
  });
}

/** Both are null in the report of a run that could not begin. */
interface Report {
  readonly operations: { readonly tested: number } | null;
  readonly test_cases: { readonly generated: number } | null;
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
}

function outcomeIn(text: string): Omit<FuzzOutcome, 'said'> {
  const nothing = (title: string) => ({ cases: 0, operations: 0, failures: [{ title, operations: [] }], seed: '' });
  if (text === '') return nothing('it left no report');
  const { operations, test_cases: cases, failures } = JSON.parse(text) as Report;
  if (operations === null || cases === null) return nothing('it could not begin');
  return {
    cases: cases.generated,
    operations: operations.tested,
    failures: failures.map(({ title, operations: at }) => ({ title, operations: at })),
    seed: /"seed": *(\d+)/.exec(text)?.[1] ?? '',
  };
} // prettier-ignore
