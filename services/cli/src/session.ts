// Whom a command speaks as, and to which gateway: from flags, environment, what `login` has kept and the running
// stack's state file, in that order.
// Holds: a token is never taken from an argument; what is missing is a usage error that names the three ways to give it.

import type { CliContext, GlobalFlags } from './context.ts';
import { CliError, EXIT } from './errors.ts';
import { loadSignIns, signInAt } from './sign-ins.ts';
import { findState } from './state-file.ts';
import type { StateFile } from './state-file.ts';

/** An address and, unless the command may be anonymous, a bearer. */
export interface Session {
  readonly gateway: string;
  readonly token: string | undefined;
  readonly role: string | undefined;
  readonly state: StateFile | undefined;
}

/** Role used when none is named: the one most commands are for. */
const DEFAULT_ROLE = 'analyst';

/**
 * Finds gateway and token. Environment: SITEBUS_GATEWAY, SITEBUS_TOKEN; then what `login` has kept for that gateway, then
 * the running stack's card.
 * Throws a CliError: 5 when no gateway is known, 4 when the role has no token.
 */
export async function openSession(context: CliContext, flags: GlobalFlags): Promise<Session> {
  const { gateway, state, signIns } = await gatewayOf(context, flags);
  if (flags.as === 'public') return { gateway, token: undefined, role: 'public', state };
  const given = context.env['SITEBUS_TOKEN'];
  if (flags.as === undefined && given !== undefined) return { gateway, token: given, role: undefined, state };
  const signIn = signInAt(signIns, gateway, flags.as);
  if (signIn !== undefined) return { gateway, token: signIn.token, role: signIn.name, state };
  if (flags.as === undefined && state === undefined) return { gateway, token: undefined, role: 'public', state };
  const role = flags.as ?? DEFAULT_ROLE;
  return { gateway, token: tokenOf(state, role), role, state };
}

/** The gateway's origin, without a trailing slash, and what is known here. Throws a CliError 5 when none is known. */
export async function gatewayOf(context: CliContext, flags: GlobalFlags) {
  const state = (await findState(context.cwd))?.state;
  const signIns = await loadSignIns(context.env);
  const gateway = flags.gateway ?? context.env['SITEBUS_GATEWAY'] ?? state?.gateway ?? signIns[0]?.gateway;
  if (gateway !== undefined) return { gateway: trim(gateway), state, signIns };
  throw new CliError(EXIT.unreachable, 'no running stack was found', {
    where: [`no .sitebus/state.json from ${context.cwd} upward, no SITEBUS_GATEWAY, no --gateway, no sign-in`],
    next: 'npm start, or sitebus login --gateway <origin>',
  });
}

/** @returns the role's bearer on this stack. Throws a CliError 4 naming the roles there are. */
export function tokenOf(state: StateFile | undefined, role: string): string {
  const token = state?.tokens[role];
  if (token === undefined) {
    throw new CliError(EXIT.notAllowed, `no token for "${role}"`, {
      where: [
        state === undefined
          ? 'no running stack was found here'
          : `roles of this stack: ${Object.keys(state.tokens).join(', ')}`,
      ],
      next: state === undefined ? 'npm start, sitebus login, or set SITEBUS_TOKEN' : 'sitebus card',
    });
  }
  return token;
}

const trim = (origin: string): string => origin.replace(/\/+$/, '');
