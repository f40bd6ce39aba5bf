// subscribe: a filter under a name, and how what it lets through reaches its owner; what was sent, tests, pause and resume.
// Holds: what it would have let through in seven days is shown before it is kept; a webhook's secret is printed once, on stdout
// with the subscription; a key of its own goes with every order. Source: services/gateway README.md#subscriptions

import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { CliContext, GlobalFlags } from '../context.ts';
import { EXIT, usageError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { collect, connect, readFilters } from './command.ts';
import type { Registration, Run } from './command.ts';

interface Subscription {
  readonly id: string;
  readonly view: string;
  readonly name: string;
  readonly deliver: string;
  readonly url?: string;
  readonly filter: Readonly<Record<string, unknown>>;
  readonly triggers?: readonly string[];
  readonly signingSecret?: string;
}

interface Preview {
  readonly matches: number;
  readonly isMore: boolean;
}

interface Delivery {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly startedAt: string;
  readonly records: number;
  readonly withheld: number;
  readonly attempts: number;
  readonly code?: string;
  readonly lagMs?: number;
}

interface Deliveries {
  readonly state: string;
  readonly failures: number;
  readonly lastSentAt?: string;
  readonly retryAt?: string;
  readonly nextDigestAt?: string;
  readonly lag?: { readonly waiting: number; readonly isMore: boolean; readonly ms: number };
  readonly items: readonly Delivery[];
}

interface CreateOptions {
  readonly filter: readonly string[];
  readonly trigger: readonly string[];
  readonly deliver: string;
  readonly url?: string;
  readonly dryRun?: boolean;
}

const DELIVER = ['stream', 'taxii', 'digest', 'webhook'];
/** Conditions that are numbers on the wire. */
const NUMBERS = ['severityMin', 'likelihoodMin'];

/** Registers subscribe, and its other name. */
export const registerSubscribe: Registration = (program, run) => {
  const subscribe = program
    .command('subscribe')
    .alias('subscription')
    .description('alerts of your choice: streamed, fetched by TAXII, mailed as a digest or posted to an address');
  registerCreate(subscribe, run);
  registerReads(subscribe, run);
  registerTurns(subscribe, run);
};

function registerCreate(subscribe: Command, run: Run): void {
  subscribe
    .command('create <name>')
    .description('keep a filter, and how it reaches you; shows first what it would have let through in seven days')
    .option('--filter <name=value>', 'a condition of `tail alerts`; repeatable', collect, [])
    .option('--trigger <reason>', 'speak on this reason alone, such as NEW or BAND; repeatable', collect, [])
    .option('--deliver <how>', DELIVER.join(', '), 'stream')
    .option('--url <address>', 'where a webhook posts to')
    .option('--dry-run', 'print what would be kept, and what it would have let through')
    .addHelpText(
      'before',
      'Examples:\n  sitebus subscribe create bands --filter precedence=PRIORITY --trigger BAND --as analyst\n  sitebus subscribe create mine --deliver digest --as analyst\n',
    )
    .action((name: string, options: CreateOptions) =>
      run(async (context, flags) => {
        if (!DELIVER.includes(options.deliver)) throw usageError(`--deliver is one of ${DELIVER.join(', ')}`);
        const wanted = {
          filter: filterOf(options.filter),
          ...(options.trigger.length === 0 ? {} : { triggers: options.trigger }),
        };
        const json = { name, deliver: options.deliver, ...(options.url && { url: options.url }), ...wanted };
        const { gateway } = await connect(context, flags);
        const seen = await gateway.json<Preview>({ method: 'POST', path: '/v1/subscriptions/preview', json: wanted });
        const { matches, isMore } = seen.body;
        if (options.dryRun === true) {
          const body = { ...json, matches, isMore };
          printAnswer(context, flags, { marking: seen.marking, body }, () => [JSON.stringify(json), matchesLine(seen.body)]);
          return EXIT.done;
        }
        say(context, flags, matchesLine(seen.body));
        const headers = { 'idempotency-key': randomUUID() };
        const made = await gateway.json<Subscription>({ method: 'POST', path: '/v1/subscriptions', json, headers });
        printAnswer(context, flags, made, () => subscriptionLines(made.body));
        return EXIT.done;
      }),
    ); // prettier-ignore
}

function registerReads(subscribe: Command, run: Run): void {
  subscribe
    .command('list')
    .description('your subscriptions, how each stands and what waits')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Subscription[] }>({ path: '/v1/subscriptions' });
        const items: (Subscription & { readonly deliveries: Deliveries })[] = [];
        for (const each of answer.body.items)
          items.push({ ...each, deliveries: (await deliveriesOf(gateway, each.id)).body });
        printAnswer(context, flags, { marking: answer.marking, body: { items } }, () =>
          renderColumns(
            items,
            [
              { heading: 'ID', of: ({ id }) => id },
              { heading: 'NAME', of: ({ name }) => name },
              { heading: 'DELIVER', of: ({ deliver }) => deliver },
              { heading: 'STATE', of: ({ deliveries }) => deliveries.state },
              { heading: 'WAITING', of: ({ deliveries }) => waiting(deliveries) },
              { heading: 'LAST SENT', of: ({ deliveries }) => deliveries.lastSentAt ?? '' },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );

  subscribe
    .command('show <id>')
    .description('what a subscription sent when, its failures, and what waits')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await deliveriesOf(gateway, id);
        printAnswer(context, flags, answer, () => deliveryLines(answer.body, context));
        return EXIT.done;
      }),
    );
}

