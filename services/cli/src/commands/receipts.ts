// receipts, distribute, ack: who was sent and acknowledged what; sending a product to persons by name; taking note of one.
// Holds: lateness and what is owed stand first; a key of its own goes with every order, so that a repeated one is the same
// order; whether somebody may not have it or is nobody is one word, WITHHELD. Source: services/gateway README.md#receipts

import { randomUUID } from 'node:crypto';
import { EXIT, usageError } from '../errors.ts';
import type { Gateway } from '../gateway.ts';
import { printAnswer } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Receipt {
  readonly product: { readonly id: string; readonly version: number };
  readonly person: string;
  readonly status: string;
  readonly isOverdue?: boolean;
  readonly isEscalated?: boolean;
  readonly isRecallOwed?: boolean;
  readonly deadlineAt?: string;
  readonly times: Readonly<Record<string, string>>;
}

interface Distribution {
  readonly id: string;
  readonly recipients: readonly { readonly person: string; readonly status: string; readonly deadlineAt?: string }[];
}

interface Notice {
  readonly kind: string;
  readonly id: string;
  readonly status?: string;
  readonly notice?: string;
  readonly product: { readonly id: string; readonly version: number };
  readonly precedence?: string;
  readonly deadlineAt?: string;
}

const PRECEDENCES = ['FLASH', 'IMMEDIATE', 'PRIORITY', 'ROUTINE'] as const;
const PAGE = 200;

