// period, case (also ceipp, cripp) and notice: where an election stands, a matter before the panel, what the public is told.
// Holds: whoever judges has the version shown to them in the same run; a rating and a vote name the evidence they are on.
// Source: services/protocol/README.md

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { blockOf } from '../render/record.ts';
import type { Shown } from '../signing.ts';
import { collect, connect } from './command.ts';
import type { Registration, Run } from './command.ts';
import { judge, post, show } from './matter.ts';

type Options = Readonly<Record<string, string | readonly string[] | undefined>>;

/** One option: its flag, what it says, and where in the body it goes. */
interface Word {
  readonly flag: string;
  readonly says: string;
  readonly to: string;
  readonly isNeeded?: boolean;
  /** Given several times. */
  readonly isList?: boolean;
}

/** A command on a case: no more than its words. */
interface Order {
  readonly name: string;
  readonly says: string;
  readonly words?: readonly Word[];
}

const need = (flag: string, says: string, to = toProperty(flag)): Word => ({ flag, says, to, isNeeded: true });
const may = (flag: string, says: string, to = toProperty(flag)): Word => ({ flag, says, to });
const each = (flag: string, says: string, to: string): Word => ({ flag, says, to, isNeeded: true, isList: true });

const REASON = need('--reason <words>', 'why');
const DRAFT = need('--draft <id>', 'the drafted notice');
const BRIEF = [
  need('--summary <words>', 'what happened, and why it matters'),
  each('--gap <words>', 'what is not known; repeat', 'gaps'),
];

const LOWERED: readonly Word[] = [
  may('--marking <text>', 'of the brief; below the case only with what was released'),
  { flag: '--released <id>', says: 'a tearline or downgrade that it rests on; repeat', to: 'released', isList: true },
];

const ORDERS: readonly Order[] = [
  {
    name: 'consult',
    says: 'ask agencies',
    words: [each('--agency <id>', 'who is asked; repeat', 'agencies'), need('--due <instant>', 'until when')],
  },
  {
    name: 'respond',
    says: 'answer for your agency',
    words: [
      need('--stance <CONCUR|DISSENT|NO_VIEW>', 'what you say'),
      need('--text <words>', 'why'),
      may('--definition <id>', 'what it rests on', 'definitionId'),
    ],
  },
  {
    name: 'not-forward',
    says: 'keep it from the panel until a day',
    words: [REASON, need('--review-by <instant>', 'when it comes back')],
  },
  {
    name: 'inform',
    says: 'bring it before the panel',
    words: [...BRIEF, may('--precedence <word>', 'FLASH waits for no answer')],
  },
  { name: 'scope', says: 'ask whose matter it is', words: [may('--fact <words>', 'the new fact')] },
  {
    name: 'finding',
    says: 'say whose matter it is',
    words: [need('--finding <word>', 'ELECTION_ADMINISTRATION or IN_SCOPE'), may('--reason <words>', 'why')],
  },
  { name: 'agency-action', says: 'write down what your agency does', words: [need('--text <words>', 'what')] },
  {
    name: 'attach',
    says: 'attach a document by its hash',
    words: [need('--title <words>', 'what it is'), need('--content-hash <sha256>', 'of its bytes')],
  },
  { name: 'detach', says: 'take a document away', words: [need('--document <id>', 'which')] },
  {
    name: 'ask',
    says: 'ask agencies, for the panel',
    words: [need('--question <words>', 'what'), need('--due <instant>', 'until when')],
  },
  { name: 'answer', says: 'say that what the panel asked is answered' },
  {
    name: 'propose',
    says: 'propose what is to be decided',
    words: [
      need('--outcome <word>', 'such as BELOW_MONITOR'),
      { flag: '--step <word>', says: 'a step of the ladder; repeat', to: 'ladder', isList: true },
      may('--review-at <instant>', 'when to look again'),
      may('--draft <id>', 'the text to be issued'),
    ],
  },
  { name: 'refresh', says: 'take the newest versions as evidence' },
  { name: 'name-issuer', says: 'name a head who may issue notices', words: [need('--person <id>', 'who')] },
  { name: 'close', says: 'close it', words: [REASON] },
];

const ISSUES: readonly Order[] = [
  { name: 'disclose', says: 'tell the public that the threshold was not met', words: [DRAFT] },
  {
    name: 'notify',
    says: 'tell those whom policy names',
    words: [DRAFT, ...BRIEF, need('--announce-at <instant>', 'when the public is told'), ...LOWERED],
  },
  { name: 'announce', says: 'tell the public' },
  { name: 'update', says: 'replace the announcement by what was agreed', words: [DRAFT] },
  { name: 'correct', says: 'correct the announcement by what was agreed', words: [DRAFT] },
];

