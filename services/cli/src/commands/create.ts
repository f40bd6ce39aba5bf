// create producer, create agency: a folder that takes in what one producer has; a patch of policy that makes an agency.
// Holds: a producer is one new folder, and no other file is touched; an agency is a proposal for two signatures, never a
// change; what is proposed has been read as policy is read. Source: README.md#creating

import { randomUUID } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { printPortion } from '@sitebus/marking';
import { isRefusal, loadPolicy } from '@sitebus/sdk';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { unifiedDiff, withAgency, type AgencyEntry } from '../create/agency-patch.ts';
import { producerFiles } from '../create/producer-files.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { say } from '../render/answer.ts';
import { collect } from './command.ts';
import type { Registration } from './command.ts';

interface ProducerOptions {
  readonly agency: string;
  readonly in?: string;
  readonly dryRun?: boolean;
}
interface AgencyOptions {
  readonly en: string;
  readonly fr: string;
  readonly cell: readonly string[];
  readonly group: readonly string[];
  readonly kind: string;
  readonly out?: string;
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Registers create. */
export const registerCreate: Registration = (program, run) => {
  const create = program
    .command('create')
    .description('a producer as a folder of its own; an agency as a policy patch');
  create
    .command('producer <name>')
    .description('make services/agencies/<name>: a table, samples and a test that passes')
    .option('--agency <id>', 'whose it is, from policy', 'sandbox')
    .option('--in <dir>', 'where the folder goes (default: services/agencies of the checkout)')
    .option('--dry-run', 'name the files, write none')
    .addHelpText('before', 'Examples:\n  sitebus create producer weather-hoax\n  sitebus create producer field-notes --agency rcmp --dry-run\n') // prettier-ignore
    .action((name: string, options: ProducerOptions) => run((context, flags) => createProducer(context, flags, name, options))); // prettier-ignore
  create
    .command('agency <id>')
    .description('print the policy patch that makes an agency; two persons sign what it leads to')
    .requiredOption('--en <name>', 'its name in English')
    .requiredOption('--fr <name>', 'its name in French')
    .requiredOption('--cell <id>', 'a cell it may write; repeatable', collect, [])
    .option('--group <id>', 'a need-to-know group; repeatable', collect, [])
    .option('--kind <kind>', 'government, partner or sandbox', 'government')
    .option('--out <file>', 'where the patch goes (default: stdout)')
    .addHelpText(
      'before',
      'Examples:\n  sitebus create agency coastwatch --en "Coast Watch" --fr "Garde côtière" --cell open --cell partner > agency.patch\n',
    ) // prettier-ignore
    .action((id: string, options: AgencyOptions) => run((context, flags) => createAgency(context, flags, id, options)));
};

async function createProducer(context: CliContext, flags: GlobalFlags, name: string, options: ProducerOptions): Promise<number> {
  if (!NAME.test(name)) throw usageError(`${name} is no name of a folder`, 'lower-case words with dashes, such as weather-hoax'); // prettier-ignore
  const { agencies, cells, homeNation } = await loadPolicy(join(contractFolder(context.env), 'policy'));
  const agency = agencies.find(({ id }) => id === options.agency);
  if (agency === undefined)
    throw usageError(`policy has no agency ${options.agency}`, `one of ${agencies.map(({ id }) => id).join(', ')}; a new one: sitebus create agency`); // prettier-ignore
  const cell = cells.find(({ id }) => agency.cells.includes(id)); // cells are sorted by rank
  if (cell === undefined) throw usageError(`${agency.id} may write no cell`, 'sitebus create agency');
  const folder = join(resolve(context.cwd, options.in ?? join(dirname(contractFolder(context.env)), 'services', 'agencies')), name); // prettier-ignore
  const wish = { name, agency: agency.id, namespace: agency.namespace, cell: cell.id, mark: printPortion(cell.ceiling, { homeNation }) };
  const files = Object.entries(producerFiles(wish));
  if (options.dryRun !== true) {
    await mkdir(dirname(folder), { recursive: true });
    await mkdir(folder).catch((cause: unknown) => {
      throw new CliError(EXIT.failed, 'the folder cannot be made, so nothing was written', { where: [folder], next: 'choose another name, or --in', cause }); // prettier-ignore
    });
    for (const [path, text] of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text, { flag: 'wx' });
    }
  }
  if (flags.json) context.out(`${JSON.stringify({ folder, agency: agency.id, cells: agency.cells, files: files.map(([path]) => path) })}\n`); // prettier-ignore
  say(context, flags, [
    `${options.dryRun === true ? 'would be' : 'created '}  ${folder}  (${files.length} files)    agency ${agency.id} · may write ${agency.cells.join(', ')}`,
    `next      npm install                                        adds the package to the lock file, once`,
    `          node test/run.js unit ${name}    no broker needed`,
    `edit      src/table.ts, samples/    then policy/import-mapping.json goes into policy, signed by two persons`,
  ].join('\n')); // prettier-ignore
  return EXIT.done;
} // prettier-ignore

async function createAgency(context: CliContext, flags: GlobalFlags, id: string, options: AgencyOptions): Promise<number> {
  const dir = join(contractFolder(context.env), 'policy');
  const { en, fr, cell: cells, group: groups, kind } = options;
  const before = await textsIn(dir);
  const entry: AgencyEntry = { id, kind, name: { en, fr }, namespace: randomUUID(), cells, groups };
  const after = withAgency(before, entry);
  if (after === undefined)
    throw new CliError(EXIT.failed, 'the policy files are not laid out as prettier leaves them', { where: [dir], next: 'npm run format' }); // prettier-ignore
  await refuseUnlessPolicy(dir, after);
  const patch = FILES.map((name) => unifiedDiff(`schemas/policy/${name}.json`, before[name], after[name])).join('');
  if (options.out === undefined && !flags.json) context.out(patch);
  else if (options.out !== undefined) await writeFile(resolve(context.cwd, options.out), patch, { flag: 'wx' });
  if (flags.json) context.out(`${JSON.stringify({ entry, patch })}\n`);
  say(context, flags, [
    'nothing was changed: this is a proposal, and two persons sign what it leads to',
    `next:  git apply ${options.out ?? 'agency.patch'}`,
    '       sitebus policy sign <person> --key <file>    by each of the two',
    '       sitebus provision --plan                     its topics, principals and rights',
  ].join('\n')); // prettier-ignore
  return EXIT.done;
} // prettier-ignore

const FILES = ['agencies', 'policy'] as const;

async function textsIn(dir: string): Promise<Readonly<Record<(typeof FILES)[number], string>>> {
  const [agencies, policy] = await Promise.all(FILES.map((name) => readFile(join(dir, `${name}.json`), 'utf8')));
  return { agencies: agencies ?? '', policy: policy ?? '' };
}

/** Reads the folder as it would be, elsewhere: whatever policy refuses is refused before anybody signs it. */
async function refuseUnlessPolicy(dir: string, texts: Readonly<Record<(typeof FILES)[number], string>>): Promise<void> {
  const proposed = await mkdtemp(join(tmpdir(), 'sitebus-policy-'));
  try {
    await cp(dir, proposed, { recursive: true });
    for (const name of FILES) await writeFile(join(proposed, `${name}.json`), texts[name]);
    await loadPolicy(proposed);
  } catch (cause) {
    if (!isRefusal(cause)) throw cause;
    const { file, pointer, reason } = cause.details;
    throw usageError(`policy would refuse it: ${String(file)} ${String(pointer)} ${String(reason)}`, 'sitebus create agency --help'); // prettier-ignore
  } finally {
    await rm(proposed, { recursive: true, force: true });
  }
}
