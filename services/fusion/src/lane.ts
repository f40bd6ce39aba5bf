// The lane of one view: reads all input and all cuts, follows the leader's cuts, and leads where the partition is its own.
// Holds: leading is owning the one partition of lane.<view> *and* the newest transactional id; a step's outputs and its
// cut are one transaction; the state is one step ahead of what is confirmed at most, and whatever needs what is committed
// waits for that; a follower's state ends in the same bytes; whatever cannot be decided ends the instance.
// Here is what waits; what decides is in lane-moves.ts and lane-state.ts. Source: README.md#lane

import type { BusPort, Clock, Cut, Log, OutgoingRecord } from '@sitebus/sdk';
import type { AdmissionParts } from './admission.ts';
import type { Admitting } from './admitting.ts';
import { CutTiming, type AtHand } from './cut-timing.ts';
import { toClaim, type CutDraft, type Versions } from './cut.ts';
import { restore } from './engine/image.ts';
import type { EngineState } from './engine/state.ts';
import { fromCut, toOutgoing, type CutResult } from './handlers/observations.ts';
import { IdleCuts } from './idle-cuts.ts';
import { FROM_THE_BEGINNING, Intake, type ReadFrom } from './lane-intake.ts';
import { Leadership } from './lane-leadership.ts';
import { nextMove } from './lane-moves.ts';
import { LaneState } from './lane-state.ts';
import type { Pace } from './pace.ts';
import { readPublished, type Published, type PublishedSpan } from './published.ts';
import type { Blocked } from './schema-gate.ts';
import type { SnapshotStore } from './snapshot-files.ts';
import { Snapshots } from './snapshots.ts';

/** How long reading back what was published may take. */
const ISSUED_WITHIN_MS = 120_000;

/** What a lane is made of. */
export interface LaneParts {
  readonly bus: BusPort;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Log;
  readonly admission: AdmissionParts;
  readonly admitting: Admitting;
  readonly state: EngineState;
  readonly versions: Versions;
  /** Input topics; fixed for the life of the lane. */
  readonly topics: readonly string[];
  /** Unlike that of any other instance, living or gone. */
  readonly instance: string;
  /** Time between two cuts, ms, where few records wait. */
  readonly cutMs: number;
  /** Longest rest between two looks at the clock, ms. */
  readonly idleMs: number;
  readonly maxCutRecords: number;
  readonly schemaRetryMs: number;
  /** Undefined: no snapshots. */
  readonly snapshotStore: SnapshotStore | undefined;
  /** Least time between two snapshots, ms. */
  readonly snapshotMs: number;
}

/** Where a lane stands. */
export type LaneRole = 'starting' | 'following' | 'leading';

/** One instance of a view's fusion on the bus. */
export class Lane {
  readonly fatal: Promise<Error>;
  readonly #parts: LaneParts;
  readonly #intake: Intake;
  readonly #leadership: Leadership;
  readonly #snapshots: Snapshots;
  readonly #idleCuts = new IdleCuts();
  readonly #timing: CutTiming;
  #state: LaneState;
  /** Offset of lane.<view> after the last cut that was taken. */
  #laneNext = 0n;
  #stopping = false;
  #hasDied = false;
  #driving: Promise<void> = Promise.resolve();
  #cancelRetry: () => void = () => undefined;
  #wakeUp: () => void = () => undefined;
  #woken = false;
  #fail: (cause: Error) => void = () => undefined;
  #settle: () => void = () => undefined;

