// receipt.<view> as a gateway reads and writes it: facts in, the board out.
// Holds: a fact counts once the bus has acknowledged it; nothing is written before every older fact has been read; what has
// happened is tried until it is written, and of what it happened to nothing is decided meanwhile. Source: README.md#receipts

import { receiptTopic } from '@sitebus/sdk';
import type { BusConsumer, BusPort, BusProducer, Codec, Log, OutgoingRecord, View } from '@sitebus/sdk';
import { failClosed } from '../errors.ts';
import { createBoard } from './board.ts';
import type { Board, NotificationEntry } from './board.ts';
import { toFact, toFactRecord } from './facts.ts';
import type { Fact } from './facts.ts';
import { createTurnsByKey } from './turns.ts';
import type { Turns } from './turns.ts';

/** Facts of one view, and what they come to. */
export interface ReceiptLog extends Turns {
  readonly board: Board;
  /** Resolves once all of them are on the bus and on the board. Throws `fail-closed`; some may be there all the same. */
  append(facts: readonly Fact[]): Promise<void>;
  /** Writes what has happened to a notification, however often that takes. Rejects never. */
  appendUntilWritten(id: string, toFacts: (entry: NotificationEntry) => readonly Fact[]): Promise<void>;
  /** Writes something else, such as a notice. Throws `fail-closed`. */
  send(record: OutgoingRecord): Promise<void>;
  /** A notification to decide about. Throws `fail-closed` while what has happened to it is not written. */
  entry(id: string): NotificationEntry;
}

/** The same with its life. */
export interface RunningReceiptLog extends ReceiptLog {
  /** Resolves when every fact that was there has been read. */
  start(): Promise<void>;
  /** Waits for what can still be written. */
  stop(): Promise<void>;
  /** `ok`, or why nothing is decided. */
  state(): string;
  readonly fatal: Promise<Error>;
}

/** How soon a fact that was not acknowledged is written again, ms. */
const RETRY_MS = 500;

/** `onFact` is called with every fact, and whom it concerns; more than once where it is read again. */
export function createReceiptLog(parts: {
  readonly bus: BusPort;
  readonly view: View;
  readonly codec: Codec;
  readonly log: Log;
  readonly groupId: string;
  readonly onFact: (fact: Fact, concerned: ReadonlySet<string>) => void;
}): RunningReceiptLog {
  const { bus, view, codec, log } = parts;
  const topic = receiptTopic(view.id);
  const board = createBoard(view.namespace);
  const turns = createTurnsByKey();
  const writing = new Set<Promise<void>>();
  const unwritten = new Set<string>(); // notifications to which something happened that is not on the bus yet
  const open = new Map<number, bigint>(); // partitions not read to the end they had at start
  let producer: BusProducer | undefined;
  let consumer: BusConsumer | undefined;
  let state = 'not started';
  let isStopping = false;
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const take = (fact: Fact): void => parts.onFact(fact, board.apply(fact));
  const send = async (record: OutgoingRecord): Promise<void> => {
    if (producer === undefined || state !== 'ok') throw failClosed({ part: 'receipts' });
    try {
      await producer.send(record);
    } catch (cause) {
      throw failClosed({ part: 'receipts' }, cause);
    }
  };
  const append = async (facts: readonly Fact[]): Promise<void> => {
    for (const fact of facts) {
      await send(toFactRecord(fact, view.id, codec));
      take(fact);
    }
  };
  const untilDone = async (act: () => Promise<void>): Promise<void> => {
    for (;;) {
      await new Promise<void>((resolve) => setTimeout(resolve, RETRY_MS).unref());
      if (isStopping) return; // ATTEMPTED says what may have arrived
      try {
        await act();
        return;
      } catch {
        continue; // logged when it began
      }
    }
  };

  return {
    board,
    fatal,
    append,
    send,
    inTurn: (key, act) => turns.inTurn(key, act),
    state: () => state,
    appendUntilWritten(id, toFacts) {
      let later: Promise<void> | undefined;
      const first = turns.inTurn(id, async () => {
        const present = board.notification(id);
        if (present === undefined) return;
        const facts = toFacts(present);
        try {
          await append(facts);
        } catch (cause) {
          log.error({ view: view.id, code: (cause as { code?: string }).code }, 'a receipt was not acknowledged');
          unwritten.add(id);
          later = untilDone(() => append(facts)).then(() => void unwritten.delete(id));
        }
      });
      const whole = first.then(() => later);
      writing.add(whole);
      void whole.finally(() => writing.delete(whole));
      return whole;
    },
    entry(id) {
      const present = board.notification(id);
      if (present === undefined || state !== 'ok' || unwritten.has(id)) throw failClosed({ part: 'receipts' });
      return present;
    },
    async start() {
      producer = await bus.createProducer();
      for (const { partition, earliest, next } of await bus.inspect.ends(topic))
        if (earliest < next) open.set(partition, next);
      state = 'reading the receipts';
      let read: () => void = () => {};
      const isRead = new Promise<void>((resolve) => (read = resolve));
      if (open.size === 0) read();
      consumer = await bus.createConsumer({
        groupId: parts.groupId,
        topics: [topic],
        from: 'earliest',
        commit: 'never',
        async onBatch({ records }) {
          for (const record of records) {
            const fact = await decoded(() => toFact(record, codec), codec);
            if (fact !== undefined) take(fact);
            const end = open.get(record.partition);
            if (end === undefined || record.offset + 1n < end) continue;
            open.delete(record.partition);
            if (open.size === 0) read();
          }
        },
      });
      void consumer.fatal.then(died);
      const cause = await Promise.race([isRead, consumer.fatal]);
      if (cause instanceof Error) throw cause;
      state = 'ok';
    },
    async stop() {
      isStopping = true;
      await Promise.allSettled([...writing]);
      state = 'stopped';
      await consumer?.close();
      await producer?.close();
    },
  };
}

/** A schema that is not known yet is asked for once; one that nobody knows ends the reading: half a board decides wrongly. */
async function decoded(read: () => Fact | undefined, codec: Codec): Promise<Fact | undefined> {
  try {
    return read();
  } catch (cause) {
    const { code, details } = cause as { code?: string; details?: { schemaId?: number } };
    if (code !== 'SCHEMA_UNKNOWN' || details?.schemaId === undefined) throw cause;
    const known = await codec.ensure(details.schemaId);
    if (known === 'denied') return undefined;
    return read();
  }
}
