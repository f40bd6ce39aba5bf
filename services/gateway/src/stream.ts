// The alert stream as a sequence of frames: where it starts, what it sends, when it ends.
// Holds: order is that of alert.<view>; along a chain of cursors each alert comes once or a gap says what did not; the
// clearance is read anew before every batch and again before every frame; a raised epoch, an ended credential or a stale
// registry ends it; heartbeats keep a fixed beat, whatever is hidden; while the ledger is down it waits, and loses nothing.
// Source: README.md#stream

import type { Clock, View } from '@sitebus/sdk';
import type { StreamLimits } from './config.ts';
import type { CursorPosition, Cursors, CursorScope } from './cursor.ts';
import { Problem, rateLimited } from './errors.ts';
import { filterOf, matches } from './filter.ts';
import type { Filter } from './filter.ts';
import type { AlertLog, ReadModel } from './read-model/model.ts';
import type { Body } from './redact.ts';
import { isWithheld, statement } from './release.ts';
import type { Judged, Monitor, Released } from './release.ts';
import type { Registry } from './registry/reader.ts';
import type { Subject, Subjects } from './subject.ts';

/** One event. `id` is the cursor to resume after it. */
export interface Frame {
  readonly event: 'alert' | 'heartbeat' | 'gap' | 'end';
  readonly id?: string;
  readonly data: Released<unknown>;
  /** False when the reader's clearance has changed since it was made: it must be dropped. */
  readonly isCurrent: () => boolean;
}

/** An open stream. */
export interface AlertStream {
  readonly frames: AsyncIterable<Frame>;
  /** Alerts that have come since `offset`; the writer ends a reader who takes nothing. */
  waitingSince(): number;
  /** Where reading stands, to measure `waitingSince` from. */
  mark(): void;
  readonly endFrame: Frame;
  /** Must be called once the connection is gone. */
  close(): void;
}

export interface StreamStart {
  readonly cursor?: string | undefined;
  /** RFC 3339. */
  readonly from?: string | undefined;
  readonly filter: Filter;
}

export interface StreamParts {
  readonly view: View;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly subjects: Subjects;
  readonly monitor: Monitor;
  readonly cursors: Cursors;
  readonly readModel: Pick<ReadModel, 'alertLog'>;
  readonly streamLimits: StreamLimits;
}

/** Alerts judged under one reading of the clearance. */
const BATCH = 100;

/** The open streams of one gateway. */
export interface Streams {
  /** Throws `cursor-invalid` or `rate-limited`. */
  open(subject: Subject, start: StreamStart): AlertStream;
  /** Ends every open stream; resolves when the last one is written out. */
  close(): Promise<void>;
}

/** The streams of one gateway: at most five a reader. */
export function createStreams(parts: StreamParts): Streams {
  const openByPerson = new Map<string, number>();
  const aborts = new Map<AbortController, Promise<void>>();
  return {
    open(subject, start) {
      const open = openByPerson.get(subject.person) ?? 0;
      if (open >= parts.streamLimits.perReader) throw rateLimited({ retryAfterSeconds: 15 });
      const begin = beginning(parts, subject, start); // may throw, before anything is counted
      openByPerson.set(subject.person, open + 1);
      const abort = new AbortController();
      let ended: () => void = () => {};
      aborts.set(abort, new Promise((resolve) => (ended = resolve)));
      const { alertLog } = parts.readModel;
      let marked = alertLog.ends().next;
      return {
        frames: framesOf(parts, subject, begin, start.filter, abort.signal),
        mark: () => void (marked = alertLog.ends().next),
        waitingSince: () => Number(alertLog.ends().next - marked),
        endFrame: { event: 'end', data: statement(END), isCurrent: () => true },
        close() {
          if (!aborts.delete(abort)) return;
          abort.abort();
          ended();
          const left = (openByPerson.get(subject.person) ?? 1) - 1;
          if (left === 0) openByPerson.delete(subject.person);
          else openByPerson.set(subject.person, left);
        },
      };
    },
    async close() {
      const all = [...aborts];
      for (const [abort] of all) abort.abort();
      await Promise.all(all.map(([, ended]) => ended));
    },
  };
}

/** One constant, whatever the cause. */
const END = Object.freeze({ ended: true });

interface Beginning {
  readonly next: bigint;
  readonly gap?: {
    readonly fromMs: number;
    readonly toMs?: number;
    readonly reason: 'retention' | 'clearance' | 'rebuilt';
  };
}

function scopeOf({ view }: StreamParts, subject: Subject): CursorScope {
  return { person: subject.person, view: view.id, resource: 'alerts' };
}

function beginning(parts: StreamParts, subject: Subject, start: StreamStart): Beginning {
  const { alertLog } = parts.readModel;
  const ends = alertLog.ends();
  if (start.cursor !== undefined)
    return resumed(parts.cursors.open(scopeOf(parts, subject), start.cursor), ends, subject);
  return { next: start.from === undefined ? ends.next : alertLog.offsetAt(Date.parse(start.from)) };
}

