// A declared gap of a source as the index takes it in, of one's own choosing where a test cares; and what recalls one.

import { cellOf, parse } from '@sitebus/marking';
import { toWire, type Policy, type SourceGap } from '@sitebus/sdk';
import type { TakenRecord } from '../source-gaps.ts';

/** What a test says of a gap. */
export interface GapWords {
  readonly id: string;
  readonly marking: string;
  readonly agency?: string;
  readonly fromMs: number;
  /** Absent or undefined: it lasts. */
  readonly toMs?: number | undefined;
  readonly reason?: string;
  readonly supersedes?: string;
  readonly recalls?: string;
}

/** @returns the record in the cell of its marking. With `recalls` it is a recall and no gap. */
export function aSourceGap(words: GapWords, policy: Policy): TakenRecord {
  const {
    id,
    agency = 'cse',
    fromMs,
    toMs,
    reason = 'The sensor was moved.',
    supersedes = null,
    recalls = null,
  } = words;
  const marking = parse(words.marking, policy);
  const envelope: SourceGap['envelope'] = {
    id, agency, observedAt: fromMs, recordedAt: fromMs, marking: toWire(marking), lineage: { derivedFrom: [], sourceToken: null },
    sourceGrade: 'F', infoGrade: 6, supersedes, recalls,
  }; // prettier-ignore
  const value = { envelope, from: fromMs, to: toMs ?? null, reason };
  const cell = cellOf(marking, policy.cells)!.id;
  return { decoded: { type: recalls === null ? 'SourceGap' : 'Recall', value }, envelope, marking, cell, agency };
}
