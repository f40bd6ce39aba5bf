// A member of a consumer group, over kafkajs.
// Holds: nothing is delivered before its partition's starting position is decided; a batch that was not handled to its end
// is fetched again; `fatal` resolves whenever the member cannot go on, also when it merely stopped fetching.
// Source: README.md#the-bus

import type { Consumer, EachBatchPayload } from 'kafkajs';
import type { BusConsumer, ConsumerOptions, PartitionEnds, TopicPartition } from '../bus.ts';
import { closed, SitebusError, timedOut } from '../errors.ts';
import { decideStartingPositions, partitionKey, type Positions } from '../starting-positions.ts';
import { toBatch, type FetchedBatch } from './kafkajs-batch.ts';
import { createClient, PATIENCE, type AdminAccess, type KafkaConnection } from './kafkajs-client.ts';
import { createFetchWatchdog, type FetchWatchdog } from './kafkajs-fetch-watchdog.ts';
import type { TopicInspector } from './kafkajs-inspector.ts';
import { isEviction, isRebalance, toRefusal } from './kafkajs-refusals.ts';
import { restAfter } from './gathering.ts';
import { Ownership, SESSION_TIMEOUT_MS } from './ownership.ts';
import { onceSettled } from './settling.ts';

const REBALANCE_TIMEOUT_MS = 30_000;
const HEARTBEAT_MS = 1_000;
const MAX_WAIT_MS = 500; // thirty idle consumers: 3.7 % of a core, against 11.2 % at 100
const CONCURRENT_PARTITIONS = 4;
/** A fetch loop that has not come round for this long has stalled silently (tulios/kafkajs#659). */
const STALLED_AFTER_MS = 60_000;

/** What a consumer is made of. */
export interface ConsumerParts {
  readonly connection: KafkaConnection;
  readonly access: AdminAccess;
  readonly inspector: TopicInspector;
}

/** What a member does with what it fetches. */
export interface MemberOptions extends Omit<ConsumerOptions, 'onBatch'> {
  /** Where it is told whether a fetched batch is still the member's. */
  readonly ownership: Ownership;
  /** Resolves with false when the batch was not taken, and is to be fetched again. A rejection is fatal. */
  readonly onFetched: (batch: FetchedBatch) => Promise<boolean>;
  /** Partitions of which a batch is in hand at a time. Default 4. */
  readonly concurrentPartitions?: number;
}

/** Joins the group; resolves when the first assignment is known. Rejects with NOT_ALLOWED or UNREACHABLE. */
export async function createKafkaConsumer(parts: ConsumerParts, options: ConsumerOptions): Promise<BusConsumer> {
  const ownership = new Ownership();
  return createKafkaMember(parts, {
    ...options,
    ownership,
    onFetched: async (fetched) => {
      await options.onBatch(toBatch(fetched, ownership));
      return true;
    },
  });
}

/** The same for a host that takes records as the driver has them. */
export async function createKafkaMember(parts: ConsumerParts, options: MemberOptions): Promise<BusConsumer> {
  return onceSettled(() => joinGroup(parts, options)); // a member that could not join is given up whole
}

async function joinGroup(parts: ConsumerParts, options: MemberOptions): Promise<BusConsumer> {
  const driver = createClient(parts.connection).consumer({
    groupId: options.groupId,
    readUncommitted: false,
    allowAutoTopicCreation: false,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: options.maxWaitMs ?? MAX_WAIT_MS,
    ...(options.maxPartitionBytes !== undefined && { maxBytesPerPartition: options.maxPartitionBytes }),
    retry: { ...PATIENCE, restartOnFailure: () => Promise.resolve(false) },
  });
  const member = new KafkaConsumer(driver, parts, options);
  await member.join();
  return member;
}

class KafkaConsumer implements BusConsumer {
  readonly assigned: Promise<readonly TopicPartition[]>;
  readonly fatal: Promise<Error>;
  readonly #driver: Consumer;
  readonly #parts: ConsumerParts;
  readonly #options: MemberOptions;
  readonly #ownership: Ownership;
  readonly #watchdog: FetchWatchdog;
  readonly #paused = new Set<string>();
  /** Next offset to read, by partition; kept while the partition stays with this member without interruption. */
  readonly #positions = new Map<string, bigint>();
  #assignment: readonly TopicPartition[] = [];
  #memberId = '';
  #isEvicted = false;
  /** True from an assignment until every starting position has been set. */
  #isStarting = true;
  #isRebalancing = false;
  #state: 'running' | 'closing' | 'over' = 'running';
  #markAssigned: (assigned: readonly TopicPartition[]) => void = () => undefined;
  #markUnassigned: (cause: Error) => void = () => undefined;
  #markFatal: (cause: Error) => void = () => undefined;
  #closing: Promise<void> | undefined;
  #deathCause: Error | undefined;

