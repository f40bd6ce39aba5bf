// A topic that one process at a time writes: whoever opens it fences whoever held it before, and then reads it whole.
// Holds: nothing is written by a holder that another one has followed: the broker refuses it, and that is the end of it; after a
// write whose outcome is unknown it is opened and read anew before anything else is written; one partition.
// Source: README.md#people-and-partners; Kafka, transactional producers

import { randomUUID } from 'node:crypto';
import { isRefusal } from '@sitebus/sdk';
import type { BusPort, BusRecord, Log, OutgoingRecord, TransactionalProducer } from '@sitebus/sdk';
import { readUpTo } from '../read-up-to.ts';

/** A row as it is written; `null` ends it. */
export interface FencedRow {
  readonly key: string;
  readonly value: Buffer | null;
}

/** The topic in this holder's hand. The caller lets one write follow the other. */
export interface FencedTopic {
  /** Fences the holder before, and reads the topic to the end that it has then. */
  open(): Promise<void>;
  /**
   * Writes all rows or none. Rejects with FENCED for good once another holder has opened; with another refusal the outcome is
   * unknown, and the next write reads the topic anew first.
   */
  write(rows: readonly FencedRow[]): Promise<void>;
  close(): Promise<void>;
  /** Resolves when another holder has followed. */
  readonly fenced: Promise<Error>;
}

/** Key of the record that a holder begins with: without value, so that it is a row to nobody. */
const HOLDER_KEY = 'holder';

/** Makes it; nothing connects before `open`. */
export function createFencedTopic(parts: {
  readonly bus: BusPort;
  readonly topic: string;
  readonly transactionalId: string;
  /** Of the consumer group that reads it, a random part is added. */
  readonly groupId: string;
  /** The topic is about to be read from its beginning: what was read before is forgotten. */
  readonly onReading: () => void;
  readonly onRecord: (record: BusRecord) => void;
  readonly log: Log;
}): FencedTopic {
  const { bus, topic, transactionalId, log } = parts;
  let producer: TransactionalProducer | undefined;
  let isOpen = false;
  let follower: Error | undefined;
  let tell: (cause: Error) => void = () => {};
  const fenced = new Promise<Error>((resolve) => (tell = resolve));

  const commit = async (rows: readonly FencedRow[]) => {
    if (producer === undefined) throw new Error(`${topic} is not open`);
    try {
      return await producer.commit(rows.map((row): OutgoingRecord => ({ topic, ...row })));
    } catch (cause) {
      await producer.close().catch(() => undefined); // it is dead whatever this says
      producer = undefined;
      if (isRefusal(cause) && cause.code === 'FENCED') {
        follower = cause;
        log.error({ topic }, 'another process writes it now');
        tell(cause);
      }
      throw cause;
    }
  };
  const openNow = async (): Promise<void> => {
    producer = await bus.createTransactionalProducer(transactionalId);
    const [first] = await commit([{ key: HOLDER_KEY, value: null }]);
    if (first === undefined) throw new Error(`${topic} acknowledged nothing`);
    parts.onReading();
    await readUpTo(bus, first, { groupId: `${parts.groupId}.${randomUUID().slice(0, 8)}`, each: parts.onRecord });
  };

  return {
    fenced,
    async open() {
      isOpen = true;
      await openNow();
    },
    async write(rows) {
      if (follower !== undefined) throw follower;
      if (!isOpen) throw new Error(`${topic} is not open`);
      if (producer === undefined) {
        log.warn({ topic }, 'opened again: the outcome of a write is not known');
        await openNow();
      }
      await commit(rows);
    },
    async close() {
      isOpen = false;
      await producer?.close();
      producer = undefined;
    },
  };
}
