// sources: how every source is doing, silent ones first.

import { EXIT } from '../errors.ts';
import { printAnswer } from '../render/answer.ts';
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
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
};

function durationText(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}
