// An in-memory bus for tests: partitions, offsets, groups, rebalances, transactions and ACLs, without a broker.
// Holds: passes the contract suite of the Kafka adapter; the same calls in the same order give the same records,
// offsets and deliveries, because nothing waits for a timer and nothing is drawn at random.
// Source: README.md#the-bus

import type { BusPort, BusRecord } from '../bus.ts';
import { closed } from '../errors.ts';
import type { Clock } from '../time.ts';
import { createAccess, everything, type Access, type Grants } from './memory-access.ts';
import { createMemoryConsumer } from './memory-consumer.ts';
import { createFaults, type FaultKind } from './memory-faults.ts';
import { MemoryGroup } from './memory-group.ts';
import { MemoryLog } from './memory-log.ts';
import { createMemoryProducer, createMemoryTransactionalProducer, type Epochs } from './memory-producers.ts';
import { createTestClock } from './test-clock.ts';

/** How a test bus is laid out; every part has a default. */
export interface TestBusOptions {
  /** Partitions of a topic, which comes into being when first used; 0 refuses it. Default: 4 for obs and assess, 1 for others. */
  readonly partitionsOf?: (topic: string) => number;
  /** Largest record, bytes. Default 1 MiB, as a broker's. */
  readonly maxRecordBytes?: number;
  /** Time of appends. Default: a test clock that stands still. */
  readonly clock?: Clock;
}

/** The bus in a test's hands. */
export interface TestBus {
  /** For `createProducer({connect})` and services: a port that may do everything. */
  readonly connect: { readonly bus: BusPort };
  /** The bus as a principal sees it: nothing is allowed that `grant` has not. */
  as(principal: string): BusPort;
  /** Adds to what a principal may do; exact names, or prefixes ending in `*`. */
  grant(principal: string, grants: Grants): void;
  /** Committed records of a topic, or of all, sorted by topic, partition and offset; copies. */
  records(topic?: string): readonly BusRecord[];
  /** Orders failures for the next uses (see FaultKind); `times` default 1. */
  failNext(kind: FaultKind, times?: number): void;
  /** Resolves when every consumer has handled what it may read. For tests instead of waiting. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const DEFAULT_MAX_RECORD_BYTES = 1_048_576;
/** As policy/topics.json lays them out: order across partitions is promised nowhere else. */
const partitionsByKind = (topic: string): number => (/^(obs|assess)\./.test(topic) ? 4 : 1);

/** A fresh, empty bus. */
export function createTestBus(options: TestBusOptions = {}): TestBus {
  const clock = options.clock ?? createTestClock();
  const log = new MemoryLog({
    partitionsOf: options.partitionsOf ?? partitionsByKind,
    maxRecordBytes: options.maxRecordBytes ?? DEFAULT_MAX_RECORD_BYTES,
    now: () => clock.now(),
  });
  const faults = createFaults();
  const epochs: Epochs = new Map();
  const groups = new Map<string, MemoryGroup>();
  const grants = new Map<string, Grants[]>();
  const ports: BusPort[] = [];
  const activity = createActivity();

  function groupOf(id: string): MemoryGroup {
    let group = groups.get(id);
    if (group === undefined) groups.set(id, (group = new MemoryGroup((topic) => log.partitionsOf(topic))));
    return group;
  }

  function createPort(access: Access): BusPort {
    const made: { close(): Promise<void> }[] = [];
    let isClosed = false;
    async function keep<T extends { close(): Promise<void> }>(making: () => T | Promise<T>): Promise<T> {
      if (isClosed) throw closed({});
      const one = await making();
      made.unshift(one);
      return one;
    }
    const port: BusPort = {
      createProducer: () => keep(() => createMemoryProducer({ log, access, faults })),
      createTransactionalProducer: (id) =>
        keep(() => createMemoryTransactionalProducer({ log, access, faults }, epochs, id)),
      createConsumer: (consumer) =>
        keep(() => {
          access.demand('groups', consumer.groupId);
          for (const topic of consumer.topics) access.demand('read', topic);
          return createMemoryConsumer({ log, faults, group: groupOf(consumer.groupId), ...activity.marks }, consumer);
        }),
      inspect: {
        topics: () =>
          Promise.resolve(log.topics().filter((t) => access.allows('read', t) || access.allows('write', t))),
        ends: async (topic) => {
          if (!access.allows('write', topic)) access.demand('read', topic);
          return Promise.resolve(log.ends(topic));
        },
      },
      async close() {
        isClosed = true;
        for (const one of made) await one.close();
      },
    };
    ports.push(port);
    return port;
  }

  return {
    connect: { bus: createPort(everything) },
    as: (principal) => createPort(createAccess(() => grants.get(principal) ?? [])),
    grant: (principal, more) => void grants.set(principal, [...(grants.get(principal) ?? []), more]),
    records: (topic) => log.records(topic),
    failNext: (kind, times = 1) => faults.order(kind, times),
    settled: () => activity.settled(),
    async close() {
      for (const port of ports) await port.close();
    },
  };
}

/** Counts partitions that are being run. */
function createActivity() {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    marks: {
      onBusy: (): void => void (busy += 1),
      onIdle: (): void => {
        busy -= 1;
        if (busy === 0) for (const resolve of waiting.splice(0)) resolve();
      },
    },
    /** A turn of the event loop lets divisions and starts finish that no partition runs for. */
    async settled(): Promise<void> {
      do {
        if (busy > 0) await new Promise<void>((resolve) => waiting.push(resolve));
        await new Promise<void>((resolve) => setImmediate(resolve));
      } while (busy > 0);
    },
  };
}
