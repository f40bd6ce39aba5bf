// The streams of one gateway with their surroundings in a test's hands: log, registry, ledger, connections and time.
// Holds: nothing is mocked that the streams are made of: subjects, monitor, cursors, frames and the log of alerts are the gateway's own;
// a connection loses what its reader had not taken when it is cut.

import { createTestClock } from '@sitebus/sdk/testing';
import { silentLog } from '@sitebus/sdk';
import type { Registry } from '@sitebus/kit';
import { createToJson } from '../avro-json.ts';
import { createCursors } from '../cursor.ts';
import { failClosed } from '../errors.ts';
import type { Filter } from '../filter.ts';
import type { LeafPlace, Ledger } from '../ledger.ts';
import { createAlerts } from '../read-model/held-alerts.ts';
import { createAssessments } from '../read-model/held-assessments.ts';
import { createMonitor, open as opened } from '../release.ts';
import { createStreams } from '../stream.ts';
import type { AlertStream, Frame } from '../stream.ts';
import { createSubjects } from '../subject.ts';
import { anAlert, anAssessment, NOW_MS, uuidOf } from './records.ts';
import { theLock, thePolicy } from './world.ts';

const MARKING = 'SECRET//CANADIAN EYES ONLY';
const READER = 'ama-lindqvist';
const MAX_EVENT_LOOP_ROUNDS = 4;

/** What one alert demands of its reader, and says. */
export interface Raised {
  readonly group?: string;
  readonly precedence?: 'ROUTINE' | 'IMMEDIATE';
  /** Its assessment comes later, with `explain`. */
  readonly isLate?: boolean;
}

/** Streams, and everything around them. */
export type StreamsWorld = Awaited<ReturnType<typeof streamsWorld>>;

/** Makes it for readers who hold these groups, one each. */
export async function streamsWorld(groupsOf: readonly (readonly string[])[]) {
  const policy = await thePolicy();
  const clock = createTestClock(NOW_MS);
  const view = policy.views.find(({ id }) => id === 's-can')!;
  const row = policy.people.find(({ person }) => person === READER)!;
  const rows = groupsOf.map((groups, n) => ({
    ...row, person: `reader-${n}`, clearance: { ...row.clearance, groups: [...row.clearance.groups, ...groups].sort() },
  })); // prettier-ignore

  let [version, isLate, isStale] = [0, false, false];
  let answersLeft = Infinity;
  const late = (): void => {
    if (!isLate && !isStale) beat = new Promise((resolve) => (heard = resolve));
    isLate = !isStale;
  };
  let heard: () => void = () => undefined;
  let beat: Promise<void> = Promise.resolve();
  const listeners = new Set<() => void>();
  const answering = <A extends unknown[], R>(ask: (...args: A) => R) => (...args: A): R => {
    if (answersLeft === 0) late();
    answersLeft -= 1;
    if (isLate || isStale) throw failClosed({ part: 'registry' });
    return ask(...args);
  }; // prettier-ignore
  const registry = {
    version: answering(() => version),
    personNamed: answering((name: string) => rows.find(({ person }) => person === name)),
    keyNamed: answering(() => ({ sha256: 'x', routes: ['*'] })),
    heartbeat: { isAwaited: () => isLate, awaited: () => (isLate ? beat : Promise.resolve()) },
    onChange: (listener: () => void) => (listeners.add(listener), () => void listeners.delete(listener)),
  } as unknown as Registry;
  const settle = (stale: boolean): void => {
    [isLate, isStale, answersLeft] = [false, stale, Infinity];
    heard();
  };

  let isUnread = false;
  let failures = 0;
  let leaves = 0n;
  let held: (() => void)[] | undefined;
  const append = async (): Promise<LeafPlace> => {
    if (held !== undefined) await new Promise<void>((resolve) => held?.push(resolve));
    if (failures > 0) {
      failures -= 1;
      throw failClosed({ part: 'ledger' });
    }
    return { index: (leaves += 1n), checkpoint: 0n };
  };
  const ledger: Ledger = {
    state: () => 'ok',
    append,
    appendAlike: (_content, readers) => Promise.allSettled(readers.map(append)),
  };

  const assessments = createAssessments();
  const alerts = createAlerts(assessments);
  alerts.setEnds({ earliest: 0n, next: 0n });
  const unexplained: ReturnType<typeof anAssessment>[] = [];
  const raised: Raised[] = [];
  const subjects = createSubjects({ registry, view, open: view.clearance, clock });
  const monitor = createMonitor({
    subjects,
    ledger,
    policy,
    clock,
    toJson: createToJson(await theLock(), policy.homeNation),
  });
  const streams = createStreams({
    view, clock, registry, subjects, monitor, log: silentLog,
    cursors: createCursors([{ id: 1, key: Buffer.alloc(32, 7) }]),
    readModel: {
      get alertLog() {
        if (isUnread) throw failClosed({ part: 'store' });
        return alerts.log;
      },
    },
    streamLimits: { heartbeatMs: 15_000, perReader: 5, maxWaitingEvents: 1_000 },
  }); // prettier-ignore
  const identities = rows.map(({ person }) => ({ kind: 'key', name: person, sha256: 'x', person, expiresAt: Number.MAX_SAFE_INTEGER }) as const); // prettier-ignore

  return {
    clock,
    /** In order: which alerts there are. */
    raised: raised as readonly Raised[],
    raise(alert: Raised = {}): void {
      const at = raised.push(alert) - 1;
      const { group, precedence = 'ROUTINE' } = alert;
      const assessment = anAssessment({ id: uuidOf(`assessment ${at}`), marking: MARKING, ...(group !== undefined && { groups: [group] }) }); // prettier-ignore
      if (alert.isLate === true) unexplained.push(assessment);
      else assessments.add(assessment, clock.now());
      alerts.add(anAlert(assessment, { id: alertId(at), precedence }), BigInt(at), clock.now());
    },
    /** Whether the log answers nothing, as while it is read anew. */
    unread: (is: boolean): void => void (isUnread = is),
    /** The assessments that were late come. */
    explain: (): void => unexplained.splice(0).forEach((assessment) => assessments.add(assessment, clock.now())),
    raiseEpoch(reader: number): void {
      const before = rows[reader]!;
      rows[reader] = { ...before, clearance: { ...before.clearance, epoch: before.clearance.epoch + 1 } };
      version += 1;
      if (!isLate && !isStale) for (const listener of [...listeners]) listener();
    },
    registry: {
      /** The heartbeat is late, and awaited. */
      late,
      /** It is late once so many more questions were answered. */
      lateAfter: (answers: number): void => void (answersLeft = answers),
      isLate: () => isLate,
      beat: () => settle(false),
      /** It was awaited in vain. */
      expire: () => settle(true),
    },
    ledger: {
      hold: (): void => void (held ??= []),
      release(): void {
        const waiting = held ?? [];
        held = undefined;
        for (const go of waiting) go();
      },
      failNext: (leavesToo: number): void => void (failures = leavesToo),
    },
    /** Throws where the reader cannot be looked up now. */
    open: (reader: number, start: { readonly cursor?: string | undefined; readonly filter: Filter }): Promise<AlertStream> =>
      streams.open(subjects.current(identities[reader]), start),
    close: () => streams.close(),
  }; // prettier-ignore
}

