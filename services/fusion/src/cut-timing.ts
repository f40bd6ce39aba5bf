// When the next cut of a lane is due, by what waits for it and what is under way.
// Holds: pure, intervals come in; never sooner than half a cut's time after the one before, but for a full one; a cut that
// could be full is waited for, a cut that many wait for is not. Source: README.md#lane

/** So many make a cut worth its transaction at half the time: fewer wait for company. */
const SOON_FROM_RECORDS = 100;
const SOON = 0.5;
/** So much must be waiting before a step is made ahead of one in flight: with less, a larger step afterwards is sooner done. */
const AHEAD_FROM_RECORDS = 1_000;
/** How long a step may wait to be a full one where a full one lies on the bus: a busy component is then published once, not often. */
const CATCH_UP_MS = 1_000;
/** This share of a full step is enough where nothing is in flight: waiting would be all there is to do. */
const WHILE_IDLE = 0.25;

/** What a lane has in hand. */
export interface AtHand {
  /** Records that wait here. */
  readonly length: number;
  /** Those, and what lies behind them on the bus. */
  readonly backlog: number;
  /** Whether reading has stopped for what waits. */
  readonly isFull: boolean;
  /** Whether a transaction is out. */
  readonly hasInFlight: boolean;
}

/** The times of one instance's cuts, ms on its own pace. */
export class CutTiming {
  readonly #cutMs: number;
  readonly #maxCutRecords: number;
  #begunAt: number;
  /** While a step was made, nothing could come: what a full one is waited for begins here. */
  #sentAt: number;

  constructor(parts: { readonly cutMs: number; readonly maxCutRecords: number }, nowMs: number) {
    this.#cutMs = parts.cutMs;
    this.#maxCutRecords = parts.maxCutRecords;
    this.#begunAt = nowMs;
    this.#sentAt = nowMs;
  }

  /** A step begins. */
  begin(nowMs: number): void {
    this.#begunAt = nowMs;
  }

  /** It is on its way. */
  sent(nowMs: number): void {
    this.#sentAt = nowMs;
  }

  /** Whether a cut of what is at hand may be made now. */
  isDue(atHand: AtHand, nowMs: number): boolean {
    const isFull = atHand.isFull || atHand.length >= this.#maxCutRecords;
    if (isFull) return true;
    if (atHand.hasInFlight && atHand.length < AHEAD_FROM_RECORDS) return false;
    return nowMs >= this.dueAt(atHand);
  }

  /** When one may be made, should nothing more come and nothing be in flight. */
  dueAt(atHand: AtHand): number {
    if (atHand.backlog >= this.#maxCutRecords) return this.#catchUpAt(atHand);
    const isSoon = atHand.length >= SOON_FROM_RECORDS;
    return this.#begunAt + this.#cutMs * (isSoon ? SOON : 1);
  }

  #catchUpAt({ length, hasInFlight }: AtHand): number {
    const usual = this.#begunAt + this.#cutMs;
    const isEnough = !hasInFlight && length >= this.#maxCutRecords * WHILE_IDLE;
    return isEnough ? usual : Math.max(usual, this.#sentAt + CATCH_UP_MS);
  }
}
