// lookup: has anybody seen these values?
// Holds: a value's kind is what its shape says, or what `kind:value` says; a value of no known shape is a usage error, not a guess.

import { EXIT, usageError } from '../errors.ts';
import { renderColumns } from '../render/columns.ts';
import { printAnswer } from '../render/answer.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Seen {
  readonly kind?: string;
  readonly value?: string;
  readonly seen: boolean;
  readonly first?: string;
  readonly last?: string;
  readonly observations?: readonly (string | { readonly id: string })[];
  readonly context?: string;
}

const MAX_VALUES = 1_000;
const KINDS = [
  'domain',
  'ip',
  'url',
  'hash',
  'email',
  'account',
  'wallet',
  'certificate',
  'tracker',
  'person',
  'media',
] as const;

/** Registers lookup. */
export const registerLookup: Registration = (program, run) => {
  program
    .command('lookup <values...>')
    .description('say whether values have been seen: domains, addresses, URLs, hashes, e-mails, or kind:value')
    .addHelpText(
      'before',
      "Examples:\n  sitebus lookup 'mirror-check[.]example' 192.0.2.7 --as analyst\n  sitebus lookup account:chirrup:@votefacts --json\n",
    )
    .addHelpText(
      'after',
      '\nWhat policy masks (as shipped: persons and wallets) is answered as never seen, to everybody: see sitebus reveal.',
    )
    .action((values: readonly string[]) =>
      run(async (context, flags) => {
        if (values.length > MAX_VALUES)
          throw usageError(`${values.length} values are too many, at most ${MAX_VALUES} at a time`);
        const features = values.map(toFeature);
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<readonly Seen[] | { readonly items: readonly Seen[] }>({
          method: 'POST',
          path: '/v1/features/lookup',
          json: { features },
        });
        const items = 'items' in answer.body ? answer.body.items : answer.body;
        const rows = items.map((item, i) => ({ ...features[i], ...item }));
        printAnswer(context, flags, { marking: answer.marking, body: { items: rows } }, () =>
          renderColumns(
            rows,
            [
              { heading: 'SEEN', of: (row) => (row.seen ? 'yes' : 'no') },
              { heading: 'KIND', of: (row) => row.kind ?? '' },
              { heading: 'VALUE', of: (row) => row.value ?? '' },
              { heading: 'FIRST', of: (row) => row.first ?? '' },
              { heading: 'LAST', of: (row) => row.last ?? '' },
              {
                heading: 'OBSERVATIONS',
                of: (row) =>
                  [row.context ?? '', ...(row.observations ?? []).map((o) => (typeof o === 'string' ? o : o.id))]
                    .join(' ')
                    .trim(),
              },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
};

/** @returns kind and value of one word; throws a usage error when its shape says nothing. */
export function toFeature(word: string): { readonly kind: string; readonly value: string } {
  const named = KINDS.find((kind) => word.startsWith(`${kind}:`));
  if (named !== undefined) return { kind: named, value: word.slice(named.length + 1) };
  const plain = word.replaceAll(/\[\.\]|\(\.\)/g, '.').replace(/^hxxp/i, 'http');
  if (/^https?:\/\//i.test(plain)) return { kind: 'url', value: word };
  if (/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(plain)) return { kind: 'email', value: word };
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(plain) || /^[0-9a-f]*:[0-9a-f:]+$/i.test(plain))
    return { kind: 'ip', value: word };
  if (/^([0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/i.test(plain)) return { kind: 'hash', value: word };
  if (/^[^\s/]+\.[^\s/.]{2,}$/.test(plain)) return { kind: 'domain', value: word };
  throw usageError(
    `"${word}" has no shape that says what it is`,
    `write it as kind:value with one of ${KINDS.join(', ')}`,
  );
}
