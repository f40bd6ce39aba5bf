// Lets many sends share requests: the timer and the promises around the pure queues.
// Holds: nothing is dropped; order within a partition is kept; a caller that awaits is held back while the queue is full.
// Source: README.md#the-bus

import type { TopicPartition } from './bus.ts';
import { BATCH_LIMITS, PartitionQueues, type BatchLimits, type TakenBatch } from './partition-queues.ts';

/** What the accumulator needs from outside. `deliver` settles its items itself. */
export interface AccumulatorParts<T> {
  /** Delivers batches of different partitions; a promise for each, in their order, none of which rejects. */
  readonly deliver: (round: readonly TakenBatch<T>[]) => readonly Promise<void>[];
  readonly limits?: BatchLimits;
  readonly now?: () => number;
  /** Arms a timer and gives back what disarms it. */
  readonly setTimer?: (run: () => void, afterMs: number) => () => void;
}

/** Batches of one producer, on their way. */
export interface Accumulator<T> {
  /** Queues an item for its partition. */
  add(place: TopicPartition, item: T, bytes: number): void;
  /** Whether `add` keeps within the bound now. */
  hasRoom(): boolean;
  /** Resolves when there is room; waiting callers are let in first come, first served. */
  room(): Promise<void>;
  /** Sends what waits without lingering; resolves when nothing is queued or out. */
  flush(): Promise<void>;
}

/** An accumulator over `deliver`; what waits keeps the process alive. */
export function createAccumulator<T>(parts: AccumulatorParts<T>): Accumulator<T> {
  const { deliver, limits = BATCH_LIMITS, now = () => performance.now(), setTimer = machineTimer } = parts;
  const queues = new PartitionQueues<T>(limits);
  const waitingForRoom: (() => void)[] = [];
  const waitingForIdle: (() => void)[] = [];
  let armed: { readonly due: number; readonly disarm: () => void } | undefined;

  function pump(): void {
    const round = queues.take(now(), waitingForIdle.length > 0);
    if (round.length > 0) for (const [nth, delivered] of deliver(round).entries()) void finish(round[nth]!, delivered);
    arm();
  }

  async function finish(batch: TakenBatch<T>, delivered: Promise<void>): Promise<void> {
    await delivered;
    queues.done(batch);
    // One a time: each that enters may fill the queue again.
    while (queues.hasRoom && waitingForRoom.length > 0) {
      waitingForRoom.shift()?.();
      await Promise.resolve();
    }
    pump();
    if (queues.isIdle) for (const idle of waitingForIdle.splice(0)) idle();
  }

  function arm(): void {
    const due = queues.nextDueMs();
    if (due === undefined || (armed !== undefined && armed.due <= due)) return;
    armed?.disarm(); // a partition came free that had waited longer
    const disarm = setTimer(
      () => {
        armed = undefined;
        pump();
      },
      Math.max(0, due - now()),
    );
    armed = { due, disarm };
  }

  return {
    add(place, item, bytes) {
      if (queues.add(place, item, bytes, now())) pump();
      else arm();
    },
    hasRoom: () => queues.hasRoom && waitingForRoom.length === 0,
    room: () => new Promise((resolve) => waitingForRoom.push(resolve)),
    async flush() {
      if (queues.isIdle) return;
      const idle = new Promise<void>((resolve) => waitingForIdle.push(resolve));
      pump();
      await idle;
    },
  };
}

function machineTimer(run: () => void, afterMs: number): () => void {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
}