/** @returns where a cursor goes on, and what it can no longer give. */
function resumed(cursor: CursorPosition, ends: ReturnType<AlertLog['ends']>, subject: Subject): Beginning {
  const next = cursor.offset + 1n;
  const gap = (reason: 'retention' | 'clearance' | 'rebuilt') => ({ fromMs: cursor.atMs, reason });
  if (next > ends.next) return { next: ends.earliest, gap: gap('rebuilt') };
  if (next < ends.earliest) return { next: ends.earliest, gap: gap('retention') };
  // What was withheld, or shown, under the old clearance is not gone over again: say so.
  return cursor.epoch === subject.epoch % 2 ** 32 ? { next } : { next, gap: gap('clearance') };
}

async function* framesOf(
  parts: StreamParts,
  subject: Subject,
  begin: Beginning,
  filter: Filter,
  aborted: AbortSignal,
): AsyncGenerator<Frame> {
  const { cursors, clock, monitor, readModel, registry } = parts;
  const { alertLog } = readModel;
  const scope = scopeOf(parts, subject);
  const cursorAt = (offset: bigint, atMs: number): string =>
    cursors.seal(scope, { offset, atMs, epoch: subject.epoch });
  const isCurrent = (): boolean => isStill(parts, subject);
  let next = begin.next;
  let beatAt = clock.now() + parts.streamLimits.heartbeatMs;

  if (begin.gap !== undefined) {
    const { fromMs, reason } = begin.gap;
    const from = new Date(fromMs).toISOString();
    const to = new Date(clock.now()).toISOString();
    const list = `/v1/alerts?${new URLSearchParams({ view: parts.view.id, from, to }).toString()}`;
    yield {
      event: 'gap',
      id: cursorAt(next - 1n, clock.now()),
      data: statement({ from, to, reason, list }),
      isCurrent,
    };
  }
  while (!aborted.aborted && isCurrent()) {
    let isHeldUp = false;
    const batch = await alertLog.read(next, BATCH);
    if (isAborted(aborted) || !isCurrent()) return;
    for (const alert of batch) {
      if (!isCurrent()) return;
      const judged = monitor.judge(alert, subject);
      const isPassedOver = isWithheld(judged) || !matches(judged.body, filterOf(filter));
      const data = isPassedOver ? undefined : await deliveredUnlessLedgerIsDown(monitor, judged, subject);
      isHeldUp = !isPassedOver && data === undefined;
      if (isHeldUp) break; // nothing is sent, and nothing is passed over: the same alert is judged anew
      next = alert.offset + 1n;
      if (data !== undefined) yield { event: 'alert', id: cursorAt(alert.offset, alert.atMs), data, isCurrent };
    }
    if (clock.now() >= beatAt) {
      while (beatAt <= clock.now()) beatAt += parts.streamLimits.heartbeatMs; // a fixed beat, not so long after the last
      const data = statement({ at: new Date(clock.now()).toISOString() });
      yield { event: 'heartbeat', id: cursorAt(next - 1n, clock.now()), data, isCurrent };
    }
    if (isHeldUp) await pause(LEDGER_RETRY_MS, aborted);
    else if (batch.length === 0)
      await somethingNew(
        alertLog,
        registry,
        next,
        Math.min(beatAt, subject.expiresAt ?? beatAt) - clock.now(),
        aborted,
      );
  }
}

/** Asked anew: while a batch was awaited, the reader may have left. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** @returns undefined while the ledger takes no leaf; anything else that goes wrong ends the stream. */
async function deliveredUnlessLedgerIsDown(
  monitor: Monitor,
  judged: Judged,
  subject: Subject,
): Promise<Released<unknown> | undefined> {
  try {
    return await delivered(monitor, judged, subject);
  } catch (cause) {
    if (cause instanceof Problem && cause.slug === 'fail-closed' && cause.details['part'] === 'ledger')
      return undefined;
    throw cause;
  }
}

function pause(ms: number, aborted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      aborted.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    aborted.addEventListener('abort', end);
  });
}

function delivered(monitor: Monitor, judged: Judged, subject: Subject): Promise<Released<unknown>> {
  return monitor.releaseAll([judged], subject, 'STREAM', ([body], leaf) => ({
    ...(body as Body),
    ...(leaf === undefined ? {} : { delivery: { leafIndex: Number(leaf.index), checkpoint: Number(leaf.checkpoint) } }),
  }));
}

/** True while the reader is who they were: same epoch, credential good, registry answering. */
function isStill({ subjects }: StreamParts, subject: Subject): boolean {
  try {
    const now = subjects.current(subject.identity);
    return now.epoch === subject.epoch && now.mayEnter;
  } catch {
    return false; // ended, unknown or not to be established: in each case nothing more is sent
  }
}

/** Resolves when an alert came, the registry changed, the time is over or the stream was ended. */
async function somethingNew(
  log: AlertLog,
  registry: Registry,
  next: bigint,
  waitMs: number,
  aborted: AbortSignal,
): Promise<void> {
  const changed = new AbortController();
  const timer = setTimeout(() => changed.abort(), Math.max(1, Math.min(waitMs, MAX_WAIT_MS)));
  const stopListening = registry.onChange(() => changed.abort());
  await log.arrival(next, AbortSignal.any([aborted, changed.signal]));
  clearTimeout(timer);
  stopListening();
}

/** How often a stream that a ledger holds up tries again. */
const LEDGER_RETRY_MS = 500;

/** A registry that fell silent changes nothing that would wake a stream: look at least this often. */
const MAX_WAIT_MS = 1_000;
