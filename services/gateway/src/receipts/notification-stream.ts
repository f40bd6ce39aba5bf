// What was distributed to a person, as it comes: notifications, recalls, word of others' lateness, as events of a stream.
// Holds: it begins with everything that has not gone to them yet, so it needs no cursor; an item is on its way in one stream
// at a time, and back on the list where that stream ended before it went; the clearance is read anew before every event.
// Source: README.md#receipts

import type { Clock } from '@sitebus/sdk';
import type { StreamLimits } from '../config.ts';
import { Problem, rateLimited } from '../errors.ts';
import { statement } from '../release.ts';
import type { Monitor, Released } from '../release.ts';
import type { Subject, Subjects } from '../subject.ts';
import { judgedItem, sendablesOf } from './delivering.ts';
import type { Sendable } from './delivering.ts';
import type { Receipts } from './receipts.ts';

/** One event. */
export interface NotificationFrame {
  readonly event: 'notification' | 'recall' | 'escalation' | 'heartbeat' | 'end';
  readonly data: Released<unknown>;
  /** False where it may not go out any more: it must be dropped, and the stream ended. */
  readonly isCurrent: () => boolean;
  /** To be called once its last byte has left this process. */
  readonly written?: () => void;
}

/** An open stream. */
export interface NotificationStream {
  readonly frames: AsyncIterable<NotificationFrame>;
  readonly endFrame: NotificationFrame;
  /** Must be called once the connection is gone. */
  close(): void;
}

/** What streams of notifications are made of. */
export interface NotificationStreamParts {
  readonly clock: Clock;
  readonly receipts: Receipts;
  readonly monitor: Monitor;
  readonly subjects: Subjects;
  readonly streamLimits: StreamLimits;
}

/** The open streams of notifications of one gateway. */
export interface NotificationStreams {
  /** Throws `rate-limited`. */
  open(subject: Subject): NotificationStream;
  /** Ends every one of them. */
  close(): Promise<void>;
}

/** One constant, whatever the cause. */
const END = Object.freeze({ ended: true });
/** Longest time between two looks at the reader's clearance, ms. */
const MAX_WAIT_MS = 1_000;

/** The streams of one gateway; as many a reader as of alerts, counted apart. */
export function createNotificationStreams(parts: NotificationStreamParts): NotificationStreams {
  const byPerson = new Map<string, number>();
  const claims = new Set<string>(); // `person key`: on its way in some stream
  const open = new Map<AbortController, Promise<void>>();
  return {
    open(subject) {
      const count = byPerson.get(subject.person) ?? 0;
      if (count >= parts.streamLimits.perReader) throw rateLimited({ retryAfterSeconds: 15 });
      byPerson.set(subject.person, count + 1);
      const abort = new AbortController();
      const mine = new Set<string>();
      let ended: () => void = () => {};
      open.set(abort, new Promise((resolve) => (ended = resolve)));
      return {
        frames: framesOf(parts, subject, { claims, mine }, abort.signal),
        endFrame: { event: 'end', data: statement(END), isCurrent: () => true },
        close() {
          if (!open.delete(abort)) return;
          abort.abort();
          for (const claim of mine) claims.delete(claim);
          const left = (byPerson.get(subject.person) ?? 1) - 1;
          if (left === 0) byPerson.delete(subject.person);
          else byPerson.set(subject.person, left);
          ended();
        },
      };
    },
    async close() {
      const all = [...open];
      for (const [abort] of all) abort.abort();
      await Promise.all(all.map(([, ended]) => ended));
    },
  };
}

interface Claims {
  readonly claims: Set<string>;
  /** Those of this stream. */
  readonly mine: Set<string>;
}

async function* framesOf(
  parts: NotificationStreamParts,
  subject: Subject,
  claims: Claims,
  aborted: AbortSignal,
): AsyncGenerator<NotificationFrame> {
  const { clock, receipts, streamLimits } = parts;
  let beatAt = clock.now() + streamLimits.heartbeatMs;
  while (!aborted.aborted && isStill(parts, subject)) {
    const seen = receipts.changesOf(subject.person);
    const due = sendablesOf(receipts, subject).filter(({ isNew }) => isNew);
    for (const item of due.reverse()) {
      if (isAborted(aborted) || !isStill(parts, subject)) return;
      const frame = await frameOf(parts, subject, item, claims);
      if (frame !== undefined) yield frame;
    }
    if (clock.now() >= beatAt) {
      while (beatAt <= clock.now()) beatAt += streamLimits.heartbeatMs; // a fixed beat, as of alerts
      const at = new Date(clock.now()).toISOString();
      yield { event: 'heartbeat', data: statement({ at }), isCurrent: () => isStill(parts, subject) };
    }
    await changeOrTime(receipts, subject.person, seen, Math.min(MAX_WAIT_MS, beatAt - clock.now()), aborted);
  }
}

/** @returns the event of an item; undefined where it is on its way already, not theirs to see now, or cannot be released. */
async function frameOf(
  { receipts, monitor, subjects }: NotificationStreamParts,
  subject: Subject,
  item: Sendable,
  { claims, mine }: Claims,
): Promise<NotificationFrame | undefined> {
  const claim = `${subject.person} ${item.key}`;
  if (claims.has(claim) || judgedItem(monitor, item.record, subject) === undefined) return undefined;
  claims.add(claim);
  mine.add(claim);
  const letGo = (): undefined => {
    claims.delete(claim);
    mine.delete(claim);
    return undefined;
  };
  try {
    const record = await item.begin();
    if (record === undefined || record.value['kind'] !== item.record.value['kind']) {
      letGo();
      return;
    } // it changed: it comes anew
    const judged = judgedItem(monitor, record, subject);
    if (judged === undefined) {
      letGo();
      return;
    }
    let leafIndex: number | null = null;
    const data = await monitor.releaseAll([judged], subject, 'STREAM', ([body], leaf) => {
      leafIndex = leaf === undefined ? null : Number(leaf.index);
      return body;
    });
    const id = record.id;
    const isRecalled = (): boolean => receipts.board.notification(id)?.state.facts.RECALLED !== undefined;
    const wasRecalled = isRecalled();
    return {
      event: record.value['kind'] as 'notification' | 'recall' | 'escalation',
      data,
      isCurrent: () => isStill({ subjects }, subject) && isRecalled() === wasRecalled,
      written: () => {
        mine.delete(claim); // it went, whatever becomes of this stream: nobody sends it again
        void item.went({ channel: 'stream', leafIndex }).then(letGo);
      },
    };
  } catch (cause) {
    letGo();
    if (cause instanceof Problem && cause.slug === 'fail-closed') return undefined; // nothing went; it is tried again
    throw cause;
  }
}

/** Asked anew: while something was awaited, the reader may have left. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function isStill({ subjects }: Pick<NotificationStreamParts, 'subjects'>, subject: Subject): boolean {
  try {
    const now = subjects.current(subject.identity);
    return now.epoch === subject.epoch && now.mayEnter;
  } catch {
    return false; // ended, unknown or not to be established: in each case nothing more is sent
  }
}

async function changeOrTime(
  receipts: Receipts,
  person: string,
  seen: number,
  waitMs: number,
  aborted: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), Math.max(1, waitMs));
  await receipts.change(person, seen, AbortSignal.any([aborted, over.signal]));
  clearTimeout(timer);
}
