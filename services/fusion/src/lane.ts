// The lane of one view: reads all input and all cuts, follows the leader's cuts, and leads where the partition is its own.
// Holds: leading is owning the one partition of lane.<view> *and* the newest transactional id; a step's outputs and its
// cut are one transaction; a follower's state ends in the same bytes; whatever cannot be decided ends the instance.
// Source: README.md#lane

import { performance } from 'node:perf_hooks';
import { toOpsNotice } from '@sitebus/kit';
import {
  fusionPrincipal,
  fusionTransactionalId,
  groupOf,
  laneTopic,
  type BusBatch,
  type BusConsumer,
  type BusPort,
  type Clock,
  type Cut,
  type Log,
  type OutgoingRecord,
  type TopicPartition,
  type TransactionalProducer,
} from '@sitebus/sdk';
import type { AdmissionParts } from './admission.ts';
import { changedVersions, outputsHashOf, toClaim, type Versions } from './cut.ts';
import type { EngineState } from './engine/state.ts';
import { commitFailed, inputGone, replayDiffers } from './errors.ts';
import { applyCut, fromCut, toOutgoing } from './handlers/observations.ts';
import { InputQueues } from './input-queues.ts';
import { SchemaGate, type Blocked } from './schema-gate.ts';

const DAY_MS = 86_400_000;

/** What a lane is made of. */
export interface LaneParts {
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly log: Log;
  readonly admission: AdmissionParts;
  readonly state: EngineState;
  readonly versions: Versions;
  /** Input topics; fixed for the life of the lane. */
  readonly topics: readonly string[];
  /** Unlike that of any other instance, living or gone. */
  readonly instance: string;
  /** Least time between two cuts, ms. */
  readonly cutMs: number;
  readonly maxCutRecords: number;
  readonly schemaRetryMs: number;
}

/** Where a lane stands. */
export type LaneRole = 'starting' | 'following' | 'leading';

/** One term of leadership. */
interface Term {
  readonly by: string;
  readonly producer: TransactionalProducer;
  /** Our own claim has come back, so every cut before it has too. */
  live: boolean;
}

