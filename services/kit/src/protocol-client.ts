// The guard and the machines over HTTP: the calling half, two ports like those in process.
// Holds: a refusal there is the same refusal here; a connection that breaks is UNREACHABLE, and whether the command was
// decided is then found by asking again. Source: README.md#calls-between-services

import type { Disclosure, GuardPort } from './guard.ts';
import { createInternalCaller, type InternalCallerOptions } from './internal-calls.ts';
import { markedFromWire, markedToWire, type OnWire } from './marked-wire.ts';
import { matterFromWire, PROTOCOL_PATH, type MatterOnWire } from './protocol-http.ts';
import type { Issue, ProtocolPort } from './protocol-port.ts';

/** Both ports; each call rejects with what protocol refuses, or UNREACHABLE (retriable). */
export function createProtocolClient(options: InternalCallerOptions): {
  readonly guard: GuardPort;
  readonly protocol: ProtocolPort;
} {
  const call = createInternalCaller({ path: PROTOCOL_PATH, what: 'protocol' }, options);
  return {
    guard: {
      request: async (kind, record, args, by) =>
        markedFromWire<Disclosure>(await call('guard.request', [kind, markedToWire(record), args, by])),
      command: async (...asked) => markedFromWire<Disclosure>(await call('guard.command', asked)),
      async find(...asked) {
        const found = await call<OnWire<Disclosure> | null>('guard.find', asked);
        return found === null ? undefined : markedFromWire<Disclosure>(found);
      },
      list: async (...asked) => (await call<OnWire<Disclosure>[]>('guard.list', asked)).map(markedFromWire<Disclosure>),
    },
    protocol: {
      open: async (...asked) => matterFromWire(await call('open', asked)),
      command: async (...asked) => matterFromWire(await call('command', asked)),
      async find(kind, id, by, asOfMs) {
        const found = await call<MatterOnWire | null>('find', [kind, id, by, asOfMs ?? null]);
        return found === null ? undefined : matterFromWire(found);
      },
      list: async (...asked) => (await call<MatterOnWire[]>('list', asked)).map(matterFromWire),
      issues: async (view) => (await call<OnWire<Issue>[]>('issues', [view])).map(markedFromWire<Issue>),
    },
  };
}
