// card, token, whoami: what the running stack is, and who one is on it.
// Holds: `token` prints the bearer alone, so that it can stand in $(…); no other command prints one but the card.

import { readFile } from 'node:fs/promises';
import { EXIT, CliError } from '../errors.ts';
import { printAnswer, printLines } from '../render/answer.ts';
import { openSession } from '../session.ts';
import { findState } from '../state-file.ts';
import { connect } from './command.ts';
import type { Registration } from './command.ts';

interface Me {
  readonly person?: string;
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly agency?: string;
  readonly clearance?: Readonly<Record<string, unknown>>;
  readonly views?: readonly (string | { readonly id: string })[];
  readonly homeView?: string;
  readonly credentialUntil?: string;
  readonly degraded?: readonly string[];
}

/** Registers card, token, whoami and version. */
export const registerSessionCommands: Registration = (program, run) => {
  program
    .command('card')
    .description("print the running stack's card: addresses, one token a role, how to stop")
    .action(() =>
      run(async (context, flags) => {
        const found = await findState(context.cwd);
        if (found === undefined) throw noStack();
        if (flags.json) context.out(`${JSON.stringify(found.state)}\n`);
        else context.out(`${found.state.card.trimEnd()}\n`);
        return EXIT.done;
      }),
    );

  program
    .command('token <role>')
    .description('print the bearer of a sign-in, or of a role of the running stack')
    .action((role: string) =>
      run(async (context, flags) => {
        const { token } = await openSession(context, { ...flags, as: role });
        if (token === undefined)
          throw new CliError(EXIT.notAllowed, 'the public needs no token', { next: 'sitebus card' });
        context.out(`${token}\n`);
        return EXIT.done;
      }),
    );

  program
    .command('whoami')
    .description('who I am, my roles, clearance, views, and until when')
    .action(() =>
      run(async (context, flags) => {
        const { session, gateway } = await connect(context, flags);
        const answer = await gateway.json<Me>({ path: '/v1/me' });
        printAnswer(context, flags, answer, () => meLines(answer.body, session.gateway));
        return EXIT.done;
      }),
    );

  program
    .command('version')
    .description('versions of this program, and of the server where one answers')
    .action(() =>
      run(async (context, flags) => {
        const cli = await ownVersion();
        const { gateway } = await connect(context, flags).catch(() => ({ gateway: undefined }));
        const server = await gateway?.json<Record<string, unknown>>({ path: '/version' }).catch(() => undefined);
        if (flags.json) context.out(`${JSON.stringify({ cli, server: server?.body ?? null })}\n`);
        else
          printLines(context, undefined, [
            `cli     ${cli}`,
            `server  ${server === undefined ? 'none answers' : JSON.stringify(server.body)}`,
          ]);
        return EXIT.done;
      }),
    );
};

/** @returns this package's version. */
export async function ownVersion(): Promise<string> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The refusal when no stack has left a state file. */
export const noStack = (): CliError =>
  new CliError(EXIT.unreachable, 'no running stack was found', {
    where: ['no .sitebus/state.json here or in any folder above'],
    next: 'npm start',
  });

function meLines(me: Me, gateway: string): string[] {
  const views = (me.views ?? []).map((view) => (typeof view === 'string' ? view : view.id));
  return [
    `gateway    ${gateway}`,
    `person     ${me.name ?? 'nobody'} (${me.person ?? 'public'})${me.agency === undefined ? '' : ` of ${me.agency}`}`,
    `roles      ${(me.roles ?? []).join(', ')}`,
    `clearance  ${clearanceText(me.clearance ?? {})}`,
    `views      ${views.join(', ')}${me.homeView === undefined ? '' : ` (home ${me.homeView})`}`,
    ...(me.credentialUntil === undefined ? [] : [`until      ${me.credentialUntil}`]),
    ...(me.degraded ?? []).map((part) => `degraded   ${part}`),
  ];
}

function clearanceText(clearance: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(clearance).filter(
    ([, value]) => value !== undefined && value !== 'NONE' && !(Array.isArray(value) && value.length === 0),
  );
  return shown.map(([axis, value]) => `${axis} ${Array.isArray(value) ? value.join('+') : String(value)}`).join(' · ');
}
