// keys create, list, revoke: API keys of your own.
// Holds: a key is printed once, on stdout, with nothing else that could be piped beside it. Source: services/gateway README.md#people-and-partners

import { randomUUID } from 'node:crypto';
import { EXIT, usageError } from '../errors.ts';
import { printAnswer, say } from '../render/answer.ts';
import { renderColumns } from '../render/columns.ts';
import { collect, connect } from './command.ts';
import type { Registration } from './command.ts';

interface Key {
  readonly id: string;
  readonly person: string;
  readonly routes: readonly string[];
  readonly state: string;
  readonly expiresAt: string;
  readonly lastUsedAt?: string;
  readonly key?: string;
}

/** Products that ask for a key in a form of their own: `user:key` in base64, as their basic sign-in sends it. */
const FORMS: Readonly<Record<string, (key: string) => string>> = {
  misp: (key) => Buffer.from(`sitebus:${key}`).toString('base64'),
};

/** Registers keys. */
export const registerKeys: Registration = (program, run) => {
  const keys = program.command('keys').description('API keys of your own: shown once, ended at once');
  keys
    .command('create <name>')
    .description('make a key; a random part is added to its name')
    .option('--route <route>', 'a route it opens, such as "GET /v1/alerts"; repeatable; default all of yours', collect, [])
    .option('--days <n>', 'until it ends; policy says how long at most')
    .option('--for <product>', `print it in the form that a product asks for: ${Object.keys(FORMS).join(', ')}`)
    .addHelpText('before', 'Examples:\n  sitebus keys create misp --for misp --days 30\n  sitebus keys create tail --route "GET /v1/alerts/stream"\n')
    .action((name: string, options: { readonly route: readonly string[]; readonly days?: string; readonly for?: string }) =>
      run(async (context, flags) => {
        const days = options.days === undefined ? undefined : Number(options.days);
        if (days !== undefined && !Number.isInteger(days)) throw usageError(`--days ${String(options.days)} is no number of days`, 'such as --days 30');
        const inForm = options.for === undefined ? (key: string) => key : FORMS[options.for];
        if (inForm === undefined) throw usageError(`no form is known for ${String(options.for)}`, `one of ${Object.keys(FORMS).join(', ')}`);
        const { gateway } = await connect(context, flags);
        const json = { name, ...(options.route.length > 0 && { routes: options.route }), ...(days !== undefined && { days }) };
        const answer = await gateway.json<Key>({ method: 'POST', path: '/v1/keys', json, headers: { 'idempotency-key': randomUUID() } });
        const { key = '', id, expiresAt } = answer.body;
        printAnswer(context, flags, { marking: undefined, body: answer.body }, () => [inForm(key)]);
        say(context, flags, `${id} ends ${expiresAt}; it is shown this once\nnext: sitebus keys revoke ${id}  ends it`);
        return EXIT.done;
      }),
    );
  keys
    .command('list')
    .description('your keys; an administrator sees everybody’s')
    .action(() =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        const answer = await gateway.json<{ items: readonly Key[] }>({ path: '/v1/keys' });
        printAnswer(context, flags, answer, () =>
          renderColumns(
            answer.body.items,
            [
              { heading: 'KEY', of: ({ id }) => id },
              { heading: 'PERSON', of: ({ person }) => person },
              { heading: 'STATE', of: ({ state }) => state },
              { heading: 'ENDS', of: ({ expiresAt }) => expiresAt },
              { heading: 'LAST USED', of: ({ lastUsedAt }) => lastUsedAt ?? '' },
              { heading: 'ROUTES', of: ({ routes }) => routes.join(', ') },
            ],
            context.columns,
          ),
        );
        return EXIT.done;
      }),
    );
  keys
    .command('revoke <id>')
    .description('end a key of yours; an administrator ends anybody’s')
    .action((id: string) =>
      run(async (context, flags) => {
        const { gateway } = await connect(context, flags);
        await gateway.json({ method: 'DELETE', path: `/v1/keys/${encodeURIComponent(id)}` });
        say(context, flags, `${id} opens nothing any more`);
        return EXIT.done;
      }),
    );
}; // prettier-ignore
