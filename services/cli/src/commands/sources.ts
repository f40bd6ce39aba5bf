// sources: how every source is doing, silent ones first.

import { EXIT } from '../errors.ts';
import { printAnswer } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Source {
  readonly id: string;
  readonly lastEvent?: string;
  readonly usualInterval?: number | string;
  readonly rate?: number;
  readonly refusedRate?: number;
  readonly lagMs?: { readonly p50?: number; readonly p99?: number };
  readonly silentSince?: string;
  readonly gaps?: readonly unknown[];
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
              { heading: 'RATE', of: ({ rate }) => (rate === undefined ? '' : rate.toFixed(2)) },
              {
                heading: 'REFUSED',
                of: ({ refusedRate }) => (refusedRate === undefined ? '' : `${(refusedRate * 100).toFixed(1)} %`),
              },
              {
                heading: 'LAG p50/p99 ms',
                of: ({ lagMs }) => (lagMs === undefined ? '' : `${lagMs.p50 ?? '–'}/${lagMs.p99 ?? '–'}`),
              },
              { heading: 'GAPS', of: ({ gaps }) => String(gaps?.length ?? 0) },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
};
