// The one loop that serves every open stream of a gateway: it wakes for news, judges once for readers who are alike, has a
// leaf acknowledged for each reader, and writes.
// Holds: the clearance is read anew before every frame is made and again in the turn in which it is written; a raised epoch,
// an ended credential or a stale registry ends a stream; heartbeats keep a fixed beat, whatever is hidden; while the ledger
// is down everyone waits and nothing is lost; a reader who takes nothing ends alone. One timer, however many streams.
// Source: README.md#stream

import { Problem } from './errors.ts';
import type { Filter } from './filter.ts';
import type { Sealer } from './cursor.ts';
import {
  createCollector,
  createFrameWriter,
  END_FRAME,
  FRAME_ALERTS,
  heartbeatFrame,
  type Collected,
} from './stream-frames.ts';
import type { Sight } from './release.ts';
import type { Frame, Sink, StreamParts } from './stream.ts';
import type { Subject } from './subject.ts';

/** A stream as it is opened. */
export interface StreamOpening {
  readonly subject: Subject;
  readonly filter: Filter;
  readonly sealer: Sealer;
  readonly next: bigint;
  readonly lastId: string;
  /** Called after each frame with alerts. */
  readonly onSent?: (passed: { readonly next: bigint; readonly lastId: string }) => void;
  /** Called once, when it has ended for whatever reason. */
  readonly onEnd: () => void;
}

/** One open stream, as its connection sees it. */
export interface OpenStream {
  /** The cursor of where it stands, as of a time. */
  cursorAt(nowMs: number): string;
  /** Begins; `first` goes out before anything else. */
  attach(sink: Sink, first: Frame | undefined): void;
  drained(): void;
  close(): void;
}

/** All open streams of one gateway. */
export interface Tail {
  open(opening: StreamOpening): OpenStream;
  close(): void;
}

type State =
  /** Nothing is on its way. */
  | 'waiting'
  /** A frame is being made or its leaf is on its way. */
  | 'sending'
  /** The ledger takes no leaf. */
  | 'held'
  /** The connection takes no bytes. */
  | 'stalled'
  | 'ended';

interface Stream extends StreamOpening {
  readonly filterText: string;
  sink: Sink | undefined;
  state: State;
  next: bigint;
  lastId: string;
  beatAtMs: number;
  /** While it is stalled: since when (monotonic), and where the log ended then. */
  stalledSinceMs: number;
  stalledAt: bigint;
}

/** How often a ledger that is down is tried with one frame. */
const LEDGER_RETRY_MS = 500;
/** A registry that fell silent changes nothing that would wake anyone: look at least this often. */
const MAX_WAIT_MS = 1_000;
/** How often stalled connections are looked at. */
const STALLED_LOOK_MS = 100;
const MAX_WAITING_BYTES = 1024 * 1024;
/** A connection that takes nothing for this many heartbeats is ended. */
const MAX_STALLED_BEATS = 4;
/** With many streams open, news is gathered to a fixed beat, so that a frame holds what came meanwhile and one leaf serves for it. */
const GATHER_MS_A_STREAM = 1;
const MIN_GATHER_MS = 20;
const MAX_GATHER_MS = 200;

