// Who may write a view's lane: the owner of the one partition of lane.<view> who also holds the newest transactional id.
// Holds: taking a term fences whoever held one before; a commit either was the term's or ends the instance with a code
// that says which: fenced off, or of unknown outcome; at most one is in flight, and nothing goes out after one that failed.
// Source: README.md#lane

import {
  fusionPrincipal,
  fusionTransactionalId,
  groupOf,
  laneTopic,
  type BusConsumer,
  type BusPort,
  type OutgoingRecord,
  type TransactionalProducer,
} from '@sitebus/sdk';
import { commitFailed, laneFenced } from './errors.ts';

/** What leadership is made of. */
export interface LeadershipParts {
  readonly bus: BusPort;
  readonly view: string;
  readonly instance: string;
  /** Called when ownership changes, and when a commit is confirmed. */
  readonly wake: () => void;
  readonly die: (cause: unknown) => void;
}

/** One instance's claim to the lane. */
export class Leadership {
  readonly #parts: LeadershipParts;
  #consumer: BusConsumer | undefined;
  #producer: TransactionalProducer | undefined;
  #wantsLead = false;
  #terms = 0;
  #by = '';
  #isLive = false;
  /** The commit that is out; settled where none is. */
  #inFlight: Promise<void> = Promise.resolve();
  #hasInFlight = false;

  constructor(parts: LeadershipParts) {
    this.#parts = parts;
  }

  /** Joins the group of those who would lead. */
  async open(): Promise<void> {
    const { bus, view } = this.#parts;
    this.#consumer = await bus.createConsumer({
      groupId: groupOf(fusionPrincipal(view), 'leader'),
      topics: [laneTopic(view)],
      from: 'latest',
      commit: 'never',
      startAt: (assigned) => {
        this.#setLead(assigned.length > 0);
        return Promise.resolve([]);
      },
      onRevoked: () => this.#setLead(false),
      onBatch: () => Promise.resolve(),
    });
    void this.#consumer.fatal.then(this.#parts.die);
  }

  async close(): Promise<void> {
    await Promise.all([this.#consumer?.close(), this.#producer?.close()]);
  }

  /** Resolves when the group has said for the first time whether the lane is ours. */
  async assigned(): Promise<boolean> {
    return ((await this.#consumer?.assigned) ?? []).length > 0;
  }

  get hasJoined(): boolean {
    return this.#consumer !== undefined;
  }

  get wantsLead(): boolean {
    return this.#wantsLead;
  }

  /** `claimed`: the term's claim has not come back. */
  get term(): 'none' | 'claimed' | 'live' {
    if (this.#producer === undefined) return 'none';
    return this.#isLive ? 'live' : 'claimed';
  }

  /** The instance and its term, as cuts name it. */
  get by(): string {
    return this.#by;
  }

  /** Begins a term; everyone else's is over. */
  async begin(): Promise<void> {
    this.#terms += 1;
    this.#by = `${this.#parts.instance}/${this.#terms}`;
    this.#isLive = false;
    this.#producer = await this.#parts.bus.createTransactionalProducer(fusionTransactionalId(this.#parts.view));
  }

  /** The claim of this term has come back: every cut before it has too. */
  confirm(): void {
    this.#isLive = true;
  }

  /** Ends the term of our own accord, once it is known what became of the commit in flight. Rejects as that did. */
  async stepDown(): Promise<void> {
    await this.#inFlight;
    const producer = this.#producer;
    this.#producer = undefined;
    this.#isLive = false;
    await producer?.close();
  }

  /**
   * Sends one transaction once the one before it is confirmed; resolves when it is on its way. A failure ends the instance
   * with LANE_FENCED where a newer term has begun, COMMIT_FAILED where the outcome is unknown: the state is then ahead of the
   * lane, and only a fresh start from the last cut is right again (both retriable). Rejects as the one before did.
   */
  async send(seq: number, records: readonly OutgoingRecord[]): Promise<void> {
    await this.#inFlight;
    this.#hasInFlight = true;
    this.#inFlight = this.#commit(seq, records);
    this.#inFlight.then(() => this.#onConfirmed(), this.#parts.die);
  }

  /** Whether a commit is out of which nothing is known yet. */
  get hasInFlight(): boolean {
    return this.#hasInFlight;
  }

  /** Resolves when nothing is in flight. Rejects with what became of a commit that failed, now and ever after. */
  confirmed(): Promise<void> {
    return this.#inFlight;
  }

  async #commit(seq: number, records: readonly OutgoingRecord[]): Promise<void> {
    const { view } = this.#parts;
    try {
      await this.#producer?.commit(records);
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'FENCED') throw laneFenced({ view, by: this.#by }, cause);
      throw commitFailed({ view, seq }, cause);
    }
  }

  #onConfirmed(): void {
    this.#hasInFlight = false;
    this.#parts.wake();
  }

  #setLead(wantsLead: boolean): void {
    this.#wantsLead = wantsLead;
    this.#parts.wake();
  }
}
