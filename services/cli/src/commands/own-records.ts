// recall, supersede, position: what an agency says of records after they were published.
// Holds: a key of its own goes with every word, so that a repeated one is the same word; a dissent without text is not sent.
// Source: services/gateway README.md#routes

import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CliError, EXIT, usageError } from '../errors.ts';
import { printAnswer } from '../render/answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Accepted {
  readonly id: string;
  readonly cell: string;
  readonly readers: readonly string[];
}

interface RecallOptions {
  readonly reason: string;
  readonly replacement?: string;
  readonly key?: string;
}

interface PositionOptions {
  readonly observation?: boolean;
  readonly definition: string;
  readonly marking: string;
  readonly text?: string;
  readonly confidence?: string;
  readonly key?: string;
}

const STANCES = ['concur', 'dissent', 'abstain'] as const;

/** Registers recall, supersede and position. */
export const registerOwnRecords: Registration = (program, run) => {
  program
    .command('recall <observation>')
    .description('recall an observation of your agency; whoever was sent it is told')
    .requiredOption('--reason <text>', 'why it no longer holds')
    .option('--replacement <id>', 'the observation that stands instead')
    .option('--key <key>', 'the word’s own: the same key is the same word')
    .addHelpText('before', "Examples:\n  sitebus recall ID --reason 'The address is our own.' --as operator\n")
    .action((id: string, { reason, replacement, key }: RecallOptions) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Accepted>({
          method: 'POST',
          path: `/v1/observations/${encodeURIComponent(id)}/recall`,
          json: { reason, ...(replacement === undefined ? {} : { replacement }) },
          headers: { 'idempotency-key': key ?? randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`recalled by ${answer.body.id}`, placeOf(answer.body)]);
        return EXIT.done;
      }),
    );

  program
    .command('supersede <observation>')
    .description('publish what supersedes an observation of your agency, under the same marking')
    .requiredOption('--file <file>', 'the successor as JSON, `{type, envelope, …}`')
    .option('--key <key>', 'the word’s own: the same key is the same word')
    .addHelpText('before', 'Examples:\n  sitebus supersede ID --file corrected.json --as operator\n')
    .action((id: string, { file, key }: { readonly file: string; readonly key?: string }) =>
      run(async (context, flags) => {
        const json = await jsonIn(resolve(context.cwd, file), file);
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Accepted>({
          method: 'POST',
          path: `/v1/observations/${encodeURIComponent(id)}/supersede`,
          json,
          headers: { 'idempotency-key': key ?? randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`superseded by ${answer.body.id}`, placeOf(answer.body)]);
        return EXIT.done;
      }),
    );

  program
    .command('position <id> <stance>')
    .description(
      `your agency’s position on an assessment, or an observation: ${STANCES.join(', ')}; a dissent says why`,
    )
    .requiredOption('--definition <id>', 'the definition of policy it goes by, such as foreign-interference')
    .requiredOption('--marking <text>', 'of the position and its text')
    .option('--observation', 'the id is an observation’s, which may be in no assessment')
    .option('--text <text>', 'why')
    .option('--lang-of-text <en|fr>', 'its language', 'en')
    .option('--confidence <low|moderate|high>', 'how sure your agency is')
    .option('--key <key>', 'the word’s own: the same key is the same word')
    .addHelpText(
      'before',
      "Examples:\n  sitebus position ID concur --definition foreign-interference --marking 'SECRET//CANADIAN EYES ONLY' --as analyst\n  sitebus position ID dissent --definition ordinary-diplomacy --marking 'SECRET//CANADIAN EYES ONLY' --text 'Open advocacy.' --as analyst\n",
    )
    .action((id: string, word: string, options: PositionOptions & { readonly langOfText: string }) =>
      run(async (context, flags) => {
        const stance = STANCES.find((each) => each === word.toLowerCase());
        if (stance === undefined) throw usageError(`a stance is one of ${STANCES.join(', ')}`);
        const { definition, marking, observation: isObservation = false, text = '', langOfText, confidence, key } = options; // prettier-ignore
        if (stance === 'dissent' && text.trim() === '') throw usageError('a dissent says why: --text');
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Accepted>({
          method: 'POST',
          path: `/v1/${isObservation ? 'observations' : 'assessments'}/${encodeURIComponent(id)}/positions`,
          json: {
            stance: stance.toUpperCase(),
            marking,
            portions: text === '' ? [] : [{ text, lang: langOfText, marking }],
            definitionId: definition,
            ...(confidence === undefined ? {} : { confidence: confidence.toUpperCase() }),
          },
          headers: { 'idempotency-key': key ?? randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`position ${answer.body.id}`, placeOf(answer.body)]);
        return EXIT.done;
      }),
    );
};

const placeOf = ({ cell, readers }: Accepted): string => `in cell ${cell} · read in ${readers.join(', ')}`;

async function jsonIn(path: string, shown: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch (cause) {
    throw new CliError(EXIT.usage, `${shown} is no JSON that can be read`, { next: 'check the path', cause });
  }
}
