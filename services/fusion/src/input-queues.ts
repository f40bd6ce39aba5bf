// Input read and not yet cut, one queue a partition.
// Holds: offsets of a queue ascend without repetition, whatever the bus delivers twice; a partition that waits for a
// schema gives nothing from that record on; a queue that is too long is paused, never dropped, and what waits in all is
// bounded in bytes, of which no partition can take the others' last share. Source: README.md#lane

import type { BusRecord, CutInput, TopicPartition } from '@sitebus/sdk';
import { byTopicAndPartition } from './cut.ts';

/** When a partition is paused and when it flows again, in records of its own; more than the largest usual cut. */
const PAUSE_AT = 10_000;
const RESUME_AT = 4_000;
/** Bytes of values waiting in all partitions, above which those flow that have few records of their own, and no others. */
const FULL_AT_BYTES = 64 * 1024 * 1024;
/** So many records a partition may have waiting however full the rest is: one that waits for a schema stops nobody. */
const OWN_SHARE = 500;

interface Queue extends TopicPartition {
  records: BusRecord[];
  /** How many at the front of `records` are gone. */
  taken: number;
  /** Next offset to receive. */
  received: bigint;
  /** Next offset to cut. */
  cut: bigint;
  paused: boolean;
  /** Offset from which nothing may be taken. */
  blockedAt: bigint | undefined;
}

/** The queues of one instance. */
export class InputQueues {
  readonly #queues = new Map<string, Queue>();
  #bytes = 0;

  /** Names a partition and the first offset that exists in it. */
  open({ topic, partition }: TopicPartition, earliest: bigint): void {
    const key = keyOf({ topic, partition });
    if (this.#queues.has(key)) return;
    const fresh = { records: [], taken: 0, received: earliest, cut: earliest, paused: false, blockedAt: undefined };
    this.#queues.set(key, { topic, partition, ...fresh });
  }

  /** The next offset wanted from a partition. */
  received(partition: TopicPartition): bigint {
    return this.#queueOf(partition).received;
  }

  /** Adds what is new of a batch. @returns whether the partition must be paused now. */
  push(partition: TopicPartition, records: readonly BusRecord[]): boolean {
    const queue = this.#queueOf(partition);
    const { received } = queue;
    let last: BusRecord | undefined;
    for (const record of records) {
      if (record.offset < received) continue;
      queue.records.push(record);
      this.#bytes += bytesOf(record);
      last = record;
    }
    if (last !== undefined) queue.received = last.offset + 1n;
    if (queue.paused || !this.#isTooLong(queue, PAUSE_AT)) return false;
    queue.paused = true;
    return true;
  }

  block(partition: TopicPartition, offset: bigint): void {
    this.#queueOf(partition).blockedAt = offset;
  }

  unblock(partition: TopicPartition): void {
    this.#queueOf(partition).blockedAt = undefined;
  }

  /** Whether anything could be taken. */
  get hasInput(): boolean {
    for (const queue of this.#queues.values()) if (isReady(queue)) return true;
    return false;
  }

  /** Takes up to `limit` records, sharing among the partitions that have some. */
  take(limit: number): { readonly inputs: readonly CutInput[]; readonly records: readonly BusRecord[] } {
    const ready = this.#sorted().filter(isReady);
    const share = Math.max(1, Math.floor(limit / Math.max(1, ready.length)));
    const inputs: CutInput[] = [];
    const records: BusRecord[] = [];
    for (const queue of ready) {
      const from = queue.cut;
      const taken = this.#takeUpTo(queue, share, queue.blockedAt);
      records.push(...taken);
      queue.cut = taken[taken.length - 1]!.offset + 1n;
      inputs.push({ topic: queue.topic, partition: queue.partition, from: Number(from), next: Number(queue.cut) });
    }
    return { inputs, records };
  }

  /** Whether everything a cut reads has been received and can be read. */
  hasReached(inputs: readonly CutInput[]): boolean {
    return inputs.every((input) => {
      const { received, blockedAt } = this.#queueOf(input);
      const next = BigInt(input.next);
      return received >= next && (blockedAt === undefined || blockedAt >= next);
    });
  }

  /** What is queued from this offset on. */
  pendingFrom(partition: TopicPartition, offset: bigint): BusRecord[] {
    const { records, taken } = this.#queueOf(partition);
    return records.slice(taken).filter((record) => record.offset >= offset);
  }

  /** How far every partition has been cut, sorted; `from` and `next` are the same. */
  vector(): CutInput[] {
    return this.#sorted().map(({ topic, partition, cut }) => ({
      topic,
      partition,
      from: Number(cut),
      next: Number(cut),
    }));
  }

  /** How many records could be taken, at most. */
  get length(): number {
    let length = 0;
    for (const queue of this.#queues.values()) length += lengthOf(queue);
    return length;
  }

  /** Takes exactly what a committed cut read. */
  takeCut(inputs: readonly CutInput[]): BusRecord[] {
    return [...inputs].sort(byTopicAndPartition).flatMap((input) => {
      const queue = this.#queueOf(input);
      const taken = this.#takeUpTo(queue, Infinity, BigInt(input.next));
      queue.cut = BigInt(input.next);
      return taken;
    });
  }

  /** Partitions that may flow again: short queues, and those that `wanted` cannot do without. */
  toResume(wanted: readonly CutInput[]): TopicPartition[] {
    const needed = new Set(wanted.filter((input) => !this.hasReached([input])).map(keyOf));
    const resumed: TopicPartition[] = [];
    for (const [key, queue] of this.#queues) {
      if (!queue.paused || (this.#isTooLong(queue, RESUME_AT) && !needed.has(key))) continue;
      queue.paused = false;
      resumed.push({ topic: queue.topic, partition: queue.partition });
    }
    return resumed;
  }

  /** Whether a partition has `most` records, or more than its own share where all of them together have too much. */
  #isTooLong(queue: Queue, most: number): boolean {
    const length = lengthOf(queue);
    return length >= most || (this.#bytes > FULL_AT_BYTES && length >= OWN_SHARE);
  }

  #takeUpTo(queue: Queue, count: number, end: bigint | undefined): BusRecord[] {
    const taken = takeUpTo(queue, count, end);
    for (const record of taken) this.#bytes -= bytesOf(record);
    return taken;
  }

  #queueOf(partition: TopicPartition): Queue {
    const key = keyOf(partition);
    if (!this.#queues.has(key)) this.open(partition, 0n);
    return this.#queues.get(key)!;
  }

  #sorted(): Queue[] {
    return [...this.#queues.values()].sort(byTopicAndPartition);
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
const lengthOf = ({ records, taken }: Queue): number => records.length - taken;
const bytesOf = ({ value }: BusRecord): number => value?.length ?? 0;

function isReady({ records, taken, blockedAt }: Queue): boolean {
  const next = records[taken];
  return next !== undefined && (blockedAt === undefined || next.offset < blockedAt);
}

/** Takes from the front: at most `count`, and only offsets below `end`. */
function takeUpTo(queue: Queue, count: number, end: bigint | undefined): BusRecord[] {
  let last = queue.taken;
  while (last < queue.records.length && last - queue.taken < count) {
    if (end !== undefined && queue.records[last]!.offset >= end) break;
    last += 1;
  }
  const taken = queue.records.slice(queue.taken, last);
  queue.taken = last;
  if (queue.taken > RESUME_AT && queue.taken * 2 > queue.records.length) {
    queue.records = queue.records.slice(queue.taken);
    queue.taken = 0;
  }
  return taken;
}
