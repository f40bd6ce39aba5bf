// Batches of one partition on their way to be judged.
// Holds: judged in their order, those that came meanwhile as one group; a group that fails fails all behind it.

import type { BusBatch } from '@sitebus/sdk';

/** So many may wait behind those in hand before the bus is held: a step that keeps the lane's thread for long leaves work then. */
const BATCHES_AHEAD = 4;

/** The line of one partition. */
export class JudgingLine {
  readonly #judge: (batches: readonly BusBatch[]) => Promise<void>;
  #waiting: BusBatch[] = [];
  /** What the group that waits waits for. */
  #before: Promise<void> = Promise.resolve();
  #last: Promise<void> = Promise.resolve();

  /** `judge` is given a group at a time. */
  constructor(judge: (batches: readonly BusBatch[]) => Promise<void>) {
    this.#judge = judge;
  }

  /** Adds a batch. `judged`: it and all before it have been; `roomy`: there is room for another behind it. Both reject once a group has failed. */
  add(batch: BusBatch): { readonly judged: Promise<void>; readonly roomy: Promise<void> } {
    this.#waiting.push(batch);
    if (this.#waiting.length === 1) {
      this.#before = this.#last;
      this.#last = this.#before.then(() => this.#judge(this.#waiting.splice(0)));
    }
    const hasRoom = this.#waiting.length < BATCHES_AHEAD;
    return { judged: this.#last, roomy: hasRoom ? Promise.race([this.#before, Promise.resolve()]) : this.#before };
  }

  /** Resolves, however it ends, when nothing is in hand. */
  async settled(): Promise<void> {
    await this.#last.catch(() => undefined);
  }
}