/** Registers period, case and notice. */
export const registerCases: Registration = (program, run) => {
  registerPeriod(program.command('period').description('where an election stands for the protocol'), run);
  registerCase(program.command('case').aliases(['ceipp', 'cripp']).description('a matter before the panel'), run);
  registerNotice(program.command('notice').description('what the public is told'), run);
};

function registerPeriod(command: Command, run: Run): void {
  command
    .command('show <election>')
    .description('where it stands')
    .addHelpText(
      'before',
      'Examples:\n  sitebus period show ge-demo\n  sitebus period dissolution ge-demo --as panel-member\n',
    )
    .action((election: string) =>
      run((context, flags) => show(`/v1/periods/${encodeURIComponent(election)}`, context, flags)),
    );
  for (const [name, says] of [
    ['dissolution', 'the writ'],
    ['government-sworn-in', 'a government is sworn in'],
    ['returning-result-clear', 'the result is clear'],
  ] as const)
    command
      .command(`${name} <election>`)
      .description(says)
      .option('--at <instant>', 'when it took effect (default now)')
      .action((election: string, { at = new Date().toISOString() }: { readonly at?: string }) =>
        run((context, flags) => post(`/v1/periods/${encodeURIComponent(election)}/${name}`, { at }, context, flags)),
      );
  command
    .command('independent-review <election>')
    .description('open the review')
    .requiredOption('--body <words>', 'who reviews')
    .action((election: string, body: { readonly body: string }) =>
      run((context, flags) =>
        post(`/v1/periods/${encodeURIComponent(election)}/independent-review`, body, context, flags),
      ),
    );
}

function registerCase(command: Command, run: Run): void {
  command
    .command('list')
    .description('cases that you are part of, newest first')
    .addHelpText(
      'before',
      'Examples:\n  sitebus case list --as secretariat\n  sitebus ceipp vote 1a2b… AGREE --reasons "…" --as panel-member\n',
    )
    .action(() => run(listCases));
  command
    .command('show <id>')
    .description('one, with what is possible now')
    .option('--as-of <instant>', 'as it stood then')
    .action((id: string, { asOf }: { readonly asOf?: string }) =>
      run((context, flags) =>
        show(asOf === undefined ? pathOf(id) : `${pathOf(id)}?asOf=${encodeURIComponent(asOf)}`, context, flags),
      ),
    );
  command
    .command('open <assessments...>')
    .description('open one on assessments')
    .requiredOption('--question <words>', 'what the panel would be asked')
    .option('--precedence <word>', 'ROUTINE, PRIORITY, IMMEDIATE or FLASH')
    .action((assessments: readonly string[], options: Options) =>
      run((context, flags) => post('/v1/cases', { assessments, ...options }, context, flags)),
    );
  for (const word of ORDERS) registerOrder(command, word, run);
  command
    .command('rate <id>')
    .description('rate, for your seat, on the evidence as it stands')
    .requiredOption('--criterion <name=LEVEL:why>', 'repeat for each', collect, [])
    .requiredOption('--factor <name=LEVEL:why>', 'repeat for each', collect, [])
    .action(
      (
        id: string,
        { criterion, factor }: { readonly criterion: readonly string[]; readonly factor: readonly string[] },
      ) =>
        run((context, flags) =>
          onEvidence(id, 'rate', { criteria: criterion.map(toPoint), factors: factor.map(toPoint) }, context, flags),
        ),
    );
  command
    .command('vote <id> <AGREE|DISAGREE>')
    .description('vote, for your seat, on the evidence as it stands')
    .requiredOption('--reasons <words>', 'why')
    .action((id: string, vote: string, { reasons }: { readonly reasons: string }) =>
      run((context, flags) => onEvidence(id, 'vote', { vote, reasons }, context, flags)),
    );
}

