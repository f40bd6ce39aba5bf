// What waits to be sent, partition by partition: which batches may leave now, and when the next are due.
// Holds: pure (the time comes in); order within a partition is kept; a partition has one batch out at a time, so that a
// retried request can never overtake or duplicate its neighbour; nothing leaves by any way but `take`; what is due takes
// along whatever else may leave, because a request costs more than a record.
// Source: README.md#the-bus

import type { TopicPartition } from './bus.ts';

/** When a batch is full, how long a record waits for company, and how much may wait in all. */
export interface BatchLimits {
  readonly lingerMs: number;
  /**
   * Least time between two rounds, unless a batch is full or the last round was one record: in a stream a request costs more
   * than its records, and who writes one at a time must not wait for company that never comes.
   */
  readonly paceMs: number;
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Of all batches that are taken together; the last of them may pass it. */
  readonly maxRoundBytes: number;
  /** Bound of everything queued; callers that await are held back above it. */
  readonly maxQueuedBytes: number;
}

/** A request stays far below the broker's 1 MiB a partition; the queue below what a small service can spare. */
export const BATCH_LIMITS: BatchLimits = Object.freeze({
  lingerMs: 5,
  paceMs: 20,
  maxRecords: 500,
  maxBytes: 512 * 1024,
  maxRoundBytes: 8 * 1024 * 1024,
  maxQueuedBytes: 32 * 1024 * 1024,
});

/** One batch that has left the queue; its partition is busy until `done`. Never empty. */
export interface TakenBatch<T> {
  readonly place: TopicPartition;
  readonly items: readonly T[];
  readonly bytes: number;
}

interface Queue<T> {
  readonly place: TopicPartition;
  items: T[];
  sizes: number[];
  queuedAtMs: number[];
  bytes: number;
  busy: boolean;
}

/** The queues of one producer. Not for retries: a batch that has left does not come back. */
export class PartitionQueues<T> {
  readonly #limits: BatchLimits;
  readonly #queues = new Map<string, Queue<T>>();
  #queuedBytes = 0;
  #outBytes = 0;
  #nextRoundAtMs = -Infinity;

  constructor(limits: BatchLimits = BATCH_LIMITS) {
    this.#limits = limits;
  }

  /** Bytes queued and out together. */
  get bytes(): number {
    return this.#queuedBytes + this.#outBytes;
  }

  /** True when another record may be queued without passing the bound. One record larger than the bound still fits alone. */
  get hasRoom(): boolean {
    return this.bytes < this.#limits.maxQueuedBytes;
  }

  /** True when nothing is queued and nothing is out. */
  get isIdle(): boolean {
    for (const queue of this.#queues.values()) if (queue.busy || queue.items.length > 0) return false;
    return true;
  }

  /** Queues an item; true when its partition is free and now has a full batch. */
  add(place: TopicPartition, item: T, bytes: number, nowMs: number): boolean {
    const queue = this.#queueOf(place);
    queue.items.push(item);
    queue.sizes.push(bytes);
    queue.queuedAtMs.push(nowMs);
    queue.bytes += bytes;
    this.#queuedBytes += bytes;
    return !queue.busy && this.#isFull(queue);
  }

  /** Takes one batch of every free partition as soon as one of them is full or has lingered; with `everything`, at once. */
  take(nowMs: number, everything = false): readonly TakenBatch<T>[] {
    const due = this.nextDueMs();
    if (due === undefined || (!everything && nowMs < due)) return [];
    const taken: TakenBatch<T>[] = [];
    let bytes = 0;
    for (const queue of this.#queues.values()) {
      if (queue.busy || queue.items.length === 0) continue;
      if (bytes >= this.#limits.maxRoundBytes) break;
      const batch = this.#cut(queue);
      bytes += batch.bytes;
      taken.push(batch);
    }
    const isStream = taken.length > 1 || taken[0]!.items.length > 1;
    this.#nextRoundAtMs = isStream ? nowMs + this.#limits.paceMs : -Infinity;
    return taken;
  }

  /** Frees the partition of a batch that `take` gave out. */
  done(batch: TakenBatch<T>): void {
    this.#queueOf(batch.place).busy = false;
    this.#outBytes -= batch.bytes;
  }

  /** When the next free partition is due, milliseconds as `nowMs`, long ago for a full one; undefined when none waits. */
  nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const queue of this.#queues.values()) {
      if (queue.busy || queue.items.length === 0) continue;
      const due = this.#dueMs(queue);
      if (next === undefined || due < next) next = due;
    }
    return next;
  }

  #cut(queue: Queue<T>): TakenBatch<T> {
    const { maxRecords, maxBytes } = this.#limits;
    let count = 0;
    let bytes = 0;
    for (const size of queue.sizes) {
      if (count > 0 && (count >= maxRecords || bytes + size > maxBytes)) break; // a large record travels alone
      count += 1;
      bytes += size;
    }
    const items = queue.items.splice(0, count);
    queue.sizes.splice(0, count);
    queue.queuedAtMs.splice(0, count);
    queue.bytes -= bytes;
    queue.busy = true;
    this.#queuedBytes -= bytes;
    this.#outBytes += bytes;
    return { place: queue.place, items, bytes };
  }

  #isFull(queue: Queue<T>): boolean {
    return queue.items.length >= this.#limits.maxRecords || queue.bytes >= this.#limits.maxBytes;
  }

  #dueMs(queue: Queue<T>): number {
    if (this.#isFull(queue)) return -Infinity;
    return Math.max((queue.queuedAtMs[0] ?? 0) + this.#limits.lingerMs, this.#nextRoundAtMs);
  }

  #queueOf({ topic, partition }: TopicPartition): Queue<T> {
    const key = `${topic}/${partition}`;
    let queue = this.#queues.get(key);
    if (queue === undefined) {
      queue = { place: { topic, partition }, items: [], sizes: [], queuedAtMs: [], bytes: 0, busy: false };
      this.#queues.set(key, queue);
    }
    return queue;
  }
}
