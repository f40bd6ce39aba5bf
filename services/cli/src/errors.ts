// Every way the CLI ends other than well: an exit code, and what, where, next for the person who typed it.
// Holds: a server's problem document is kept whole for --json; no stack trace ever reaches a terminal.
// Source: README.md#exit-codes

/** How a command ended. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  partlyRefused: 3,
  notAllowed: 4,
  unreachable: 5,
  interrupted: 130,
} as const;

/** An RFC 9457 document as the gateway sends it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly errors?: readonly {
    readonly pointer?: string;
    readonly code: string;
    readonly detail: string;
    readonly hint?: string;
  }[];
  readonly help?: string;
  readonly traceId?: string;
}

/** A refusal to print: `error: what`, `where: …`, `next: <command>`. */
export class CliError extends Error {
  readonly exitCode: number;
  readonly where: readonly string[];
  readonly next: string | undefined;
  readonly problem: Problem | undefined;

  constructor(
    exitCode: number,
    what: string,
    more: { where?: readonly string[]; next?: string; problem?: Problem; cause?: unknown } = {},
  ) {
    super(what, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.where = more.where ?? [];
    this.next = more.next;
    this.problem = more.problem;
  }
}

/** A mistake in what was typed. */
export const usageError = (what: string, next = 'sitebus --help'): CliError => new CliError(EXIT.usage, what, { next });

/** A problem document as an error to print; the exit code follows from its status. */
export function problemError(problem: Problem, request: string): CliError {
  const slug = problem.type.split(':').at(-1) ?? 'internal';
  const faults = (problem.errors ?? []).map(({ pointer, code, detail, hint }) =>
    `${pointer ?? ''} ${code}: ${detail}${hint === undefined ? '' : ` (${hint})`}`.trim(),
  );
  return new CliError(
    exitCodeOf(problem.status),
    `${problem.title}${problem.detail === undefined ? '' : `: ${problem.detail}`}`,
    {
      where: [request, ...faults, ...(problem.traceId === undefined ? [] : [`trace ${problem.traceId}`])],
      next: nextFor(slug),
      problem,
    },
  );
}

/** Renders for a terminal, or the problem document itself for a machine. */
export function renderError(error: CliError, json: boolean): string {
  if (json) {
    const problem = error.problem ?? {
      type: 'urn:sitebus:problem:cli',
      title: error.message,
      status: 0,
      ...(error.where.length === 0 ? {} : { detail: error.where.join('; ') }),
      ...(error.next === undefined ? {} : { help: error.next }),
    };
    return `${JSON.stringify(problem)}\n`;
  }
  return [
    `error: ${error.message}`,
    ...error.where.map((place) => `where: ${place}`),
    ...(error.next === undefined ? [] : [`next:  ${error.next}`]),
    '',
  ].join('\n');
}

function exitCodeOf(status: number): number {
  if (status === 401 || status === 403) return EXIT.notAllowed;
  if (status === 404) return EXIT.notAllowed; // hidden and absent are one answer; so is its exit code
  return status === 503 ? EXIT.unreachable : EXIT.failed;
}

function nextFor(slug: string): string {
  const next: Readonly<Record<string, string>> = {
    'not-authenticated': 'sitebus whoami --as <role>',
    'role-not-allowed': 'sitebus whoami',
    'not-found': 'check the id, and the view: sitebus whoami',
    'invalid-marking': 'sitebus marking parse <text>',
    'invalid-observation': 'sitebus publish <type> … --dry-run',
    'rate-limited': 'wait, then try again',
    'not-durable': 'sitebus doctor',
    'fail-closed': 'sitebus doctor',
  };
  return next[slug] ?? 'sitebus doctor';
}
