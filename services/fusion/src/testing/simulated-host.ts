// A host on which one instance runs in a simulation: every call to the bus, every delivery and every timer waits until the
// simulation lets it go on, lets it fail, or ends the host.
// Holds: nothing happens by itself; an ended host does nothing more, whatever it was waiting for.

import type { BusConsumer, BusPort, ConsumerOptions, TransactionalProducer } from '@sitebus/sdk';
import type { Pace } from '../pace.ts';

/** Something that waits. */
export interface Waiting {
  /** Such as `commit, before`: what is waited at. */
  readonly at: string;
  goOn(): void;
  /** As when the bus cannot be reached, or its answer is lost. */
  fail(): void;
}

/** A timer that has not fired. */
interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** One host; `nowMs` is the simulation's own interval clock. */
export class SimulatedHost {
  readonly name: string;
  readonly pace: Pace;
  readonly bus: BusPort;
  /** Whether a delivery is now and then repeated. */
  repeats: () => boolean = () => false;
  #isOver = false;
  readonly #inner: BusPort;
  readonly #waiting = new Set<Waiting>();
  readonly #timers = new Set<Timer>();
  readonly #consumers: { readonly groupId: string; readonly inner: BusConsumer }[] = [];

  constructor(name: string, inner: BusPort, nowMs: () => number) {
    this.name = name;
    this.#inner = inner;
    this.bus = this.#wrap();
    this.pace = {
      now: nowMs,
      after: (ms, run) => {
        const timer = { atMs: nowMs() + ms, run };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
    };
  }

  /** Whether it has ended: asked again after every wait. */
  isOver(): boolean {
    return this.#isOver;
  }

  /** What waits here, oldest first. */
  get waiting(): readonly Waiting[] {
    return [...this.#waiting];
  }

  /** Fires the timer that is due first. @returns its time, undefined where there is none. */
  fireTimer(): number | undefined {
    const [first] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
    if (first === undefined) return undefined;
    this.#timers.delete(first);
    first.run();
    return first.atMs;
  }

  /** Ends the host as a power cut does: nothing that waits is ever answered; the group notices when it can. */
  end(): void {
    this.#isOver = true;
    this.#timers.clear();
    for (const each of this.waiting) each.goOn(); // deliveries find out and hand over nothing; calls stay silent
    for (const { inner } of this.#consumers) void inner.close();
  }

  /** The group that leads drops this host without telling it, as when its process was stopped for a session's length. */
  evict(): void {
    for (const { groupId, inner } of this.#consumers) if (groupId.endsWith('.leader')) void inner.close();
  }

  #wrap(): BusPort {
    const inner = this.#inner;
    return {
      createProducer: () => inner.createProducer(),
      createTransactionalProducer: (id) => this.#call('createTransactionalProducer', () => this.#producer(id)),
      createConsumer: (options) => this.#call('createConsumer', () => this.#consumer(options)),
      inspect: {
        topics: () => inner.inspect.topics(),
        ends: (topic) => this.#call('ends', () => inner.inspect.ends(topic)),
      },
      close: () => inner.close(),
    };
  }

  async #producer(id: string): Promise<TransactionalProducer> {
    const producer = await this.#inner.createTransactionalProducer(id);
    return { ...producer, commit: (records) => this.#call('commit', () => producer.commit(records)) };
  }

  async #consumer(options: ConsumerOptions): Promise<BusConsumer> {
    const inner = await this.#inner.createConsumer({
      ...options,
      startAt: async (assigned) => {
        if (this.isOver()) return [];
        return (await options.startAt?.(assigned)) ?? [];
      },
      onRevoked: (revoked) => {
        if (!this.isOver()) options.onRevoked?.(revoked);
      },
      onBatch: async (batch) => {
        await this.#stop(`delivery of ${batch.topic.split('.')[0]!}`);
        if (this.isOver()) return;
        await options.onBatch(batch);
        if (!this.isOver() && this.repeats()) await options.onBatch(batch);
      },
    });
    this.#consumers.push({ groupId: options.groupId, inner });
    if (this.isOver()) void inner.close();
    return {
      assigned: inner.assigned,
      fatal: inner.fatal,
      assignment: () => inner.assignment(),
      pause: (places) => inner.pause(places),
      resume: (places) => inner.resume(places),
      seek: (place, next) => inner.seek(place, next),
      close: () => inner.close(),
    };
  }

  async #call<T>(name: string, act: () => Promise<T>): Promise<T> {
    await this.#stop(`${name}, before`);
    if (this.isOver()) return silence();
    const answer = await act();
    await this.#stop(`${name}, after`);
    return this.isOver() ? silence() : answer;
  }

  #stop(at: string): Promise<void> {
    if (this.isOver()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => () => {
        this.#waiting.delete(waiting);
        act();
      };
      const waiting: Waiting = {
        at,
        goOn: settle(resolve),
        fail: settle(() => reject(new Error(`the bus failed at ${at}`))),
      };
      this.#waiting.add(waiting);
    });
  }
}

/** The answer of a host that is gone. */
const silence = <T>(): Promise<T> => new Promise<T>(() => undefined);
