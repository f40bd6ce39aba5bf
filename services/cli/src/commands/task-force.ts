// sitrep, rfi, feedback, affected, protect and lint: what the task force reports, asks, tells and checks.
// Holds: whoever judges has the version shown to them in the same run; nil is one command without anything else.
// Source: services/protocol/README.md

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Shown } from '../signing.ts';
import { collect } from './command.ts';
import type { Registration, Run } from './command.ts';
import { judge, post, show } from './matter.ts';

/** Registers the six groups. */
export const registerTaskForce: Registration = (program, run) => {
  registerSitrep(program.command('sitrep').description('situation reports of the task force'), run);
  registerRfi(program.command('rfi').description('questions to agencies'), run);
  registerFeedback(program.command('feedback').description('what recipients say of products'), run);
  registerAffected(program.command('affected').description('whether those affected are told'), run);
  registerProtect(program.command('protect').description('being told of attacks on your organisation'), run);
  registerLint(program, run);
};

function registerSitrep(command: Command, run: Run): void {
  readable(command, '/v1/sitreps', 'sitebus sitrep nil 3 --as operator', run, 'n');
  command
    .command('begin')
    .description('begin a series')
    .requiredOption('--election <id>', 'of policy')
    .requiredOption('--cadence <id>', 'by-election, writ or media')
    .action(({ election, cadence }: { readonly election: string; readonly cadence: string }) =>
      run((context, flags) => post('/v1/sitrep-series', { electionId: election, cadence }, context, flags)),
    );
  command
    .command('contribute <n>')
    .description('contribute paragraphs, each with its portion mark')
    .requiredOption('--paragraph <text>', 'such as “(U//TLP:AMBER) A page was copied.”; repeat', collect, [])
    .option('--section <id>', 'of policy; gaps: what could not be seen')
    .action((n: string, { paragraph, section }: { readonly paragraph: readonly string[]; readonly section?: string }) =>
      run((context, flags) => {
        const portions = paragraph.map((text) => ({ text, ...(section === undefined ? {} : { section }) }));
        return post(`/v1/sitreps/${encodeURIComponent(n)}/contribute`, { portions }, context, flags);
      }),
    );
  command
    .command('nil <n>')
    .description('nothing to report')
    .action((n: string) =>
      run((context, flags) => post(`/v1/sitreps/${encodeURIComponent(n)}/nil`, {}, context, flags)),
    );
  command
    .command('approve <n>')
    .description('approve it, as the chair')
    .action((n: string) =>
      run((context, flags) => judge(`/v1/sitreps/${encodeURIComponent(n)}`, 'approve', {}, context, flags)),
    );
  command
    .command('issue <n>')
    .description('send it to named persons')
    .requiredOption('--to <person>', 'repeat', collect, [])
    .requiredOption('--reason <words>', 'why they are sent it')
    .option('--precedence <word>', 'ROUTINE, PRIORITY, IMMEDIATE or FLASH')
    .action(
      (n: string, options: { readonly to: readonly string[]; readonly reason: string; readonly precedence?: string }) =>
        run((context, flags) => {
          const { to: recipients, reason, precedence } = options;
          const body = { recipients, decision: { reason }, ...(precedence === undefined ? {} : { precedence }) };
          return judge(`/v1/sitreps/${encodeURIComponent(n)}`, 'issue', body, context, flags);
        }),
    );
  command
    .command('correct <n>')
    .description('correct it, and recall what was sent')
    .requiredOption('--reason <words>', 'what was wrong')
    .option('--remove <paragraph>', 'its id; repeat', collect, [])
    .option('--add <text>', 'with its portion mark; repeat', collect, [])
    .action(
      (
        n: string,
        { reason, remove, add }: { readonly reason: string; readonly remove: readonly string[]; readonly add: readonly string[] },
      ) => run((context, flags) => judge(`/v1/sitreps/${encodeURIComponent(n)}`, 'correct', { reason, remove, add: add.map((text) => ({ text })) }, context, flags)),
    ); // prettier-ignore
}

function registerRfi(command: Command, run: Run): void {
  readable(
    command,
    '/v1/rfis',
    'sitebus rfi ask --question "Is it still up?" --to cse --due 2031-10-01T12:00:00Z',
    run,
  );
  command
    .command('ask')
    .description('ask agencies')
    .requiredOption('--question <words>', 'what you want to know')
    .requiredOption('--to <agency>', 'repeat', collect, [])
    .requiredOption('--due <instant>', 'until when')
    .option('--about <product>', 'its id')
    .action((options: { readonly question: string; readonly to: readonly string[]; readonly due: string; readonly about?: string }) =>
      run((context, flags) => {
        const { question, to: toAgencies, due: dueAt, about } = options;
        return post('/v1/rfis', { question, toAgencies, dueAt, ...(about === undefined ? {} : { about }) }, context, flags);
      }),
    ); // prettier-ignore
  worded(command, 'answer', 'answer for your agency', 'text', '/v1/rfis', run);
  worded(command, 'close', 'close it', 'reason', '/v1/rfis', run);
}

