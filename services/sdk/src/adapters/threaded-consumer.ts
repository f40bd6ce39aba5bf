// A consumer whose membership lives in the bus's thread.
// Holds: what comes for a partition that is paused here, or was sought since the thread last heard of it, is not taken, and
// fetched again; whether a batch is still ours is read where the thread keeps it, so a blocked caller is told the truth.
// Source: README.md#a-bus-in-a-thread

import type { BusConsumer, ConsumerOptions, TopicPartition } from '../bus.ts';
import { closed } from '../errors.ts';
import { partitionKey } from '../starting-positions.ts';
import { Ownership } from './ownership.ts';
import { unpackBatch } from './packed-batch.ts';
import type { LinkedConsumer, Link } from './thread-link.ts';
import type { Callback } from './thread-messages.ts';

type BatchCall = Extract<Callback, { call: 'batch' }>;

/** Joins the group in the thread. Rejects with NOT_ALLOWED or UNREACHABLE. */
export async function createThreadedConsumer(link: Link, options: ConsumerOptions): Promise<BusConsumer> {
  const handle = link.newHandle();
  const consumer = new ThreadedConsumer(link, handle, options);
  link.connect(handle, consumer);
  try {
    await link.ask({ ask: 'consumer', handle, options: consumer.told });
  } catch (error) {
    link.disconnect(handle);
    throw error;
  }
  return consumer;
}

class ThreadedConsumer implements BusConsumer, LinkedConsumer {
  readonly assigned: Promise<readonly TopicPartition[]>;
  readonly fatal: Promise<Error>;
  readonly #link: Link;
  readonly #handle: number;
  readonly #options: ConsumerOptions;
  readonly #ownership = new Ownership();
  readonly #paused = new Set<string>();
  /** The instruction by which a partition was last sought. */
  readonly #sought = new Map<string, number>();
  #assignment: readonly TopicPartition[] = [];
  #isOver = false;
  #closing: Promise<void> | undefined;
  #markAssigned: (assigned: readonly TopicPartition[]) => void = () => undefined;
  #markUnassigned: (cause: Error) => void = () => undefined;
  #markFatal: (cause: Error) => void = () => undefined;

  constructor(link: Link, handle: number, options: ConsumerOptions) {
    this.#link = link;
    this.#handle = handle;
    this.#options = options;
    this.assigned = new Promise((resolve, reject) => {
      this.#markAssigned = resolve;
      this.#markUnassigned = reject;
    });
    this.assigned.catch(() => undefined);
    this.fatal = new Promise((resolve) => (this.#markFatal = resolve));
  }

  /** Its options as far as the thread needs them. */
  get told() {
    const { groupId, topics, from, commit, maxWaitMs, maxPartitionBytes, gatherMs } = this.#options;
    const ownership = this.#ownership.memory;
    return {
      groupId,
      topics: [...topics],
      from,
      commit,
      ownership,
      ...(maxWaitMs !== undefined && { maxWaitMs }),
      ...(maxPartitionBytes !== undefined && { maxPartitionBytes }),
      ...(gatherMs !== undefined && { gatherMs }),
    };
  }

  assignment(): readonly TopicPartition[] {
    return this.#assignment;
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.add(partitionKey(place));
    this.#link.instruct(this.#handle, { do: 'pause', places: partitions.map(toPlace) });
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const place of partitions) this.#paused.delete(partitionKey(place));
    this.#link.instruct(this.#handle, { do: 'resume', places: partitions.map(toPlace) });
  }

  seek(place: TopicPartition, next: bigint): void {
    const number = this.#link.instruct(this.#handle, { do: 'seek', place: toPlace(place), next });
    this.#sought.set(partitionKey(place), number);
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#isOver = true;
      this.#markUnassigned(closed({}));
      if (this.#link.isAlive) await this.#link.ask({ ask: 'close', handle: this.#handle });
      this.#link.disconnect(this.#handle);
      this.#ownership.lose();
      this.#assignment = [];
    })();
    return this.#closing;
  }

  async onCallback(callback: Callback): Promise<unknown> {
    if (callback.call === 'batch') return this.#onBatch(callback);
    this.#assignment = callback.assigned;
    return (await this.#options.startAt?.(callback.assigned)) ?? [];
  }

  onAssigned(places: readonly TopicPartition[]): void {
    this.#markAssigned(places);
  }

  onRevoked(places: readonly TopicPartition[]): void {
    for (const place of places) this.#paused.delete(partitionKey(place));
    this.#options.onRevoked?.(places);
  }

  onFatal(cause: Error): void {
    this.#isOver = true;
    this.#ownership.lose();
    this.#assignment = [];
    this.#markFatal(cause);
    this.#markUnassigned(cause);
  }

  /** False where it was not taken. */
  async #onBatch({ batch, highWatermark, generation, seen }: BatchCall): Promise<boolean> {
    const { topic, partition } = batch;
    const key = partitionKey(batch);
    const isOld = (this.#sought.get(key) ?? 0) > seen;
    if (this.#isOver || isOld || this.#paused.has(key) || !this.#ownership.owns(generation)) return false;
    const isRevoked = (): boolean => !this.#ownership.owns(generation);
    await this.#options.onBatch({ topic, partition, records: unpackBatch(batch), highWatermark, isRevoked });
    return true;
  }
}

/** Callers may hand in more than a place. */
const toPlace = ({ topic, partition }: TopicPartition): TopicPartition => ({ topic, partition });