function registerNotice(command: Command, run: Run): void {
  command
    .command('list')
    .description('what the public has been told')
    .addHelpText(
      'before',
      'Examples:\n  sitebus notice list\n  sitebus notice draft --file notice.json --as secretariat\n',
    )
    .action(() => run((context, flags) => show('/v1/notices', context, flags)));
  command
    .command('show <id>')
    .description('one, with what it said before')
    .action((id: string) => run((context, flags) => show(`/v1/notices/${encodeURIComponent(id)}`, context, flags)));
  command
    .command('draft')
    .description('draft one, in both languages')
    .requiredOption('--file <json>', 'with caseId, kind, en and fr, each with title, known and steps')
    .option('--id <draft>', 'draft this one again')
    .action(({ file, id }: { readonly file: string; readonly id?: string }) =>
      run((context, flags) => draft(file, id, context, flags)),
    );
  for (const word of ISSUES) registerOrder(command, word, run, 'case');
}

function registerOrder(command: Command, { name, says, words = [] }: Order, run: Run, argument = 'id'): void {
  const made = command.command(`${name} <${argument}>`).description(says);
  for (const { flag, says: what, isNeeded = false, isList = false } of words) {
    if (isList && isNeeded) made.requiredOption(flag, what, collect, []);
    else if (isList) made.option(flag, what, collect, []);
    else if (isNeeded) made.requiredOption(flag, what);
    else made.option(flag, what);
  }
  made.action((id: string, options: Options) =>
    run((context, flags) => judge(pathOf(id), name, bodyOf(words, options), context, flags)),
  );
}

function bodyOf(words: readonly Word[], options: Options): Shown {
  return Object.fromEntries(
    words.flatMap(({ flag, to }) => {
      const given = options[toProperty(flag)];
      return given === undefined ? [] : [[to, given]];
    }),
  );
}

/** An act on the evidence that was just read: it is said, and it is what the command names. */
async function onEvidence(
  id: string,
  name: string,
  json: Shown,
  context: CliContext,
  flags: GlobalFlags,
): Promise<number> {
  const { gateway } = await connect(context, flags);
  const { body, etag } = await gateway.json<Shown>({ path: pathOf(id) });
  const evidenceHash = String(body['evidenceHash']);
  say(context, flags, `on the evidence ${evidenceHash}`);
  return post(`${pathOf(id)}/${name}`, { ...json, evidenceHash }, context, flags, etag);
}

async function draft(file: string, id: string | undefined, context: CliContext, flags: GlobalFlags): Promise<number> {
  const json = JSON.parse(await readFile(resolve(context.cwd, file), 'utf8')) as Shown;
  const path = id === undefined ? '/v1/notices/drafts' : `/v1/notices/drafts/${encodeURIComponent(id)}`;
  const { gateway } = await connect(context, flags);
  const answer =
    id === undefined
      ? await gateway.json<Shown>({ method: 'POST', path, json, headers: { 'idempotency-key': randomUUID() } })
      : await gateway.json<Shown>({ method: 'PUT', path, json, headers: { 'if-match': await asRead(gateway, json) } });
  printAnswer(context, flags, answer, () => blockOf(answer.body));
  return EXIT.done;
}

/** The version of the case that stands now: its drafts stand in it. */
async function asRead(gateway: Awaited<ReturnType<typeof connect>>['gateway'], { caseId }: Shown): Promise<string> {
  return (await gateway.json<Shown>({ path: pathOf(String(caseId)) })).etag ?? '';
}

async function listCases(context: CliContext, flags: GlobalFlags): Promise<number> {
  const { gateway } = await connect(context, flags);
  const answer = await gateway.json<{ readonly items: readonly Shown[] }>({ path: '/v1/cases' });
  printAnswer(context, flags, answer, () =>
    renderColumns(
      answer.body.items,
      [
        { heading: 'ID', of: ({ id }) => String(id) },
        { heading: 'STATE', of: ({ state }) => String(state) },
        { heading: 'QUESTION', of: ({ question }) => String(question) },
        { heading: 'POSSIBLE', of: ({ possible = [] }) => (possible as readonly string[]).join(' ') },
      ],
      context.columns,
    ),
  );
  return EXIT.done;
}

function pathOf(id: string): string {
  return `/v1/cases/${encodeURIComponent(id)}`;
}

/** `--review-by <instant>` → `reviewBy`. */
function toProperty(flag: string): string {
  return (flag.split(' ')[0] ?? '').slice(2).replaceAll(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
}

function toPoint(word: string): { readonly name: string; readonly level: string; readonly rationale: string } {
  const [, name, level, rationale] = /^([\w-]+)=([A-Z]+):(.+)$/s.exec(word) ?? [];
  if (name === undefined || level === undefined || rationale === undefined)
    throw usageError(`"${word}" is no rating`, 'write it as name=LEVEL:why, such as credibility=LOW:few believe it');
  return { name, level, rationale };
}
