// sources: how every source is doing, silent ones first. gaps add: what your agency did not observe.

import { randomUUID } from 'node:crypto';
import { EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Source {
  readonly id: string;
  readonly agency: string;
  readonly cell: string;
  readonly observations: number;
  readonly overMarked?: number;
  readonly orcon?: number;
  readonly lastEvent?: string;
  readonly usualIntervalMs?: number;
  readonly ratePerDay: number;
  readonly lagMs?: { readonly p50: number; readonly p99: number };
  readonly silentSince?: string;
  readonly gaps?: readonly { readonly from: string; readonly to?: string; readonly reason: string }[];
}

/** Registers sources. */
export const registerSources: Registration = (program, run) => {
  program
    .command('sources')
    .description('age, rate and lag of every source, silent ones first')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ readonly items: readonly Source[] }>({ path: '/v1/sources' });
        const rows = [...answer.body.items].sort(
          (a, b) => Number(b.silentSince !== undefined) - Number(a.silentSince !== undefined) || (a.id < b.id ? -1 : 1),
        );
        printAnswer(context, flags, { marking: answer.marking, body: { items: rows } }, () =>
          renderColumns(
            rows,
            [
              { heading: 'SOURCE', of: ({ id }) => id },
              {
                heading: 'STATE',
                of: ({ silentSince }) => (silentSince === undefined ? 'ok' : `silent since ${silentSince}`),
              },
              { heading: 'LAST', of: ({ lastEvent }) => lastEvent ?? 'never' },
              {
                heading: 'USUALLY',
                of: ({ usualIntervalMs }) =>
                  usualIntervalMs === undefined ? '' : `every ${durationText(usualIntervalMs)}`,
              },
              { heading: 'PER DAY', of: ({ ratePerDay }) => String(ratePerDay) },
              {
                heading: 'LAG p50/p99 ms',
                of: ({ lagMs }) => (lagMs === undefined ? '' : `${Math.round(lagMs.p50)}/${Math.round(lagMs.p99)}`),
              },
              { heading: 'OBSERVATIONS', of: ({ observations }) => String(observations) },
              { heading: 'OVER-MARKED', of: ({ overMarked }) => String(overMarked ?? '') },
              { heading: 'ORCON', of: ({ orcon }) => String(orcon ?? '') },
              { heading: 'GAPS', of: ({ gaps = [] }) => gaps.map(gapText).join('; ') },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
  program
    .command('gaps')
    .description('times at which an agency did not observe')
    .command('add <source>')
    .description('say that your agency did not observe in a cell for a while; <source> is <cell>.<agency>')
    .requiredOption('--from <instant>', 'when it began')
    .option('--to <instant>', 'when it ended; without it, it lasts')
    .requiredOption('--reason <text>', 'why nothing was observed')
    .addHelpText(
      'before',
      'Examples:\n  sitebus gaps add pb-can.rcmp --from 2031-10-01T08:00Z --to 2031-10-01T10:00Z --reason "sensor moved" --as operator\n  sitebus gaps add open.gac --from 2031-10-02T00:00Z --reason "platform closed its interface" --as operator\n',
    )
    .action((source: string, options: { readonly from: string; readonly to?: string; readonly reason: string }) =>
      run(async (context, flags) => {
        const json = { from: instant(options.from), ...(options.to !== undefined && { to: instant(options.to) }), reason: options.reason };
        const { gateway } = await connect(context, flags);
        const path = `/v1/sources/${encodeURIComponent(source)}/gaps`;
        const answer = await gateway.json<{ readonly id: string }>({ method: 'POST', path, json, headers: { 'idempotency-key': randomUUID() } });
        printAnswer(context, flags, answer, () => [answer.body.id]);
        say(context, flags, `next: sitebus sources  shows it; recall ${answer.body.id} takes it back`);
        return EXIT.done;
      }),
    );
}; // prettier-ignore

function gapText({ from, to }: { readonly from: string; readonly to?: string }): string {
  return `${from} to ${to ?? 'now'}`;
}

function instant(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw usageError(`${text} is no instant`, 'such as 2031-10-01T08:00Z');
  return new Date(ms).toISOString();
}

function durationText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}
