// A collection as the readers of one clearance have it: every object once, numbered in the order it came to them.
// Holds: a function of the records that clearance dominates, in the journal's order: what is hidden moves no number; a
// number is given once, and numbers ascend by at least a millisecond; what an object refers to has a lower one; of an id
// the newest version alone is listed. Nothing here is released: collection.ts asks the monitor. Source: README.md#taxii

import type { Marking } from '@sitebus/marking';
import type { JournalEntry, StoredAssessment, StoredObservation } from '../read-model/model.ts';
import type { StixPolicy } from '../stix/definitions.ts';
import type { StixId } from '../stix/names.ts';
import { idOfRecord, SITEBUS_IDENTITY, typeOf } from '../stix/names.ts';
import type { Versioned } from '../stix/object.ts';
import { factsOfAssessment } from '../stix/facts.ts';
import { indicatorsOf, outlineOfRecalled } from '../stix/outline.ts';
import type { Outlined } from '../stix/outline.ts';
import { createIndicators } from './indicators.ts';
import type { Indicators } from './indicators.ts';
import { outlineOf } from './outline-of.ts';

/** One object of the collection, in its newest version. */
export interface Listed extends Versioned {
  readonly id: StixId;
  readonly type: string;
  /** `date_added`, UTC milliseconds; strictly ascending, so it is a position as well. */
  readonly addedMs: number;
  /** Position of its first version: whatever refers to it has a higher one. */
  readonly firstMs: number;
  /** True for what a recall left: the record behind it must be recalled, and for all else must not. */
  readonly isRecalled: boolean;
  /** Records that hold it; the first that can be released is the one that is. */
  readonly backers: readonly JournalEntry[];
}

/** The collection of one clearance. */
export interface Edition {
  /** Takes in what has settled since the last time. Several may wait for one another. */
  catchUp(): Promise<void>;
  /** Objects with a higher position, ascending; all from the beginning without one. */
  after(addedMs: number | undefined): Iterable<Listed>;
  get(id: StixId): Listed | undefined;
  readonly indicators: Pick<Indicators, 'currentIdOf' | 'withdrawnFrom'>;
  /** True once the recall of this record has been taken in: until then what it held is neither there nor listed anew. */
  hasTakenRecallOf(record: StoredObservation): boolean;
}

