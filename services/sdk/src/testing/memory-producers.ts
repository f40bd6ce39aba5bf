// Writers of the in-memory bus: one record at a time, or a transaction.
// Holds: ACLs, size limits and ordered failures refuse exactly as the Kafka adapter does.

import type { Acknowledged, BusProducer, OutgoingRecord, TransactionalProducer } from '../bus.ts';
import { closed, fenced, timedOut, unreachable } from '../errors.ts';
import type { Access } from './memory-access.ts';
import type { Faults } from './memory-faults.ts';
import type { MemoryLog } from './memory-log.ts';

/** What a writer is made of. */
export interface WriterParts {
  readonly log: MemoryLog;
  readonly access: Access;
  readonly faults: Faults;
}

/** A producer; a record is in the log before its promise resolves. */
export function createMemoryProducer({ log, access, faults }: WriterParts): BusProducer {
  let isClosed = false;
  let unacknowledged = 0;

  function write(record: OutgoingRecord): Acknowledged {
    if (isClosed) throw closed({});
    access.demand('write', record.topic);
    const placed = log.place(record);
    if (faults.take('produce')) throw unreachable({ what: record.topic });
    const acknowledged = log.append(placed);
    if (faults.take('ack')) throw timedOut({ what: record.topic, afterMs: 0 });
    return acknowledged;
  }

  async function send(record: OutgoingRecord): Promise<Acknowledged> {
    try {
      return await Promise.resolve(write(record));
    } catch (error) {
      unacknowledged += 1;
      throw error;
    }
  }

  async function flush(): Promise<void> {
    const count = unacknowledged;
    unacknowledged = 0;
    if (count > 0) throw unreachable({ what: `${count} unacknowledged` });
    return Promise.resolve();
  }

  return {
    send,
    sendAll: (records) => Promise.allSettled(records.map(send)),
    flush,
    close() {
      isClosed = true;
      return Promise.resolve();
    },
  };
}

/** The newest holder of every transactional id. */
export type Epochs = Map<string, number>;

/** A transactional producer; making one fences the older ones. */
export function createMemoryTransactionalProducer(
  { log, access, faults }: WriterParts,
  epochs: Epochs,
  transactionalId: string,
): TransactionalProducer {
  access.demand('transactionalIds', transactionalId);
  const epoch = (epochs.get(transactionalId) ?? 0) + 1;
  epochs.set(transactionalId, epoch);
  let isDead = false;

  function write(records: readonly OutgoingRecord[]): readonly Acknowledged[] {
    if (isDead) throw closed({});
    if (records.length === 0) return [];
    if (epochs.get(transactionalId) !== epoch) throw fenced({ transactionalId });
    for (const { topic } of records) access.demand('write', topic);
    const placed = records.map((record) => log.place(record));
    if (faults.take('produce')) throw unreachable({ what: transactionalId });
    const acknowledged = log.appendTransaction(placed);
    if (faults.take('ack')) throw timedOut({ what: transactionalId, afterMs: 0 });
    return acknowledged;
  }

  return {
    transactionalId,
    async commit(records) {
      try {
        return await Promise.resolve(write(records));
      } catch (error) {
        isDead = true;
        throw error;
      }
    },
    close() {
      isDead = true;
      return Promise.resolve();
    },
  };
}
