// tail: what happens, as it happens, newest last.
// Holds: alerts come by the stream and go on by themselves after a break, nothing twice; a gap is printed, never passed over;
// observations and assessments have no stream of their own and are asked for every second, each version once.

import { setTimeout as pause } from 'node:timers/promises';
import type { CliContext, GlobalFlags } from '../context.ts';
import { EXIT, usageError } from '../errors.ts';
import { follow } from '../event-stream.ts';
import type { Gateway } from '../gateway.ts';
import { printJson, say } from '../render/answer.ts';
import { cutTo } from '../render/columns.ts';
import { bannerOf, lineOf, text } from '../render/record.ts';
import type { ReleasedRecord } from '../render/record.ts';
import { collect, connect, readFilters } from './command.ts';
import type { Registration } from './command.ts';
import { LISTS, readList } from './read.ts';

interface TailFlags {
  readonly filter: readonly string[];
  readonly from?: string;
  readonly limit?: string;
}

const POLL_MS = 1_000;
/** Longest list looked through between two questions; a burst above it is announced. */
const POLL_ITEMS = 1_000;

/** Registers tail. */
export const registerTail: Registration = (program, run) => {
  program
    .command('tail <kind>')
    .description('follow alerts, observations or assessments; newest last; Ctrl-C ends it')
    .option('--filter <name=value>', 'narrow it; may be repeated', collect, [])
    .option('--from <time|cursor>', 'start in the past, or go on after a cursor that --json printed')
    .option('--limit <n>', 'end after so many')
    .addHelpText(
      'before',
      'Examples:\n  sitebus tail alerts --as analyst\n  sitebus tail alerts --from 2031-10-02T00:00:00Z --filter severityMin=60 --json\n',
    )
    .action((kind: string, tail: TailFlags) =>
      run(async (context, flags) => {
        const limit = tail.limit === undefined ? Infinity : Number(tail.limit);
        if (!(limit >= 1)) throw usageError(`--limit takes a number from 1, not "${tail.limit ?? ''}"`);
        const { gateway } = await connect(context, flags);
        if (kind === 'alerts') return tailAlerts(gateway, tail, limit, context, flags);
        if (kind === 'observations' || kind === 'assessments')
          return tailList(gateway, kind, tail, limit, context, flags);
        throw usageError(`"${kind}" cannot be followed`, 'sitebus tail alerts|observations|assessments');
      }),
    );
};

async function tailAlerts(
  gateway: Gateway,
  tail: TailFlags,
  limit: number,
  context: CliContext,
  flags: GlobalFlags,
): Promise<number> {
  const isTime = tail.from !== undefined && /^\d{4}-\d{2}-\d{2}T/.test(tail.from);
  const events = follow(gateway, {
    path: '/v1/alerts/stream',
    query: { ...readFilters(tail.filter), from: isTime ? tail.from : undefined },
    after: isTime ? undefined : tail.from,
    signal: context.signal,
    onBreak: (why, waitMs) => say(context, flags, `${why}; going on in ${(waitMs / 1000).toFixed(1)} s`),
  });
  let printed = 0;
  for await (const { event, id, data, marking } of events) {
    if (event === 'gap') printGap(data as ReleasedRecord, id, marking, context, flags);
    if (event !== 'alert') continue;
    const alert = data as ReleasedRecord;
    if (flags.json) printJson(context, bannerOf(alert) ?? marking, { ...alert, cursor: id });
    else context.out(`${cutTo(lineOf('alerts', alert), context.columns)}\n`);
    printed += 1;
    if (printed >= limit) return EXIT.done;
  }
  return EXIT.interrupted;
}

function printGap(
  gap: ReleasedRecord,
  id: string | undefined,
  marking: string | undefined,
  context: CliContext,
  flags: GlobalFlags,
): void {
  if (flags.json) printJson(context, marking, { gap, cursor: id });
  else
    context.out(
      `-- gap: from ${text(gap['from'])} to ${text(gap['to'])} something may be missing (${text(gap['reason'])}); the list has it: ${text(gap['list'])}\n`,
    );
}

async function tailList(
  gateway: Gateway,
  kind: string,
  tail: TailFlags,
  limit: number,
  context: CliContext,
  flags: GlobalFlags,
): Promise<number> {
  const path = LISTS[kind] ?? '';
  const query = readFilters(tail.filter);
  const seen = new Set<string>();
  let printed = 0;
  let isFirst = tail.from === undefined;
  while (!context.signal.aborted) {
    const { items, marking, more } = await readList(
      gateway,
      path,
      tail.from === undefined ? query : { ...query, from: tail.from },
      POLL_ITEMS,
    );
    if (more && !isFirst)
      say(context, flags, `more than ${items.length} at once: what came between may be missing here`);
    for (const item of [...items].reverse()) {
      const key = keyOf(item);
      if (seen.has(key)) continue;
      seen.add(key);
      if (isFirst) continue; // what was there before is the list's to show
      if (flags.json) printJson(context, bannerOf(item) ?? marking, item);
      else context.out(`${cutTo(lineOf(kind, item), context.columns)}\n`);
      printed += 1;
      if (printed >= limit) return EXIT.done;
    }
    isFirst = false;
    await pause(POLL_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
  return EXIT.interrupted;
}

function keyOf(item: ReleasedRecord): string {
  const envelope = item['envelope'] as ReleasedRecord | undefined;
  return `${text(item['id'] ?? envelope?.['id'])} ${text(item['version'] ?? item['status'])}`;
}