/** Makes the edition for one clearance; `sees` must not change its mind while the edition is kept. */
export function createEdition(parts: {
  readonly settled: (from: number) => readonly JournalEntry[];
  readonly sees: (marking: Marking) => boolean;
  readonly policy: StixPolicy;
  /** Called now and then during long work. */
  readonly turn: () => Promise<void> | undefined;
}): Edition {
  const { policy, sees } = parts;
  const listed: Object[] = [];
  const byId = new Map<StixId, Object>();
  const parked = new Map<StixId, (() => void)[]>(); // by the id that is still missing
  const versions = new Map<string, number>(); // newest version seen, by assessment
  const recalled = new Set<JournalEntry>();
  const recallsTaken = new Set<string>();
  const indicators = createIndicators();
  /** Every record that held it has been recalled: nobody got it since, so with its next record it is added anew. */
  const isWithoutRecord = (object: Object): boolean =>
    !isInEveryRecord(object) && object.backers.every((backer) => recalled.has(backer));
  let read = 0;
  let running: Promise<void> | undefined;

  const take = (entry: JournalEntry): void => {
    const record = entry.record();
    if (!sees(record.marking)) return;
    if (record.kind === 'observation' && record.value.envelope.recalls !== null)
      recallsTaken.add(recallKey(record, record.value.envelope.recalls));
    if (leavesByConsentAlone(record.marking)) return;
    if (record.kind === 'assessment') {
      if ((versions.get(record.id) ?? 0) >= record.value.version) return; // came after a newer one
      versions.set(record.id, record.value.version);
    }
    if (record.kind === 'observation' && record.earlier.some(sees)) return; // the first that this clearance sees is the one
    const left = record.kind === 'assessment' ? indicatorsLeft(record, entry) : [];
    for (const outlined of outlineOf(record, policy, indicators.currentIdOf)) offer(outlined, entry, false);
    for (const id of left) offer({ id, versions: 'each', needs: [] }, entry, false);
    const target = record.kind === 'observation' ? record.value.envelope.recalls : null;
    if (record.kind === 'observation' && target !== null) whenObserved(target, (object) => recall(target, object, entry, record));
  }; // prettier-ignore
  /** @returns what is to be revoked; what was revoked before goes on standing on the newest version, the only one released. */
  const indicatorsLeft = (record: StoredAssessment, entry: JournalEntry): readonly StixId[] => {
    for (const id of indicators.withdrawnFrom(record.id)) {
      const revoked = byId.get(id);
      if (revoked !== undefined) revoked.backers = [entry];
    }
    const own = indicatorsOf(factsOfAssessment(record.value, record.marking)).map(({ id }) => id);
    return indicators.replace(record.id, own);
  };
  const offer = ({ id, versions: kind, needs }: Outlined, entry: JournalEntry, isRecalled: boolean, at = entry): void => {
    const missing = needs.find((need) => !byId.has(need));
    if (missing !== undefined) return park(missing, () => offer({ id, versions: kind, needs }, entry, isRecalled, at));
    const present = byId.get(id);
    const isGone = present !== undefined && kind === 'once' && isWithoutRecord(present);
    if (present !== undefined && kind === 'once' && !isGone) return back(present, entry);
    if (present !== undefined && kind !== 'once' && !isRecalled && isObservation(entry)) return; // another agency's, under the same id
    const addedMs = Math.max((listed.at(-1)?.addedMs ?? Number.NEGATIVE_INFINITY) + 1, at.atMs);
    const object: Object = {
      id,
      type: typeOf(id),
      addedMs,
      firstMs: isGone ? addedMs : (present?.firstMs ?? addedMs),
      createdMs: present?.createdMs ?? at.atMs,
      modifiedMs: Math.max(at.atMs, (present?.modifiedMs ?? Number.NEGATIVE_INFINITY) + 1),
      isRecalled,
      backers: [entry],
    };
    listed.push(object);
    byId.set(id, object);
    const waiting = parked.get(id) ?? [];
    parked.delete(id);
    for (const resume of waiting) resume();
  }; // prettier-ignore
  const park = (missing: StixId, resume: () => void): void => {
    parked.set(missing, [...(parked.get(missing) ?? []), resume]);
  };
  /** Runs at once, or when the observation comes: its recall may have been taken in before it. */
  const whenObserved = (uuid: string, act: (object: Object) => void): void => {
    const ids = ['observed-data', 'note'].map((type) => idOfRecord(type, uuid));
    const present = ids.map((id) => byId.get(id)).find((object) => object !== undefined);
    if (present !== undefined) return act(present);
    for (const id of ids) park(id, () => act(byId.get(id) as Object));
  };
  const recall = (uuid: string, object: Object, by: JournalEntry, recalling: StoredObservation): void => {
    const [entry] = object.backers;
    const record = entry?.record();
    if (entry === undefined || record?.kind !== 'observation' || record.id !== uuid || object.isRecalled) return;
    if (record.agency !== recalling.agency || record.cell !== recalling.cell) return; // nobody recalls for another
    recalled.add(entry);
    for (const outlined of outlineOfRecalled(object.id, record.marking, policy)) offer(outlined, entry, true, by);
  };

  const run = async (): Promise<void> => {
    for (const entry of parts.settled(read)) {
      take(entry);
      read += 1;
      await parts.turn();
    }
  };

  return {
    catchUp() {
      running ??= run().finally(() => (running = undefined));
      return running;
    },
    *after(addedMs) {
      for (let at = addedMs === undefined ? 0 : firstAbove(listed, addedMs); at < listed.length; at += 1) {
        const object = listed[at] as Object;
        if (byId.get(object.id) === object) yield object;
      }
    },
    get: (id) => byId.get(id),
    hasTakenRecallOf: (record) => recallsTaken.has(recallKey(record, record.id)),
    indicators,
  };
}

/** What its originator controls leaves this way with the consent of each origin, and nothing here can show one yet. */
function leavesByConsentAlone({ orcon }: Marking): boolean {
  return orcon;
}

/** Nobody recalls for another agency, nor in another cell. */
function recallKey({ agency, cell }: Pick<StoredObservation, 'agency' | 'cell'>, id: string): string {
  return `${agency} ${cell} ${id}`;
}

interface Object extends Listed {
  backers: JournalEntry[];
}

/** True for what stands in every record that uses it, a recalled one too: definitions, and ourselves. */
export function isInEveryRecord({ id, type }: Pick<Listed, 'id' | 'type'>): boolean {
  return type.endsWith('-definition') || id === SITEBUS_IDENTITY;
}

/**
 * An observation will always do for what is in every record; of assessments, which are replaced, some of the newest are
 * kept. A list of all would only grow.
 */
function back(object: Object, entry: JournalEntry): void {
  if (!isInEveryRecord(object)) return void object.backers.push(entry);
  const [first] = object.backers;
  if (first !== undefined && isObservation(first)) return;
  object.backers = isObservation(entry) ? [entry] : [...object.backers.slice(1 - MAX_BACKERS), entry];
}

const MAX_BACKERS = 16;

function isObservation(entry: JournalEntry): boolean {
  return entry.record().kind === 'observation';
}

function firstAbove(listed: readonly Listed[], addedMs: number): number {
  let low = 0;
  let high = listed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((listed[middle] as Listed).addedMs > addedMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
