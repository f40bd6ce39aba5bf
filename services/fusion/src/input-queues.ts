// Input read, judged and not yet cut, one queue a partition.
// Holds: offsets of a queue ascend without repetition, whatever the bus delivers twice; what waits for a schema is held back
// as it was read, and everything behind it in its partition; a queue that is too long is paused, never dropped, and what
// waits in all is bounded in bytes, of which no partition can take the others' last share. Source: README.md#lane

import type { BusRecord, CutInput, TopicPartition } from '@sitebus/sdk';
import { bytesOf, type AdmittedBatch, type BatchSlice } from './admitted-batch.ts';
import { byTopicAndPartition } from './cut.ts';

/** When a partition is paused and when it flows again, in records of its own; more than the largest cut. */
const PAUSE_AT = 40_000;
const RESUME_AT = 20_000;
/** Bytes waiting in all partitions, above which those flow that have few records of their own, and no others. */
const FULL_AT_BYTES = 64 * 1024 * 1024;
/** So many records a partition may have waiting however full the rest is: one that waits for a schema stops nobody. */
const OWN_SHARE = 500;

interface Queue extends TopicPartition {
  /** What is left of batches, in the order of offsets. */
  slices: BatchSlice[];
  /** Records that may be taken. */
  waiting: number;
  /** What waits for a schema, and all behind it. */
  held: BusRecord[];
  /** Next offset to receive. */
  received: number;
  /** Next offset to cut. */
  cut: number;
  /** The first offset that did not exist when the partition was last read. */
  end: number;
  paused: boolean;
}

/** The queues of one instance. */
export class InputQueues {
  readonly #queues = new Map<string, Queue>();
  #bytes = 0;

