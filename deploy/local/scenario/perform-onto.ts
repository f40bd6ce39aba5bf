// Acts of the scenario at the front door of a running stack, with the keys of its people.
// Holds: what is read is looked for again, for a while: what services have not carried on yet, or have not read yet; what a
// person orders is ordered once.

import { setTimeout as pause } from 'node:timers/promises';
import { signStatement } from '@sitebus/sdk';
import type { Stack } from '../stack.ts';
import type { Act } from './acts/index.ts';
import { fillInstants } from './instants.ts';
import { perform, type Answered, type Asked, type Done, type Kept } from './acts/perform.ts';

const LOOK_AGAIN_MS = 100;
const LOOK_FOR_MS = 15_000;
/** Faults of looking something up that will be there when services have read on. */
const NOT_YET =
  /sees no observation|is in no live assessment|was sent nothing of it|nothing at .* says|answered with 503/;

/** @returns what does one act. */
export function performOnto(
  stack: Pick<Stack, 'gateway' | 'tokens' | 'signingKeys'>,
  { pollingDayMs, signal }: { readonly pollingDayMs: number; readonly signal: AbortSignal },
): (act: Act, kept: Kept) => Promise<Done> {
  const tokens = new Map(stack.tokens.map(({ person, token }) => [person.person, token]));
  const ask = async ({ by, view, method, path, body, headers = {} }: Asked): Promise<Answered> => {
    const url = `${stack.gateway}${path}${path.includes('?') ? '&' : '?'}view=${view}`;
    const token = by === undefined ? undefined : tokens.get(by);
    const answer = await fetch(url, {
      method,
      signal,
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const isJson = /json(;|$)/.test(answer.headers.get('content-type') ?? '') && text !== '';
    const etag = answer.headers.get('etag');
    return { status: answer.status, text, body: isJson ? JSON.parse(text) : undefined, ...(etag === null ? {} : { etag }) }; // prettier-ignore
  };
  return async (act, kept) => {
    const instant = (token: string): string => fillInstants(`{{${token}}}`, pollingDayMs);
    const sign = (person: string, text: string): string => signStatement(text, stack.signingKeys.get(person) ?? '');
    const giveUpAt = performance.now() + LOOK_FOR_MS;
    for (;;) {
      const done = await perform(act, kept, { ask, sign, instant });
      const isToCome = done.fault !== undefined && (act.get !== undefined || NOT_YET.test(done.fault));
      if (!isToCome || signal.aborted || performance.now() > giveUpAt) return done;
      await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  };
}
