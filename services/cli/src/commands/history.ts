// history, graph, reveal: how an assessment came to be what it is, what it is made of, and a masked value with a reason.
// Holds: what is not shown is said, with its count; a file that is written begins with the marking and has it in its name.

import { basename, dirname, extname, join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { EXIT, usageError } from '../errors.ts';
import { printAnswer, printJson, printLines, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { bannerOf, blockOf } from '../render/record.ts';
import type { ReleasedRecord } from '../render/record.ts';
import { toSvg } from '../render/graph-svg.ts';
import type { DrawnGraph } from '../render/graph-svg.ts';
import { collect, connect } from './command.ts';
import type { Registration } from './command.ts';
import { readList } from './read.ts';

interface Version extends ReleasedRecord {
  readonly version: number;
  readonly at: string;
  readonly status: string;
  readonly members: number;
  readonly confidence: string;
  readonly likelihood?: { readonly lo: number; readonly hi: number };
  readonly causes?: readonly string[];
  readonly change?: ReleasedRecord & { readonly causes: readonly string[] };
}

interface Revealed extends ReleasedRecord {
  readonly values: Readonly<Record<string, unknown>>;
  readonly leaves: readonly { readonly field: string; readonly leafIndex?: number }[];
}

/** Registers history, graph and reveal. */
export const registerHistory: Registration = (program, run) => {
  program
    .command('history <assessment>')
    .description('every version, newest first: what changed and why')
    .option('--limit <n>', 'at most so many', '50')
    .option('--version-number <n>', 'one version whole, as it was written')
    .addHelpText('before', 'Examples:\n  sitebus history 0b0e7a5c-… --as analyst\n  sitebus history 0b0e7a5c-… --version-number 3 --json\n')
    .action((id: string, options: { readonly limit: string; readonly versionNumber?: string }) =>
      run(async (context, flags) => {
        const path = `/v1/assessments/${encodeURIComponent(id)}/history`;
        const { gateway } = await connect(context, flags);
        if (options.versionNumber !== undefined) {
          const version = wholeNumber('--version-number', options.versionNumber);
          const answer = await gateway.json<ReleasedRecord>({ path: `${path}/${version}` });
          printAnswer(context, flags, answer, () => blockOf(answer.body));
          return EXIT.done;
        }
        const { items, marking, more } = await readList(gateway, path, {}, wholeNumber('--limit', options.limit));
        if (flags.json) items.forEach((item) => printJson(context, bannerOf(item) ?? marking, item));
        else printLines(context, marking, (items as readonly Version[]).flatMap(versionLines));
        if (more) say(context, flags, `there are more than ${items.length}: --limit`);
        return EXIT.done;
      }),
    );

  program
    .command('graph <assessment>')
    .description('its members and what links them, largest weight first')
    .option('--depth <1|2>', '2: the values they have in common too', '1')
    .option('--limit <n>', 'at most so many nodes, up to 300', '300')
    .option('--types <types>', 'record types, with commas between')
    .option('--out <file>', 'a drawing (.svg) or a document (.json); its name gets the marking')
    .addHelpText('before', 'Examples:\n  sitebus graph 0b0e7a5c-… --as analyst\n  sitebus graph 0b0e7a5c-… --depth 2 --out case3.svg\n')
    .action((id: string, options: { readonly depth: string; readonly limit: string; readonly types?: string; readonly out?: string }) =>
      run(async (context, flags) => {
        const { depth, limit, types, out } = options;
        if (out !== undefined && !['.svg', '.json'].includes(extname(out))) throw usageError(`--out ends in .svg or .json, not "${out}"`);
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<DrawnGraph>({
          path: `/v1/assessments/${encodeURIComponent(id)}/graph`,
          query: { depth: wholeNumber('--depth', depth), limit: wholeNumber('--limit', limit), types },
        });
        const marking = answer.marking ?? '';
        if (out !== undefined) {
          const file = markedName(out, marking);
          await writeFile(file, extname(out) === '.svg' ? toSvg(answer.body, marking) : `${JSON.stringify({ marking, ...answer.body }, undefined, 2)}\n`);
          say(context, flags, `wrote ${file}`);
        }
        printAnswer(context, flags, answer, () => graphLines(answer.body, context.columns));
        return EXIT.done;
      }),
    );

  program
    .command('reveal <observation>')
    .description('masked values of one observation; each is on the ledger with your reason')
    .requiredOption('--field <name>', 'such as persons or wallets; may be repeated', collect, [])
    .requiredOption('--reason <text>', 'what it is needed for')
    .addHelpText('before', "Examples:\n  sitebus reveal ID --field wallets --reason 'To ask the exchange who owns it.' --as analyst\n")
    .action((id: string, { field, reason }: { readonly field: readonly string[]; readonly reason: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Revealed>({
          method: 'POST',
          path: `/v1/observations/${encodeURIComponent(id)}/reveal`,
          json: { fields: field, reason },
        });
        const { values, leaves } = answer.body;
        printAnswer(context, flags, answer, () => [
          ...blockOf(values),
          ...leaves.map((leaf) => `on the ledger: ${leaf.field}${leaf.leafIndex === undefined ? '' : ` at leaf ${leaf.leafIndex}`}`),
          ...(leaves.length === 0 ? ['it has no such values'] : []),
        ]);
        return EXIT.done;
      }),
    );
}; // prettier-ignore

function versionLines({ version, at, status, members, confidence, likelihood, causes, change }: Version): string[] {
  const figures = likelihood === undefined ? '' : `  likelihood ${likelihood.lo}–${likelihood.hi} %`;
  const {
    causes: why,
    marking: _marking,
    ...changed
  }: ReleasedRecord & { readonly causes: readonly string[] } = change ?? { causes: causes ?? [] };
  return [
    `version ${version}  ${at}  ${status}  ${members} members${figures}  confidence ${confidence}`,
    ...(why.length === 0 ? [] : [`  why: ${why.join(', ')}`]),
    ...blockOf(changed).map((line) => `  ${line}`),
  ];
}

function graphLines({ nodes, edges, shown, total, edgesShown, edgesTotal }: DrawnGraph, columns: number | undefined): string[] {
  return [
    `showing ${shown} of ${total}, largest weight first${edgesShown === edgesTotal ? '' : `; ${edgesShown} of ${edgesTotal} edges`}`,
    ...renderColumns(
      nodes,
      [
        { heading: 'WEIGHT', of: ({ weightMicro }) => (weightMicro / 1_000_000).toFixed(3) },
        { heading: 'NODE', of: (node) => node.title ?? (node.value === undefined ? node.id : `${node.value.kind} ${node.value.value}`) },
        { heading: 'TYPE', of: ({ type, kind }) => type ?? kind },
        { heading: 'AGENCY', of: ({ agency }) => agency ?? '' },
        { heading: 'MARKING', of: (node) => bannerOf(node as unknown as ReleasedRecord) ?? '' },
        { heading: 'MORE', of: ({ more }) => (more === 0 ? '' : `+${more}`) },
        { heading: 'ID', of: ({ id }) => id },
      ],
      columns,
    ),
    ...edges.slice(0, MOST_EDGE_LINES).map(({ a, b, kind, weightMicro }) => `${a} – ${b}  ${kind} ${(weightMicro / 1_000_000).toFixed(3)}`),
    ...(edges.length > MOST_EDGE_LINES ? [`and ${edges.length - MOST_EDGE_LINES} more edges: --json`] : []),
  ];
} // prettier-ignore

const MOST_EDGE_LINES = 50;

/** `case3.svg` of SECRET content is `SECRET__case3.svg`: a file is marked where nobody opens it. */
function markedName(file: string, marking: string): string {
  const mark = marking.replace(/[^A-Za-z0-9]+/g, '_');
  return join(dirname(file), mark === '' ? basename(file) : `${mark}__${basename(file)}`);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw usageError(`${option} takes a whole number from 1, not "${text}"`);
  return value;
}
