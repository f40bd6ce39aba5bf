// publish: one observation from flags or a file, or a stream of them as NDJSON.
// Holds: nothing is said to be published before the bus acknowledged it; what was filled in is listed; --dry-run writes nothing.

import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { loadPolicy, loadSchemaSet } from '@sitebus/sdk';
import type { RecordSchema } from '@sitebus/sdk';
import { contractFolder } from '../contract-folder.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { EXIT, usageError } from '../errors.ts';
import type { Gateway, GatewayRequest } from '../gateway.ts';
import { toDraft } from '../publish/draft.ts';
import type { FilledDraft } from '../publish/draft.ts';
import { ownFields, readFieldWords, reportFields } from '../publish/field-words.ts';
import { printAnswer, say } from '../render/answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';
import { answerBatch } from './batch-answer.ts';

interface PublishFlags {
  readonly marking?: string;
  readonly grade?: string;
  readonly id?: string;
  readonly observedAt?: string;
  readonly text?: string;
  readonly file?: string;
  readonly dryRun?: boolean;
  readonly helpFields?: boolean;
}

interface Published {
  readonly id: string;
  readonly cell: string;
  readonly normalised?: readonly { readonly kind?: string; readonly value: string }[] | readonly string[];
  readonly readers?: readonly string[];
}

/** Registers publish and preview. */
export const registerPublish: Registration = (program, run) => {
  for (const [name, summary] of [
    ['publish', 'publish an observation; fields as --name value, several values in a row'],
    ['preview', 'say what publish would do, with every fault; nothing is stored'],
  ] as const) {
    program
      .command(`${name} <type> [fields...]`)
      .description(summary)
      .option('--marking <text>', "required, such as 'UNCLASSIFIED//TLP:CLEAR'; there is no default")
      .option('--grade <grade>', 'source and information grade, such as B2 (default F6: not judged)')
      .option('--id <uuid>', 'id of the observation; the same id again is answered alike')
      .option('--observed-at <time>', 'when it was seen, RFC 3339 (default now)')
      .option('--text <words>', "text of the report's portion (default its title)")
      .option('--file <path>', 'read the observation, or NDJSON of many, from a file; - is stdin')
      .option('--dry-run', 'only say what would be published')
      .option('--help-fields', 'list the fields of the type')
      .allowUnknownOption()
      .addHelpText(
        'before',
        `Examples:\n  sitebus ${name} IndicatorReport --as operator --domains 'mirror-check[.]example' --grade B2 --marking 'UNCLASSIFIED//TLP:CLEAR'\n  sitebus ${name} PublicTip --as operator --file tips.ndjson\n`,
      )
      .action((type: string, words: readonly string[], flags: PublishFlags) =>
        run((context, global) =>
          publish(type, words, { ...flags, dryRun: flags.dryRun ?? name === 'preview' }, context, global),
        ),
      );
  }
};

async function publish(
  type: string,
  words: readonly string[],
  flags: PublishFlags,
  context: CliContext,
  global: GlobalFlags,
): Promise<number> {
  const record = await recordNamed(type, context);
  if (flags.helpFields) return listFields(record, context);
  const { gateway } = await connect(context, global);
  if (flags.file !== undefined && isMany(flags.file)) return publishMany(record, flags.file, context, global, gateway);
  const draft =
    flags.file === undefined
      ? await fromWords(record, words, flags, context)
      : await fromFile(record, flags.file, context);
  return flags.dryRun ? preview(draft, context, global, gateway) : publishOne(draft, flags, context, global, gateway);
}

async function recordNamed(type: string, context: CliContext): Promise<RecordSchema> {
  const set = await loadSchemaSet(join(contractFolder(context.env), 'avro'));
  const observations = set.filter(({ subject }) => subject.startsWith('ca.sitebus.observation.'));
  const record = observations.find((candidate) => candidate.type === type);
  if (record !== undefined) return record;
  throw usageError(`there is no type "${type}"`, `one of ${observations.map((known) => known.type).join(', ')}`);
}

function listFields(record: RecordSchema, context: CliContext): number {
  const lines = [...ownFields(record), ...reportFields(record)].map(
    ({ name, doc, feature }) =>
      `--${name.padEnd(20)} ${doc ?? ''}${feature === undefined ? '' : ` [links as ${feature}]`}`,
  );
  context.out(`${lines.join('\n')}\n`);
  return EXIT.done;
}

