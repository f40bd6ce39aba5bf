// research, export: projects, agreements, data sets and outputs at arm's length; the file of a data set.
// Holds: a file is written whole or not at all, and never over another one; what k or an embargo forbids is exit code 1.
// Source: services/research/README.md

import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { blockOf } from '../render/record.ts';
import { collect, connect } from './command.ts';
import type { Registration, Run } from './command.ts';

type Shown = Readonly<Record<string, unknown>>;

/** Registers research and export. */
export const registerResearch: Registration = (program, run) => {
  const research = program.command('research').description("projects and data sets at arm's length from government");
  registerProjects(research, run);
  registerDatasets(research.command('dataset').description('define, collect, freeze, export, retract'), run);
  registerExport(program, run);
};

function registerProjects(research: Command, run: Run): void {
  research
    .command('project <en> <fr>')
    .description('register a project by its title in both languages')
    .requiredOption('--from <instant>', 'when its window begins')
    .requiredOption('--to <instant>', 'when its window ends')
    .requiredOption('--embargo <instant>', 'until when nothing is exported')
    .option('--ethics <reference>', 'of the ethics board')
    .option('--member <person>', 'who works on it beside you; repeat', collect, [])
    .addHelpText(
      'before',
      "Examples:\n  sitebus research project 'Paper boats' 'Bateaux de papier' --from 2031-09-14T04:00:00Z --to 2031-11-04T05:00:00Z --embargo 2031-12-19T05:00:00Z --as researcher\n  sitebus research catalogue\n",
    )
    .action((en: string, fr: string, options: ProjectOptions) =>
      run((context, flags) => add('projects', projectOf(en, fr, options), context, flags)),
    );
  research
    .command('agreement <project> <document>')
    .description('sign the agreement of a project: the document is hashed here and sent nowhere')
    .requiredOption('--with <words>', 'the other party')
    .option('--allows-text', 'texts may be exported, without anybody in them', false)
    .option('--ethics <reference>', 'of the ethics board')
    .action((project: string, document: string, options: AgreementOptions) =>
      run(async (context, flags) => {
        const bytes = await readFile(resolve(context.cwd, document)).catch((cause: unknown) => {
          throw new CliError(EXIT.failed, `${document} cannot be read`, { cause });
        });
        const documentSha256 = createHash('sha256').update(bytes).digest('hex');
        const { with: other, allowsText, ethics } = options;
        const json = { project, documentSha256, with: other, allowsText, ...(ethics === undefined ? {} : { ethicsRef: ethics }) }; // prettier-ignore
        return add('agreements', json, context, flags);
      }),
    );
  research
    .command('output <project> <en> <fr> <url>')
    .description('register an output; it is public at once')
    .action((project: string, en: string, fr: string, url: string) =>
      run((context, flags) => add('outputs', { project, title: { en, fr }, url }, context, flags)),
    );
  for (const [name, path, description] of [
    ['catalogue', 'catalogue', 'titles, windows and published outputs of every project'],
    ['projects', 'projects', 'your projects'],
    ['datasets', 'datasets', 'your data sets'],
  ] as const)
    research
      .command(name)
      .description(description)
      .action(() => run((context, flags) => list(path, context, flags)));
}

function registerDatasets(dataset: Command, run: Run): void {
  dataset
    .command('define <project> <title>')
    .description('say what is to be collected')
    .requiredOption('--type <type>', 'a record type; repeat', gather)
    .requiredOption('--column <name>', 'a column of the file; repeat', gather)
    .option('--quasi <name>', 'a column by which people could be found, beside those that always are; repeat', collect, [])
    .action((project: string, title: string, options: DatasetOptions) =>
      run((context, flags) =>
        add('datasets', { project, title, types: options.type, columns: options.column, quasi: options.quasi }, context, flags),
      ),
    ); // prettier-ignore
  for (const [name, description] of [
    ['collect', 'begin an edition, inside the window'],
    ['freeze', 'make the rows and destroy the key'],
    ['acknowledge', 'take note that it was retracted'],
  ] as const)
    dataset
      .command(`${name} <id>`)
      .description(description)
      .action((id: string) => run((context, flags) => order(id, name, {}, context, flags)));
  dataset
    .command('retract <id>')
    .description('take it back from everybody who has it')
    .requiredOption('--reason <words>', 'why')
    .action((id: string, { reason }: { readonly reason: string }) =>
      run((context, flags) => order(id, 'retract', { reason }, context, flags)),
    );
  dataset
    .command('show <id>')
    .description('one, with what is possible now')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Shown>({ path: pathOf(id) });
        printAnswer(context, flags, answer, () => blockOf(answer.body));
        return EXIT.done;
      }),
    );
}

function registerExport(program: Command, run: Run): void {
  program
    .command('export <what> <id>')
    .description('export research <data set>: the file, or with --dry-run what it would be')
    .option('--format <csv|parquet>', 'of the file', 'csv')
    .option('--dry-run', 'say removed, generalised, suppressed and k', false)
    .option('--out <file>', 'where to write it; a file that is there is never replaced')
    .addHelpText(
      'before',
      'Examples:\n  sitebus export research 6f0c… --dry-run --as researcher\n  sitebus export research 6f0c… --format parquet --out boats.parquet --as researcher\n',
    )
    .action((what: string, id: string, options: ExportOptions) =>
      run((context, flags) => exportOne(what, id, options, context, flags)),
    );
}

