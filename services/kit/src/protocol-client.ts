// The guard and the machines over HTTP: the calling half, two ports like those in process.
// Holds: a refusal there is the same refusal here; a connection that breaks is UNREACHABLE, and whether the command was
// decided is then found by asking again. Source: README.md#protocol-over-http

import { SitebusError, unreachable } from '@sitebus/sdk';
import type { Disclosure, GuardPort } from './guard.ts';
import type { RefusalBody } from './internal-routes.ts';
import { CALL_PATH, markedFromWire, markedToWire, matterFromWire, type MatterOnWire } from './protocol-http.ts';
import type { Issue, ProtocolPort } from './protocol-port.ts';

/** Where protocol listens, and the credential it shares with the gateways. */
export interface ProtocolClientOptions {
  /** Such as `http://protocol:7090`. */
  readonly url: string;
  readonly credential: string;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 60_000;

/** Both ports; each call rejects with what protocol refuses, or UNREACHABLE (retriable). */
export function createProtocolClient(options: ProtocolClientOptions): {
  readonly guard: GuardPort;
  readonly protocol: ProtocolPort;
} {
  const call = createCall(options);
  type Marked<T> = Parameters<typeof markedFromWire<T>>[0];
  return {
    guard: {
      request: async (kind, record, args, by) =>
        markedFromWire<Disclosure>(await call('guard.request', [kind, markedToWire(record), args, by])),
      command: async (...asked) => markedFromWire<Disclosure>(await call('guard.command', asked)),
      async find(...asked) {
        const found = await call<Marked<Disclosure> | null>('guard.find', asked);
        return found === null ? undefined : markedFromWire<Disclosure>(found);
      },
      list: async (...asked) => (await call<Marked<Disclosure>[]>('guard.list', asked)).map(markedFromWire<Disclosure>),
    },
    protocol: {
      open: async (...asked) => matterFromWire(await call('open', asked)),
      command: async (...asked) => matterFromWire(await call('command', asked)),
      async find(kind, id, by, asOfMs) {
        const found = await call<MatterOnWire | null>('find', [kind, id, by, asOfMs ?? null]);
        return found === null ? undefined : matterFromWire(found);
      },
      list: async (...asked) => (await call<MatterOnWire[]>('list', asked)).map(matterFromWire),
      issues: async (view) => (await call<Marked<Issue>[]>('issues', [view])).map(markedFromWire<Issue>),
    },
  };
}

function createCall({ url, credential, timeoutMs = TIMEOUT_MS }: ProtocolClientOptions) {
  return async <T>(name: string, args: readonly unknown[]): Promise<T> => {
    const response = await fetch(new URL(`${CALL_PATH}/${name}`, url), {
      method: 'POST',
      headers: { 'authorization': `Bearer ${credential}`, 'content-type': 'application/json' }, // prettier-ignore
      body: JSON.stringify(args),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch((cause: unknown) => {
      throw unreachable({ what: 'protocol' }, cause);
    });
    const body = (await response.json().catch(() => undefined)) as { readonly answer: T } | RefusalBody | undefined;
    if (body === undefined) throw unreachable({ what: 'protocol' });
    if ('answer' in body) return body.answer;
    const { code, retriable, details } = body.refusal;
    throw new SitebusError(code, retriable, details);
  };
}