  constructor(parts: LaneParts) {
    const { admission, versions, state } = parts;
    this.#parts = parts;
    this.#timing = new CutTiming(parts, parts.pace.now());
    const called = { wake: () => this.#wake(), die: (cause: unknown) => this.#die(cause) };
    const named = { ...parts, ...called, view: admission.view.id };
    this.#intake = new Intake({ ...named, codec: admission.codec });
    this.#leadership = new Leadership(named);
    this.#state = new LaneState(admission, versions, state);
    this.#snapshots = new Snapshots({ ...named, store: parts.snapshotStore, everyMs: parts.snapshotMs });
    this.fatal = new Promise((resolve) => (this.#fail = resolve));
  }

  /** Resolves when this instance leads, or another does and this one follows. Rejects where it cannot. */
  async start(): Promise<void> {
    const settled = new Promise<void>((resolve) => (this.#settle = resolve));
    await this.#parts.admitting.ready;
    await this.#intake.open(await this.#readFrom());
    await this.#leadership.open();
    this.#driving = this.#drive().catch((cause: unknown) => this.#die(cause));
    this.#retrySchemasLater();
    const leads = await Promise.race([this.#leadership.assigned(), this.fatal]);
    if (leads === false) this.#settle();
    const cause = await Promise.race([settled, this.fatal]);
    if (cause instanceof Error) throw cause;
  }

  /** Finishes the cut in hand and leaves. */
  async stop(): Promise<void> {
    this.#end();
    await this.#driving;
    await this.#leadership.confirmed().catch(() => undefined); // a failure has ended the instance by itself
    await this.#snapshots.settled();
    if (!this.#hasDied) await this.#takeSnapshot();
    await Promise.all([this.#snapshots.settled(), this.#intake.close(), this.#leadership.close()]);
  }

  get role(): LaneRole {
    const { term, wantsLead, hasJoined } = this.#leadership;
    if (term === 'live' && this.#state.isExact) return 'leading';
    return term === 'none' && hasJoined && !wantsLead ? 'following' : 'starting';
  }

  /** Partitions that wait for a schema. */
  get blocked(): readonly Blocked[] {
    return this.#intake.blocked;
  }

  /** What the cuts have made so far; for looking at. */
  get picture(): Pick<LaneState, 'engine' | 'seq' | 'isExact'> {
    return this.#state;
  }

  /** From the newest snapshot, or from the beginning. */
  async #readFrom(): Promise<ReadFrom> {
    const found = await this.#snapshots.find();
    if (found === undefined) return FROM_THE_BEGINNING;
    const { admission, versions, log } = this.#parts;
    const { place, image } = found;
    const state = restore(image, admission.view, this.#state.engine.rules, this.#state.engine.seed);
    this.#state = new LaneState(admission, versions, state, place);
    this.#laneNext = BigInt(place.lane);
    log.info({ view: place.view, seq: place.seq }, 'lane goes on from a snapshot');
    return { inputs: place.inputs, lane: this.#laneNext };
  }

  async #takeSnapshot(): Promise<void> {
    await this.#leadership.confirmed();
    const { seq, now, published, engine, isExact } = this.#state;
    if (!isExact || seq === 0) return;
    const place = { seq, now, published, lane: Number(this.#laneNext), inputs: this.#intake.cutVector };
    await this.#snapshots.take(place, engine);
  }

  async #drive(): Promise<void> {
    while (!this.#stopping) {
      if (this.#snapshots.isDue(this.#state.seq)) await this.#takeSnapshot();
      const cut = this.#intake.nextCut;
      this.#intake.letFlow();
      switch (nextMove(this.#situation(cut))) {
        case 'step-down':
          await this.#stepDown();
          break;
        case 'follow':
          await this.#follow(cut!);
          break;
        case 'claim':
          await this.#claim();
          break;
        case 'change-rules':
          await this.#changeRules();
          break;
        case 'lead':
          await this.#lead();
          break;
        case 'wait':
          await this.#sleep();
      }
    }
  }

  #situation(cut: Cut | undefined): Parameters<typeof nextMove>[0] {
    const { wantsLead, term } = this.#leadership;
    return {
      wantsLead,
      term,
      cut: cut === undefined ? 'none' : this.#intake.isHere(cut) ? 'ready' : 'waiting',
      isExact: this.#state.isExact,
      isDue: this.#isDue(),
    };
  }

  async #follow(cut: Cut): Promise<void> {
    if (cut.by !== this.#leadership.by) await this.#leadership.confirmed(); // a rival's number may be that of ours in flight
    this.#laneNext = this.#intake.shiftCut();
    this.#state.checkPolicy(cut);
    if (cut.kind === 'CLAIM') this.#onClaim(cut);
    else if (this.#state.isNew(cut)) await this.#apply(cut); // else our own
  }

  async #apply(cut: Cut): Promise<void> {
    const before = this.#state.published;
    if (this.#state.follow(cut, this.#intake.takeCut(cut)) === 'done' || cut.ruleChange === null) return;
    const { newest } = await this.#readPublished({ count: before, until: cut.ruleChange.issued });
    const result = this.#state.changeRules(newest, cut.now);
    if (!this.#state.settled(result, cut))
      this.#parts.log.warn({ view: cut.view, seq: cut.seq }, 'a change of rules cannot be followed exactly');
  }

  #onClaim(claim: Cut): void {
    if (this.#leadership.term !== 'claimed' || claim.by !== this.#leadership.by) return;
    this.#leadership.confirm();
    this.#parts.log.info({ view: claim.view, seq: this.#state.seq }, 'lane leads');
    this.#settle();
  }

  async #claim(): Promise<void> {
    const { admission, clock, versions } = this.#parts;
    const { view, codec } = admission;
    await this.#leadership.begin();
    const claim = toClaim(view.id, this.#leadership.by, this.#state.seq, clock.now(), versions);
    await this.#leadership.send(this.#state.seq, [fromCut(codec, claim)]);
  }

  async #stepDown(): Promise<void> {
    this.#parts.log.info({ view: this.#parts.admission.view.id, seq: this.#state.seq }, 'lane follows');
    await this.#leadership.stepDown();
  }

  #isDue(): boolean {
    if (!this.#timing.isDue(this.#atHand, this.#parts.pace.now())) return false;
    if (this.#intake.hasInput || this.#intake.hasNotices) return true;
    return this.#idleCuts.isDue(this.#state.engine, this.#state.seq, this.#parts.clock.now());
  }

  get #atHand(): AtHand {
    const { length, backlog, isFull } = this.#intake;
    return { length, backlog, isFull, hasInFlight: this.#leadership.hasInFlight };
  }

  async #lead(): Promise<void> {
    const draft = { ...this.#beginStep(), ...this.#intake.take(this.#parts.maxCutRecords) };
    await this.#publish(draft, this.#state.lead(draft));
  }

  /** Every cut before this is final, and only we may write: what is committed is what is issued. */
  async #changeRules(): Promise<void> {
    const { log, admission } = this.#parts;
    await this.#leadership.confirmed();
    const { newest, read } = await this.#readPublished({ count: this.#state.published });
    const draft = { ...this.#beginStep(), inputs: [], slices: [], ruleChange: { issued: read } };
    this.#state.lead(draft); // what has aged or expired by now
    const result = this.#state.changeRules(newest, draft.now);
    await this.#publish(draft, result);
    const { products } = result.changes;
    log.info({ view: admission.view.id, seq: draft.seq, changed: products.length }, 'lane changes rules');
  }

  #readPublished(span: PublishedSpan): Promise<Published> {
    const { bus, pace, instance, admission } = this.#parts;
    const { codec, view } = admission;
    return readPublished({ bus, codec, pace, instance, view: view.id, withinMs: ISSUED_WITHIN_MS }, span);
  }

  #beginStep(): Pick<CutDraft, 'seq' | 'now'> {
    this.#timing.begin(this.#parts.pace.now());
    return { seq: this.#state.seq + 1, now: Math.max(this.#state.now, this.#parts.clock.now()) };
  }

  /** Resolves when the step is on its way: the next one is made while the bus confirms it. */
  async #publish(draft: CutDraft, result: CutResult): Promise<void> {
    const { admission, versions } = this.#parts;
    const notices: OutgoingRecord[] = this.#intake.takeNotices();
    const outgoing = toOutgoing(draft, result, this.#leadership.by, admission, versions);
    this.#state.led(draft, result.changes.products.length);
    await this.#leadership.send(draft.seq, [...notices, ...outgoing]);
    this.#timing.sent(this.#parts.pace.now());
  }

  #retrySchemasLater(): void {
    this.#cancelRetry = this.#parts.pace.after(this.#parts.schemaRetryMs, () => {
      if (this.#stopping) return;
      this.#retrySchemasLater();
      this.#intake.retrySchemas().catch((cause: unknown) => this.#die(cause));
    });
  }

  #sleep(): Promise<void> {
    if (this.#woken) {
      this.#woken = false;
      return Promise.resolve();
    }
    return new Promise<void>((resolve) => {
      const cancel = this.#parts.pace.after(this.#restMs(), resolve);
      this.#wakeUp = () => {
        cancel();
        resolve();
      };
    }).then(() => {
      this.#woken = false;
      this.#wakeUp = () => undefined;
    });
  }

  /** Until the next cut may be made, or the clock is looked at: an hour comes without anybody saying so. What is confirmed wakes. */
  #restMs(): number {
    const { hasInFlight } = this.#leadership;
    const untilCut =
      this.#intake.hasInput && !hasInFlight
        ? this.#timing.dueAt(this.#atHand) - this.#parts.pace.now()
        : this.#parts.idleMs;
    return Math.min(this.#parts.idleMs, Math.max(1, untilCut));
  }

  #wake(): void {
    this.#woken = true;
    this.#wakeUp();
  }

  #end(): void {
    this.#stopping = true;
    this.#cancelRetry();
    this.#wake();
  }

  #die(cause: unknown): void {
    this.#hasDied = true;
    this.#fail(cause instanceof Error ? cause : new Error('lane failed', { cause }));
    this.#end();
  }
}
