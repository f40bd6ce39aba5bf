// The one place at which a skipped record stops: a bus that hands it out as if it had been erased.
// Holds: what is skipped arrives as a tombstone at its own offset, without key, value or headers, so that every reader does
// with it what it does with an erasure, and positions stay; it is not decoded; while a list is of no use nothing is handed
// out at all. Source: README.md#spills

import type { BusPort, BusRecord, ConsumerOptions } from '@sitebus/sdk';
import { spillsUnusable } from '../errors.ts';
import type { Spills } from './spills.ts';

/** What is asked at every fetch. */
export interface SpillsNow {
  current(): Spills;
  state(): string;
}

/** The same bus for whoever reads records; it asks anew for every batch. A list that is of no use ends its consumers. */
export function honourSpills(bus: BusPort, spills: SpillsNow): BusPort {
  return {
    createProducer: () => bus.createProducer(),
    createTransactionalProducer: (id) => bus.createTransactionalProducer(id),
    createConsumer: (options) => bus.createConsumer(skipping(options, spills)),
    inspect: bus.inspect,
    close: () => bus.close(),
  };
}

function skipping(options: ConsumerOptions, spills: SpillsNow): ConsumerOptions {
  return {
    ...options,
    async onBatch(batch) {
      if (spills.state() !== 'ok') throw spillsUnusable({ state: spills.state() });
      const { isSpilled, orders } = spills.current();
      const isTouched = orders.length > 0 && batch.records.some(isSpilled);
      await options.onBatch(isTouched ? { ...batch, records: batch.records.map((each) => (isSpilled(each) ? erased(each) : each)) } : batch);
    },
  };
} // prettier-ignore

function erased(record: BusRecord): BusRecord {
  return { ...record, key: null, value: null, headers: {} };
}