/** One instance of a view's fusion on the bus. */
export class Lane {
  readonly fatal: Promise<Error>;
  readonly #parts: LaneParts;
  readonly #queues = new InputQueues();
  readonly #gate: SchemaGate;
  readonly #earliest = new Map<string, bigint>();
  readonly #laneTopic: string;
  readonly #notices: OutgoingRecord[] = [];
  #cuts: Cut[] = [];
  #laneReceived = 0n;
  #state: EngineState;
  #seq = 0;
  #now = 0;
  #term: Term | undefined;
  #terms = 0;
  #wantsLead = false;
  #nextCutAt = 0;
  #stopping = false;
  #inputs: BusConsumer | undefined;
  #leadership: BusConsumer | undefined;
  #driving: Promise<void> = Promise.resolve();
  #schemaTimer: NodeJS.Timeout | undefined;
  #wakeUp: () => void = () => undefined;
  #woken = false;
  #fail: (cause: Error) => void = () => undefined;
  #settle: () => void = () => undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.#gate = new SchemaGate(parts.admission.codec);
    this.#laneTopic = laneTopic(parts.admission.view.id);
    this.fatal = new Promise((resolve) => (this.#fail = resolve));
  }

  /** Resolves when this instance leads, or another does and this one follows. Rejects where it cannot. */
  async start(): Promise<void> {
    const settled = new Promise<void>((resolve) => (this.#settle = resolve));
    await this.#openQueues();
    await this.#join();
    this.#driving = this.#drive().catch((cause: unknown) => this.#die(cause));
    this.#schemaTimer = setInterval(
      () => void this.#retrySchemas().catch((cause: unknown) => this.#die(cause)),
      this.#parts.schemaRetryMs,
    );
    this.#schemaTimer.unref();
    const assigned = await Promise.race([this.#leadership!.assigned, this.fatal]);
    if (Array.isArray(assigned) && assigned.length === 0) this.#settle();
    const cause = await Promise.race([settled, this.fatal]);
    if (cause instanceof Error) throw cause;
  }

  /** Finishes the cut in hand and leaves. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#schemaTimer);
    this.#wake();
    await this.#driving;
    await Promise.all([this.#inputs?.close(), this.#leadership?.close(), this.#term?.producer.close()]);
  }

  get role(): LaneRole {
    if (this.#term?.live === true) return 'leading';
    return this.#term === undefined && this.#leadership !== undefined && !this.#wantsLead ? 'following' : 'starting';
  }

  /** Partitions that wait for a schema. */
  get blocked(): readonly Blocked[] {
    return this.#gate.blocked;
  }

  /** The last step applied. */
  get seq(): number {
    return this.#seq;
  }

  async #openQueues(): Promise<void> {
    const { bus, topics } = this.#parts;
    const [laneEnds] = await bus.inspect.ends(this.#laneTopic);
    const earliest = laneEnds?.earliest ?? 0n;
    if (earliest > 0n) throw inputGone({ topic: this.#laneTopic, partition: 0, from: '0', earliest: String(earliest) });
    const partitions = (await Promise.all(topics.map((topic) => bus.inspect.ends(topic)))).flat();
    for (const { topic, partition, earliest: first } of partitions) {
      this.#queues.open({ topic, partition }, first);
      this.#earliest.set(`${topic}/${partition}`, first);
    }
  }

  async #join(): Promise<void> {
    const { bus, topics, instance, admission } = this.#parts;
    const principal = fusionPrincipal(admission.view.id);
    this.#inputs = await bus.createConsumer({
      groupId: groupOf(principal, `reader.${instance}`),
      topics: [...topics, this.#laneTopic],
      from: 'earliest',
      commit: 'never',
      startAt: (assigned) => Promise.resolve(assigned.map((place) => ({ ...place, next: this.#positionOf(place) }))),
      onBatch: (batch) => (batch.topic === this.#laneTopic ? this.#onCuts(batch) : this.#onInput(batch)),
    });
    this.#leadership = await bus.createConsumer({
      groupId: groupOf(principal, 'leader'),
      topics: [this.#laneTopic],
      from: 'latest',
      commit: 'never',
      startAt: (assigned) => {
        this.#setLead(assigned.length > 0);
        return Promise.resolve([]);
      },
      onRevoked: () => this.#setLead(false),
      onBatch: () => Promise.resolve(),
    });
    for (const { fatal } of [this.#inputs, this.#leadership]) void fatal.then((cause) => this.#die(cause));
  }

  #positionOf(place: TopicPartition): bigint {
    return place.topic === this.#laneTopic ? this.#laneReceived : this.#queues.received(place);
  }

  #onCuts({ records }: BusBatch): Promise<void> {
    for (const { value, offset } of records) {
      if (offset < this.#laneReceived || value === null) continue;
      this.#cuts.push(this.#parts.admission.codec.decode(value).value as Cut);
      this.#laneReceived = offset + 1n;
    }
    this.#wake();
    return Promise.resolve();
  }

  async #onInput(batch: BusBatch): Promise<void> {
    const place = { topic: batch.topic, partition: batch.partition };
    if (!this.#gate.isBlocked(place)) {
      const blocked = await this.#gate.check(place, batch.records);
      if (blocked) this.#announce(blocked);
    }
    if (this.#queues.push(place, batch.records)) this.#inputs?.pause([place]);
    this.#wake();
  }

  #announce(blocked: Blocked): void {
    const { topic, partition, offset, schemaId } = blocked;
    this.#queues.block(blocked, offset);
    this.#parts.log.warn({ topic, partition, offset: String(offset), schemaId }, 'partition waits for a schema');
    const details = { topic, partition, offset: String(offset), schemaId };
    this.#notices.push(toOpsNotice(this.#parts.admission.view.id, this.#parts.clock.now(), 'SCHEMA_UNKNOWN', details));
  }

  async #retrySchemas(): Promise<void> {
    for (const blocked of this.#gate.blocked) {
      const again = await this.#gate.check(blocked, this.#queues.pendingFrom(blocked, blocked.offset));
      if (again === undefined) this.#queues.unblock(blocked);
      else if (again.offset !== blocked.offset) this.#announce(again);
    }
    this.#wake();
  }

  #setLead(wantsLead: boolean): void {
    this.#wantsLead = wantsLead;
    this.#wake();
  }

  async #drive(): Promise<void> {
    while (!this.#stopping) {
      const [cut] = this.#cuts;
      this.#letFlow(cut);
      if (this.#term !== undefined && !this.#wantsLead) await this.#stepDown(this.#term);
      else if (cut !== undefined && this.#queues.hasReached(cut.inputs)) this.#follow(cut);
      else if (this.#wantsLead && this.#term === undefined) await this.#claim();
      else if (cut === undefined && this.#term?.live === true && this.#isDue()) await this.#lead(this.#term);
      else await this.#sleep();
    }
  }

  #letFlow(cut: Cut | undefined): void {
    const resumed = this.#queues.toResume(cut?.inputs ?? []);
    if (resumed.length > 0) this.#inputs?.resume(resumed);
  }

  #follow(cut: Cut): void {
    this.#cuts.shift();
    if (cut.kind === 'CLAIM') return this.#onClaim(cut);
    if (cut.seq <= this.#seq) return; // our own
    this.#checkInputs(cut);
    const records = this.#queues.takeCut(cut.inputs);
    const { state, changes } = applyCut(this.#state, { now: cut.now, records }, this.#parts.admission);
    this.#state = state;
    this.#seq = cut.seq;
    this.#now = cut.now;
    if (outputsHashOf(changes) === cut.outputsHash) return;
    const changed = changedVersions(cut, this.#parts.versions);
    throw replayDiffers({ view: cut.view, seq: cut.seq, changed });
  }

  #onClaim(claim: Cut): void {
    if (this.#term === undefined || claim.by !== this.#term.by) return;
    this.#term.live = true;
    this.#parts.log.info({ view: claim.view, seq: this.#seq }, 'lane leads');
    this.#settle();
  }

  #checkInputs({ inputs }: Cut): void {
    for (const { topic, partition, from, next } of inputs) {
      const earliest = this.#earliest.get(`${topic}/${partition}`) ?? 0n;
      if (earliest <= BigInt(from) || from === next) continue;
      throw inputGone({ topic, partition, from: String(from), earliest: String(earliest) });
    }
  }

  async #claim(): Promise<void> {
    const { bus, admission, instance, clock, versions } = this.#parts;
    const { view, codec } = admission;
    this.#terms += 1;
    const by = `${instance}/${this.#terms}`;
    const producer = await bus.createTransactionalProducer(fusionTransactionalId(view.id));
    this.#term = { by, producer, live: false };
    await this.#commit(this.#term, [fromCut(codec, toClaim(view.id, by, this.#seq, clock.now(), versions))]);
  }

  async #stepDown({ producer }: Term): Promise<void> {
    this.#term = undefined;
    this.#parts.log.info({ view: this.#parts.admission.view.id, seq: this.#seq }, 'lane follows');
    await producer.close();
  }

  #isDue(): boolean {
    const full = this.#queues.length >= this.#parts.maxCutRecords;
    if (!full && performance.now() < this.#nextCutAt) return false;
    return this.#queues.hasInput || this.#notices.length > 0 || this.#isNewDay();
  }

  #isNewDay(): boolean {
    return this.#state.day >= 0 && Math.floor(this.#parts.clock.now() / DAY_MS) > this.#state.day;
  }

  async #lead(term: Term): Promise<void> {
    const { admission, clock, versions, maxCutRecords, cutMs } = this.#parts;
    const now = Math.max(this.#now, clock.now());
    const draft = { seq: this.#seq + 1, now, ...this.#queues.take(maxCutRecords) };
    const result = applyCut(this.#state, draft, admission);
    const notices = this.#notices.splice(0);
    this.#state = result.state;
    await this.#commit(term, [...notices, ...toOutgoing(draft, result, term.by, admission, versions)]);
    this.#seq = draft.seq;
    this.#now = now;
    this.#nextCutAt = performance.now() + cutMs;
  }

  /** A commit that fails leaves the state ahead of the lane: only a fresh start from the last cut is right again. */
  async #commit({ producer }: Term, records: readonly OutgoingRecord[]): Promise<void> {
    try {
      await producer.commit(records);
    } catch (cause) {
      throw commitFailed({ view: this.#parts.admission.view.id, seq: this.#seq + 1 }, cause);
    }
  }

  #sleep(): Promise<void> {
    if (this.#woken) {
      this.#woken = false;
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#restMs());
      this.#wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    }).then(() => {
      this.#woken = false;
      this.#wakeUp = () => undefined;
    });
  }

  /** Until the next cut may be made, or a second: a new day comes without anybody saying so. */
  #restMs(): number {
    const untilCut = this.#queues.hasInput ? this.#nextCutAt - performance.now() : 1_000;
    return Math.min(1_000, Math.max(1, untilCut));
  }

  #wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  #die(cause: unknown): void {
    this.#stopping = true;
    clearInterval(this.#schemaTimer);
    this.#fail(cause instanceof Error ? cause : new Error('lane failed', { cause }));
    this.#wake();
  }
}
