// When something is sent on the open streams of a gateway: the one loop that wakes for news, gathers who is alike, and looks after beats
// and connections that take nothing. Holds: heartbeats keep a fixed beat, whatever is hidden; a raised epoch, an ended credential or a
// stale registry ends a stream, a late heartbeat of the registry ends none before its second has passed; a reader who takes nothing ends
// alone. One timer, however many streams. What is sent, and how: stream-delivery.ts. Source: README.md#stream

import type { Sight } from './sight.ts';
import { createDelivery } from './stream-delivery.ts';
import { createCollector, createWheres, END_FRAME, heartbeatFrame } from './stream-frames.ts';
import { createStreamLife, cursorOf, type Stream, type StreamOpening } from './stream-life.ts';
import type { Frame, Sink, StreamParts } from './stream.ts';

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
const MAX_GATHER_MS = 250;

/** Makes the loop; it sleeps while no stream is open. */
export function createTail(parts: StreamParts): Tail {
  const { clock, cursors, monitor, registry, view, subjects, readModel, streamLimits } = parts;
  const streams = new Set<Stream>();
  const log = alertLogOf(readModel);
  const numberOf = createNumbers();
  let wake: AbortController | undefined; // of the wait for the next alert
  let following: AbortSignal | undefined; // whose wait is under way
  let timer: NodeJS.Timeout | undefined;
  let turnTimer: NodeJS.Timeout | undefined;
  let stopListening: (() => void) | undefined;
  let isProbing = false;
  let isWaitingForBeat = false; // the registry's
  /** Gateways of one process would else all write in the same moment. */
  const phaseMs = Math.random() * MAX_GATHER_MS;

  const life = createStreamLife({
    subjects,
    registry,
    logEnd: () => log.ends().next,
    onStalled: () => schedule(STALLED_LOOK_MS),
    onOver(stream) {
      streams.delete(stream);
      if (streams.size === 0) sleep();
    },
  });
  const delivery = createDelivery({
    streams, life, monitor, registry,
    collect: createCollector(monitor, log),
    whereOf: createWheres(cursors.shared({ view: view.id, resource: 'alerts' })),
    log: parts.log,
    onHeld: (afterMs) => schedule(afterMs),
  }); // prettier-ignore

  /** Serves everyone who waits and has something to come; while the ledger is down, one of them, with one alert. */
  const turn = (): void => {
    turnTimer = undefined;
    if (awaitsBeat()) return;
    if (delivery.heldUntilMs() !== undefined) return probe();
    const { next: end } = log.ends();
    const groups = new Map<string, { readonly sight: Sight; readonly streams: Stream[] }>();
    for (const stream of [...streams]) {
      if (stream.state !== 'waiting' || stream.sink === undefined || stream.next >= end) continue;
      const sight = sightOf(stream);
      if (sight === undefined) continue;
      const key = `${stream.next} ${numberOf(sight)} ${stream.filterText}`;
      const group = groups.get(key) ?? { sight, streams: [] };
      groups.set(key, group);
      group.streams.push(stream);
      stream.state = 'sending';
    }
    // Each goes on by itself: one that waits, such as for an assessment, holds up nobody who has more to get.
    for (const alike of groups.values()) void delivery.deliver(alike).then(turnSoon);
  };
  const probe = (): void => {
    if (isProbing || performance.now() < (delivery.heldUntilMs() ?? 0)) return;
    const first = [...streams].find(({ state, sink }) => state === 'held' && sink !== undefined);
    if (first === undefined) {
      delivery.letGo(); // whoever was held has left
      return turn();
    }
    const sight = sightOf(first);
    if (sight === undefined) return first.state === 'ended' ? probe() : undefined;
    isProbing = true;
    first.state = 'sending';
    void delivery.probe({ sight, streams: [first] }).then(() => {
      isProbing = false;
      turnSoon();
    });
  };
  /** @returns undefined for a stream that has just been ended, or cannot be looked up in this turn. */
  const sightOf = (stream: Stream): Sight | undefined => {
    if (!life.endUnlessStill(stream)) return undefined;
    try {
      return monitor.sightOf(stream.subject);
    } catch {
      if (!registry.heartbeat.isAwaited()) life.end(stream); // it ended between the two questions
      return undefined;
    }
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
    const heldUntilMs = delivery.heldUntilMs();
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
      if (life.endUnlessStill(stream) && stream.state === 'stalled') endStalled(stream);
      if (stream.state !== 'ended' && nowMs >= stream.beatAtMs) beat(stream, nowMs);
    }
    if (wake !== undefined && following === undefined) void follow(wake.signal);
    turnSoon();
    scheduleNext();
  };
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
  const beat = (stream: Stream, nowMs: number): void => {
    while (stream.beatAtMs <= nowMs) stream.beatAtMs += streamLimits.heartbeatMs; // a fixed beat, not so long after the last
    if (stream.state !== 'stalled') life.write(stream, heartbeatFrame(nowMs, cursorOf(stream, nowMs)));
  };
  const endStalled = (stream: Stream): void => {
    const missed = log.ends().next - stream.stalledAt;
    const isOver =
      missed >= BigInt(streamLimits.maxWaitingEvents) ||
      (stream.sink?.waitingBytes() ?? 0) > MAX_WAITING_BYTES ||
      performance.now() - stream.stalledSinceMs > streamLimits.heartbeatMs * MAX_STALLED_BEATS;
    if (isOver) life.end(stream);
  };
  const scheduleNext = (): void => {
    if (streams.size === 0) return;
    const nowMs = clock.now();
    let dueMs = MAX_WAIT_MS;
    for (const { state, beatAtMs, subject } of streams) {
      dueMs = Math.min(dueMs, beatAtMs - nowMs, (subject.expiresAt ?? Infinity) - nowMs);
      if (state === 'stalled') dueMs = Math.min(dueMs, STALLED_LOOK_MS);
    }
    const heldUntilMs = delivery.heldUntilMs();
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
      for (const stream of [...streams]) life.endUnlessStill(stream);
    });
    wake = new AbortController();
    void follow(wake.signal);
    scheduleNext();
  };
  /** Until the end, or until the model cannot be asked: then the next look follows it again. Never rejects. */
  const follow = async (signal: AbortSignal): Promise<void> => {
    following = signal;
    try {
      while (!signal.aborted) {
        const { next } = log.ends();
        turnSoon();
        await log.arrival(next, signal);
      }
    } catch {
      // it is being read
    }
    if (following === signal) following = undefined;
  };
  const sleep = (): void => {
    wake?.abort();
    wake = undefined;
    stopListening?.();
    stopListening = undefined;
    clearTimeout(timer);
    clearTimeout(turnTimer);
    timer = turnTimer = undefined;
    delivery.letGo();
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
        cursorAt: (nowMs) => cursorOf(stream, nowMs),
        attach(sink, first) {
          stream.sink = sink;
          if (stream.state === 'ended') {
            sink.end(END_FRAME);
            return;
          }
          if (first !== undefined && !life.write(stream, first)) life.end(stream); // it comes back, and is told then
          turnSoon();
        },
        drained() {
          if (stream.state !== 'stalled') return;
          stream.state = 'waiting';
          turnSoon();
        },
        close: () => life.forget(stream),
      };
    },
    close() {
      for (const stream of [...streams]) life.end(stream);
    },
  };
}

/** Read where it is used: a model that is not read yet answers nothing, and where it ended before, it ends. */
function alertLogOf(readModel: StreamParts['readModel']): StreamParts['readModel']['alertLog'] {
  let known = { earliest: 0n, next: 0n };
  return {
    ends() {
      try {
        known = readModel.alertLog.ends();
      } catch {
        // asked by timers, of which one that throws ends the process: there is nothing to send meanwhile
      }
      return known;
    },
    endOnBus: () => readModel.alertLog.endOnBus(),
    read: (from, limit) => readModel.alertLog.read(from, limit),
    offsetAt: (timeMs) => readModel.alertLog.offsetAt(timeMs),
    arrival: (from, signal) => readModel.alertLog.arrival(from, signal),
  };
}

/** @returns a number for each sight, for as long as somebody has it. */
function createNumbers(): (sight: Sight) => number {
  const numbers = new WeakMap<Sight, number>();
  let given = 0;
  return (sight) => {
    const number = numbers.get(sight) ?? (given += 1);
    numbers.set(sight, number);
    return number;
  };
}