function registerTurns(subscribe: Command, run: Run): void {
  subscribe
    .command('test <id>')
    .description('send one test the way the subscription goes; `show` tells how it ended')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ delivery: string }>({ method: 'POST', path: pathOf(id, 'test') });
        printAnswer(context, flags, answer, () => [`test ${answer.body.delivery}`]);
        say(context, flags, `next: sitebus subscribe show ${id}`);
        return EXIT.done;
      }),
    );
  for (const [command, description] of [
    ['pause', 'hold what it sends; nothing is lost'],
    ['resume', 'go on where it stood, also after it was given up'],
  ] as const)
    subscribe
      .command(`${command} <id>`)
      .description(description)
      .action((id: string) => run((context, flags) => turn(context, flags, id, command)));
  subscribe
    .command('rm <id>')
    .description('remove a subscription and what is kept of it')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        await gateway.json<undefined>({ method: 'DELETE', path: pathOf(id) });
        say(context, flags, `removed ${id}`);
        return EXIT.done;
      }),
    );
}

async function turn(context: CliContext, flags: GlobalFlags, id: string, command: 'pause' | 'resume'): Promise<number> {
  const { gateway } = await connect(context, flags);
  const answer = await gateway.json<{ state: string }>({ method: 'POST', path: pathOf(id, command) });
  const undo = command === 'pause' ? 'resume' : 'pause';
  printAnswer(context, flags, answer, () => [`${id} ${answer.body.state}`, `undo: sitebus subscribe ${undo} ${id}`]);
  return EXIT.done;
}

function deliveriesOf(gateway: Gateway, id: string) {
  return gateway.json<Deliveries>({ path: pathOf(id, 'deliveries') });
}

function pathOf(id: string, last?: string): string {
  return `/v1/subscriptions/${encodeURIComponent(id)}${last === undefined ? '' : `/${last}`}`;
}

function filterOf(filters: readonly string[]): Record<string, string | number> {
  const given = Object.entries(readFilters(filters));
  return Object.fromEntries(given.map(([name, value]) => [name, NUMBERS.includes(name) ? Number(value) : value]));
}

function matchesLine({ matches, isMore }: Preview): string {
  return `${matches}${isMore ? '+' : ''} alerts of the last seven days would have come`;
}

/** What to do with it, by how it is delivered. */
function subscriptionLines({ id, view, deliver, url, signingSecret }: Subscription): string[] {
  const how: Readonly<Record<string, readonly string[]>> = {
    stream: [
      `curl   curl -N -H "Authorization: Bearer $(sitebus token ROLE)" 'ORIGIN/v1/alerts/stream?view=${view}&subscription=${id}'`,
      `sdk    createSubscriber({ gateway, token, view: '${view}', cursors })`,
    ],
    taxii: [`taxii  the collection of ${view} under ORIGIN/taxii2/sitebus/collections/`],
    digest: ['mail   what is assigned or escalated to you, bundled; nothing else'],
    webhook: [`posts  ${url ?? ''}`, `secret ${signingSecret ?? ''}   (shown this once)`],
  };
  return [`subscription ${id}`, ...(how[deliver] ?? [])];
}

function deliveryLines({ items, ...head }: Deliveries, { columns }: CliContext): string[] {
  const facts = [
    head.state,
    `waiting ${waiting(head)}`,
    ...(head.failures > 0 ? [`${head.failures} failures in a row`] : []),
    ...(head.retryAt === undefined ? [] : [`again at ${head.retryAt}`]),
    ...(head.nextDigestAt === undefined ? [] : [`next digest ${head.nextDigestAt}`]),
    ...(head.lastSentAt === undefined ? [] : [`last sent ${head.lastSentAt}`]),
  ];
  const rows = renderColumns(
    items,
    [
      { heading: 'STARTED', of: ({ startedAt }) => startedAt },
      { heading: 'KIND', of: ({ kind }) => kind },
      { heading: 'STATE', of: ({ state, code }) => (code === undefined ? state : `${state} ${code}`) },
      { heading: 'RECORDS', of: ({ records }) => String(records) },
      { heading: 'WITHHELD', of: ({ withheld }) => String(withheld) },
      { heading: 'ATTEMPTS', of: ({ attempts }) => String(attempts) },
      { heading: 'LAG MS', of: ({ lagMs }) => (lagMs === undefined ? '' : String(lagMs)) },
    ],
    columns,
  );
  return [facts.join(' · '), ...rows];
}

function waiting({ lag }: Pick<Deliveries, 'lag'>): string {
  if (lag === undefined) return '';
  return `${lag.waiting}${lag.isMore ? '+' : ''}${lag.waiting === 0 ? '' : ` (${Math.round(lag.ms / 1000)} s)`}`;
}
