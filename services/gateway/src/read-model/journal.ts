// The order in which everything was taken in: by append time, then kind, then id, whatever the order of arrival was.
// Holds: it grows at its end alone; two starts find the same order: what came later than SETTLE_MS after its append time
// stands where it came, and that place is kept; a record that is read again is entered once. Source: README.md#read-model

import { fromWire } from '@sitebus/sdk';
import { failClosed } from '../errors.ts';
import type { Alert, Assessment, Clock } from '@sitebus/sdk';
import type { LatePlaces } from './late-places.ts';
import type { Journal, JournalEntry, Position, StoredAlert, StoredAssessment, StoredObservation } from './model.ts';

/** How long a record may take from its append to here and still find its place: longer than a transaction is open. */
export const SETTLE_MS = 1_000;

/** The journal and the way in. */
export interface OpenJournal extends Journal {
  enterObservation(held: Position, record: () => StoredObservation): void;
  /** Every version, in any order. */
  enterAssessment(value: Assessment, atMs: number): void;
  enterAlert(value: Alert, offset: bigint, atMs: number, record: () => StoredAlert): void;
}

interface Entered extends JournalEntry {
  /** Decides among records of one millisecond: what others refer to first. */
  readonly rank: number;
  readonly id: string;
  readonly part: bigint;
  atMs: number;
}

interface Version extends Entered {
  stored: StoredAssessment;
  replaced: boolean;
}

/** Makes an empty journal. */
export function createJournal(clock: Pick<Clock, 'now'>, late: LatePlaces): OpenJournal {
  const settled: Entered[] = [];
  const versions = new Map<string, Version>(); // newest settled version by assessment
  const known = new Map<string, Set<number>>(); // versions entered, by assessment
  let waiting: Entered[] = [];
  let throughMs = Number.NEGATIVE_INFINITY; // what is appended up to here should be here by now

  const enter = (entry: Entered): void => {
    if (entry.atMs > throughMs) waiting.push(entry);
    else if (late.known()?.has(nameOf(entry)) === true) waiting.push(placed(entry));
    else enterLate(entry);
  };
  /** What is known of its place counts, or it would stand before what has been numbered since. */
  const placed = (entry: Entered): Entered => {
    entry.atMs = Math.max(entry.atMs, late.known()?.get(nameOf(entry)) ?? entry.atMs);
    return entry;
  };
  const enterLate = (entry: Entered): void => {
    const atMs = clock.now();
    const kept = late.keep(nameOf(entry), atMs);
    const enterThere = (isKept: boolean): void => {
      if (!isKept) return;
      if (atMs <= throughMs) return enterLate(entry); // keeping it took so long that others have been numbered beyond
      entry.atMs = atMs;
      waiting.push(entry);
    };
    if (typeof kept === 'boolean') enterThere(kept);
    else void kept.then(enterThere);
  };
  const settle = (): void => {
    if (late.known() === undefined) throw failClosed({ part: 'store' });
    if (throughMs === Number.NEGATIVE_INFINITY && late.known()?.size !== 0) waiting.forEach(placed); // all that was read so far
    throughMs = Math.max(throughMs, clock.now() - SETTLE_MS);
    const due = waiting.filter(({ atMs }) => atMs <= throughMs);
    if (due.length === 0) return;
    waiting = waiting.filter(({ atMs }) => atMs > throughMs);
    for (const entry of due.sort(compare)) {
      settled.push(entry);
      if ('stored' in entry) replaceOlder(entry as Version);
    }
  };
  const replaceOlder = (version: Version): void => {
    const newest = versions.get(version.id);
    if (newest === undefined) return void versions.set(version.id, version);
    const [older, newer] = newest.part < version.part ? [newest, version] : [version, newest];
    versions.set(version.id, newer);
    older.replaced = true;
    older.stored = countedOnly(older.stored);
  };

  return {
    settled(from) {
      settle();
      return settled.slice(from);
    },
    enterObservation({ id, atMs }, record) {
      enter({ rank: 0, id, part: 0n, atMs, record, isReplaced: () => false });
    },
    enterAssessment(value, atMs) {
      const numbers = known.get(value.id) ?? new Set();
      known.set(value.id, numbers);
      if (numbers.has(value.version)) return;
      numbers.add(value.version);
      const version: Version = {
        rank: 1,
        id: value.id,
        part: BigInt(value.version),
        atMs,
        stored: { kind: 'assessment', id: value.id, atMs, marking: fromWire(value.marking), value },
        replaced: false,
        record: () => version.stored,
        isReplaced: () => version.replaced,
      };
      enter(version);
    },
    enterAlert({ id }, offset, atMs, record) {
      enter({ rank: 2, id, part: offset, atMs, record, isReplaced: () => false });
    },
  };
}

/** Copies of one id under other agencies share a place: it is never before their own. */
function nameOf({ rank, id, part }: Entered): string {
  return `${rank} ${id} ${part}`;
}

/** Equal entries keep the order in which they came: copies of one id lie in one partition. */
function compare(a: Entered, b: Entered): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.rank !== b.rank) return a.rank - b.rank;
  if (a.id !== b.id) return a.id < b.id ? -1 : 1;
  return a.part < b.part ? -1 : a.part > b.part ? 1 : 0;
}

/** What a collection counts by stays; the bulk of a version nobody is shown any more goes. */
function countedOnly(stored: StoredAssessment): StoredAssessment {
  const { value } = stored;
  return { ...stored, value: { ...value, members: [], evidence: [], contextValues: [], gaps: [], targets: [] } };
}
