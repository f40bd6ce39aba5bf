// Orders of a list of assessments other than the one they came in: by severity, by likelihood, by when they were last seen.
// Holds: what is compared is the released form, so that an order tells nothing of a redacted field and nothing hidden takes a
// place; ties go to what changed last; a position in it is a rank with the place in the list. Source: README.md#lists

import { objectIn, textIn } from './body-fields.ts';
import { createTurns } from './page.ts';
import { comparePositions } from './read-model/newest-first.ts';
import type { Position, StoredAssessment } from './read-model/model.ts';
import type { Body } from './redact.ts';
import { isWithheld } from './release.ts';
import type { Judged, Withheld } from './release.ts';

/** What a list of assessments may be ordered by, the highest first; `changed` is the order of the read model. */
export const ASSESSMENT_ORDERS = ['changed', 'severity', 'likelihood', 'lastSeen'] as const;
export type AssessmentOrder = (typeof ASSESSMENT_ORDERS)[number];

/**
 * What the judge lets through, the highest rank first, each with its rank in `ranks`. One that changes between two pages may
 * be met twice or not at all, as in any list whose order is not that of its changes. Cost: every assessment is judged once.
 */
export async function* highestFirst(
  all: AsyncIterable<StoredAssessment>,
  order: {
    readonly sort: AssessmentOrder;
    /** Exclusive; its `offset` is a rank. Undefined: from the top. */
    readonly below: (Position & { readonly offset: bigint }) | undefined;
    readonly ranks: WeakMap<StoredAssessment, bigint>;
    readonly judge: (record: StoredAssessment) => Judged | Withheld;
  },
): AsyncGenerator<StoredAssessment> {
  const { sort, below, ranks, judge } = order;
  const turn = createTurns();
  const found: { readonly rank: bigint; readonly record: StoredAssessment }[] = [];
  for await (const record of all) {
    await turn();
    const judged = judge(record);
    if (isWithheld(judged)) continue;
    const rank = rankOf(judged.body, sort);
    ranks.set(record, rank);
    if (below === undefined || compare({ rank, record }, { rank: below.offset, record: below }) < 0)
      found.push({ rank, record });
  }
  for (const { record } of found.sort((a, b) => compare(b, a))) yield record;
}

/** Below zero where `a` comes after `b`. */
function compare(a: Ranked, b: Ranked): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return comparePositions({ atMs: a.record.atMs, id: a.record.id }, { atMs: b.record.atMs, id: b.record.id });
}

interface Ranked {
  readonly rank: bigint;
  readonly record: Position;
}

/** A whole number that orders as the field does; below every value where the field is not there. */
function rankOf(body: Body, sort: AssessmentOrder): bigint {
  const value = sort === 'lastSeen' ? Date.parse(textIn(body, 'lastSeen')) : numberIn(body, INNER[sort]);
  return Number.isFinite(value) ? BigInt(Math.round(value * PER_UNIT)) : NOWHERE;
}

function numberIn(body: Body, [field, inner]: readonly [string, string]): number {
  return Number(objectIn(body, field)[inner] ?? Number.NaN);
}

const INNER = {
  changed: ['', ''],
  severity: ['severity', 'score'],
  likelihood: ['likelihood', 'pMicro'],
} as const satisfies Readonly<Record<Exclude<AssessmentOrder, 'lastSeen'>, readonly [string, string]>>;

/** Scores have decimals. */
const PER_UNIT = 1_000;
const NOWHERE = -(2n ** 62n);
