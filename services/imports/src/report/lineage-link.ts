// That one record derives from another: a tearline of it, stated later, or a copy that was found.
// Holds: it is marked at least as high as both ends, which the agency states; it is no evidence and has no origin.
// Source: README.md#report

import { decideWritten } from '../row-marking.ts';
import { isMarkingRefused } from '../marking-decision.ts';
import type { ImportDraft, ReadingContext } from '../reading.ts';
import { refuseReport, type Properties } from './properties.ts';
import { nativeRefOf, toRecordId } from './record-ref.ts';
import { readGrades } from './sighting.ts';

/** Reads a lineage link; throws ReportRefused. */
export function readLineageLink(report: Properties, context: ReadingContext): ImportDraft {
  const observedAtMs = report.requiredInstant('dateOfInformation');
  const marking = decideWritten({ marking: report.text('marking'), groups: report.texts('groups') }, context);
  if (isMarkingRefused(marking))
    return refuseReport(marking.code, report.pointerOf('marking'), marking.reason, marking.fix);
  return {
    type: 'LineageLink',
    native: nativeRefOf(report.requiredText('serial'), observedAtMs, report.instant('revisedAt')),
    fields: {
      child: toRecordId(report.value('child'), report.pointerOf('child'), context.policy),
      parent: toRecordId(report.value('parent'), report.pointerOf('parent'), context.policy),
      basis: report.word('basis', ['TEARLINE', 'STATED_LATER', 'COPY_FOUND']) ?? report.requiredText('basis'),
    },
    marking,
    observedAtMs,
    ...readGrades(report, context.mapping),
  };
}
