// The records that a case rests on, as far as one reader may read them and as far as they lie above a marking.
// Holds: only what was judged for the reader counts, and it counts the same whether or not there is more; a value that a record at
// or below the marking has as well is no secret of the records above. Source: README.md#lint

import type { LeakSource } from '@sitebus/kit';
import { createMarking, isAtLeast } from '@sitebus/marking';
import type { Marking } from '@sitebus/marking';
import type { GatewayParts } from './parts.ts';
import type { StoredObservation } from './read-model/model.ts';
import { isWithheld } from './release.ts';
import type { Judged } from './release.ts';
import type { Subject } from './subject.ts';

/** What a draft is held against, and what was read for it. */
export interface CaseRecords {
  readonly judged: readonly Judged[];
  readonly sources: readonly LeakSource[];
  /** Records that were left out, because there are too many. */
  readonly leftOut: number;
}

/** No case of people's own making has more; what is left out is said. */
const MOST = 500;

/** @returns the records above `target` of the cited assessments. */
export async function recordsAbove(
  { readModel, monitor }: GatewayParts,
  subject: Subject,
  assessments: readonly string[],
  target: Marking,
): Promise<CaseRecords> {
  const members = new Set<string>();
  const judged: Judged[] = [];
  for (const id of assessments) {
    const assessment = await readModel.assessment(id);
    const seen = monitor.judge(assessment, subject);
    if (assessment === undefined || isWithheld(seen)) continue;
    judged.push(seen);
    for (const member of assessment.value.members) members.add(member.id);
  }
  const above: StoredObservation[] = [];
  const known = new Set<string>();
  for (const id of [...members].sort())
    for (const record of await readModel.observation(id)) {
      const seen = monitor.judge(record, subject);
      if (isWithheld(seen)) continue;
      judged.push(seen);
      if (isAtLeast(withOwnersOf(target, record.marking), record.marking))
        for (const { kind, value } of record.features) known.add(`${kind} ${value}`);
      else above.push(record);
    }
  const sources = above.slice(0, MOST).map(({ id, features, value }): LeakSource => ({
    id,
    values: features.filter((each) => !known.has(`${each.kind} ${each.value}`)),
    texts: [value.report?.title ?? '', ...(value.report?.portions ?? []).map(({ text }) => text)],
  }));
  return { judged, sources, leftOut: Math.max(0, above.length - MOST) };
}

/** Whose it is protects nothing. */
function withOwnersOf(marking: Marking, { owners, origins }: Marking): Marking {
  return createMarking({ ...marking, owners, origins });
}
