// One open stream: where its reader stands, what it does at the moment, and the two checks that everything sent on it passes.
// Holds: what is written is checked in the turn in which it is written; one constant end, once, whatever the cause; a stream that has
// ended is written to no more. When something is sent, and what: stream-tail.ts, stream-delivery.ts. Source: README.md#stream

import type { Registry } from '@sitebus/kit';
import type { Sealer } from './cursor.ts';
import type { Filter } from './filter.ts';
import { END_FRAME } from './stream-frames.ts';
import type { Frame, Sink } from './stream.ts';
import type { Subject, Subjects } from './subject.ts';

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

/** What a stream is doing. */
export type StreamState =
  /** Nothing is on its way. */
  | 'waiting'
  /** A frame is being made or its leaf is on its way. */
  | 'sending'
  /** The ledger takes no leaf. */
  | 'held'
  /** The connection takes no bytes. */
  | 'stalled'
  | 'ended';

/** A stream while it is open. */
export interface Stream extends StreamOpening {
  /** Two filters of one text are one filter. */
  readonly filterText: string;
  sink: Sink | undefined;
  state: StreamState;
  /** The first offset that was neither shown nor passed over. */
  next: bigint;
  /** Of the last alert before `next`. */
  lastId: string;
  /** When its next heartbeat is due, by the clock. */
  beatAtMs: number;
  /** While it is stalled: since when (monotonic), and where the log ended then. */
  stalledSinceMs: number;
  stalledAt: bigint;
}

/** What can be done with one stream. */
export interface StreamLife {
  /**
   * Ends it, unless its reader is who they were when it was opened, as the registry has them now, or cannot be looked up for a
   * heartbeat that is awaited. @returns whether they still are.
   */
  endUnlessStill(stream: Stream): boolean;
  /** Writes, unless the reader has changed since, or cannot be looked up in this turn. @returns false where nothing was written. */
  write(stream: Stream, frame: Frame): boolean;
  /** Says that it is over, and forgets it. */
  end(stream: Stream): void;
  /** Of a connection that is gone: nothing is said any more. */
  forget(stream: Stream): void;
}

/** Makes it. `onOver` is called once for each stream, before its own `onEnd`; `onStalled` where a connection takes no more. */
export function createStreamLife(parts: {
  readonly subjects: Subjects;
  readonly registry: Pick<Registry, 'heartbeat'>;
  /** Where the log ends now. */
  readonly logEnd: () => bigint;
  readonly onOver: (stream: Stream) => void;
  readonly onStalled: () => void;
}): StreamLife {
  const { subjects, registry, logEnd, onOver, onStalled } = parts;
  const isStill = ({ subject }: Stream): boolean => {
    try {
      const now = subjects.current(subject.identity);
      return now.epoch === subject.epoch && now.mayEnter;
    } catch {
      return false; // ended, unknown or not to be established: in each case nothing more is sent
    }
  };
  const forget = (stream: Stream): void => {
    if (stream.state === 'ended') return;
    stream.state = 'ended';
    onOver(stream);
    stream.onEnd();
  };
  const end = (stream: Stream): void => {
    const { sink } = stream;
    const had = stream.state !== 'ended';
    forget(stream);
    if (had) sink?.end(END_FRAME);
  };
  /** The lease may run out between any two questions: whoever found it running a moment ago may find it late now. */
  const endUnlessStill = (stream: Stream): boolean => {
    if (isStill(stream)) return true;
    if (!registry.heartbeat.isAwaited()) end(stream);
    return false;
  };
  return {
    endUnlessStill,
    forget,
    end,
    write(stream, frame) {
      if (stream.state === 'ended' || stream.sink === undefined || !endUnlessStill(stream)) return false;
      if (stream.sink.write(frame) || stream.state === 'sending') return true; // what is being made finds out for itself
      if (stream.state !== 'stalled') {
        stream.stalledSinceMs = performance.now();
        stream.stalledAt = logEnd();
      }
      stream.state = 'stalled';
      onStalled();
      return true;
    },
  };
}

/** The cursor of where a stream stands, as of a time. */
export function cursorOf({ sealer, next, lastId }: Stream, atMs: number): string {
  return sealer.at({ offset: next - 1n, atMs, id: lastId });
}