function registerFeedback(command: Command, run: Run): void {
  readable(command, '/v1/feedback', 'sitebus feedback give 1a2b… --useful YES --action "briefed"', run);
  command
    .command('give <product>')
    .description('say whether a product helped')
    .requiredOption('--useful <word>', 'YES, PARTLY or NO')
    .option('--action <words>', 'what you did', '')
    .option('--not-forwarded <reason>', 'why you kept it')
    .option('--review-by <instant>', 'until when that holds')
    .action((productId: string, options: { readonly useful: string; readonly action: string; readonly notForwarded?: string; readonly reviewBy?: string }) =>
      run((context, flags) => {
        const { useful, action, notForwarded: reason, reviewBy } = options;
        const kept = reason === undefined ? {} : { notForwarded: { reason, ...(reviewBy === undefined ? {} : { reviewBy }) } };
        return post('/v1/feedback', { productId, useful, action, ...kept }, context, flags);
      }),
    ); // prettier-ignore
  worded(command, 'forward', 'say that it was passed on after all', 'action', '/v1/feedback', run);
}

function registerAffected(command: Command, run: Run): void {
  readable(command, '/v1/affected-parties', 'sitebus affected notify 1a2b… --as secretariat', run);
  command
    .command('notify <id>')
    .description('tell them now: in the words there are, in yours, or in those of a published tearline')
    .option('--en <text>', 'English')
    .option('--fr <text>', 'French')
    .option('--tearline <id>', 'its approved words, and your translation')
    .action((id: string, words: { readonly en?: string; readonly fr?: string; readonly tearline?: string }) =>
      run((context, flags) => judge(`/v1/affected-parties/${encodeURIComponent(id)}`, 'notify', words, context, flags)),
    );
  command
    .command('withhold <id>')
    .description('propose to wait, or second who did')
    .requiredOption('--reason <words>', 'why')
    .requiredOption('--review-by <instant>', 'until when')
    .action((id: string, { reason, reviewBy }: { readonly reason: string; readonly reviewBy: string }) =>
      run((context, flags) =>
        judge(`/v1/affected-parties/${encodeURIComponent(id)}`, 'withhold', { reason, reviewBy }, context, flags),
      ),
    );
}

function registerProtect(command: Command, run: Run): void {
  readable(command, '/v1/protected-accounts', 'sitebus protect enrol party:civic-renewal --as cleared-rep', run);
  command
    .command('enrol <organisation>')
    .description('enrol your organisation')
    .action((org: string) => run((context, flags) => post('/v1/protected-accounts', { org }, context, flags)));
  command
    .command('add <id> <kind> <value>')
    .description('add an email, account or domain')
    .option('--member <person>', 'whose own it is; they consent themselves')
    .action((id: string, kind: string, value: string, { member }: { readonly member?: string }) =>
      run((context, flags) => {
        const body = { kind, value, ...(member === undefined ? {} : { member }) };
        return post(`/v1/protected-accounts/${encodeURIComponent(id)}/identifiers`, body, context, flags);
      }),
    );
  for (const [name, says] of [
    ['consent', 'consent, for yourself'],
    ['revoke', 'withdraw your consent'],
  ] as const)
    command
      .command(`${name} <id>`)
      .description(says)
      .action((id: string) =>
        run((context, flags) => post(`/v1/protected-accounts/${encodeURIComponent(id)}/${name}`, {}, context, flags)),
      );
  command
    .command('notices')
    .description('what you were told')
    .action(() => run((context, flags) => show('/v1/target-notices', context, flags)));
}

function registerLint(program: Command, run: Run): void {
  program
    .command('lint')
    .description('what the rules of tradecraft say of a text')
    .option('--kind <word>', 'tearline, notice, sitrep, brief or assessment', 'brief')
    .option('--en <text>', 'English')
    .option('--fr <text>', 'French')
    .option('--case <id>', 'hold it against the higher records of this case that you may read')
    .option('--file <json>', 'the whole body, in place of the others')
    .addHelpText('before', 'Examples:\n  sitebus lint --kind tearline --en "A page was copied."\n')
    .action((options: { readonly kind: string; readonly en?: string; readonly fr?: string; readonly case?: string; readonly file?: string }) =>
      run(async (context, flags) => {
        const { kind, en, fr, case: caseId, file } = options;
        const given = { kind, ...(en === undefined ? {} : { en: { text: en } }), ...(fr === undefined ? {} : { fr: { text: fr } }), ...(caseId === undefined ? {} : { caseId }) };
        const body = file === undefined ? given : (JSON.parse(await readFile(resolve(context.cwd, file), 'utf8')) as Shown);
        return post('/v1/lint', body, context, flags);
      }),
    ); // prettier-ignore
}

function readable(command: Command, path: string, example: string, run: Run, argument = 'id'): void {
  command
    .command('list')
    .description('newest first')
    .addHelpText('before', `Examples:\n  ${example}\n`)
    .action(() => run((context, flags) => show(path, context, flags)));
  command
    .command(`show <${argument}>`)
    .description('one, with what is possible now')
    .action((id: string) => run((context, flags) => show(`${path}/${encodeURIComponent(id)}`, context, flags)));
}

function worded(command: Command, name: string, says: string, property: string, path: string, run: Run): void {
  command
    .command(`${name} <id>`)
    .description(says)
    .requiredOption(`--${property} <words>`, 'in your words')
    .action((id: string, options: Shown) =>
      run((context, flags) =>
        post(`${path}/${encodeURIComponent(id)}/${name}`, { [property]: options[property] }, context, flags),
      ),
    );
}
