// dead: what your agency's service refused, by cause; try it again or put it away.
// Holds: a redrive shows what it was before and what came of it; nothing of the bytes is shown, for the gateway has none.

import { randomUUID } from 'node:crypto';
import { EXIT } from '../errors.ts';
import { printAnswer, printJson, printLines, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { bannerOf, blockOf } from '../render/record.ts';
import type { ReleasedRecord } from '../render/record.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';
import { readList } from './read.ts';

interface Letter extends ReleasedRecord {
  readonly id: string;
  readonly causes: readonly string[];
  readonly cell: string;
  readonly sha256: string;
  readonly state: string;
  readonly times: number;
  readonly format?: string;
  readonly source?: string;
  readonly lastAt: string;
  readonly words: readonly { readonly kind: string; readonly came?: { readonly accepted: number; readonly refused: number; readonly skipped: number; readonly codes: readonly string[] } }[];
} // prettier-ignore

interface WordOptions {
  readonly reason: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

/** Registers dead. */
export const registerDeadLetters: Registration = (program, run) => {
  const dead = program.command('dead').description('refused input of your agency, by cause');

  dead
    .command('list')
    .description('each once, newest first, with the hash of its bytes')
    .option('--cause <code>', 'refused for this')
    .option('--state <waiting|redriven|discarded>', 'as it stands')
    .option('--limit <n>', 'at most so many', '200')
    .addHelpText('before', 'Examples:\n  sitebus dead list --as operator\n  sitebus dead list --cause MARKING_REQUIRED --state waiting\n')
    .action(({ cause, state, limit }: { readonly cause?: string; readonly state?: string; readonly limit: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const query = { ...(cause !== undefined && { cause }), ...(state !== undefined && { state: state.toUpperCase() }) };
        const { items, marking, more } = await readList(gateway, '/v1/dead-letters', query, Number(limit));
        const letters = items as readonly Letter[];
        if (flags.json) letters.forEach((letter) => printJson(context, bannerOf(letter) ?? marking, letter));
        else printLines(context, marking, letters.length === 0 ? ['nothing waits'] : [...causeLines(letters), ...tableOf(letters, context.columns)]);
        if (more) say(context, flags, `there are more than ${items.length}: --limit, or --cause`);
        return EXIT.done;
      }),
    );

  dead
    .command('show <id>')
    .description('one of them, with what was said and done')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Letter>({ path: pathOf(id) });
        printAnswer(context, flags, answer, () => blockOf(answer.body));
        return EXIT.done;
      }),
    );

  for (const act of ['redrive', 'discard'] as const)
    dead
      .command(`${act} <id>`)
      .description(act === 'redrive' ? 'takes the same bytes in again; every check anew' : 'puts it away for good')
      .requiredOption('--reason <text>', 'why')
      .option('--key <key>', 'the word’s own: the same key is the same word')
      .option('--dry-run', 'show it and change nothing')
      .addHelpText('before', `Examples:\n  sitebus dead ${act} ID --reason 'The mapping is there now.' --as operator\n`)
      .action((id: string, { reason, key, dryRun }: WordOptions) =>
        run(async (context, flags) => {
          const { gateway } = await connect(context, flags);
          const before = await gateway.json<Letter>({ path: pathOf(id) });
          if (dryRun === true) {
            printAnswer(context, flags, before, () => [`would ${act}:`, ...blockOf(before.body)]);
            return EXIT.done;
          }
          const after = await gateway.json<Letter>({
            method: 'POST',
            path: `${pathOf(id)}/${act}`,
            json: { reason },
            headers: { 'idempotency-key': key ?? randomUUID() },
          });
          printAnswer(context, flags, { marking: after.marking, body: after.body }, () => [
            `before  ${before.body.state}  ${before.body.causes.join(', ')}`,
            `after   ${after.body.state}${cameText(after.body)}`,
          ]);
          return after.body.state === 'WAITING' ? EXIT.partlyRefused : EXIT.done;
        }),
      );
}; // prettier-ignore

const pathOf = (id: string): string => `/v1/dead-letters/${encodeURIComponent(id)}`;

function cameText({ words }: Letter): string {
  const came = words.at(-1)?.came;
  if (came === undefined) return '';
  const codes = came.codes.length === 0 ? '' : ` (${came.codes.join(', ')})`;
  return `  accepted ${came.accepted} · refused ${came.refused}${codes} · skipped ${came.skipped}`;
}

function causeLines(letters: readonly Letter[]): string[] {
  const counts = new Map<string, number>();
  for (const { causes } of letters) for (const cause of causes) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([cause, count]) => `${count}  ${cause}`);
}

function tableOf(letters: readonly Letter[], columns: number | undefined): string[] {
  return renderColumns(
    letters,
    [
      { heading: 'STATE', of: ({ state }) => state },
      { heading: 'LAST', of: ({ lastAt }) => lastAt },
      { heading: 'TIMES', of: ({ times }) => String(times) },
      { heading: 'CAUSES', of: ({ causes }) => causes.join(' ') },
      { heading: 'CELL', of: ({ cell }) => cell },
      { heading: 'FROM', of: ({ format, source }) => [format ?? 'refused by readers', source ?? ''].join(' ').trim() },
      { heading: 'SHA-256', of: ({ sha256 }) => sha256.slice(0, 16) },
      { heading: 'ID', of: ({ id }) => id },
    ],
    columns,
  );
}
