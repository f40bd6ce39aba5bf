// A member of a group on the in-memory bus.
// Holds: as the Kafka adapter: batches of one partition follow one another, partitions run side by side, nothing is
// delivered before positions are set, and what was not handled to its end is delivered again.

import type { BusBatch, BusConsumer, ConsumerOptions, PartitionEnds, TopicPartition } from '../bus.ts';
import { closed, SitebusError, unreachable } from '../errors.ts';
import { decideStartingPositions, partitionKey, type Positions } from '../starting-positions.ts';
import type { Faults } from './memory-faults.ts';
import type { GroupMember, MemoryGroup } from './memory-group.ts';
import type { MemoryLog } from './memory-log.ts';

const BATCH_RECORDS = 500;

/** What a consumer is made of; `onBusy` and `onIdle` bracket every run of a partition. */
export interface MemoryConsumerParts {
  readonly log: MemoryLog;
  readonly group: MemoryGroup;
  readonly faults: Faults;
  readonly onBusy: () => void;
  readonly onIdle: () => void;
}

/** Joins the group and starts to deliver. */
export async function createMemoryConsumer(parts: MemoryConsumerParts, options: ConsumerOptions): Promise<BusConsumer> {
  const member = new MemoryConsumer(parts, options);
  await parts.group.join(member);
  return member;
}

class MemoryConsumer implements BusConsumer, GroupMember {
  readonly topics: readonly string[];
  readonly assigned: Promise<readonly TopicPartition[]>;
  readonly fatal: Promise<Error>;
  readonly #parts: MemoryConsumerParts;
  readonly #options: ConsumerOptions;
  readonly #paused = new Set<string>();
  readonly #positions = new Map<string, bigint>();
  readonly #sought = new Map<string, number>();
  readonly #running = new Set<string>();
  readonly #stopListening: () => void;
  readonly #waitingForStill: (() => void)[] = [];
  #assignment: readonly TopicPartition[] = [];
  /** The same with their keys: they are looked at on every append. */
  #places: readonly { readonly place: TopicPartition; readonly key: string }[] = [];
  #generation = 0;
  #stands = true;
  #state: 'running' | 'closing' | 'over' = 'running';
  #markAssigned: (assigned: readonly TopicPartition[]) => void = () => undefined;
  #markUnassigned: (cause: Error) => void = () => undefined;
  #markFatal: (cause: Error) => void = () => undefined;

  constructor(parts: MemoryConsumerParts, options: ConsumerOptions) {
    this.#parts = parts;
    this.#options = options;
    this.topics = options.topics;
    this.assigned = new Promise((resolve, reject) => {
      this.#markAssigned = resolve;
      this.#markUnassigned = reject;
    });
    this.assigned.catch(() => undefined);
    this.fatal = new Promise((resolve) => (this.#markFatal = resolve));
    this.#stopListening = parts.log.onAppend((to) => {
      if (this.topics.some((topic) => to.has(topic))) this.#wake();
    });
  }

  assignment(): readonly TopicPartition[] {
    return this.#assignment;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.add(partitionKey(place));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.delete(partitionKey(place));
    this.#wake();
  }

  seek(place: TopicPartition, next: bigint): void {
    const key = partitionKey(place);
    this.#positions.set(key, next);
    this.#sought.set(key, (this.#sought.get(key) ?? 0) + 1);
    this.#wake();
  }

