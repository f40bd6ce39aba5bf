// Every version of an assessment: what it says in a line, what changed, and where it lies on the bus.
// Holds: no version is kept whole: what changed is as large as the change, and the whole is read again from its place.
// Source: README.md#history

import { fromWire } from '@sitebus/sdk';
import type { Assessment } from '@sitebus/sdk';
import { changeBetween, factsOf } from '../history/change.ts';
import type { StoredVersion, VersionPlace } from './model.ts';

/** The versions of a view's assessments. */
export interface HeldVersions {
  /** Takes in a version; `before` is the newest one known until now. Versions come in order: they lie in one partition. */
  add(value: Assessment, atMs: number, before: Assessment | undefined, place?: VersionPlace): void;
  /** Those of an id, oldest first. */
  of(id: string): readonly StoredVersion[];
}

/** Makes an empty store of versions. */
export function createVersions(): HeldVersions {
  const byId = new Map<string, StoredVersion[]>();
  return {
    add(value, atMs, before, place) {
      const versions = byId.get(value.id) ?? [];
      byId.set(value.id, versions);
      const last = versions.at(-1);
      const isNext = before !== undefined && before.version === last?.facts.version;
      versions.push({
        id: value.id,
        atMs,
        assessedAtMs: value.assessedAt,
        marking: fromWire(value.marking),
        facts: factsOf(value),
        ...(isNext && { change: { ...changeBetween(before, value), before: last.marking } }),
        ...(place !== undefined && { place: { partition: place.partition, offset: place.offset } }), // not the record around it
      });
    },
    of: (id) => byId.get(id) ?? [],
  };
}
