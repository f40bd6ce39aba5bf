// A service's own copy of what is to be skipped in the cells it reads, from the topics `spill.<cell>`.
// Holds: it is `ok` only once every list was read to the end it had at start, and while none has a fault; what was read once
// is never forgotten; whoever listens is told in the turn in which an order is read. Source: README.md#spills

import { spillTopic, type BusBatch, type BusConsumer, type BusPort, type Log } from '@sitebus/sdk';
import type { VerifierKey } from '@sitebus/sdk/merkle';
import { emptySkipList, withRecord, type SkipList } from './skip-list.ts';
import { toSpills, type Spills } from './spills.ts';

/** The copy and its life. */
export interface SpillCopy {
  /** Resolves once the lists were read to the end they had. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** As of now. */
  current(): Spills;
  /** `ok`, or why nothing may be read or released. */
  state(): string;
  /** Calls back after every change; @returns how to stop that. */
  onChange(listener: () => void): () => void;
  readonly fatal: Promise<Error>;
}

/** Makes the copy. `keys`: of the persons whose signatures count; without any, the first order is a fault. */
export function createSpillCopy(parts: {
  readonly bus: BusPort;
  readonly cells: readonly string[];
  readonly keys: readonly VerifierKey[];
  /** Must be this instance's alone: everybody needs every order. */
  readonly groupId: string;
  readonly log: Log;
}): SpillCopy {
  const { bus, cells, keys, log } = parts;
  const lists = new Map<string, SkipList>(cells.map((cell) => [spillTopic(cell), emptySkipList(cell)]));
  const nextOffsets = new Map<string, bigint>();
  const unread = new Map<string, bigint>(); // topic → the end it had at start
  const listeners = new Set<() => void>();
  let current = toSpills([...lists.values()]);
  let consumer: BusConsumer | undefined;
  let isStarted = false;
  let settle: () => void = () => {};
  let died: (cause: Error) => void = () => {};
  const fatal = new Promise<Error>((resolve) => (died = resolve));

  const onBatch = async ({ topic, records }: BusBatch): Promise<void> => {
    const before = lists.get(topic);
    if (before === undefined) return;
    let list = before;
    for (const record of records) {
      if (record.offset < (nextOffsets.get(topic) ?? 0n)) continue; // read again after a rebalance
      nextOffsets.set(topic, record.offset + 1n);
      list = withRecord(list, record, keys);
      const end = unread.get(topic);
      if (end !== undefined && record.offset + 1n >= end) unread.delete(topic);
    }
    if (list !== before) change(topic, list);
    if (unread.size === 0) settle();
  };
  const change = (topic: string, list: SkipList): void => {
    lists.set(topic, list);
    current = toSpills([...lists.values()]);
    if (list.fault !== undefined)
      log.error({ topic, offset: String(list.fault.offset), code: list.fault.why }, 'a list of spills is of no use');
    for (const listener of [...listeners]) listener();
  };

  return {
    fatal,
    current: () => current,
    state() {
      if (!isStarted || unread.size > 0) return 'lists of spills are being read';
      return current.state;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async start() {
      const ends = (await Promise.all([...lists.keys()].map((topic) => bus.inspect.ends(topic)))).flat();
      for (const { topic, earliest, next } of ends) if (earliest < next) unread.set(topic, next);
      const read = new Promise<void>((resolve) => (settle = resolve));
      consumer = await bus.createConsumer({
        groupId: parts.groupId,
        topics: [...lists.keys()],
        from: 'earliest',
        commit: 'never',
        onBatch,
      });
      void consumer.fatal.then(died);
      await consumer.assigned;
      isStarted = true;
      if (unread.size > 0) await Promise.race([read, fatal.then((cause) => Promise.reject(cause))]);
    },
    async stop() {
      await consumer?.close();
    },
  };
}