/** The id of the n-th alert. */
export const alertId = (at: number): string => `5eed0000-0000-4000-8000-${String(at).padStart(12, '0')}`;

/** Lets everything happen that waits for nothing but the loop. */
export async function rounds(): Promise<void> {
  for (let round = 0; round < MAX_EVENT_LOOP_ROUNDS; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** One reader's connections, one after the other, over a network that keeps `room` frames. */
export function createReader(world: StreamsWorld, reader: number, { filter = {}, room = 4 }: { readonly filter?: Filter; readonly room?: number } = {}) {
  const got: number[] = [];
  const others: string[] = [];
  let [stream, cursor]: [AlertStream | undefined, string | undefined] = [undefined, undefined];
  let [onTheirWay, partly]: [Buffer[], Buffer] = [[], Buffer.alloc(0)];
  let [isOver, isFull] = [false, false];
  let startedAt = 0;
  const read = (bytes: Buffer): void => {
    const text = Buffer.concat([partly, bytes]).toString('latin1');
    const end = text.lastIndexOf('\n\n');
    partly = Buffer.from(text.slice(end === -1 ? 0 : end + 2), 'latin1');
    for (const event of end === -1 ? [] : text.slice(0, end).split('\n\n')) {
      cursor = /^id: (.+)$/m.exec(event)?.[1] ?? cursor;
      const kind = /^event: (.+)$/m.exec(event)?.[1];
      if (kind === 'alert') got.push(Number(/"id":"5eed0000-0000-4000-8000-(\d{12})"/.exec(event)?.[1]));
      else if (kind !== undefined) others.push(kind);
    }
  };
  const cut = (): void => {
    [onTheirWay, partly, isOver, isFull] = [[], Buffer.alloc(0), false, false];
    stream?.close();
    stream = undefined;
  };
  return {
    /** Numbers of alerts, in the order in which they were taken. */
    got: got as readonly number[],
    /** Other events. */
    others: others as readonly string[],
    isConnected: () => stream !== undefined,
    /** From which alert on they must have everything. */
    startedAt: () => startedAt,
    /** Connects, unless connected, from where they stood. Rejects as `open` does. */
    async connect(): Promise<void> {
      if (stream !== undefined) return;
      const begins = world.raised.length;
      const made = await world.open(reader, { cursor, filter });
      if (cursor === undefined) startedAt = begins; // nothing has said to them yet where they stand
      stream = made;
      if (made.firstId !== undefined) onTheirWay.push(Buffer.from(`retry: 2000\nid: ${made.firstId}\n\n`));
      const write = (frame: Frame): void => void onTheirWay.push(opened(frame).body);
      made.attach({
        write(frame) {
          write(frame);
          return !(isFull = onTheirWay.length >= room);
        },
        waitingBytes: () => onTheirWay.reduce((sum, { length }) => sum + length, 0),
        end(frame) {
          write(frame);
          isOver = true;
        },
      });
    },
    /** Takes what is on its way; of the last frame, so great a part. */
    take(part = 1): void {
      const last = onTheirWay.pop();
      for (const frame of onTheirWay.splice(0)) read(frame);
      if (last !== undefined) {
        const length = Math.floor(last.length * part);
        read(last.subarray(0, length));
        if (length < last.length) onTheirWay.push(last.subarray(length));
      }
      if (onTheirWay.length > 0) return;
      if (isOver) return cut();
      if (!isFull) return;
      isFull = false;
      stream?.drained();
    },
    /** The connection breaks: what is on its way is lost. */
    cut,
  };
} // prettier-ignore

/** A reader, as a test has them. */
export type TestReader = ReturnType<typeof createReader>;
