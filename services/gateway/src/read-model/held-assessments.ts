// Assessments in memory: the newest version of each, by id, by member and by the values they show as context.

import { fromWire } from '@sitebus/sdk';
import type { Assessment } from '@sitebus/sdk';
import type { Position, StoredAssessment } from './model.ts';
import { NewestFirst } from './newest-first.ts';
import { createSignal } from './signal.ts';

interface HeldAssessment extends Position {
  readonly stored: StoredAssessment;
  gone?: boolean;
}

/** Makes an empty store of assessments. */
export function createAssessments() {
  const byId = new Map<string, HeldAssessment>();
  const byMember = new Map<string, Set<string>>();
  const byContext = new Map<string, Set<string>>();
  const list = new NewestFirst<HeldAssessment>();
  const arrivals = createSignal();
  const contextKeys = ({ contextValues }: Assessment) => contextValues.map(({ kind, value }) => `${kind} ${value}`);
  const storedOf = (ids: Iterable<string>): readonly StoredAssessment[] =>
    [...ids].sort().flatMap((id) => byId.get(id)?.stored ?? []);

  return {
    list,
    arrivals,
    add(value: Assessment, atMs: number): void {
      const old = byId.get(value.id);
      if (old !== undefined && old.stored.value.version >= value.version) return;
      if (old !== undefined) {
        list.remove(old);
        for (const { id } of old.stored.value.members) byMember.get(id)?.delete(value.id);
        for (const key of contextKeys(old.stored.value)) byContext.get(key)?.delete(value.id);
      }
      const stored: StoredAssessment = {
        kind: 'assessment',
        id: value.id,
        atMs,
        marking: fromWire(value.marking),
        value,
      };
      const held: HeldAssessment = { id: value.id, atMs, stored };
      byId.set(value.id, held);
      list.add(held);
      for (const { id } of value.members) enter(byMember, id, value.id);
      for (const key of contextKeys(value)) enter(byContext, key, value.id);
      arrivals.notify();
    },
    get: (id: string): StoredAssessment | undefined => byId.get(id)?.stored,
    /** Another agency's record may bear the id of a member. */
    withMember: (id: string, agency: string): readonly StoredAssessment[] =>
      storedOf(byMember.get(id) ?? []).filter(({ value }) =>
        value.members.some((member) => member.id === id && member.agency === agency),
      ),
    withContext: (kind: string, value: string): readonly StoredAssessment[] =>
      storedOf(byContext.get(`${kind} ${value}`) ?? []),
  };
}

function enter(map: Map<string, Set<string>>, key: string, value: string): void {
  map.set(key, (map.get(key) ?? new Set<string>()).add(value));
}
