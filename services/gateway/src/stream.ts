// The alert streams of one gateway: who may open one, where it starts, and what it cannot give any more.
// Holds: order is that of alert.<view>; along a chain of cursors each alert comes once or a gap says what did not; at most
// five a reader; one constant end, whatever the cause. When something is sent on open streams: stream-tail.ts.
// Source: README.md#stream

import type { Clock, Log, View } from '@sitebus/sdk';
import type { StreamLimits } from './config.ts';
import { NIL_ID } from './cursor.ts';
import type { Cursors, CursorScope } from './cursor.ts';
import { rateLimited } from './errors.ts';
import type { Filter } from './filter.ts';
import type { ReadModel } from './read-model/model.ts';
import type { Monitor, Released } from './release.ts';
import type { Registry } from '@sitebus/kit';
import { lostAfter } from './stale.ts';
import { gapFrame, type Gap } from './stream-frames.ts';
import { createTail, type OpenStream } from './stream-tail.ts';
import type { Subject, Subjects } from './subject.ts';

/** What is written at once, as server-sent events: alerts share one leaf. Whoever gets one must not write into it. */
export type Frame = Released<Buffer>;

/** Where frames go. Nothing may be queued in it beyond what it says waits. */
export interface Sink {
  /** Writes in this turn. @returns false when the connection takes no more for now: `drained` must be called later. */
  write(frame: Frame): boolean;
  /** Bytes written that the connection has not taken yet. */
  waitingBytes(): number;
  /** Writes the last frame; the connection closes after it, or is cut. */
  end(frame: Frame): void;
}

/** An open stream. */
export interface AlertStream {
  /** The cursor of where it begins, so that a reader who is cut off before the first event loses nothing; none before a gap. */
  readonly firstId: string | undefined;
  /** Begins to send. */
  attach(sink: Sink): void;
  /** The sink takes more again. */
  drained(): void;
  /** Must be called once the connection is gone; ends nothing that has ended. */
  close(): void;
}

/** What a reader asks for. */
export interface StreamStart {
  readonly cursor?: string | undefined;
  /** RFC 3339. */
  readonly from?: string | undefined;
  readonly filter: Filter;
  /** Called after each frame with alerts: up to where they have gone. */
  readonly onSent?: (passed: { readonly next: bigint; readonly lastId: string }) => void;
}

/** What streams are made of. */
export interface StreamParts {
  readonly view: View;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly subjects: Subjects;
  readonly monitor: Monitor;
  readonly cursors: Cursors;
  readonly readModel: Pick<ReadModel, 'alertLog'>;
  readonly streamLimits: StreamLimits;
  readonly log: Log;
}

/** The open streams of one gateway. */
export interface Streams {
  /** Rejects with `cursor-invalid` or `rate-limited`. */
  open(subject: Subject, start: StreamStart): Promise<AlertStream>;
  /** Ends every open stream. */
  close(): Promise<void>;
}

/** The streams of one gateway: at most five a reader. */
export function createStreams(parts: StreamParts): Streams {
  const openByPerson = new Map<string, number>();
  const tail = createTail(parts);
  const leave = (person: string): void => {
    const left = (openByPerson.get(person) ?? 1) - 1;
    if (left === 0) openByPerson.delete(person);
    else openByPerson.set(person, left);
  };
  return {
    async open(subject, start) {
      const { person } = subject;
      const open = openByPerson.get(person) ?? 0;
      if (open >= parts.streamLimits.perReader) throw rateLimited({ retryAfterSeconds: 15 });
      openByPerson.set(person, open + 1); // before anything is awaited, or two could take the last place
      try {
        const begin = await beginning(parts, subject, start);
        const sealer = parts.cursors.sealer(scopeOf(parts, subject), subject.epoch);
        const { filter, onSent } = start;
        const stream = tail.open({
          subject,
          filter,
          sealer,
          ...begin,
          ...(onSent && { onSent }),
          onEnd: () => leave(person),
        });
        return asAlertStream(parts, stream, begin.gap);
      } catch (cause) {
        leave(person);
        throw cause;
      }
    },
    close: async () => tail.close(),
  };
}

function asAlertStream(parts: StreamParts, stream: OpenStream, gap: Gap | undefined): AlertStream {
  return {
    firstId: gap === undefined ? stream.cursorAt(parts.clock.now()) : undefined,
    attach(sink) {
      const frame = gap === undefined ? undefined : gapFrame(gap, stream.cursorAt(parts.clock.now()), parts);
      stream.attach(sink, frame);
    },
    drained: () => stream.drained(),
    close: () => stream.close(),
  };
}

/** Where a stream begins, and what it cannot give. */
interface Beginning {
  readonly next: bigint;
  /** Of the last alert before `next` that this reader's chain has passed. */
  readonly lastId: string;
  readonly gap?: Gap;
}

function scopeOf({ view }: StreamParts, { person }: Subject): CursorScope {
  return { person, view: view.id, resource: 'alerts' };
}

async function beginning(parts: StreamParts, subject: Subject, start: StreamStart): Promise<Beginning> {
  const { alertLog } = parts.readModel;
  const ends = alertLog.ends();
  if (start.cursor !== undefined) {
    const cursor = parts.cursors.open(scopeOf(parts, subject), start.cursor);
    const lost = await lostAfter(alertLog, cursor);
    if (lost !== undefined) return { next: ends.earliest, lastId: NIL_ID, gap: { fromMs: cursor.atMs, reason: lost } };
    const next = cursor.offset + 1n;
    // What was withheld, or shown, under the old clearance is not gone over again: say so.
    return cursor.epoch === subject.epoch % 2 ** 32
      ? { next, lastId: cursor.id }
      : { next, lastId: cursor.id, gap: { fromMs: cursor.atMs, reason: 'clearance' } };
  }
  if (start.from === undefined) return { next: ends.next, lastId: NIL_ID };
  const fromMs = Date.parse(start.from);
  const next = alertLog.offsetAt(fromMs);
  // Where the log has lost its beginning, what was asked for may have been in it.
  return next === ends.earliest && ends.earliest > 0n
    ? { next, lastId: NIL_ID, gap: { fromMs, reason: 'retention' } }
    : { next, lastId: NIL_ID };
}
