// What a lane has read and not yet applied: input by partition, judged as it came, and the committed cuts in their order.
// Holds: nothing is taken twice, whatever the bus delivers twice; a partition whose schema is unknown waits alone; what a
// cut needs and no longer exists is told before anything is applied. Source: README.md#lane

import { toOpsNotice } from '@sitebus/kit';
import {
  fusionPrincipal,
  groupOf,
  laneTopic,
  type BusBatch,
  type BusConsumer,
  type BusPort,
  type BusRecord,
  type Clock,
  type Codec,
  type Cut,
  type CutInput,
  type Log,
  type OutgoingRecord,
  type TopicPartition,
} from '@sitebus/sdk';
import type { BatchSlice } from './admitted-batch.ts';
import type { Admitting } from './admitting.ts';
import { inputGone } from './errors.ts';
import { InputQueues } from './input-queues.ts';
import { JudgingLine } from './judging-line.ts';
import { SchemaGate, type Blocked } from './schema-gate.ts';

/** Bites of this size are judged while the next are fetched; larger ones make whoever waits for one partition wait for all. */
const MAX_PARTITION_BYTES = 256 * 1024;
/**
 * Rest after a fetch that brought little, ms. At a steady rate a fetch over all partitions costs bus and broker more than the few
 * records it brings, and a cut comes every 25 to 50 ms: what this lets wait would mostly wait for that.
 */
const GATHER_MS = 10;

/** What intake is made of. */
export interface IntakeParts {
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly codec: Codec;
  readonly admitting: Admitting;
  readonly view: string;
  /** Input topics; fixed for the life of the lane. */
  readonly topics: readonly string[];
  /** Unlike that of any other instance, living or gone. */
  readonly instance: string;
  /** Called when there may be something to do. */
  readonly wake: () => void;
  /** Called when nothing can be read any more. */
  readonly die: (cause: unknown) => void;
}

/** Where reading begins: next offsets of inputs and of the lane itself. */
export interface ReadFrom {
  readonly inputs: readonly CutInput[];
  readonly lane: bigint;
}

/** The beginning of everything. */
export const FROM_THE_BEGINNING: ReadFrom = { inputs: [], lane: 0n };

