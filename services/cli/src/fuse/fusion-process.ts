// Fusion's offline program as a process of its own: an order out, what it says in.
// Holds: no room is imported; the program is found as Node finds a package, and only when asked for. Ctrl-C is passed on,
// and the program removes what it has half written.

import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { CliError, EXIT } from '../errors.ts';

/** What the program is told; paths are absolute. */
export interface FuseOrder {
  readonly input: string;
  readonly output: string;
  /** Where it keeps lines that it refused. */
  readonly refused: string;
  readonly policyDir: string;
  readonly truth?: string;
  readonly view?: string;
  readonly warningLists?: string;
  readonly expire?: boolean;
}

/** Precision, recall and their harmonic mean. */
export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** What came of it, as far as it is printed; `--json` prints all of it. */
export interface FuseSummary {
  readonly view: string;
  readonly ruleVersion: number;
  readonly policyVersion: number;
  readonly commonValuesVersion: string;
  readonly lines: number;
  readonly accepted: number;
  readonly refused: number;
  readonly firstRefusals: readonly {
    readonly line: number;
    readonly code: string;
    readonly pointer: string;
    readonly reason: string;
  }[];
  readonly values: { readonly linking: number; readonly common: number; readonly leftOut: number };
  readonly assessments: number;
  readonly largest: number;
  readonly shares: readonly {
    readonly kind: string;
    readonly shares: number;
    readonly rows: number;
    readonly accountPairs: number;
  }[];
  readonly quality?: {
    readonly labels: number;
    readonly bCubed: Agreement;
    readonly pairwise: Agreement;
    readonly largest: { readonly size: number; readonly labels: number };
    readonly unjudged: number;
  };
  readonly elapsedMs: number;
  readonly cpuMs: number;
  readonly linesPerSecond: number;
  readonly peakRssBytes: number;
}

type Message =
  | { readonly kind: 'progress'; readonly bytesRead: number; readonly bytesTotal: number; readonly lines: number }
  | { readonly kind: 'done'; readonly summary: FuseSummary }
  | { readonly kind: 'failed'; readonly code: string; readonly details: Readonly<Record<string, unknown>> };

/** How the program ended. */
export interface FuseOutcome {
  readonly exitCode: number;
  readonly done: Extract<Message, { kind: 'done' }> | undefined;
  readonly failed: Extract<Message, { kind: 'failed' }> | undefined;
}

/** Runs the program to its end. Throws a CliError where fusion is not installed. */
export async function runFusion(
  order: FuseOrder,
  signal: AbortSignal,
  onProgress: (at: Extract<Message, { kind: 'progress' }>) => void,
): Promise<FuseOutcome> {
  const program = findProgram();
  const child = fork(program, [JSON.stringify(order)], {
    execArgv: program.endsWith('.ts') ? ['--conditions=source', '--import', sourceLoader()] : [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let done: FuseOutcome['done'];
  let failed: FuseOutcome['failed'];
  child.on('message', (message: Message) => {
    if (message.kind === 'progress') onProgress(message);
    else if (message.kind === 'done') done = message;
    else failed = message;
  });
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  try {
    // `close` and not `exit`: the last message may still be on its way.
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? EXIT.interrupted));
    });
    return { exitCode, done, failed };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function findProgram(): string {
  try {
    return createRequire(import.meta.url).resolve('@sitebus/fusion/offline');
  } catch (cause) {
    throw new CliError(EXIT.failed, 'fusion is not installed beside this program', {
      next: 'npm install, in a checkout of sitebus',
      cause,
    });
  }
}

/** What lets Node read the source of a checkout. */
function sourceLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
}
