// One frame to readers who are alike: collected and judged once, a leaf acknowledged for each, then written to each.
// Holds: the clearance is read anew before the frame is made and again in the turn in which it is written; while the registry's
// heartbeat is late nothing is made or written; while the ledger takes no leaf everyone waits, nothing is lost and nobody ends, and one
// frame of one alert is tried now and then; what befalls one reader befalls no other. Source: README.md#stream

import type { Log } from '@sitebus/sdk';
import type { Registry } from '@sitebus/kit';
import { Problem } from './errors.ts';
import { loopTurns } from './loop-turns.ts';
import type { Monitor } from './release.ts';
import type { Sight } from './sight.ts';
import { createFrameWriter, FRAME_ALERTS, type Collect, type Collected, type WhereOf } from './stream-frames.ts';
import type { Stream, StreamLife } from './stream-life.ts';
import type { Frame } from './stream.ts';

/** Readers who stand at one position, see alike and filter alike; not empty. */
export interface Alike {
  readonly sight: Sight;
  readonly streams: readonly Stream[];
}

/** Delivers frames, and knows whether the ledger takes them. */
export interface Delivery {
  /** Delivers what comes next to them, `sending` meanwhile. Resolves when each has it, waits, is held or over; never rejects. */
  deliver(alike: Alike): Promise<void>;
  /** While the ledger is down: when it may be tried again, monotonic ms. */
  heldUntilMs(): number | undefined;
  /** Tries the ledger with one alert of one who is held; they are `sending` meanwhile. Resolves when that is decided. */
  probe(alike: Alike): Promise<void>;
  /** Nobody is held any more: whoever was has left, or a leaf was taken. */
  letGo(): void;
}

/** How often a ledger that is down is tried with one frame. */
const LEDGER_RETRY_MS = 500;

/** Makes it for the streams of one gateway; `onHeld` is called where the ledger has to be tried later, after so long. */
export function createDelivery(parts: {
  readonly streams: ReadonlySet<Stream>;
  readonly life: StreamLife;
  readonly collect: Collect;
  readonly whereOf: WhereOf;
  readonly monitor: Monitor;
  readonly registry: Registry;
  readonly log: Log;
  readonly onHeld: (afterMs: number) => void;
}): Delivery {
  const { streams, life, collect, whereOf, monitor, registry, log, onHeld } = parts;
  let heldUntilMs: number | undefined;

  const serve = async ({ streams: like, sight }: Alike, limit: number): Promise<void> => {
    const [{ next: from, filter }] = like as readonly [Stream];
    try {
      const collected = await collect({ from, sight, filter, limit });
      if (collected.judged.length > 0) await loopTurns.next(); // leaves are dear
      await release(like, collected);
    } catch (cause) {
      for (const stream of like) fail(stream, cause);
    }
  };
  const release = async (like: readonly Stream[], collected: Collected): Promise<void> => {
    await registry.heartbeat.awaited();
    const present = like.filter((stream) => {
      if (stream.state === 'ended') return false;
      const isStill = life.endUnlessStill(stream);
      if (!isStill) putBack(stream);
      return isStill;
    });
    if (collected.judged.length === 0) {
      for (const stream of present) pass(stream, collected);
      return;
    }
    const writeFrame = createFrameWriter(collected, whereOf);
    const subjects = present.map(({ subject }) => subject);
    const outcomes = await monitor.releaseToEach(collected.judged, subjects, 'STREAM', (reader, leaf, texts) => {
      const { whose } = (present[reader] as Stream).sealer;
      return writeFrame(texts, { whose, leaf });
    });
    for (const [reader, outcome] of outcomes.entries()) {
      if (registry.heartbeat.isAwaited()) await registry.heartbeat.awaited(); // and looked up anew, before it is written
      send(present[reader] as Stream, collected, outcome);
    }
  };
  const pass = (stream: Stream, { next, lastId }: Collected): void => {
    stream.next = next;
    stream.lastId = lastId ?? stream.lastId;
    stream.state = 'waiting';
  };
  const send = (stream: Stream, collected: Collected, outcome: PromiseSettledResult<Frame>): void => {
    if (outcome.status === 'rejected') return fail(stream, outcome.reason);
    if (stream.state === 'ended') return;
    const { next, lastId } = stream;
    try {
      pass(stream, collected);
      if (life.write(stream, outcome.value)) stream.onSent?.({ next: stream.next, lastId: stream.lastId });
      else Object.assign(stream, { next, lastId }); // nothing went
      letGo();
    } catch (cause) {
      fail(stream, cause);
    }
  };
  const fail = (stream: Stream, cause: unknown): void => {
    if (stream.state === 'ended') return;
    const part = cause instanceof Problem && cause.slug === 'fail-closed' ? cause.details['part'] : undefined;
    if (part === 'registry') {
      life.endUnlessStill(stream); // the lease ran out for a moment, or they see otherwise now: judged anew, if they are still there
      return putBack(stream);
    }
    if (part === 'ledger') {
      stream.state = 'held'; // nothing was sent and nothing is passed over: the same alert is judged anew
      heldUntilMs = performance.now() + LEDGER_RETRY_MS;
      onHeld(LEDGER_RETRY_MS);
      return;
    }
    log.error({ code: (cause as { code?: string }).code }, 'stream failed');
    life.end(stream);
  };
  /** Nothing was sent and nothing is passed over: it is served again, once its reader can be looked up. */
  const putBack = (stream: Stream): void => {
    if (stream.state !== 'ended') stream.state = 'waiting';
  };
  const letGo = (): void => {
    if (heldUntilMs === undefined) return;
    heldUntilMs = undefined;
    for (const stream of streams) if (stream.state === 'held') stream.state = 'waiting';
  };

  return {
    deliver: (alike) => serve(alike, FRAME_ALERTS),
    heldUntilMs: () => heldUntilMs,
    async probe(alike) {
      await serve(alike, 1);
      if (alike.streams[0]?.state === 'waiting') letGo(); // passed over, or sent: the next one finds out
    },
    letGo,
  };
}
