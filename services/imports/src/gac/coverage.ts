// Times in which nothing of a platform was collected, as people declare them: platform, from, to, reason.
// Holds: an item is a row; nothing is observed by it at once, so it is noted and skipped with its reason: the days it touches
// are counted again without numbers; the same gap stated with its end closes it. Source: README.md#the-monitor

import { readRows, type WrittenRow } from '../elections/written-rows.ts';
import { toInstantMs } from '../instants.ts';
import type { FormatReader, ReadingContext } from '../reading.ts';
import { createTally } from '../tally.ts';
import { gapNote, intakeNote, type RememberedGap } from './monitor-memory.ts';

/** Reads declared gaps, CSV or JSON. */
export const coverageReader: FormatReader = {
  format: 'coverage',
  read(content, context) {
    const tally = createTally();
    const gaps = readRows(content, context, tally).flatMap((row) => readGap(row, context) ?? []);
    return { ...tally.reading(), notes: gaps.length === 0 ? [] : [...gaps.map(gapNote), intakeNote(context.nowMs)] };
  },
};

function readGap(row: WrittenRow, { nowMs }: ReadingContext): RememberedGap | null {
  const missing = ['platform', 'from', 'reason'].find((column) => row.text(column) === undefined);
  if (missing !== undefined) return row.refuse(missing, 'MISSING_COLUMN', `${missing} is empty`, `give ${missing}`);
  const [fromMs, toMs] = ['from', 'to'].map((column) => toInstantMs(row.text(column) ?? ''));
  if (fromMs === undefined)
    return row.refuse('from', 'BAD_INSTANT', 'not an instant with an offset', 'write it as 2031-10-02T14:05:15Z');
  if (fromMs > nowMs) return row.refuse('from', 'FUTURE', 'lies after now', 'declare a gap when it has begun');
  if (row.text('to') !== undefined && (toMs === undefined || toMs <= fromMs))
    return row.refuse('to', 'BAD_INSTANT', 'no instant after the begin', 'leave it out while the gap lasts');
  row.item.skip({ code: 'NOTED', reason: 'the days it touches are counted again, without numbers', fix: 'nothing' });
  return { platform: (row.text('platform') ?? '').toLowerCase(), fromMs, toMs: toMs ?? null, reason: row.text('reason') ?? '' }; // prettier-ignore
}
