// monitor: what accounts that openly speak for states post, ranked and counted day by day.
// Holds: caveat, last refresh and gaps stand above every answer for people; a day without a number is a dash, never 0.
// Source: services/gateway README.md#public-matters

import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { printAnswer } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { answerBatch } from './batch-answer.ts';
import { connect } from './command.ts';
import type { Registration, Run } from './command.ts';

/** What every answer carries. */
interface Notice {
  readonly lastRefresh: string | null;
  readonly gaps: readonly {
    readonly platform: string;
    readonly from: string;
    readonly to?: string;
    readonly reason: { readonly en: string };
  }[];
  readonly caveat: { readonly en: string };
}

interface Aggregates extends Notice {
  readonly ranking: readonly { readonly value: string; readonly count: number }[];
  readonly trend: readonly { readonly day: string; readonly posts: number | null }[];
}

interface Accounts extends Notice {
  readonly items: readonly { readonly id: string; readonly account: string; readonly country: string; readonly class: string }[];
} // prettier-ignore

/** Registers monitor. */
export const registerMonitor: Registration = (program, run) => {
  const monitor = program.command('monitor').description('the state-media monitor; appearing in it connects nobody to a state'); // prettier-ignore
  registerRank(monitor, run);
  registerAccounts(monitor, run);
  registerGap(monitor, run);
  registerRetire(monitor, run);
};

function registerRank(monitor: Command, run: Run): void {
  withFilters(monitor.command('rank'))
    .description('a ranking and the posts day by day')
    .option('--by <kind>', 'account, post, hashtag, topic, country or link')
    .option('--from <day>', 'first local day, yyyy-mm-dd; default the last days of policy')
    .option('--to <day>', 'last local day')
    .action((options: Readonly<Record<string, string | undefined>>) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Aggregates>({ path: '/v1/monitor/aggregates', query: { ...options } });
        printAnswer(context, flags, answer, () => [
          ...noticeLines(answer.body),
          ...renderColumns(
            answer.body.ranking,
            [
              { heading: 'COUNT', of: ({ count }) => String(count) },
              { heading: 'VALUE', of: ({ value }) => value },
            ],
            context.columns,
          ),
          '',
          ...renderColumns(
            answer.body.trend,
            [
              { heading: 'DAY', of: ({ day }) => day },
              { heading: 'POSTS', of: ({ posts }) => (posts === null ? '–' : String(posts)) },
            ],
            context.columns,
          ),
        ]);
        return EXIT.done;
      }),
    );
}

function registerAccounts(monitor: Command, run: Run): void {
  withFilters(monitor.command('accounts'))
    .description('the accounts that are monitored')
    .action((options: Readonly<Record<string, string | undefined>>) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<Accounts>({ path: '/v1/monitor/accounts', query: { ...options } });
        printAnswer(context, flags, answer, () => [
          ...noticeLines(answer.body),
          ...renderColumns(
            answer.body.items,
            [
              { heading: 'ACCOUNT', of: ({ account }) => account },
              { heading: 'COUNTRY', of: ({ country }) => country },
              { heading: 'CLASS', of: (each) => each.class },
              { heading: 'ID', of: ({ id }) => id },
            ],
            context.columns,
          ),
        ]);
        return EXIT.done;
      }),
    );
}

function registerGap(monitor: Command, run: Run): void {
  monitor
    .command('gap')
    .description('declare a time in which nothing of a platform was collected')
    .requiredOption('--platform <platform>', 'of which')
    .requiredOption('--from <instant>', 'with its offset')
    .requiredOption('--reason <text>', 'why')
    .option('--to <instant>', 'its end; leave it out while the gap lasts')
    .action((gap: Readonly<Record<string, string | undefined>>) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const raw = { body: JSON.stringify(gap), contentType: 'application/octet-stream' };
        const query = { source: 'gac-monitor' };
        const answer = await gateway.lines<unknown>({ method: 'POST', path: '/v1/imports/coverage', query, raw });
        return answerBatch(answer, { source: 'the gap' }, context, flags);
      }),
    );
}

function registerRetire(monitor: Command, run: Run): void {
  monitor
    .command('retire <id>')
    .description('end an account’s time in the monitor; what it posted before stays')
    .option('--to <day>', 'last day on which it counts; default today')
    .action((id: string, { to }: { to?: string }) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ readonly id?: string; readonly outcome: string }>({
          method: 'POST',
          path: `/v1/monitor/accounts/${encodeURIComponent(id)}/retire`,
          json: { to },
          headers: { 'idempotency-key': randomUUID() },
        });
        printAnswer(context, flags, answer, () => [`${answer.body.outcome} ${answer.body.id ?? ''}`.trim()]);
        return EXIT.done;
      }),
    );
}

/** Caveat, last refresh and gaps: above the data, always. */
function noticeLines({ caveat, lastRefresh, gaps }: Notice): readonly string[] {
  return [
    caveat.en,
    `last refresh: ${lastRefresh ?? 'never'}`,
    ...(gaps.length === 0 ? ['gaps: none known'] : []),
    ...gaps.map(({ platform, from, to, reason }) => `gap: ${platform} from ${from} to ${to ?? 'now'}: ${reason.en}`),
    '',
  ];
}

function withFilters(command: Command): Command {
  return command
    .option('--country <country>', 'the state whose accounts')
    .option('--class <class>', 'MEDIA or DIPLOMATIC_GOVERNMENT')
    .option('--platform <platform>', 'on one platform');
}
