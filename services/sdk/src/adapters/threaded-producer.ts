// Producers whose driver lives in the bus's thread: records leave this one as a buffer.
// Holds: what is sent in one turn goes over together, in order; `sendAll` keeps a few thousand records on their way at most;
// outcomes come back one a record. Source: README.md#a-bus-in-a-thread

import type { Acknowledged, BusProducer, OutgoingRecord, TransactionalProducer } from '../bus.ts';
import { closed } from '../errors.ts';
import { packRecords } from './packed-records.ts';
import type { Link } from './thread-link.ts';
import type { Written } from './kafkajs-transactional-producer.ts';
import type { Sent } from './thread-messages.ts';

/** Records of one message, and messages of one `sendAll` that are out. */
const MESSAGE_RECORDS = 1_000;
const MESSAGES_OUT = 8;

/** Makes a producer in the thread. Rejects with NOT_ALLOWED or UNREACHABLE. */
export async function createThreadedProducer(link: Link): Promise<BusProducer> {
  const handle = link.newHandle();
  await link.ask({ ask: 'producer', handle });
  return new ThreadedProducer(link, handle);
}

/** Makes a transactional producer in the thread, which fences every older holder of the id. */
export async function createThreadedTransactionalProducer(
  link: Link,
  transactionalId: string,
): Promise<TransactionalProducer> {
  const handle = link.newHandle();
  await link.ask({ ask: 'transactional', handle, transactionalId });
  let isClosed = false;
  return {
    transactionalId,
    async commit(records) {
      if (isClosed) throw closed({});
      if (records.length === 0) return [];
      const written = (await ask(link, 'commit', handle, records)) as Written;
      return records.map((record, index) => toAcknowledged(record, written, index));
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      if (link.isAlive) await link.ask({ ask: 'close', handle });
    },
  };
}

interface Sending {
  readonly record: OutgoingRecord;
  readonly resolve: (acknowledged: Acknowledged) => void;
  readonly reject: (refusal: Error) => void;
}

class ThreadedProducer implements BusProducer {
  readonly #link: Link;
  readonly #handle: number;
  #sending: Sending[] = [];
  #isClosed = false;

  constructor(link: Link, handle: number) {
    this.#link = link;
    this.#handle = handle;
  }

  send(record: OutgoingRecord): Promise<Acknowledged> {
    if (this.#isClosed) return Promise.reject(closed({}));
    if (this.#sending.length === 0) queueMicrotask(() => this.#post());
    return new Promise((resolve, reject) => this.#sending.push({ record, resolve, reject }));
  }

  async sendAll(records: readonly OutgoingRecord[]): Promise<readonly PromiseSettledResult<Acknowledged>[]> {
    const out: Promise<readonly PromiseSettledResult<Acknowledged>[]>[] = [];
    for (let from = 0; from < records.length; from += MESSAGE_RECORDS) {
      await out[out.length - MESSAGES_OUT];
      const some = records.slice(from, from + MESSAGE_RECORDS);
      out.push(Promise.allSettled(some.map((record) => this.send(record))));
    }
    return (await Promise.all(out)).flat();
  }

  async flush(): Promise<void> {
    this.#post();
    await this.#link.ask({ ask: 'flush', handle: this.#handle });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#post();
    this.#isClosed = true;
    if (this.#link.isAlive) await this.#link.ask({ ask: 'close', handle: this.#handle });
  }

  #post(): void {
    const sending = this.#sending;
    this.#sending = [];
    if (sending.length > 0) void this.#write(sending);
  }

  async #write(sending: readonly Sending[]): Promise<void> {
    try {
      const records = sending.map(({ record }) => record);
      const written = (await ask(this.#link, 'send', this.#handle, records)) as Sent;
      const refused = new Map(written.refused.map(({ index, error }) => [index, this.#link.toError(error)]));
      for (const [index, { record, resolve, reject }] of sending.entries()) {
        const refusal = refused.get(index);
        if (refusal === undefined) resolve(toAcknowledged(record, written, index));
        else reject(refusal);
      }
    } catch (error) {
      for (const { reject } of sending) reject(error as Error);
    }
  }
}

function ask(
  link: Link,
  what: 'commit' | 'send',
  handle: number,
  records: readonly OutgoingRecord[],
): Promise<unknown> {
  const packed = packRecords(records);
  return link.ask({ ask: what, handle, records: packed }, [packed.memory]);
}

function toAcknowledged({ topic }: OutgoingRecord, { partitions, offsets }: Written, index: number): Acknowledged {
  return { topic, partition: partitions[index]!, offset: offsets[index]! };
}