/** Registers receipts, distribute and ack. */
export const registerReceipts: Registration = (program, run) => {
  program
    .command('receipts')
    .description('who was sent, opened and acknowledged what, the late ones first')
    .option('--product <id>', 'of one product')
    .option('--person <person>', 'of one person')
    .option('--state <state>', 'such as QUEUED, DELIVERED, OPENED, RECALLED, WITHHELD')
    .option('--overdue', 'only what is past its deadline')
    .option('--as-of <time>', 'as they stood then, RFC 3339')
    .addHelpText(
      'before',
      'Examples:\n  sitebus receipts --overdue --as secretariat\n  sitebus receipts --product ID --as-of 2031-10-02T14:00:00Z --json\n',
    )
    .action((options: ReceiptOptions) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const { rows, marking } = await allReceipts(gateway, options);
        const sorted = [...rows].sort((a, b) => rankOf(a) - rankOf(b) || (a.person < b.person ? -1 : 1));
        printAnswer(context, flags, { marking, body: { items: sorted } }, () =>
          renderColumns(
            sorted,
            [
              { heading: 'PERSON', of: ({ person }) => person },
              { heading: 'STATE', of: ({ status }) => status },
              { heading: 'LATE', of: lateness },
              { heading: 'SINCE', of: ({ times }) => Object.values(times).sort().at(-1) ?? '' },
              { heading: 'DEADLINE', of: ({ deadlineAt }) => deadlineAt ?? '' },
              { heading: 'PRODUCT', of: ({ product }) => `${product.id} v${product.version}` },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );

  program
    .command('distribute <product> <persons...>')
    .description('issue the product’s version of this moment to persons by name')
    .requiredOption('--reason <text>', 'why they are to have it')
    .option('--precedence <precedence>', PRECEDENCES.join(', '), 'ROUTINE')
    .option('--key <key>', 'the order’s own: the same key is the same order')
    .option('--dry-run', 'print what would be sent')
    .addHelpText(
      'before',
      "Examples:\n  sitebus distribute ID teodor-vance --precedence FLASH --reason 'They advise the returning officers.' --as secretariat\n  sitebus distribute ID ama-lindqvist teodor-vance --reason 'For their brief.' --dry-run\n",
    )
    .action((product: string, persons: readonly string[], options: DistributeOptions) =>
      run(async (context, flags) => {
        const precedence = PRECEDENCES.find((each) => each === options.precedence.toUpperCase());
        if (precedence === undefined) throw usageError(`precedence is one of ${PRECEDENCES.join(', ')}`);
        const json = { product, recipients: persons, precedence, decision: { reason: options.reason } };
        if (options.dryRun === true) {
          context.out(`${JSON.stringify(json)}\n`);
          return EXIT.done;
        }
        const { gateway } = await connect(context, flags);
        const headers = { 'idempotency-key': options.key ?? randomUUID() };
        const answer = await gateway.json<Distribution>({ method: 'POST', path: '/v1/distributions', json, headers });
        const { id, recipients } = answer.body;
        printAnswer(context, flags, { marking: answer.marking, body: answer.body }, () => [
          `distribution ${id}`,
          ...renderColumns(
            recipients,
            [
              { heading: 'PERSON', of: ({ person }) => person },
              { heading: 'STATE', of: ({ status }) => status },
              { heading: 'DEADLINE', of: ({ deadlineAt }) => deadlineAt ?? '' },
            ],
            context.columns,
          ),
        ]);
        return recipients.some(({ status }) => status === 'WITHHELD') ? EXIT.partlyRefused : EXIT.done;
      }),
    );

  program
    .command('ack [notifications...]')
    .description('take note of what was sent to you, or of its recall; without an id, list what there is')
    .addHelpText('before', 'Examples:\n  sitebus ack --as analyst\n  sitebus ack ID --as analyst\n')
    .action((ids: readonly string[]) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answers = ids.length === 0 ? [await inbox(gateway)] : await acknowledged(gateway, ids);
        const items = answers.flatMap(({ items: some }) => some);
        printAnswer(context, flags, { marking: answers[0]?.marking, body: { items } }, () =>
          renderColumns(
            items,
            [
              { heading: 'ID', of: ({ id }) => id },
              { heading: 'KIND', of: ({ kind, notice }) => (notice === undefined ? kind : `${kind} ${notice}`) },
              { heading: 'STATE', of: ({ status }) => status ?? '' },
              { heading: 'PRECEDENCE', of: ({ precedence }) => precedence ?? '' },
              { heading: 'DEADLINE', of: ({ deadlineAt }) => deadlineAt ?? '' },
              { heading: 'PRODUCT', of: ({ product }) => `${product.id} v${product.version}` },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
};

interface ReceiptOptions {
  readonly product?: string;
  readonly person?: string;
  readonly state?: string;
  readonly overdue?: boolean;
  readonly asOf?: string;
}

interface DistributeOptions {
  readonly reason: string;
  readonly precedence: string;
  readonly key?: string;
  readonly dryRun?: boolean;
}

interface Answered<T> {
  readonly items: readonly T[];
  readonly marking: string | undefined;
}

async function allReceipts(
  gateway: Gateway,
  { product, person, state, overdue, asOf }: ReceiptOptions,
): Promise<{ readonly rows: readonly Receipt[]; readonly marking: string | undefined }> {
  const rows: Receipt[] = [];
  let marking: string | undefined;
  const query = { product, person, state, overdue: overdue === true ? 'true' : undefined, asOf, limit: PAGE };
  for (let cursor: string | undefined, isMore = true; isMore; isMore = cursor !== undefined) {
    const answer = await gateway.json<{ items: readonly Receipt[]; next?: string }>({
      path: '/v1/receipts',
      query: { ...query, cursor },
    });
    rows.push(...answer.body.items);
    marking ??= answer.marking;
    cursor = answer.body.next;
  }
  return { rows, marking };
}

async function inbox(gateway: Gateway): Promise<Answered<Notice>> {
  const answer = await gateway.json<{ items: readonly Notice[] }>({
    path: '/v1/notifications',
    query: { limit: PAGE },
  });
  return { items: answer.body.items, marking: answer.marking };
}

async function acknowledged(gateway: Gateway, ids: readonly string[]): Promise<readonly Answered<Notice>[]> {
  const answers: Answered<Notice>[] = [];
  for (const id of ids) {
    const path = `/v1/notifications/${encodeURIComponent(id)}/acknowledge`;
    const answer = await gateway.json<Notice>({ method: 'POST', path, json: {} });
    answers.push({ items: [answer.body], marking: answer.marking });
  }
  return answers;
}

function lateness({ isOverdue, isEscalated, isRecallOwed }: Receipt): string {
  if (isRecallOwed === true) return 'recall owed';
  if (isEscalated === true) return 'escalated';
  return isOverdue === true ? 'overdue' : '';
}

function rankOf(row: Receipt): number {
  return ['escalated', 'overdue', 'recall owed', ''].indexOf(lateness(row));
}
