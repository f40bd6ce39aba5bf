// Protocol as a process of its own, so that a test may kill it between and within its commits. People are those of policy;
// everything else is the product's. Settings come as JSON in the first argument, commands and their outcomes as messages.

import {
  createCodec,
  createConfluentRegistry,
  loadPolicy,
  loadSchemaLock,
  SitebusError,
  silentLog,
  systemClock,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { createGuardService } from '../../services/protocol/src/service.ts';

/** What the process is told. */
export interface ProtocolProcessSettings {
  readonly brokers: readonly string[];
  readonly sasl: { readonly username: string; readonly password: string };
  readonly registryUrl: string;
  readonly lockPath: string;
}

/** One question. */
export interface ProtocolAsked {
  readonly number: number;
  readonly does: 'open' | 'command' | 'find' | 'list';
  readonly args: readonly unknown[];
}

/** Its answer: a value, or the refusal's code and details. */
export interface ProtocolAnswered {
  readonly number: number;
  readonly value?: unknown;
  readonly refused?: { readonly code: string; readonly details: unknown };
}

const settings = JSON.parse(process.argv[2] ?? '{}') as ProtocolProcessSettings;
const policy = await loadPolicy('schemas/policy');
const persons = new Map(policy.people.map((person) => [person.person, person]));
const guard = createGuardService({
  config: { ledgerSalt: Buffer.alloc(32, 9).toString('base64url'), tickMs: 200 },
  policy,
  codec: createCodec({
    lock: await loadSchemaLock(settings.lockPath),
    registry: createConfluentRegistry({ url: settings.registryUrl }),
  }),
  bus: createKafkaBus({ brokers: settings.brokers, sasl: settings.sasl, clientId: 'guard', log: silentLog }),
  registry: {
    personNamed: (person) => persons.get(person),
    persons: () => [...persons.values()],
    state: () => 'fresh',
    onPolicyVersion: () => undefined,
    start: async () => undefined,
    stop: async () => undefined,
    fatal: new Promise(() => {}),
  },
  intakes: () => undefined,
  clock: systemClock,
  log: silentLog,
});
await guard.start();
while (!guard.ready().ready) await new Promise((resolve) => setTimeout(resolve, 20));
process.on('message', ({ number, does, args }: ProtocolAsked) => {
  const protocol = guard.protocol as unknown as Readonly<
    Record<string, (...given: readonly unknown[]) => Promise<unknown>>
  >;
  protocol[does]!(...args).then(
    (value) => process.send?.({ number, value } satisfies ProtocolAnswered),
    (cause: unknown) => {
      const refused =
        cause instanceof SitebusError
          ? { code: cause.code, details: cause.details }
          : { code: 'DEFECT', details: String(cause) };
      process.send?.({ number, refused } satisfies ProtocolAnswered);
    },
  );
});
process.send?.({ number: 0 } satisfies ProtocolAnswered);
