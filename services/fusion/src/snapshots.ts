// When snapshots are taken, and which one a start goes on from.
// Holds: one is taken between two cuts, of a state that is certain, at most every so often, and so that the state stands
// still for two parts in a hundred at most; while it does, the instance reads and keeps its membership; a snapshot that
// cannot be written or used costs a warning.
// Source: README.md#snapshots

import { laneTopic, type BusPort, type CutInput, type Log } from '@sitebus/sdk';
import type { Versions } from './cut.ts';
import { imageOf, type Image } from './engine/image.ts';
import type { EngineState } from './engine/state.ts';
import type { Pace } from './pace.ts';
import { snapshotName, type SnapshotStore } from './snapshot-files.ts';
import { fromSnapshot, toSnapshot, type SnapshotPlace } from './snapshot.ts';

/** What snapshots need. */
export interface SnapshotParts {
  /** Undefined: none are taken, and none are looked for. */
  readonly store: SnapshotStore | undefined;
  readonly view: string;
  readonly versions: Versions;
  readonly bus: BusPort;
  readonly pace: Pace;
  readonly log: Log;
  /** Least time between two, ms. */
  readonly everyMs: number;
}

/** A usable snapshot. */
export interface Found {
  readonly place: SnapshotPlace;
  readonly image: Image;
}

/** The state stands still for one part of so many, at most. */
const LEAST_REST = 50;

/** Slices on their way to a file, each made when the one before is written: the rest of the instance has its turn between. */
class Slices implements AsyncIterable<Buffer> {
  readonly made: Promise<void>;
  bytes = 0;
  readonly #pieces: Iterable<Buffer>;
  #end: () => void = () => undefined;

  constructor(pieces: Iterable<Buffer>) {
    this.#pieces = pieces;
    this.made = new Promise((resolve) => (this.#end = resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (const piece of this.#pieces) {
      this.bytes += piece.length;
      yield piece;
    }
    this.#end();
  }
}

/** One instance's snapshots. */
export class Snapshots {
  readonly #parts: SnapshotParts;
  #takenAt: number;
  #takenSeq = 0;
  #pauseMs = 0;
  #writing: Promise<void> | undefined;

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
    this.#takenAt = parts.pace.now();
  }

  /** The newest that can be used; every newer one that cannot is named in a warning, with the reason. */
  async find(): Promise<Found | undefined> {
    const { store, view, versions, log } = this.#parts;
    try {
      for (const name of (await store?.list()) ?? []) {
        const read = fromSnapshot(await store!.read(name), view, versions);
        const reason = read.kind === 'refused' ? read.reason : await this.#unreachable(read.place);
        if (read.kind === 'snapshot' && reason === undefined) {
          this.#takenSeq = read.place.seq;
          return read;
        }
        if (reason === 'other spills') await store!.remove(name); // it holds what must not be kept
        log.warn({ view, snapshot: name, reason }, 'snapshot is not used');
      }
    } catch (error) {
      log.warn({ view, reason: String((error as NodeJS.ErrnoException).code ?? error) }, 'snapshots cannot be read');
    }
    return undefined;
  }

  /** Whether one is to be taken of a state at this step. */
  isDue(seq: number): boolean {
    const { store, pace, everyMs } = this.#parts;
    if (store === undefined || this.#writing !== undefined || seq === this.#takenSeq) return false;
    return pace.now() - this.#takenAt >= Math.max(everyMs, this.#pauseMs * LEAST_REST);
  }

  /** Takes one. The state must stand still until this resolves; what is left of writing goes on behind it. */
  async take(place: Omit<SnapshotPlace, 'view' | 'versions'>, state: EngineState): Promise<void> {
    const { store, view, versions, pace, log } = this.#parts;
    if (store === undefined || place.seq === this.#takenSeq || this.#writing !== undefined) return;
    const startedAt = pace.now();
    const slices = new Slices(toSnapshot({ view, versions, ...place }, imageOf(state)));
    const writing = store
      .write(snapshotName(place.seq), slices)
      .then(() => log.info({ view, seq: place.seq, bytes: slices.bytes, pauseMs: this.#pauseMs }, 'snapshot written'))
      .catch((error: unknown) => log.warn({ view, reason: String(error) }, 'snapshot cannot be written'))
      .finally(() => (this.#writing = undefined));
    this.#writing = writing;
    await Promise.race([slices.made, writing]);
    this.#takenAt = pace.now();
    this.#takenSeq = place.seq;
    this.#pauseMs = Math.round(this.#takenAt - startedAt);
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Why reading cannot go on from there: the bus has less than the snapshot has seen, or no longer what follows. */
  async #unreachable({ lane, inputs }: SnapshotPlace): Promise<'from the future' | 'too old' | undefined> {
    const { bus, view } = this.#parts;
    const places: CutInput[] = [...inputs, { topic: laneTopic(view), partition: 0, from: lane, next: lane }];
    for (const topic of new Set(places.map((place) => place.topic))) {
      const ends = await bus.inspect.ends(topic);
      for (const { partition, next } of places.filter((place) => place.topic === topic)) {
        const end = ends.find((each) => each.partition === partition);
        if (BigInt(next) > (end?.next ?? 0n)) return 'from the future';
        if (BigInt(next) < (end?.earliest ?? 0n)) return 'too old';
      }
    }
    return undefined;
  }
}
