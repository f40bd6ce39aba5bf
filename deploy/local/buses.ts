// The bus as each principal of a stack sees it.
// Holds: one port a principal, on its own credentials alone, made when first asked for.

import { createKafkaBus } from '@sitebus/sdk/kafka';
import type { BusPort, BusTls, Log } from '@sitebus/sdk';

/** The ports of a stack. */
export interface Buses {
  /** The principal's own port. Throws where policy gives no such principal. */
  as(principal: string): BusPort;
  close(): Promise<void>;
}

/** One port a principal, made when first asked for. */
export function createBuses(
  { bootstrap, tls = false, log }: { readonly bootstrap: string; readonly tls?: BusTls; readonly log: Log },
  credentials: Readonly<Record<string, { readonly username: string; readonly password: string }>>,
): Buses {
  const made = new Map<string, BusPort>();
  return {
    as(principal) {
      const sasl = credentials[principal];
      if (sasl === undefined) throw new Error(`policy gives no principal ${principal}`);
      const bus =
        made.get(principal) ?? createKafkaBus({ brokers: bootstrap.split(','), sasl, tls, clientId: principal, log });
      made.set(principal, bus);
      return bus;
    },
    async close() {
      await Promise.allSettled([...made.values()].map((bus) => bus.close()));
    },
  };
}