  constructor(driver: Consumer, parts: ConsumerParts, options: MemberOptions) {
    this.#driver = driver;
    this.#parts = parts;
    this.#options = options;
    this.#ownership = options.ownership;
    this.#ownership.heard();
    this.assigned = new Promise((resolve, reject) => {
      this.#markAssigned = resolve;
      this.#markUnassigned = reject;
    });
    this.assigned.catch(() => undefined);
    this.fatal = new Promise((resolve) => (this.#markFatal = resolve));
    this.#watchdog = createFetchWatchdog({
      stalledAfterMs: STALLED_AFTER_MS,
      onStalled: (afterMs) => this.#die(timedOut({ what: 'fetch', afterMs })),
    });
    this.#listen();
  }

  async join(): Promise<void> {
    const what = this.#options.groupId;
    try {
      await this.#driver.connect();
      await this.#driver.subscribe({
        topics: [...this.#options.topics],
        fromBeginning: this.#options.from === 'earliest',
      });
      await this.#driver.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: this.#options.concurrentPartitions ?? CONCURRENT_PARTITIONS,
        eachBatch: (payload) => this.#onDriverBatch(payload),
      });
    } catch (error) {
      this.#die(toRefusal(error, { what }));
    }
    if (this.#deathCause !== undefined) throw this.#deathCause;
  }

  assignment(): readonly TopicPartition[] {
    return this.#assignment;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.add(partitionKey(place));
    if (this.#state === 'running') this.#driver.pause(toTopicPartitions(partitions));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.delete(partitionKey(place));
    if (this.#state === 'running' && !this.#isStarting) this.#driver.resume(toTopicPartitions(partitions));
  }

  seek(place: TopicPartition, next: bigint): void {
    this.#positions.set(partitionKey(place), next);
    if (this.#state === 'running') this.#driver.seek({ ...place, offset: String(next) });
  }

  close(): Promise<void> {
    if (this.#state === 'running') this.#state = 'closing';
    return this.#leave();
  }

  #leave(): Promise<void> {
    this.#closing ??= (async () => {
      this.#watchdog.stop();
      this.#markUnassigned(closed({}));
      await this.#driver.disconnect(); // waits for the batches in hand
      this.#state = 'over';
      this.#ownership.lose();
      this.#assignment = [];
    })();
    return this.#closing;
  }

  /** The member is dead: says so, lets nothing follow, and leaves the group in the background. */
  #die(cause: Error): void {
    if (this.#state !== 'running') return;
    this.#state = 'over';
    this.#ownership.lose();
    this.#deathCause = cause;
    this.#markFatal(cause);
    this.#markUnassigned(cause);
    this.#leave().catch((error: unknown) => {
      this.#parts.connection.log.debug({ text: String(error) }, 'a dead consumer did not disconnect');
    });
  }

  #listen(): void {
    const { events } = this.#driver;
    const alive = (): void => this.#watchdog.alive();
    const heard = (): void => this.#ownership.heard();
    this.#driver.on(events.FETCH, alive);
    this.#driver.on(events.END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      alive();
      // Only markers and aborted records: the driver moves on by itself, and the position with it.
      if (batchSize === 0) this.#positions.set(partitionKey({ topic, partition }), BigInt(lastOffset) + 1n);
    });
    this.#driver.on(events.HEARTBEAT, heard);
    this.#driver.on(events.REBALANCING, () => void (this.#isRebalancing = true));
    this.#driver.on(events.GROUP_JOIN, ({ payload }) => {
      alive();
      heard();
      this.#onAssigned(fromMemberAssignment(payload.memberAssignment), payload.memberId);
    });
    this.#driver.on(events.CRASH, ({ payload }) =>
      this.#die(toRefusal(payload.error, { what: this.#options.groupId })),
    );
  }

  /** Runs before the driver's next fetch: pauses everything, so that nothing is read until positions are set. */
  #onAssigned(assigned: readonly TopicPartition[], memberId: string): void {
    if (this.#state !== 'running') return;
    // A new member id means that the group had dropped this one, and others may have read on meanwhile.
    const kept = new Set(this.#isEvicted || memberId !== this.#memberId ? [] : assigned.map(partitionKey));
    const revoked = this.#assignment.filter((place) => !kept.has(partitionKey(place)));
    this.#memberId = memberId;
    this.#ownership.renew();
    this.#isStarting = true;
    this.#isRebalancing = false;
    this.#isEvicted = false;
    this.#assignment = assigned;
    for (const key of revoked.map(partitionKey)) {
      this.#paused.delete(key);
      if (this.#options.commit === 'after-batch') this.#positions.delete(key); // else only this member knows them
    }
    this.#driver.pause(toTopicPartitions(assigned));
    if (revoked.length > 0) this.#options.onRevoked?.(revoked);
    this.#start(this.#ownership.generation).catch((error: unknown) => this.#die(asError(error)));
  }

  async #start(generation: bigint): Promise<void> {
    const assigned = this.#assignment;
    const given = toPositions((await this.#options.startAt?.(assigned)) ?? []);
    const held: Positions = new Map(this.#positions);
    const open = assigned.filter((place) => !held.has(partitionKey(place)) || given.has(partitionKey(place)));
    const ends = await this.#endsOf(open);
    const committed = await this.#committedOf(open.filter((place) => !given.has(partitionKey(place))));
    if (generation !== this.#ownership.generation || this.#state !== 'running') return;
    for (const start of decideStartingPositions({ assigned, given, held, committed, ends, from: this.#options.from })) {
      const { topic, partition, next, missing } = start;
      if (missing > 0n) {
        this.#parts.connection.log.warn(
          { topic, partition, missing: String(missing) },
          'records are gone before they were read',
        );
      }
      this.seek({ topic, partition }, next);
    }
    this.#isStarting = false;
    this.#driver.resume(toTopicPartitions(assigned.filter((place) => !this.#paused.has(partitionKey(place)))));
    this.#markAssigned(assigned);
  }

  async #endsOf(places: readonly TopicPartition[]): Promise<ReadonlyMap<string, PartitionEnds>> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    const ends = await Promise.all(topics.map((topic) => this.#parts.inspector.ends(topic)));
    return new Map(ends.flat().map((end) => [partitionKey(end), end]));
  }

  async #committedOf(places: readonly TopicPartition[]): Promise<Positions> {
    const topics = [...new Set(places.map(({ topic }) => topic))];
    if (topics.length === 0 || this.#options.commit === 'never') return new Map();
    try {
      const admin = await this.#parts.access.connected();
      const answers = await admin.fetchOffsets({ groupId: this.#options.groupId, topics });
      const committed = answers.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset }) => ({ topic, partition, next: BigInt(offset) })),
      );
      return toPositions(committed.filter(({ next }) => next >= 0n)); // −1: never committed
    } catch (error) {
      throw toRefusal(error, { what: this.#options.groupId });
    }
  }

  async #onDriverBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const place: TopicPartition = { topic: batch.topic, partition: batch.partition };
    const { generation } = this.#ownership;
    if (this.#holdsBack(place) || payload.isStale()) return; // not resolved, so it is fetched again
    const { messages, highWatermark } = batch;
    const fetched = { ...place, messages, highWatermark: BigInt(highWatermark), generation };
    const isDone = await this.#deliver(fetched, payload);
    if (!isDone || !this.#ownership.owns(generation) || payload.isStale()) return;
    const next = BigInt(batch.lastOffset()) + 1n; // markers behind the last record included
    payload.resolveOffset(batch.lastOffset());
    this.#positions.set(partitionKey(place), next);
    if (this.#options.commit === 'after-batch') await this.#commit(place, next, payload);
    await restAfter(messages.length, this.#options.gatherMs);
  }

  /** Calls the handler and keeps the membership alive meanwhile; false when it took nothing, or failed, which is the end. */
  async #deliver(batch: FetchedBatch, payload: EachBatchPayload): Promise<boolean> {
    const beat = setInterval(
      () => void payload.heartbeat().catch((error: unknown) => this.#onMembershipError(error)),
      HEARTBEAT_MS,
    );
    this.#watchdog.suspend();
    try {
      return await this.#options.onFetched(batch);
    } catch (error) {
      this.#die(asError(error));
      return false;
    } finally {
      clearInterval(beat);
      this.#watchdog.unsuspend();
    }
  }

  async #commit({ topic, partition }: TopicPartition, next: bigint, payload: EachBatchPayload): Promise<void> {
    try {
      await payload.commitOffsetsIfNecessary({
        topics: [{ topic, partitions: [{ partition, offset: String(next) }] }],
      });
    } catch (error) {
      this.#onMembershipError(error);
      throw error; // the driver joins again, or retries
    }
  }

  #onMembershipError(error: unknown): void {
    if (isEviction(error)) {
      this.#isEvicted = true;
      this.#ownership.lose();
    }
    if (isRebalance(error)) this.#isRebalancing = true; // batches still queued are left for the next assignment
  }

  #holdsBack(place: TopicPartition): boolean {
    return (
      this.#state !== 'running' || this.#isStarting || this.#isRebalancing || this.#paused.has(partitionKey(place))
    );
  }
}

function fromMemberAssignment(assignment: Readonly<Record<string, readonly number[]>>): readonly TopicPartition[] {
  const places = Object.entries(assignment).flatMap(([topic, list]) => list.map((partition) => ({ topic, partition })));
  return places.sort((a, b) => (a.topic < b.topic ? -1 : a.topic > b.topic ? 1 : a.partition - b.partition));
}

function toTopicPartitions(places: readonly TopicPartition[]): { topic: string; partitions: number[] }[] {
  return places.map(({ topic, partition }) => ({ topic, partitions: [partition] }));
}

function toPositions(places: readonly (TopicPartition & { readonly next: bigint })[]): Positions {
  return new Map(places.map((place) => [partitionKey(place), place.next]));
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new SitebusError('UNEXPECTED', false, {}, error);
