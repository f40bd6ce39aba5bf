// The answer to many items: a bar while it runs, the sums, and a file of what was not accepted.
// Holds: items = accepted + refused + skipped, as the server counted them; the refused file carries line, code, reason and fix
// beside the line itself where it is known; exit code 3 as soon as one item was refused.

import { writeFile } from 'node:fs/promises';
import type { BatchSummary, ItemAnswer } from '@sitebus/sdk';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT } from '../errors.ts';
import { printLines, say } from '../render/answer.ts';

/** What was sent: its name, and its lines where the format has lines. */
export interface BatchSource {
  readonly source: string;
  readonly lines?: readonly string[];
}

type BatchLine = ItemAnswer | { readonly summary: BatchSummary };

const REPORT_EVERY_MS = 10_000;

/** Reads the answer to its end. Rejects with a CliError when the server stopped before its summary. */
export async function answerBatch(
  answer: { readonly marking: string | undefined; readonly items: AsyncIterable<unknown> },
  { source, lines }: BatchSource,
  context: CliContext,
  flags: GlobalFlags,
): Promise<number> {
  const refused: string[] = [];
  let summary: BatchSummary | undefined;
  let seen = 0;
  let reportedAt = context.now();
  for await (const item of answer.items as AsyncIterable<BatchLine>) {
    if (flags.json)
      context.out(`${JSON.stringify(answer.marking === undefined ? item : { marking: answer.marking, ...item })}\n`);
    if ('summary' in item) summary = item.summary;
    else {
      seen += 1;
      if (item.status !== 'accepted') {
        refused.push(JSON.stringify({ ...item, item: lines?.[item.line - 1] }));
        if (!flags.json)
          say(
            context,
            flags,
            `${source}:${item.line} ${item.status} ${item.code} ${item.pointer ?? ''}: ${item.reason} → ${item.fix}`,
          );
      }
    }
    if (context.now() - reportedAt > REPORT_EVERY_MS) {
      reportedAt = context.now();
      say(context, flags, `${seen} items so far`);
    }
  }
  if (summary === undefined)
    throw new CliError(EXIT.failed, 'the answer ended before its summary', {
      where: [`${source}, after item ${seen}`],
      next: 'sitebus doctor',
    });
  const refusedFile = source === '-' ? 'stdin.refused.ndjson' : `${source}.refused.ndjson`;
  if (refused.length > 0) await writeFile(refusedFile, `${refused.join('\n')}\n`);
  if (!flags.json) {
    printLines(context, answer.marking, [
      `${source}: ${summary.items} items = ${summary.accepted} accepted + ${summary.refused} refused + ${summary.skipped} skipped`,
      ...(refused.length === 0 ? [] : [`the rest: ${refusedFile}`]),
    ]);
  }
  return summary.refused > 0 ? EXIT.partlyRefused : EXIT.done;
}