  /** Names a partition and the first offset that exists in it. */
  open({ topic, partition }: TopicPartition, earliest: bigint): void {
    const key = keyOf({ topic, partition });
    if (this.#queues.has(key)) return;
    const at = Number(earliest);
    const fresh = { slices: [], waiting: 0, held: [], received: at, cut: at, end: at, paused: false };
    this.#queues.set(key, { topic, partition, ...fresh });
  }

  /** The next offset wanted from a partition. */
  received(partition: TopicPartition): bigint {
    return BigInt(this.#queueOf(partition).received);
  }

  /** Adds what is new of a batch. @returns whether the partition must be paused now. */
  push(partition: TopicPartition, judged: BatchSlice): boolean {
    const queue = this.#queueOf(partition);
    this.#add(queue, { ...judged, from: placeOf(judged, queue.received) });
    queue.received = Math.max(queue.received, endOf(judged));
    return this.#pausesNow(queue);
  }

  /** Says where the partition ended when it was last read. */
  noteEnd(partition: TopicPartition, end: bigint): void {
    this.#queueOf(partition).end = Number(end);
  }

  /** Holds back what is new of these; a partition that holds any takes no batch. @returns as `push` does. */
  hold(partition: TopicPartition, records: readonly BusRecord[]): boolean {
    const queue = this.#queueOf(partition);
    for (const record of records) {
      const offset = Number(record.offset);
      if (offset < queue.received) continue;
      queue.held.push(record);
      this.#bytes += record.value?.length ?? 0;
      queue.received = offset + 1;
    }
    return this.#pausesNow(queue);
  }

  /** What is held back of a partition, ascending. */
  heldOf(partition: TopicPartition): readonly BusRecord[] {
    return this.#queueOf(partition).held;
  }

  /** The first held back of a partition have been judged. */
  release(partition: TopicPartition, judged: BatchSlice): void {
    const queue = this.#queueOf(partition);
    for (const { value } of queue.held.splice(0, judged.to - judged.from)) this.#bytes -= value?.length ?? 0;
    this.#add(queue, judged);
  }

  /** Whether anything could be taken. */
  get hasInput(): boolean {
    for (const { waiting } of this.#queues.values()) if (waiting > 0) return true;
    return false;
  }

  /** Takes up to `limit` records: an equal share from each partition that has some, and what short ones leave of theirs. */
  take(limit: number): { readonly inputs: readonly CutInput[]; readonly slices: readonly BatchSlice[] } {
    const ready = this.#sorted().filter(({ waiting }) => waiting > 0);
    const share = shareOfEach(
      ready.map(({ waiting }) => waiting),
      limit,
    );
    const inputs: CutInput[] = [];
    const slices: BatchSlice[] = [];
    for (const queue of ready) {
      const from = queue.cut;
      const taken = this.#takeUpTo(queue, share, Infinity);
      slices.push(...taken);
      const { batch, to } = taken[taken.length - 1]!;
      queue.cut = batch.offsets[to - 1]! + 1;
      inputs.push({ topic: queue.topic, partition: queue.partition, from, next: queue.cut });
    }
    return { inputs, slices };
  }

  /** Whether everything a cut reads has been received and judged. */
  hasReached(inputs: readonly CutInput[]): boolean {
    return inputs.every((input) => {
      const { received, held } = this.#queueOf(input);
      return received >= input.next && (held[0] === undefined || Number(held[0].offset) >= input.next);
    });
  }

  /** How far every partition has been cut, sorted; `from` and `next` are the same. */
  vector(): CutInput[] {
    return this.#sorted().map(({ topic, partition, cut }) => ({ topic, partition, from: cut, next: cut }));
  }

  /** Whether so much waits that hardly more will come before some is taken. */
  get isFull(): boolean {
    return this.#bytes > FULL_AT_BYTES;
  }

  /** Records that wait for a cut here, and those that are known to lie behind them on the bus. */
  get backlog(): number {
    let backlog = 0;
    for (const queue of this.#queues.values()) backlog += lengthOf(queue) + Math.max(0, queue.end - queue.received);
    return backlog;
  }

  /** How many records wait, those held back included. */
  get length(): number {
    let length = 0;
    for (const queue of this.#queues.values()) length += lengthOf(queue);
    return length;
  }

  /** Takes exactly what a committed cut read. */
  takeCut(inputs: readonly CutInput[]): BatchSlice[] {
    return [...inputs].sort(byTopicAndPartition).flatMap((input) => {
      const queue = this.#queueOf(input);
      const taken = this.#takeUpTo(queue, Infinity, input.next);
      queue.cut = input.next;
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

  #add(queue: Queue, slice: BatchSlice): void {
    const { batch, from, to } = slice;
    if (from >= to) return;
    queue.slices.push(slice);
    queue.waiting += to - from;
    this.#bytes += shareOf(batch, to - from);
  }

  #pausesNow(queue: Queue): boolean {
    if (queue.paused || !this.#isTooLong(queue, PAUSE_AT)) return false;
    queue.paused = true;
    return true;
  }

  /** Whether a partition has `most` records, or more than its own share where all of them together have too much. */
  #isTooLong(queue: Queue, most: number): boolean {
    const length = lengthOf(queue);
    return length >= most || (this.#bytes > FULL_AT_BYTES && length >= OWN_SHARE);
  }

  /** Takes from the front: at most `count`, and only offsets below `end`. */
  #takeUpTo(queue: Queue, count: number, end: number): BatchSlice[] {
    const taken: BatchSlice[] = [];
    let left = count;
    while (left > 0 && queue.slices.length > 0) {
      const { batch, from, to } = queue.slices[0]!;
      const until = Math.min(from + left, placeOf(queue.slices[0]!, end));
      if (until === from) break;
      taken.push({ batch, from, to: until });
      left -= until - from;
      queue.waiting -= until - from;
      this.#bytes -= shareOf(batch, until - from);
      if (until === to) queue.slices.shift();
      else queue.slices[0] = { batch, from: until, to };
    }
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
const lengthOf = ({ waiting, held }: Queue): number => waiting + held.length;
const endOf = ({ batch: { offsets }, from, to }: BatchSlice): number => (to > from ? offsets[to - 1]! + 1 : 0);

/** The first place whose offset is not below `offset`. */
function placeOf({ batch: { offsets }, from, to }: BatchSlice, offset: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsets[middle]! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The most that each may give, at least one, so that all give `limit` together or whatever they have. */
function shareOfEach(waiting: readonly number[], limit: number): number {
  let left = limit;
  let parts = waiting.length;
  for (const length of [...waiting].sort((a, b) => a - b)) {
    if (length * parts >= left) break;
    left -= length;
    parts -= 1;
  }
  return parts === 0 ? limit : Math.max(1, Math.floor(left / parts));
}

/** What so many records of a batch count for in bytes. */
function shareOf(batch: AdmittedBatch, count: number): number {
  return (bytesOf(batch) * count) / batch.offsets.length;
}
