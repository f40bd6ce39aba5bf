// What makes a gateway the administration gateway: the registry's one writer, on the credentials of its own principal, its
// commands, and the listener at which other gateways ask for them.
// Holds: nothing is asked before the writer has read its topic; without a listener the commands are this process's alone.
// Source: README.md#people-and-partners

import { createInternalListener, seedTenants } from '@sitebus/kit';
import type { Service, TlsFiles } from '@sitebus/kit';
import type { BusPort, Clock, Log, Policy } from '@sitebus/sdk';
import { createRegistryCommands } from './commands.ts';
import type { RegistryCommands } from './commands.ts';
import { registryCommandRoutes } from './commands-http.ts';
import { createRegistryWriter } from './writer.ts';

/** The writer's life and its commands. */
export interface Administration extends Service {
  readonly commands: RegistryCommands;
  /** Where other gateways ask, once started with a listener. */
  address(): string | undefined;
}

/** Makes it; one process of a deployment runs it. */
export function createAdministration(parts: {
  /** As the registry's principal sees it. */
  readonly bus: BusPort;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: no other gateway is served. */
  readonly listen?: {
    readonly host: string;
    readonly port: number;
    readonly tls?: TlsFiles | undefined;
    readonly credential: string;
  };
}): Administration {
  const { bus, policy, clock, log, listen } = parts;
  const writer = createRegistryWriter({
    bus,
    people: policy.people,
    tenants: seedTenants(policy),
    policyVersion: policy.version,
    clock,
    log,
  });
  const commands = createRegistryCommands({ writer, policy, clock, bus });
  const listener =
    listen &&
    createInternalListener({
      ...listen,
      routes: registryCommandRoutes({ commands, credential: listen.credential }),
      log,
    });
  return {
    commands,
    address: () => listener?.address(),
    fatal: writer.fatal,
    ready: () => writer.ready(),
    async start() {
      await writer.start();
      if (listener === undefined) return;
      await listener.start();
      log.info({ address: listener.address() }, 'serves the registry to other gateways');
    },
    async stop() {
      await listener?.stop();
      await writer.stop();
    },
  };
}
