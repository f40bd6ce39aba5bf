// login, logout: keep a bearer for one gateway on this machine, and forget it.
// Holds: a token comes from a prompt, a file or the environment, never from an argument; nothing is kept that the gateway
// does not accept; it is printed nowhere. Source: README.md#signing-in

import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { askSecret, mayAsk } from '../ask.ts';
import type { CliContext, GlobalFlags } from '../context.ts';
import { CliError, EXIT, usageError } from '../errors.ts';
import { createGateway } from '../gateway.ts';
import { say } from '../render/answer.ts';
import { gatewayOf } from '../session.ts';
import { addSignIn, forgetSignIns, loadSignIns, removeSignIns, signInsPath } from '../sign-ins.ts';
import type { Registration } from './command.ts';

interface Me {
  readonly person?: string;
  readonly name?: string;
  readonly roles?: readonly string[];
  readonly credentialUntil?: string;
}

/** Registers login and logout. */
export const registerLogin: Registration = (program, run) => {
  program
    .command('login')
    .description('keep a key or token for a gateway on this machine; other commands use it')
    .option(
      '--token-file <file>',
      'where the key or token stands, alone; - for stdin (default: asked, or SITEBUS_TOKEN)',
    )
    .addHelpText(
      'before',
      'Examples:\n  sitebus login --gateway https://sitebus.example --as me\n  sitebus login --as operator\n\n`--as` names the sign-in. At the running stack a role on its card needs no token. It is kept with mode 0600 in your config folder.\n',
    )
    .action((options: { readonly tokenFile?: string }) =>
      run(async (context, flags) => {
        const { gateway, state } = await gatewayOf(context, flags);
        const onCard = state?.gateway === gateway && flags.as !== undefined ? state.tokens[flags.as] : undefined;
        const token = options.tokenFile === undefined && onCard !== undefined ? onCard : await tokenFrom(context, flags, options.tokenFile); // prettier-ignore
        const me = await whoIs(context, flags, gateway, token);
        const name = flags.as ?? me.person ?? 'me';
        await addSignIn(context.env, { gateway, name, token });
        const path = signInsPath(context.env);
        if (flags.json) context.out(`${JSON.stringify({ gateway, name, person: me.person, roles: me.roles, path })}\n`);
        else
          say(context, flags, [
            `signed in at ${gateway} as ${me.name ?? me.person ?? 'nobody'} (${(me.roles ?? []).join(', ')})${me.credentialUntil === undefined ? '' : `, until ${me.credentialUntil}`}`,
            `kept in ${path} as "${name}"`,
            'next:  sitebus whoami',
          ].join('\n')); // prettier-ignore
        return EXIT.done;
      }),
    );

  program
    .command('logout')
    .description('forget the sign-ins at a gateway on this machine; a key itself is ended by `keys revoke`')
    .option('--all', 'at every gateway')
    .addHelpText('before', 'Examples:\n  sitebus logout\n  sitebus logout --gateway https://sitebus.example --as me\n')
    .action((options: { readonly all?: boolean }) =>
      run(async (context, flags) => {
        if (options.all === true) {
          await forgetSignIns(context.env);
          return forgotten(context, flags, 'every sign-in');
        }
        const [newest] = await loadSignIns(context.env);
        const { gateway } =
          newest !== undefined && flags.gateway === undefined ? newest : await gatewayOf(context, flags);
        const removed = await removeSignIns(context.env, (each) => each.gateway === gateway && (flags.as === undefined || each.name === flags.as)); // prettier-ignore
        if (removed > 0) return forgotten(context, flags, `${removed} ${removed === 1 ? 'sign-in' : 'sign-ins'} at ${gateway}`); // prettier-ignore
        const names = (await loadSignIns(context.env)).map((each) => `${each.name} at ${each.gateway}`);
        throw new CliError(EXIT.notAllowed, `nobody is signed in at ${gateway}${flags.as === undefined ? '' : ` as "${flags.as}"`}`, { where: names, next: 'sitebus login' }); // prettier-ignore
      }),
    );
};

function forgotten(context: CliContext, flags: GlobalFlags, what: string): number {
  if (flags.json) context.out(`${JSON.stringify({ forgotten: what })}\n`);
  else say(context, flags, `forgotten: ${what}`);
  return EXIT.done;
}

/** A bearer is one word: whatever stands around it in a file is a mistake that a header would carry on. */
const BEARER = /^[\x21-\x7e]{1,8192}$/;

async function tokenFrom(context: CliContext, flags: GlobalFlags, file: string | undefined): Promise<string> {
  const given = file === undefined ? context.env['SITEBUS_TOKEN'] : (await readToken(context, file)).trim();
  const token = given ?? (mayAsk(context, flags) ? await askSecret(context, 'key or token') : undefined);
  if (token === undefined)
    throw usageError(
      'no key or token: nobody can be asked here',
      'sitebus login --token-file <file>, or SITEBUS_TOKEN',
    );
  if (!BEARER.test(token)) throw usageError('a key or token is one word', 'sitebus keys create <name> makes a key');
  return token;
}

function readToken(context: CliContext, file: string): Promise<string> {
  if (file === '-') return readAll(context.stdin);
  return readFile(resolve(context.cwd, file), 'utf8').catch((cause: unknown) => {
    throw new CliError(EXIT.usage, `${file} cannot be read`, { next: 'name a file that holds the token alone', cause });
  });
}

async function whoIs(context: CliContext, flags: GlobalFlags, gateway: string, token: string): Promise<Me> {
  const session = { gateway, token, role: undefined, state: undefined };
  return (await createGateway(session, context, flags).json<Me>({ path: '/v1/me' })).body;
}