async function fromWords(
  record: RecordSchema,
  words: readonly string[],
  flags: PublishFlags,
  context: CliContext,
): Promise<FilledDraft> {
  const { homeNation } = await loadPolicy(join(contractFolder(context.env), 'policy'));
  const { marking, grade, id, observedAt, text } = flags;
  return toDraft(record, readFieldWords(words), { marking, grade, id, observedAt, text, homeNation }, context.now());
}

async function fromFile(record: RecordSchema, file: string, context: CliContext): Promise<FilledDraft> {
  const content = file === '-' ? await readAll(context.stdin) : await readFile(file, 'utf8');
  let observation: unknown;
  try {
    observation = JSON.parse(content);
  } catch (cause) {
    throw usageError(
      `${file} is not one JSON object: ${cause instanceof Error ? cause.message : ''}`,
      'name it .ndjson to publish many',
    );
  }
  return { observation: { type: record.type, ...(observation as Record<string, unknown>) }, filled: [] };
}

async function publishOne(
  draft: FilledDraft,
  flags: PublishFlags,
  context: CliContext,
  global: GlobalFlags,
  gateway: Gateway,
): Promise<number> {
  const request: GatewayRequest = { method: 'POST', path: '/v1/observations', json: draft.observation };
  const answer = await gateway.json<Published>(request);
  const { body } = answer;
  printAnswer(
    context,
    global,
    { marking: answer.marking ?? flags.marking, body: { ...body, filled: draft.filled } },
    () => [
      `published  ${body.id}`,
      `cell       ${body.cell} · acknowledged by the bus`,
      ...valuesOf(body).map((value) => `value      ${value}`),
      ...(body.readers === undefined ? [] : [`readers    ${body.readers.join(', ')}`]),
      ...draft.filled.map((filler) => `filled in  ${filler}`),
      `same call  ${gateway.curl(request)}`,
    ],
  );
  return EXIT.done;
}

async function preview(
  draft: FilledDraft,
  context: CliContext,
  global: GlobalFlags,
  gateway: Gateway,
): Promise<number> {
  interface Preview {
    readonly cell?: string;
    readonly readers?: readonly string[];
    readonly features?: readonly { readonly kind: string; readonly value: string }[];
    readonly faults: readonly {
      readonly pointer: string;
      readonly code: string;
      readonly detail: string;
      readonly hint?: string;
    }[];
  }
  const answer = await gateway.json<Preview>({
    method: 'POST',
    path: '/v1/observations/preview',
    json: draft.observation,
  });
  const { cell, readers, features, faults } = answer.body;
  printAnswer(context, global, answer, () => [
    faults.length === 0 ? 'would be published; nothing was stored' : 'would be refused; nothing was stored',
    `cell       ${cell ?? 'none'}`,
    ...(readers === undefined ? [] : [`readers    ${readers.join(', ')}`]),
    ...(features ?? []).map(({ kind, value }) => `value      ${kind} ${value}`),
    ...draft.filled.map((filler) => `filled in  ${filler}`),
    ...faults.map(
      ({ pointer, code, detail, hint }) =>
        `fault      ${pointer} ${code}: ${detail}${hint === undefined ? '' : ` (${hint})`}`,
    ),
  ]);
  return faults.length === 0 ? EXIT.done : EXIT.failed;
}

async function publishMany(
  record: RecordSchema,
  file: string,
  context: CliContext,
  global: GlobalFlags,
  gateway: Gateway,
): Promise<number> {
  const stream: Readable = file === '-' ? context.stdin : createReadStream(file);
  const lines = (await readAll(stream)).split('\n').filter((line) => line.trim() !== '');
  const body = lines.map((line) => withType(line, record.type)).join('\n');
  say(context, global, `sending ${lines.length} observations`);
  const answer = await gateway.lines<unknown>({
    method: 'POST',
    path: '/v1/observations/bulk',
    raw: { body, contentType: 'application/x-ndjson' },
  });
  return answerBatch(answer, { source: file, lines }, context, global);
}

/** A line of another type keeps it; a line that is not JSON is the server's to refuse, with its number. */
function withType(line: string, type: string): string {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    return JSON.stringify({ type, ...value });
  } catch {
    return line;
  }
}

const isMany = (file: string): boolean => file === '-' || /\.(ndjson|jsonl)$/.test(file);

function valuesOf({ normalised }: Published): string[] {
  return (normalised ?? []).map((value) =>
    typeof value === 'string' ? value : `${value.kind ?? ''} ${value.value}`.trim(),
  );
}
