// One producer a cell for all tenants: tenants come and go, connections to the bus do not.
// Holds: who is handed a producer cannot close it; it is closed once, by who made this. Source: README.md#non-obvious

import type { BusPort, BusProducer } from '@sitebus/sdk';

/** Ports whose producers are one a cell. */
export interface SharedProducers {
  /** As `connect` of an agency's service. */
  readonly connect: (cell: string) => BusPort;
  close(): Promise<void>;
}

/** Nothing connects before a producer is first asked for. */
export function shareProducers(connect: (cell: string) => BusPort): SharedProducers {
  const made = new Map<string, Promise<BusProducer>>();
  return {
    connect(cell) {
      const port = connect(cell);
      const createProducer = async (): Promise<BusProducer> => {
        const producer = made.get(cell) ?? port.createProducer();
        made.set(cell, producer);
        producer.catch(() => made.delete(cell)); // the next one tries again
        const shared = await producer;
        return new Proxy(shared, {
          get: (target, name) => (name === 'close' ? () => Promise.resolve() : bound(target, name)),
        });
      };
      return new Proxy(port, {
        get: (target, name) => (name === 'createProducer' ? createProducer : bound(target, name)),
      });
    },
    async close() {
      const open = await Promise.allSettled(made.values());
      made.clear();
      for (const each of open) if (each.status === 'fulfilled') await each.value.close();
    },
  };
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name) as unknown;
  return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;
}