/** Makes the loop; it sleeps while no stream is open. */
export function createTail(parts: StreamParts): Tail {
  const { clock, monitor, registry, subjects, readModel, streamLimits } = parts;
  const streams = new Set<Stream>();
  const collect = createCollector(monitor, readModelLog());
  let wake: AbortController | undefined; // of the wait for the next alert
  let timer: NodeJS.Timeout | undefined;
  let turnTimer: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | undefined;
  let heldUntilMs: number | undefined; // monotonic; while the ledger is down
  let isProbing = false;
  /** Gateways of one process would else all write in the same moment. */
  const phaseMs = Math.random() * MAX_GATHER_MS;
  const sightNumbers = new WeakMap<Sight, number>();
  let sights = 0;
  const numberOf = (sight: Sight): number => {
    const number = sightNumbers.get(sight) ?? (sights += 1);
    sightNumbers.set(sight, number);
    return number;
  };

  /** Read where it is used: a model that is not read yet answers nothing. */
  function readModelLog(): StreamParts['readModel']['alertLog'] {
    return {
      ends: () => readModel.alertLog.ends(),
      read: (from, limit) => readModel.alertLog.read(from, limit),
      offsetAt: (timeMs) => readModel.alertLog.offsetAt(timeMs),
      arrival: (from, signal) => readModel.alertLog.arrival(from, signal),
    };
  }
  const log = readModelLog();

  const isStill = ({ subject }: Stream): boolean => {
    try {
      const now = subjects.current(subject.identity);
      return now.epoch === subject.epoch && now.mayEnter;
    } catch {
      return false; // ended, unknown or not to be established: in each case nothing more is sent
    }
  };
  const cursorAt = ({ sealer, next, lastId, subject }: Stream, atMs: number): string =>
    sealer.one({ offset: next - 1n, atMs, id: lastId }, subject.epoch);

  let isWaitingForBeat = false;
  /** @returns whether the registry's heartbeat is late and awaited: nobody is ended for it yet, and nobody is written to. */
  const awaitsBeat = (): boolean => {
    if (isWaitingForBeat) return true;
    if (!registry.heartbeat.isAwaited()) return false;
    isWaitingForBeat = true;
    void registry.heartbeat.awaited().then(() => {
      isWaitingForBeat = false;
      look(); // whoever is over by now is ended
    });
    return true;
  };

  const forget = (stream: Stream): void => {
    if (stream.state === 'ended') return;
    stream.state = 'ended';
    streams.delete(stream);
    if (streams.size === 0) sleep();
    stream.onEnd();
  };
  const end = (stream: Stream): void => {
    const { sink } = stream;
    const had = stream.state !== 'ended';
    forget(stream);
    if (had) sink?.end(END_FRAME);
  };
  /** Writes, unless the reader has changed since. @returns false when the stream is over. */
  const write = (stream: Stream, frame: Frame): boolean => {
    if (stream.state === 'ended' || stream.sink === undefined) return false;
    if (!isStill(stream)) {
      end(stream);
      return false;
    }
    if (stream.sink.write(frame) || stream.state === 'sending') return true; // what is being made finds out for itself
    if (stream.state !== 'stalled') {
      stream.stalledSinceMs = performance.now();
      stream.stalledAt = log.ends().next;
    }
    stream.state = 'stalled';
    schedule(STALLED_LOOK_MS);
    return true;
  };

  const serve = async (like: readonly Stream[], sight: Sight, limit: number): Promise<void> => {
    const [{ next: from, filter }] = like as readonly [Stream];
    let collected: Collected;
    try {
      collected = await collect({ from, sight, filter, limit });
    } catch (cause) {
      for (const stream of like) fail(stream, cause);
      return;
    }
    await deliver(like, collected);
  };
  const deliver = async (like: readonly Stream[], collected: Collected): Promise<void> => {
    await registry.heartbeat.awaited();
    const present = like.filter((stream) => {
      if (stream.state !== 'ended' && !isStill(stream)) end(stream);
      return stream.state !== 'ended';
    });
    if (collected.judged.length === 0) {
      for (const stream of present) pass(stream, collected);
      return;
    }
    const writeFrame = createFrameWriter(collected);
    const subjectsOfThem = present.map(({ subject }) => subject);
    try {
      const released = await monitor.releaseToEach(
        collected.judged,
        subjectsOfThem,
        'STREAM',
        (reader, leaf, texts) => {
          const { sealer, subject } = present[reader] as Stream;
          return writeFrame(texts, { sealer, epoch: subject.epoch, leaf });
        },
      );
      for (const [reader, outcome] of released.entries()) {
        if (registry.heartbeat.isAwaited()) await registry.heartbeat.awaited(); // and looked up anew, before it is written
        send(present[reader] as Stream, collected, outcome);
      }
    } catch (cause) {
      for (const stream of present) fail(stream, cause);
    }
  };
  const pass = (stream: Stream, { next, lastId }: Collected): void => {
    stream.next = next;
    stream.lastId = lastId ?? stream.lastId;
    stream.state = 'waiting';
  };
  /** What befalls one reader befalls no other. */
  const send = (stream: Stream, collected: Collected, outcome: PromiseSettledResult<Frame>): void => {
    if (outcome.status === 'rejected') return fail(stream, outcome.reason);
    if (stream.state === 'ended') return;
    try {
      pass(stream, collected);
      if (write(stream, outcome.value)) stream.onSent?.({ next: stream.next, lastId: stream.lastId });
      letGo();
    } catch (cause) {
      fail(stream, cause);
    }
  };
  const fail = (stream: Stream, cause: unknown): void => {
    if (stream.state === 'ended') return;
    if (cause instanceof Problem && cause.slug === 'fail-closed' && cause.details['part'] === 'ledger') {
      stream.state = 'held'; // nothing was sent and nothing is passed over: the same alert is judged anew
      heldUntilMs = performance.now() + LEDGER_RETRY_MS;
      schedule(LEDGER_RETRY_MS);
      return;
    }
    parts.log.error({ code: (cause as { code?: string }).code }, 'stream failed');
    end(stream);
  };
  /** The ledger took a leaf: whoever was held goes on. */
  const letGo = (): void => {
    if (heldUntilMs === undefined) return;
    heldUntilMs = undefined;
    for (const stream of streams) if (stream.state === 'held') stream.state = 'waiting';
  };

  /** Serves everyone who waits and has something to come; while the ledger is down, one of them, with one alert. */
  const turn = (): void => {
    turnTimer = undefined;
    if (awaitsBeat()) return;
    if (heldUntilMs !== undefined) return probe();
    const { next: end } = log.ends();
    const alike = new Map<string, { readonly sight: Sight; readonly streams: Stream[] }>();
    for (const stream of [...streams]) {
      if (stream.state !== 'waiting' || stream.sink === undefined || stream.next >= end) continue;
      const sight = sightOf(stream);
      if (sight === undefined) continue;
      const key = `${stream.next} ${numberOf(sight)} ${stream.filterText}`;
      const group = alike.get(key) ?? { sight, streams: [] };
      alike.set(key, group);
      group.streams.push(stream);
      stream.state = 'sending';
    }
    if (alike.size === 0) return;
    const served = [...alike.values()].map((group) => serve(group.streams, group.sight, FRAME_ALERTS));
    void Promise.all(served).then(() => turnSoon());
  };
  const probe = (): void => {
    if (isProbing || performance.now() < (heldUntilMs ?? 0)) return;
    const [first] = [...streams].filter(({ state, sink }) => state === 'held' && sink !== undefined);
    if (first === undefined) {
      heldUntilMs = undefined; // whoever was held has left
      return turn();
    }
    const sight = sightOf(first);
    if (sight === undefined) return probe();
    isProbing = true;
    first.state = 'sending';
    void serve([first], sight, 1).then(() => {
      isProbing = false;
      if (first.state === 'waiting') letGo(); // passed over, or sent: the next one finds out
      turnSoon();
    });
  };
  /** @returns undefined for a stream that has just been ended. */
  const sightOf = (stream: Stream): Sight | undefined => {
    if (isStill(stream)) {
      try {
        return monitor.sightOf(stream.subject);
      } catch {
        // it ended between the two questions
      }
    }
    end(stream);
    return undefined;
  };
  /** The beat depends on how many streams are open and on nothing that is read. */
  const turnSoon = (): void => {
    if (turnTimer !== undefined || streams.size === 0) return;
    const gatherMs = Math.min(MAX_GATHER_MS, streams.size * GATHER_MS_A_STREAM);
    if (gatherMs < MIN_GATHER_MS) {
      if (hasWork()) turn();
      return;
    }
    turnTimer = setTimeout(() => turn(), gatherMs - ((performance.now() + phaseMs) % gatherMs));
  };
  const hasWork = (): boolean => {
    if (heldUntilMs !== undefined) return performance.now() >= heldUntilMs;
    const { next } = log.ends();
    for (const stream of streams)
      if (stream.state === 'waiting' && stream.sink !== undefined && stream.next < next) return true;
    return false;
  };

  /** Beats, ends whoever is over, looks at the stalled, tries the ledger. */
  const look = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (awaitsBeat()) return;
    const nowMs = clock.now();
    for (const stream of [...streams]) {
      if (!isStill(stream)) end(stream);
      else if (stream.state === 'stalled') endStalled(stream);
      if (stream.state !== 'ended' && nowMs >= stream.beatAtMs) beat(stream, nowMs);
    }
    turnSoon();
    scheduleNext();
  };
  const beat = (stream: Stream, nowMs: number): void => {
    while (stream.beatAtMs <= nowMs) stream.beatAtMs += streamLimits.heartbeatMs; // a fixed beat, not so long after the last
    if (stream.state !== 'stalled') write(stream, heartbeatFrame(nowMs, cursorAt(stream, nowMs)));
  };
  const endStalled = (stream: Stream): void => {
    const missed = log.ends().next - stream.stalledAt;
    const isOver =
      missed >= BigInt(streamLimits.maxWaitingEvents) ||
      (stream.sink?.waitingBytes() ?? 0) > MAX_WAITING_BYTES ||
      performance.now() - stream.stalledSinceMs > streamLimits.heartbeatMs * MAX_STALLED_BEATS;
    if (isOver) end(stream);
  };
  const scheduleNext = (): void => {
    if (streams.size === 0) return;
    const nowMs = clock.now();
    let dueMs = MAX_WAIT_MS;
    for (const { state, beatAtMs, subject } of streams) {
      dueMs = Math.min(dueMs, beatAtMs - nowMs, (subject.expiresAt ?? Infinity) - nowMs);
      if (state === 'stalled') dueMs = Math.min(dueMs, STALLED_LOOK_MS);
    }
    if (heldUntilMs !== undefined) dueMs = Math.min(dueMs, heldUntilMs - performance.now());
    schedule(dueMs);
  };
  let timerAtMs = 0;
  const schedule = (afterMs: number): void => {
    const atMs = performance.now() + Math.max(1, afterMs);
    if (timer !== undefined && timerAtMs <= atMs) return;
    clearTimeout(timer);
    timerAtMs = atMs;
    timer = setTimeout(look, Math.max(1, afterMs));
  };

  const listen = (): void => {
    stopListening = registry.onChange(() => {
      if (awaitsBeat()) return;
      for (const stream of [...streams]) if (!isStill(stream)) end(stream);
    });
    const stop = new AbortController();
    wake = stop;
    void (async () => {
      while (!stop.signal.aborted) {
        const { next } = log.ends(); // never after the end: a model that is read anew answers nothing
        turnSoon();
        await log.arrival(next, stop.signal);
      }
    })();
    scheduleNext();
  };
  const sleep = (): void => {
    wake?.abort();
    wake = undefined;
    stopListening?.();
    stopListening = undefined;
    clearTimeout(timer);
    clearTimeout(turnTimer);
    timer = turnTimer = undefined;
    heldUntilMs = undefined;
  };

  return {
    open(opening) {
      const stream: Stream = {
        ...opening,
        filterText: JSON.stringify(opening.filter),
        sink: undefined,
        state: 'waiting',
        beatAtMs: clock.now() + streamLimits.heartbeatMs,
        stalledSinceMs: 0,
        stalledAt: 0n,
      };
      streams.add(stream);
      if (wake === undefined) listen();
      else schedule(Math.min(streamLimits.heartbeatMs, MAX_WAIT_MS));
      return {
        cursorAt: (nowMs) => cursorAt(stream, nowMs),
        attach(sink, first) {
          stream.sink = sink;
          if (stream.state === 'ended') {
            sink.end(END_FRAME);
            return;
          }
          if (first !== undefined) write(stream, first);
          turnSoon();
        },
        drained() {
          if (stream.state !== 'stalled') return;
          stream.state = 'waiting';
          turnSoon();
        },
        close: () => forget(stream),
      };
    },
    close() {
      for (const stream of [...streams]) end(stream);
    },
  };
}
