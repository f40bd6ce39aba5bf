// fuse: the engine that runs on the bus, on a file; no server is asked.
// Holds: a bad line costs only itself and is named with its place; results appear whole or not at all; exit code 3 as soon
// as one line was refused.

import { resolve } from 'node:path';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { createProgressBar } from '../fuse/progress-bar.ts';
import { runFusion, type FuseOrder, type FuseOutcome } from '../fuse/fusion-process.ts';
import { count, summaryLines } from '../fuse/summary-lines.ts';
import { say } from '../render/answer.ts';
import type { Registration } from './command.ts';

interface FuseFlags {
  readonly input: string;
  readonly output: string;
  readonly truth?: string;
  readonly policy?: string;
  readonly commonValues?: string;
  readonly expire?: boolean;
}

/** Registers fuse. */
export const registerFuse: Registration = (program, run) => {
  program
    .command('fuse')
    .description(
      'link the observations of a file, offline: who belongs together, and how well that agrees with a truth',
    )
    .requiredOption('--input <file>', 'a line each: {obsId, agency, eventTime, features: [{type, value}]}, or shares')
    .requiredOption('--output <file>', 'a line each: {obsId, assessmentId}')
    .option('--truth <file>', 'a line each: {obsId, campaign}; may be the input, whose campaign fusion never sees')
    .option('--policy <folder>', 'policy to fuse by (default: the checkout, or SITEBUS_SCHEMAS)')
    .option('--common-values <folder>', 'published warning lists, besides those of policy')
    .option('--expire', 'let values and records expire by their event times, as they would have on the bus')
    .addHelpText('before', `Examples:\n${EXAMPLES}\n`)
    .addHelpText('after', `\n${SHARES_HELP}`)
    .action((flags: FuseFlags) => run((context, global) => fuse(flags, context, global)));
};

const EXAMPLES = [
  '  sitebus fuse --input reports.jsonl --output groups.jsonl',
  '  sitebus fuse --input reports.jsonl --output groups.jsonl --truth reports.jsonl --json',
  '  sitebus fuse --input shares.jsonl --output rows.jsonl',
].join('\n');

const SHARES_HELP = [
  'A file of shares, {kind, object, account, content, t (seconds)} a line, gives the rows of coordinated sharing and',
  'then the pairs of accounts. Lines that are refused go to <input>.refused.ndjson with line, code, place and reason.\n',
].join('\n');

async function fuse(flags: FuseFlags, context: CliContext, global: GlobalFlags): Promise<number> {
  const at = (path: string) => resolve(context.cwd, path);
  const order: FuseOrder = {
    input: at(flags.input),
    output: at(flags.output),
    refused: `${at(flags.input)}.refused.ndjson`,
    policyDir: flags.policy === undefined ? `${contractFolder(context.env)}/policy` : at(flags.policy),
    ...(flags.truth !== undefined && { truth: at(flags.truth) }),
    ...(flags.commonValues !== undefined && { warningLists: at(flags.commonValues) }),
    ...(global.view !== undefined && { view: global.view }),
    ...(flags.expire && { expire: true }),
  };
  const bar = createProgressBar(context, global);
  let outcome: FuseOutcome;
  try {
    outcome = await runFusion(order, context.signal, (progress) => bar.update(progress));
  } finally {
    bar.stop();
  }
  if (context.signal.aborted) throw new CliError(EXIT.interrupted, 'interrupted');
  const { done, failed, exitCode } = outcome;
  if (done === undefined) throw failureOf(failed, exitCode);
  report(done, flags, order, context, global);
  return done.summary.refused > 0 ? EXIT.partlyRefused : EXIT.done;
}

function report(
  { summary }: NonNullable<FuseOutcome['done']>,
  flags: FuseFlags,
  order: FuseOrder,
  context: CliContext,
  global: GlobalFlags,
): void {
  if (global.json) return context.out(`${JSON.stringify(summary)}\n`);
  for (const { line, code, pointer, reason } of summary.firstRefusals)
    say(context, global, `${flags.input}:${line} refused ${code} ${pointer}: ${reason}`);
  const more = summary.refused - summary.firstRefusals.length;
  if (more > 0) say(context, global, `… and ${count(more)} more`);
  const rest = summary.refused === 0 ? [] : [`refused: ${order.refused}`];
  context.out([...summaryLines(summary, flags.output), ...rest, ''].join('\n'));
}

/** What, where, next for every way in which the program refuses an order. */
function failureOf(failed: FuseOutcome['failed'], exitCode: number): CliError {
  if (failed === undefined)
    return new CliError(EXIT.failed, `fusion ended without a result (exit code ${exitCode})`, { next: 'see above' });
  const { code, details } = failed;
  const place = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`);
  const [what, next] = FAILURES[code] ?? [code, 'sitebus fuse --help'];
  const exit = exitCode === EXIT.usage ? EXIT.usage : EXIT.failed;
  return new CliError(exit, what, { where: [`${code} ${place.join(' · ')}`.trim()], next });
}

const FAILURES: Readonly<Record<string, readonly [what: string, next: string]>> = {
  INPUT_UNREADABLE: ['the input cannot be read', 'check the path'],
  OUTPUT_UNWRITABLE: ['the results cannot be written', 'check folder, rights and space'],
  TRUTH_INVALID: ['the truth cannot be used', 'mend the line, or leave --truth away'],
  UNKNOWN_VIEW: ['policy has no such view', 'sitebus fuse --help'],
  COMMON_VALUES_INVALID: ['a list of common values cannot be read', 'mend the file, or leave --common-values away'],
};