async function exportOne(
  what: string,
  id: string,
  { format, dryRun, out }: ExportOptions,
  context: CliContext,
  flags: GlobalFlags,
): Promise<number> {
  if (what !== 'research') throw usageError(`"${what}" cannot be exported`, 'sitebus export research <data set>');
  if (format !== 'csv' && format !== 'parquet') throw usageError(`"${format}" is no format`, '--format csv or parquet');
  if (!dryRun && out === undefined) throw usageError('where to write it is missing', '--out <file>, or --dry-run');
  const { gateway } = await connect(context, flags);
  const json = { format, ...(dryRun ? { dryRun } : {}) };
  const answer = await gateway
    .json<Shown>({ method: 'POST', path: `${pathOf(id)}/export`, json, headers: { 'idempotency-key': randomUUID() } })
    .catch(asForbidden);
  if (dryRun || out === undefined) {
    printAnswer(context, flags, answer, () => blockOf(reportOf(answer.body)));
    return EXIT.done;
  }
  const file = await gateway
    .open({ path: `${pathOf(id)}/file`, query: { format }, headers: { accept: 'application/octet-stream' } })
    .catch(asForbidden);
  const bytes = Buffer.from(await file.arrayBuffer());
  const path = resolve(context.cwd, out);
  await writeFile(path, bytes, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
    throw new CliError(EXIT.failed, `${out} was not written`, { where: [path], next: 'name another file', cause });
  });
  const marking = file.headers.get('sitebus-marking') ?? answer.marking;
  printAnswer(context, flags, { marking, body: { ...reportOf(answer.body), file: path, bytes: bytes.length } }, () =>
    blockOf({ ...reportOf(answer.body), file: path, bytes: bytes.length }),
  );
  return EXIT.done;
}

/** Of an option that must be given once at least. */
const gather = (value: string, before: readonly string[] = []): readonly string[] => collect(value, before);

/** What k or an embargo forbids is no lack of a right. */
function asForbidden(cause: unknown): never {
  if (!(cause instanceof CliError) || cause.problem === undefined) throw cause;
  const { problem, message, where } = cause;
  if (!problem.type.endsWith(':embargoed')) throw cause;
  throw new CliError(EXIT.failed, message, { where, problem, next: 'sitebus export research <data set> --dry-run' });
}

const REPORT = ['id', 'state', 'removed', 'generalised', 'suppressed', 'k', 'rows', 'embargoUntil'];

function reportOf(body: Shown): Shown {
  return Object.fromEntries(REPORT.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
}

async function add(path: string, json: Shown, context: CliContext, flags: GlobalFlags): Promise<number> {
  const { gateway } = await connect(context, flags);
  const headers = { 'idempotency-key': randomUUID() };
  const answer = await gateway.json<Shown>({ method: 'POST', path: `/v1/research/${path}`, json, headers });
  printAnswer(context, flags, answer, () => blockOf(answer.body));
  return EXIT.done;
}

async function order(id: string, name: string, json: Shown, context: CliContext, flags: GlobalFlags): Promise<number> {
  const { gateway } = await connect(context, flags);
  const headers = { 'idempotency-key': randomUUID() };
  const answer = await gateway.json<Shown>({ method: 'POST', path: `${pathOf(id)}/${name}`, json, headers });
  printAnswer(context, flags, answer, () => blockOf(answer.body));
  const possible = (answer.body['possible'] ?? []) as readonly string[];
  const next = possible.length === 0 ? 'nothing more' : possible.join(', ');
  say(context, flags, `data set ${id} is ${String(answer.body['state'])}; possible now: ${next}`);
  return EXIT.done;
}

async function list(path: string, context: CliContext, flags: GlobalFlags): Promise<number> {
  const { gateway } = await connect(context, flags);
  const answer = await gateway.json<{ readonly items: readonly Shown[] }>({ path: `/v1/research/${path}` });
  const titleOf = ({ title }: Shown): string =>
    typeof title === 'string' ? title : ((title as Readonly<Record<string, string>>)[flags.lang ?? 'en'] ?? '');
  printAnswer(context, flags, answer, () =>
    renderColumns(
      answer.body.items,
      [
        { heading: 'ID', of: ({ id }) => String(id) },
        { heading: 'STATE', of: ({ state = '' }) => String(state) },
        { heading: 'TITLE', of: titleOf },
        { heading: 'WINDOW', of: ({ window }) => Object.values((window ?? {})).join(' … ') },
        { heading: 'OUTPUTS', of: ({ outputs = [] }) => (outputs as readonly { url: string }[]).map(({ url }) => url).join(' ') },
      ],
      context.columns,
    ),
  ); // prettier-ignore
  return EXIT.done;
}

function pathOf(id: string): string {
  return `/v1/research/datasets/${encodeURIComponent(id)}`;
}

interface ProjectOptions {
  readonly from: string;
  readonly to: string;
  readonly embargo: string;
  readonly ethics?: string;
  readonly member: readonly string[];
}

interface AgreementOptions {
  readonly with: string;
  readonly allowsText: boolean;
  readonly ethics?: string;
}

interface DatasetOptions {
  readonly type: readonly string[];
  readonly column: readonly string[];
  readonly quasi: readonly string[];
}

interface ExportOptions {
  readonly format: string;
  readonly dryRun: boolean;
  readonly out?: string;
}

function projectOf(en: string, fr: string, { from, to, embargo, ethics, member }: ProjectOptions): Shown {
  return {
    title: { en, fr },
    window: { from, to },
    embargoUntil: embargo,
    members: member,
    ...(ethics === undefined ? {} : { ethicsRef: ethics }),
  };
}
