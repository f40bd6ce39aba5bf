// All commands as one commander program, and one run of it.
// Holds: flags that stand everywhere are accepted before and after the command; every ending is an exit code; help goes to
// stdout when asked for and to stderr when it answers a mistake.

import { Command, CommanderError } from 'commander';
import type { Registration } from './commands/command.ts';
import type { CliContext, GlobalFlags } from './context.ts';
import { CliError, EXIT, renderError } from './errors.ts';

/** Commands by the file that has them; a file is loaded when one of its names is typed, so that `token` answers at once. */
const COMMANDS: readonly { readonly names: readonly string[]; readonly load: () => Promise<Registration> }[] = [
  {
    names: ['card', 'token', 'whoami', 'version'],
    load: async () => (await import('./commands/session-commands.ts')).registerSessionCommands,
  },
  { names: ['login', 'logout'], load: async () => (await import('./commands/login.ts')).registerLogin },
  { names: ['reset'], load: async () => (await import('./commands/reset.ts')).registerReset },
  { names: ['publish', 'preview'], load: async () => (await import('./commands/publish.ts')).registerPublish },
  { names: ['import'], load: async () => (await import('./commands/import.ts')).registerImport },
  { names: ['tail'], load: async () => (await import('./commands/tail.ts')).registerTail },
  { names: ['list', 'get'], load: async () => (await import('./commands/read.ts')).registerRead },
  { names: ['lookup'], load: async () => (await import('./commands/lookup.ts')).registerLookup },
  {
    names: ['history', 'graph', 'reveal'],
    load: async () => (await import('./commands/history.ts')).registerHistory,
  },
  { names: ['dead'], load: async () => (await import('./commands/dead-letters.ts')).registerDeadLetters },
  { names: ['explain'], load: async () => (await import('./commands/explain.ts')).registerExplain },
  {
    names: ['receipts', 'distribute', 'ack'],
    load: async () => (await import('./commands/receipts.ts')).registerReceipts,
  },
  {
    names: ['recall', 'supersede', 'position'],
    load: async () => (await import('./commands/own-records.ts')).registerOwnRecords,
  },
  { names: ['partner', 'people'], load: async () => (await import('./commands/partners.ts')).registerPartners },
  { names: ['alert'], load: async () => (await import('./commands/alert.ts')).registerAlert },
  { names: ['keys'], load: async () => (await import('./commands/keys.ts')).registerKeys },
  { names: ['purge'], load: async () => (await import('./commands/purge.ts')).registerPurge },
  { names: ['spill'], load: async () => (await import('./commands/spill.ts')).registerSpill },
  { names: ['tracker', 'practice'], load: async () => (await import('./commands/tracker.ts')).registerTracker },
  { names: ['ads'], load: async () => (await import('./commands/ads.ts')).registerAds },
  { names: ['monitor'], load: async () => (await import('./commands/monitor.ts')).registerMonitor },
  {
    names: ['subscribe', 'subscription'],
    load: async () => (await import('./commands/subscribe.ts')).registerSubscribe,
  },
  { names: ['sources', 'gaps'], load: async () => (await import('./commands/sources.ts')).registerSources },
  {
    names: ['tearline', 'downgrade', 'identity'],
    load: async () => (await import('./commands/disclosures.ts')).registerDisclosures,
  },
  {
    names: ['case', 'ceipp', 'cripp', 'period', 'notice'],
    load: async () => (await import('./commands/case.ts')).registerCases,
  },
  {
    names: ['sitrep', 'rfi', 'feedback', 'affected', 'protect', 'lint'],
    load: async () => (await import('./commands/task-force.ts')).registerTaskForce,
  },
  { names: ['research', 'export'], load: async () => (await import('./commands/research.ts')).registerResearch },
  { names: ['verify', 'ledger'], load: async () => (await import('./commands/ledger.ts')).registerLedger },
  { names: ['marking'], load: async () => (await import('./commands/marking.ts')).registerMarking },
  { names: ['policy'], load: async () => (await import('./commands/policy.ts')).registerPolicy },
  { names: ['schemas'], load: async () => (await import('./commands/schemas.ts')).registerSchemas },
  { names: ['create'], load: async () => (await import('./commands/create.ts')).registerCreate },
  { names: ['provision'], load: async () => (await import('./commands/provision.ts')).registerProvision },
  { names: ['completion'], load: async () => (await import('./commands/completion.ts')).registerCompletion },
  { names: ['fuse'], load: async () => (await import('./commands/fuse.ts')).registerFuse },
  { names: ['doctor'], load: async () => (await import('./commands/doctor.ts')).registerDoctor },
];

/** Runs one command line (without program names). @returns the exit code; throws only on a bug. */
export async function runCommandLine(argv: readonly string[], context: CliContext): Promise<number> {
  let exitCode: number = EXIT.usage;
  const program = createProgram(context);
  for (const register of await commandsFor(argv)) {
    register(program, async (action) => {
      exitCode = await action(context, program.opts<GlobalFlags>());
    });
  }
  forEachCommand(program, (command) =>
    command.configureOutput(outputOf(context)).exitOverride().showSuggestionAfterError(),
  );
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    if (!(error instanceof CliError)) throw error;
    if (error.exitCode !== EXIT.interrupted) context.err(renderError(error, program.opts<GlobalFlags>().json ?? false));
    return error.exitCode;
  }
}

/** Every file whose name occurs; all of them where none does, for help and for suggestions, and for completion. */
async function commandsFor(argv: readonly string[]): Promise<readonly Registration[]> {
  const isAll = argv.includes('completion');
  const typed = COMMANDS.filter(({ names }) => isAll || names.some((name) => argv.includes(name)));
  const registrations: Registration[] = [];
  for (const { load } of typed.length > 0 ? typed : COMMANDS) registrations.push(await load());
  return registrations;
}

function createProgram(context: CliContext): Command {
  return new Command('sitebus')
    .description('share threat observations on a sitebus, and read what comes of them')
    .option('--json', 'for machines: one document, or one a line')
    .option('--as <role>', 'role on the card of the running stack (default analyst)')
    .option('--view <view>', 'read this view (default: your home view)')
    .option('--gateway <origin>', 'such as http://localhost:7080 (default: the running stack, or SITEBUS_GATEWAY)')
    .option('--quiet', 'no talk on stderr')
    .option('--no-input', 'never ask')
    .option('--no-color', 'no colour (also NO_COLOR)')
    .option(
      '--lang <en|fr>',
      'language of texts from the server',
      context.env['LANG']?.startsWith('fr') === true ? 'fr' : 'en',
    )
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'before',
      "Examples:\n  sitebus tail alerts --as analyst\n  sitebus publish IndicatorReport --as operator --domains 'mirror-check[.]example' --marking 'UNCLASSIFIED//TLP:CLEAR'\n",
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 done · 1 failed · 2 usage · 3 partly refused · 4 not signed in or not allowed · 5 unreachable · 130 interrupted',
    );
}

function outputOf(context: CliContext) {
  return {
    writeOut: context.out,
    writeErr: context.err,
    getOutHelpWidth: () => context.columns ?? 100,
    getErrHelpWidth: () => context.columns ?? 100,
  };
}

function forEachCommand(command: Command, apply: (command: Command) => void): void {
  apply(command);
  for (const child of command.commands) {
    child.configureHelp({ showGlobalOptions: true });
    forEachCommand(child, apply);
  }
}