  async close(): Promise<void> {
    if (this.#state === 'running') this.#state = 'closing';
    await this.standStill();
    this.#end();
  }

  standStill(): Promise<void> {
    this.#stands = true;
    return new Promise((resolve) => {
      this.#waitingForStill.push(resolve);
      this.#tellIfStill();
    });
  }

  begin(assigned: readonly TopicPartition[]): void {
    if (this.#state !== 'running') return;
    const kept = new Set(assigned.map(partitionKey));
    const revoked = this.#assignment.filter((place) => !kept.has(partitionKey(place)));
    this.#generation += 1;
    this.#assign(assigned);
    for (const key of revoked.map(partitionKey)) {
      this.#paused.delete(key);
      if (this.#options.commit === 'after-batch') this.#positions.delete(key);
    }
    if (revoked.length > 0) this.#options.onRevoked?.(revoked);
    this.#start(this.#generation).catch((error: unknown) => this.#die(error));
  }

  #assign(assigned: readonly TopicPartition[]): void {
    this.#assignment = assigned;
    this.#places = assigned.map((place) => ({ place, key: partitionKey(place) }));
  }

  async #start(generation: number): Promise<void> {
    const { log, group } = this.#parts;
    const assigned = this.#assignment;
    const given = toPositions((await this.#options.startAt?.(assigned)) ?? []);
    if (generation !== this.#generation || this.#state !== 'running') return;
    const ends = new Map(
      this.topics.flatMap((topic) => log.ends(topic)).map((end): [string, PartitionEnds] => [partitionKey(end), end]),
    );
    const committed = this.#options.commit === 'never' ? new Map<string, bigint>() : group.committed;
    const facts = { assigned, given, held: this.#positions, committed, ends, from: this.#options.from };
    for (const { topic, partition, next } of decideStartingPositions(facts)) {
      this.#positions.set(partitionKey({ topic, partition }), next);
    }
    this.#stands = false;
    this.#markAssigned(assigned);
    this.#wake();
  }

  #wake(): void {
    for (const { place, key } of this.#places) {
      if (this.#running.has(key) || !this.#mayDeliver(key) || !this.#hasMore(place, key)) continue;
      this.#running.add(key);
      this.#parts.onBusy();
      void Promise.resolve() // never inside the call that appended
        .then(() => this.#run(place, key))
        .catch((error: unknown) => this.#die(error));
    }
  }

  #hasMore({ topic, partition }: TopicPartition, key: string): boolean {
    return this.#parts.log.hasFrom(topic, partition, this.#positions.get(key) ?? 0n);
  }

  /** Delivers until the partition is read to its end, or may be read no longer. */
  async #run(place: TopicPartition, key: string): Promise<void> {
    try {
      while (this.#mayDeliver(key)) {
        const next = this.#positions.get(key) ?? 0n;
        const records = this.#parts.log.read(place.topic, place.partition, next, BATCH_RECORDS);
        if (records.length === 0 || this.#hasRebalance()) return;
        await this.#deliver(place, key, records);
      }
    } finally {
      // In the same breath as the last look at the log: after an await, an append in between would wake nobody.
      this.#running.delete(key);
      this.#tellIfStill();
      this.#parts.onIdle();
    }
  }

  async #deliver(place: TopicPartition, key: string, records: BusBatch['records']): Promise<void> {
    if (this.#parts.faults.take('fetch')) throw unreachable({ what: place.topic });
    const sought = this.#sought.get(key);
    await this.#options.onBatch(this.#toBatch(place, records));
    if (this.#sought.get(key) !== sought || this.#state === 'over') return;
    const next = (records.at(-1)?.offset ?? -1n) + 1n;
    this.#positions.set(key, next);
    if (this.#options.commit === 'after-batch') this.#parts.group.commit(place, next);
  }

  #hasRebalance(): boolean {
    const isOrdered = this.#parts.faults.take('rebalance');
    if (isOrdered) void this.#parts.group.divide();
    return isOrdered;
  }

  #toBatch(place: TopicPartition, records: BusBatch['records']): BusBatch {
    const generation = this.#generation;
    const highWatermark = this.#parts.log.ends(place.topic)[place.partition]?.next ?? 0n;
    return {
      ...place,
      records,
      highWatermark,
      isRevoked: () => this.#state === 'over' || generation !== this.#generation,
    };
  }

  #mayDeliver(key: string): boolean {
    return this.#state === 'running' && !this.#stands && !this.#paused.has(key);
  }

  #tellIfStill(): void {
    if (this.#running.size > 0) return;
    for (const resolve of this.#waitingForStill.splice(0)) resolve();
  }

  #die(error: unknown): void {
    if (this.#state !== 'running') return;
    const cause = error instanceof Error ? error : new SitebusError('UNEXPECTED', false, {}, error);
    this.#markFatal(cause);
    this.#markUnassigned(cause);
    this.#end();
  }

  #end(): void {
    this.#state = 'over';
    this.#markUnassigned(closed({}));
    this.#assign([]);
    this.#stopListening();
    this.#parts.group.leave(this);
  }
}

function toPositions(places: readonly (TopicPartition & { readonly next: bigint })[]): Positions {
  return new Map(places.map((place) => [partitionKey(place), place.next]));
}
