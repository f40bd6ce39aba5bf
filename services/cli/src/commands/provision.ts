// provision: what a bus must have against what it has, by deploy/provision as a process of its own.
// Holds: planning changes nothing; applying shows the plan first, and goes on only after a yes; the program that is run is
// the one of this checkout, and its words and exit code are passed on. Source: deploy/provision/README.md

import { askYes, mayAsk } from '../ask.ts';
import { runProgram } from '../checkout.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { contractFolder } from '../contract-folder.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import type { Registration } from './command.ts';

interface ProvisionOptions {
  readonly plan?: boolean;
  readonly apply?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly localPolicy?: boolean;
  readonly bootstrap?: string;
  readonly registry?: string;
  readonly data?: string;
}

const PROGRAM = 'deploy/provision/main.ts';
/** A plan that has something to do ends with 1 where it cannot all be done; these mean that there is none. */
const NO_PLAN: ReadonlySet<number> = new Set([EXIT.usage, EXIT.notAllowed, EXIT.unreachable, EXIT.interrupted]);

/** Registers provision. */
export const registerProvision: Registration = (program, run) => {
  program
    .command('provision')
    .description('topics, rights, principals and schemas: what would change, or change it')
    .option('--plan', 'say what would change; the default')
    .option('--apply', 'change it, after showing the plan and asking')
    .option('--yes', 'with --apply: do not ask')
    .option('--dry-run', 'the same as --plan')
    .option('--prune', 'with --apply: also remove rights and principals that policy does not have')
    .option('--local-policy', 'with --apply: sign policy with two keys of the data folder, for trying')
    .option('--bootstrap <address>', 'of the broker (default: BUS_BOOTSTRAP, else the stack that runs here)')
    .option('--registry <url>', "the registry's ccompat root (default: BUS_REGISTRY, else the stack that runs here)")
    .option('--data <dir>', 'where credentials and lock go (default: BUS_DATA, else .sitebus/data)')
    .addHelpText(
      'before',
      'Examples:\n  sitebus provision --plan\n  sitebus provision --apply --bootstrap broker:9094 --registry http://registry:8080/apis/ccompat/v7\n',
    ) // prettier-ignore
    .action((options: ProvisionOptions) => run((context, flags) => provision(context, flags, options)));
};

async function provision(context: CliContext, flags: GlobalFlags, options: ProvisionOptions): Promise<number> {
  const { plan = false, apply = false, yes = false, dryRun = false } = options;
  if (plan && apply) throw usageError('--plan and --apply exclude each other', 'sitebus provision --help');
  const isAsked = apply && !dryRun;
  if (isAsked && !yes && !mayAsk(context, flags))
    throw usageError('nobody can be asked here', 'sitebus provision --apply --yes');
  const words = wordsOf(context, flags, options);
  if (!isAsked) return runProgram(PROGRAM, ['--plan', ...words], context);
  if (!yes) {
    const code = await runProgram(PROGRAM, ['--plan', ...words], context);
    if (NO_PLAN.has(code)) return code;
    if (!(await askYes(context, 'apply this?'))) throw new CliError(EXIT.failed, 'nothing was changed');
  }
  const more = [...(options.prune ? ['--prune'] : []), ...(options.localPolicy ? ['--local-policy'] : [])];
  return runProgram(PROGRAM, ['--apply', ...more, ...words], context);
}

function wordsOf(context: CliContext, flags: GlobalFlags, { bootstrap, registry, data }: ProvisionOptions): string[] {
  const given = { '--schemas': contractFolder(context.env), '--bootstrap': bootstrap, '--registry': registry, '--data': data }; // prettier-ignore
  const pairs = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name, value]));
  return [...pairs, ...(flags.json ? ['--json'] : [])];
}
