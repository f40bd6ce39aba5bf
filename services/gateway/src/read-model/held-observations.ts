// Observations in memory, by id, by type, by feature, and what recalls or supersedes them.
// Holds: the first of an (agency, cell, id) counts, of those a reader sees: one under another marking is held beside it,
// or what is hidden would decide whether a later record is there; a recall or supersession acts only within its agency and cell,
// and a supersession under the same marking alone.

import { createHash } from 'node:crypto';
import { isSameMarking } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import type { ObservationValue, Position, Successor } from './model.ts';
import { NewestFirst } from './newest-first.ts';

/** An admitted observation, as the rebuild hands it over. */
export interface ObservationEntry {
  readonly type: string;
  readonly subject: string;
  readonly cell: string;
  readonly value: ObservationValue;
  readonly marking: Marking;
  readonly features: readonly { readonly kind: string; readonly value: string }[];
  /** Append time at the broker, UTC milliseconds. */
  readonly atMs: number;
  /** Its key on the bus, which a tombstone names; without one it cannot be erased. */
  readonly recordKey?: string;
}

/** One that is held. */
export interface HeldObservation extends ObservationEntry, Position {
  /** True once its content has been erased: it stands for nothing any more, and whoever still holds it finds nothing in it. */
  readonly isErased?: boolean;
  readonly part: bigint;
  /** Markings of those accepted before it under its agency, cell and id; none is its own. */
  readonly earlier: readonly Marking[];
}

/** Makes an empty store of observations. */
export function createObservations() {
  const byKey = new Map<string, HeldObservation[]>();
  const byId = new Map<string, HeldObservation[]>();
  const byFeature = new Map<string, HeldObservation[]>();
  const recalls = new Map<string, Successor[]>();
  const supersessions = new Map<string, Successor[]>();
  const list = new NewestFirst<HeldObservation>();
  const byType = new Map<string, NewestFirst<HeldObservation>>();
  /** The same id from another agency, or in another cell, is another observation. */
  const keyOf = (entry: ObservationEntry, id: string): string => `${entry.value.envelope.agency} ${entry.cell} ${id}`;

  const ofType = (type: string): NewestFirst<HeldObservation> => {
    const present = byType.get(type) ?? new NewestFirst<HeldObservation>();
    byType.set(type, present);
    return present;
  };

  return {
    list,
    /** Those of a type, in the order of `list`; undefined where there is none. */
    listOf: (type: string): NewestFirst<HeldObservation> | undefined => byType.get(type),
    /** @returns undefined for a copy of one that is held. */
    add(entry: ObservationEntry): HeldObservation | undefined {
      const { id, recalls: recalled, supersedes } = entry.value.envelope;
      const key = keyOf(entry, id);
      const earlier = (byKey.get(key) ?? []).map(({ marking }) => marking);
      if (earlier.some((marking) => isSameMarking(marking, entry.marking))) return undefined;
      let part: bigint | undefined;
      const held: HeldObservation = {
        ...entry,
        id,
        earlier,
        get part() {
          return (part ??= partOf(key, entry.marking)); // asked for at the end of a page, and where positions are equal
        },
      };
      push(byKey, key, held);
      list.add(held);
      ofType(held.type).add(held);
      push(byId, id, held);
      for (const { kind, value } of entry.features) push(byFeature, `${kind} ${value}`, held);
      if (recalled !== null) push(recalls, keyOf(entry, recalled), { id, marking: entry.marking });
      if (supersedes !== null) push(supersessions, keyOf(entry, supersedes), { id, marking: entry.marking });
      return held;
    },
    /** Drops the content of the record that a tombstone names, in its cell; what it recalled stays recalled. */
    erase(cell: string, recordKey: string): boolean {
      const id = recordKey.split(':')[0] ?? '';
      const held = (byId.get(id) ?? []).find((each) => each.cell === cell && each.recordKey === recordKey);
      if (held === undefined) return false;
      for (const list of [
        byKey.get(keyOf(held, id)),
        byId.get(id),
        ...held.features.map(({ kind, value }) => byFeature.get(`${kind} ${value}`)),
      ])
        list?.splice(list.indexOf(held), 1);
      list.remove(held);
      ofType(held.type).remove(held);
      const { envelope } = held.value;
      Object.assign(held, {
        isErased: true,
        features: [],
        value: { envelope: { ...envelope, lineage: { derivedFrom: [], sourceToken: null } } },
      });
      return true;
    },
    withId: (id: string): readonly HeldObservation[] => byId.get(id) ?? [],
    withFeature: (kind: string, value: string): readonly HeldObservation[] => byFeature.get(`${kind} ${value}`) ?? [],
    recallsOf: (entry: HeldObservation): readonly Successor[] => recalls.get(keyOf(entry, entry.id)) ?? [],
    /** An update that also changes the marking is a record of its own, here as in fusion: it would relabel the first. */
    successorsOf: (entry: HeldObservation): readonly Successor[] =>
      (supersessions.get(keyOf(entry, entry.id)) ?? []).filter(({ marking }) => isSameMarking(marking, entry.marking)),
  };
}

/** The same after every start, whatever the order in which records of one id are read. */
function partOf(key: string, marking: Marking): bigint {
  const hash = createHash('sha256').update(key).update('\0').update(JSON.stringify(marking)).digest();
  return hash.readBigUInt64BE() >> 1n;
}

/** @returns every observation id that a record cites. */
export function citedIn(value: ObservationValue): readonly string[] {
  const { lineage, supersedes, recalls } = value.envelope;
  const own = ['about', 'child', 'parent', 'replacement'].map((field) => value[field]);
  return [...lineage.derivedFrom, supersedes, recalls, ...own].filter((id): id is string => typeof id === 'string');
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const present = map.get(key);
  if (present === undefined) map.set(key, [value]);
  else present.push(value);
}