/** One instance's reading side. */
export class Intake {
  readonly #parts: IntakeParts;
  readonly #queues = new InputQueues();
  readonly #gate: SchemaGate;
  readonly #earliest = new Map<string, bigint>();
  readonly #laneTopic: string;
  /** Batches of each partition on their way to be judged. */
  readonly #judging = new Map<string, JudgingLine>();
  #notices: OutgoingRecord[] = [];
  #cuts: { readonly cut: Cut; readonly next: bigint }[] = [];
  #laneReceived = 0n;
  #isReleasing = false;
  #input: BusConsumer | undefined;
  #lane: BusConsumer | undefined;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
    this.#gate = new SchemaGate(parts.codec);
    this.#laneTopic = laneTopic(parts.view);
  }

  /**
   * Looks where topics begin, and joins: cuts are read beside the input, because a claim that waits behind a backlog
   * leaves the view without a leader for as long. Throws INPUT_GONE where reading cannot begin at `from`.
   */
  async open(from: ReadFrom): Promise<void> {
    const { bus, topics, view, instance } = this.#parts;
    const [laneEnds] = await bus.inspect.ends(this.#laneTopic);
    this.#laneReceived = from.lane;
    const earliest = laneEnds?.earliest ?? 0n;
    if (earliest > from.lane)
      throw inputGone({ topic: this.#laneTopic, partition: 0, from: String(from.lane), earliest: String(earliest) });
    for (const input of from.inputs) this.#queues.open(input, BigInt(input.next));
    for (const end of (await Promise.all(topics.map((topic) => bus.inspect.ends(topic)))).flat()) {
      this.#queues.open(end, end.earliest);
      this.#earliest.set(`${end.topic}/${end.partition}`, end.earliest);
    }
    for (const { topic, partition, next } of from.inputs) this.#checkReach(topic, partition, next);
    const always = { from: 'earliest', commit: 'never' } as const;
    const named = (purpose: string) => groupOf(fusionPrincipal(view), `${purpose}.${instance}`);
    this.#lane = await bus.createConsumer({
      ...always,
      groupId: named('cuts'),
      topics: [this.#laneTopic],
      startAt: (assigned) => Promise.resolve(assigned.map((place) => ({ ...place, next: this.#laneReceived }))),
      onBatch: (batch) => this.#onCuts(batch),
    });
    this.#input = await bus.createConsumer({
      ...always,
      groupId: named('reader'),
      topics: [...topics],
      maxPartitionBytes: MAX_PARTITION_BYTES,
      gatherMs: GATHER_MS,
      startAt: (assigned) =>
        Promise.resolve(assigned.map((place) => ({ ...place, next: this.#queues.received(place) }))),
      onBatch: (batch) => this.#onInput(batch),
    });
    for (const { fatal } of [this.#lane, this.#input]) void fatal.then(this.#parts.die);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lane?.close(), this.#input?.close()]);
    await Promise.all([...this.#judging.values()].map((line) => line.settled()));
  }

  /** The oldest cut that has not been taken. */
  get nextCut(): Cut | undefined {
    return this.#cuts[0]?.cut;
  }

  /** Whether all that the cut reads is here and can be read. */
  isHere(cut: Cut): boolean {
    return this.#queues.hasReached(this.#readable(cut));
  }

  /** Takes the oldest cut; @returns the offset after it. */
  shiftCut(): bigint {
    return this.#cuts.shift()?.next ?? this.#laneReceived;
  }

  /** Takes what a committed cut read. Throws INPUT_GONE where retention was faster. */
  takeCut(cut: Cut): BatchSlice[] {
    const inputs = this.#readable(cut);
    for (const { topic, partition, from, next } of inputs) if (from !== next) this.#checkReach(topic, partition, from);
    return this.#queues.takeCut(inputs);
  }

  /** Takes input for a cut of our own. */
  take(limit: number): { readonly inputs: readonly CutInput[]; readonly slices: readonly BatchSlice[] } {
    return this.#queues.take(limit);
  }

  /** Takes what operators are to be told with the next cut. */
  takeNotices(): OutgoingRecord[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  get hasInput(): boolean {
    return this.#queues.hasInput;
  }

  get hasNotices(): boolean {
    return this.#notices.length > 0;
  }

  get length(): number {
    return this.#queues.length;
  }

  /** Whether reading has stopped for what waits. */
  get isFull(): boolean {
    return this.#queues.isFull;
  }

  /** How many records are known to lie on the bus that wait for a cut, received or not. */
  get backlog(): number {
    return this.#queues.backlog;
  }

  /** Partitions that wait for a schema. */
  get blocked(): readonly Blocked[] {
    return this.#gate.blocked;
  }

  /** How far every partition has been cut. */
  get cutVector(): CutInput[] {
    return this.#queues.vector();
  }

  /** Lets paused partitions flow that are short, or that the next cut needs. */
  letFlow(): void {
    const resumed = this.#queues.toResume(this.nextCut === undefined ? [] : this.#readable(this.nextCut));
    if (resumed.length > 0) this.#input?.resume(resumed);
  }

  /** Asks the registry again for what it did not know. */
  async retrySchemas(): Promise<void> {
    if (this.#isReleasing) return; // the registry is slow, and would be asked twice
    this.#isReleasing = true;
    try {
      for (const blocked of this.#gate.blocked) await this.#release(blocked);
    } finally {
      this.#isReleasing = false;
    }
    this.#parts.wake();
  }

  /** What the cut reads of topics that policy still gives this view: the rest says nothing under today's rules. */
  #readable({ inputs }: Cut): readonly CutInput[] {
    return inputs.filter(({ topic }) => this.#parts.topics.includes(topic));
  }

  #checkReach(topic: string, partition: number, from: number): void {
    const earliest = this.#earliest.get(`${topic}/${partition}`) ?? 0n;
    if (earliest > BigInt(from)) throw inputGone({ topic, partition, from: String(from), earliest: String(earliest) });
  }

  async #onCuts({ records }: BusBatch): Promise<void> {
    for (const { value, offset } of records) {
      if (offset < this.#laneReceived || value === null) continue;
      await this.#parts.codec.ensure(value.readInt32BE(1)); // a cut may be older than the schema lock
      this.#laneReceived = offset + 1n;
      this.#cuts.push({ cut: this.#parts.codec.decode(value).value as Cut, next: this.#laneReceived });
    }
    this.#parts.wake();
  }

  /** What is judged elsewhere is judged while the bus fetches more. */
  async #onInput(batch: BusBatch): Promise<void> {
    this.#queues.noteEnd(batch, batch.highWatermark);
    const { judged, roomy } = this.#lineOf(batch).add(batch);
    if (!this.#parts.admitting.isElsewhere) return judged;
    judged.catch((cause: unknown) => this.#parts.die(cause));
    return roomy;
  }

  #lineOf({ topic, partition }: TopicPartition): JudgingLine {
    const key = `${topic}/${partition}`;
    const known = this.#judging.get(key);
    if (known !== undefined) return known;
    const line = new JudgingLine((batches) => this.#takeIn({ topic, partition }, batches));
    this.#judging.set(key, line);
    return line;
  }

  async #takeIn(place: TopicPartition, batches: readonly BusBatch[]): Promise<void> {
    if (this.#isHolding(place)) this.#hold(place, batches);
    else await this.#judge(place, batches);
    this.#parts.wake();
  }

  /** What is held back comes first. */
  #isHolding(place: TopicPartition): boolean {
    return this.#queues.heldOf(place).length > 0;
  }

  #hold(place: TopicPartition, batches: readonly Pick<BusBatch, 'records'>[]): void {
    for (const { records } of batches) this.#pauseIf(this.#queues.hold(place, records), place);
  }

  /** Up to the first schema that nobody knows. */
  async #judge(place: TopicPartition, batches: readonly BusBatch[]): Promise<void> {
    const open: (readonly BusRecord[])[] = [];
    let blocked: Blocked | undefined;
    for (const { records } of batches) {
      blocked = await this.#gate.check(place, records);
      open.push(blocked === undefined ? records : before(records, blocked));
      if (blocked !== undefined) break;
    }
    const judged = open.filter(({ length }) => length > 0).map((records) => this.#parts.admitting.admit(records));
    for (const slice of await Promise.all(judged)) this.#pauseIf(this.#queues.push(place, slice), place);
    if (blocked === undefined) return;
    const stopped = batches[open.length - 1]!;
    this.#hold(place, [{ records: stopped.records.slice(open.at(-1)!.length) }, ...batches.slice(open.length)]);
    this.#announce(blocked);
  }

  /** Judges what was held back, up to the next schema that nobody knows. */
  async #release(place: Blocked): Promise<void> {
    while (this.#isHolding(place)) {
      const held = [...this.#queues.heldOf(place)];
      const again = await this.#gate.check(place, held);
      const open = again === undefined ? held : before(held, again);
      if (open.length > 0) this.#queues.release(place, await this.#parts.admitting.admit(open));
      if (again === undefined) continue; // more may have come meanwhile
      if (again.offset !== place.offset) this.#announce(again);
      return;
    }
  }

  #pauseIf(isTooLong: boolean, place: TopicPartition): void {
    if (isTooLong) this.#input?.pause([place]);
  }

  #announce(blocked: Blocked): void {
    const { topic, partition, offset, schemaId } = blocked;
    const details = { topic, partition, offset: String(offset), schemaId };
    this.#parts.log.warn(details, 'partition waits for a schema');
    this.#notices.push(toOpsNotice(this.#parts.view, this.#parts.clock.now(), 'SCHEMA_UNKNOWN', details));
  }
}

/** Those before the one that stops the partition. */
function before(records: readonly BusRecord[], { offset: stop }: Blocked): readonly BusRecord[] {
  return records.filter(({ offset }) => offset < stop);
}
