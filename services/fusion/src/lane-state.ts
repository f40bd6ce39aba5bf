// The engine's state as cuts have made it, and how much of it is certain.
// Holds: what a cut did follows from the cut and the records it names; while every cut was made under our own versions,
// what we would have published is what was published, hash by hash; from the first that was not, `issued` is a guess until
// it is taken from what was committed. Source: README.md#lane, README.md#changed-rules

import type { Cut } from '@sitebus/sdk';
import type { AdmissionParts } from './admission.ts';
import type { BatchSlice } from './admitted-batch.ts';
import { isAhead } from '@sitebus/kit';
import { changedVersions, outputsHashOf, spillsOf, type CutDraft, type Versions } from './cut.ts';
import type { EngineState } from './engine/state.ts';
import { policyOutdated, replayDiffers, spillsOutdated } from './errors.ts';
import { keepNoContent, type KeepContent } from './engine/publishing/product.ts';
import { applyCut, keepWritten, type CutResult } from './handlers/observations.ts';
import { changeRules, type Newest } from './rule-change.ts';

/** What follows from a cut that was applied. */
export type Followed =
  | 'done'
  /** It changed rules: take what is issued from what was committed before it (`changeRules`, then `settled`). */
  | 'settles';

/** Where a state stands: its last step, that step's time, and the assessments written so far. */
export interface Standing {
  readonly seq: number;
  readonly now: number;
  readonly published: number;
}

const AT_THE_BEGINNING: Standing = { seq: 0, now: 0, published: 0 };

/** One instance's picture of the view. */
export class LaneState {
  readonly #admission: AdmissionParts;
  readonly #versions: Versions;
  readonly #written: KeepContent;
  #state: EngineState;
  #seq: number;
  #now: number;
  #published: number;
  #isExact = true;

  /** A state that stands where `at` says; by default at the beginning. */
  constructor(admission: AdmissionParts, versions: Versions, state: EngineState, at: Standing = AT_THE_BEGINNING) {
    this.#admission = admission;
    this.#versions = versions;
    this.#written = keepWritten(admission.codec);
    this.#state = state;
    this.#seq = at.seq;
    this.#now = at.now;
    this.#published = at.published;
  }

  /** The engine's state; belongs to this object. */
  get engine(): EngineState {
    return this.#state;
  }

  /** The last step applied. */
  get seq(): number {
    return this.#seq;
  }

  /** Its time. */
  get now(): number {
    return this.#now;
  }

  /** Assessments that cuts say were written so far: the sum of the newest version of every id. */
  get published(): number {
    return this.#published;
  }

  /** Whether what the state holds as issued is what was committed. */
  get isExact(): boolean {
    return this.#isExact;
  }

  /** Whether a committed cut is still to be applied, and not one of our own. */
  isNew(cut: Cut): boolean {
    return cut.kind === 'STEP' && cut.seq > this.#seq;
  }

  /**
   * Refuses to go on under an older policy, or fewer spills, than a cut was made under. Throws POLICY_OUTDATED (not
   * retriable), SPILLS_OUTDATED (retriable: the order is read at the next start, unless the list was cut short).
   */
  checkPolicy({ view, policyVersion, ...cut }: Cut): void {
    const lane = spillsOf(cut);
    if (isAhead(lane, this.#versions.spills)) throw spillsOutdated({ view, ours: this.#versions.spills, lane });
    if (policyVersion > this.#versions.policyVersion)
      throw policyOutdated({ view, ours: this.#versions.policyVersion, lane: policyVersion });
  }

  /**
   * Applies a committed step to its input. Throws REPLAY_DIFFERS (not retriable) where a step made under our own
   * versions gives other outputs than it did.
   */
  follow(cut: Cut, slices: readonly BatchSlice[]): Followed {
    const isOurs = changedVersions(cut, this.#versions).length === 0;
    const { state, changes } = applyCut(this.#state, { now: cut.now, slices }, this.#admission, keepNoContent);
    this.#advance(state, cut, cut.changes);
    if (!isOurs || cut.ruleChange !== null) {
      this.#isExact = false;
      return isOurs ? 'settles' : 'done';
    }
    if (this.#isExact && outputsHashOf(changes) !== cut.outputsHash)
      throw replayDiffers({ view: cut.view, seq: cut.seq });
    return 'done';
  }

  /** Makes a step of our own: call `led` before anything else, and commit the outputs or never use this object again. */
  lead(draft: CutDraft): CutResult {
    const result = applyCut(this.#state, draft, this.#admission, this.#written);
    this.#state = result.state;
    return result;
  }

  /** A step of our own is made, and what it changes is on its way; the standing is that of after it. */
  led({ seq, now, ruleChange }: CutDraft, changes: number): void {
    this.#advance(this.#state, { seq, now }, changes);
    if (ruleChange !== undefined) this.#isExact = true;
  }

  /**
   * Takes what is issued from what was committed, and publishes the difference: the outputs of a step of our own that
   * changes rules, or of a committed one that was just followed. Certain again, if they are what the lane has: call `led`,
   * or `settled`.
   */
  changeRules(newest: Newest, now: number): CutResult {
    const { state, changes } = changeRules(this.#state, newest, now);
    this.#state = state;
    return { state, changes, refused: [] };
  }

  /** A followed change of rules gave these outputs. @returns whether they are those that were committed. */
  settled({ changes }: CutResult, { outputsHash }: Cut): boolean {
    this.#isExact = outputsHashOf(changes) === outputsHash;
    return this.#isExact;
  }

  #advance(state: EngineState, { seq, now }: Pick<Cut, 'seq' | 'now'>, changes: number): void {
    this.#state = state;
    this.#seq = seq;
    this.#now = now;
    this.#published += changes;
  }
}
