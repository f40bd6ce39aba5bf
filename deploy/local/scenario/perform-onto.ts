// Acts of the scenario at the front door of a running stack, with the keys of its people.
// Holds: instants are as far from now as they are from the act in the scenario, at the play's own pace; what fusion has not found
// yet is looked for again, for a while.

import { setTimeout as pause } from 'node:timers/promises';
import { signStatement, systemClock } from '@sitebus/sdk';
import type { Stack } from '../stack.ts';
import { minutesOf, type Act } from './acts/index.ts';
import { perform, type Answered, type Asked, type Done, type Kept } from './acts/perform.ts';

const DAY_MINUTES = 24 * 60;
const LOOK_AGAIN_MS = 1_000;
const LOOKS = 10;
/** Faults of looking something up that will be there when services have read on. */
const NOT_YET =
  /sees no observation|is in no live assessment|was sent nothing of it|nothing at .* says|answered with 503/;

/** @returns what does one act. */
export function performOnto(
  stack: Pick<Stack, 'gateway' | 'tokens' | 'signingKeys'>,
  secondsPerDay: number,
  signal: AbortSignal,
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
    const instant = (token: string): string => {
      const minutes = minutesOf(token) - minutesOf(act.at);
      return new Date(systemClock.now() + (minutes / DAY_MINUTES) * secondsPerDay * 1000).toISOString();
    };
    const sign = (person: string, text: string): string => signStatement(text, stack.signingKeys.get(person) ?? '');
    let done = await perform(act, kept, { ask, sign, instant });
    for (let look = 1; look < LOOKS && !signal.aborted && NOT_YET.test(done.fault ?? ''); look += 1) {
      await pause(LOOK_AGAIN_MS, undefined, { signal }).catch(() => undefined);
      done = await perform(act, kept, { ask, sign, instant });
    }
    return done;
  };
}
