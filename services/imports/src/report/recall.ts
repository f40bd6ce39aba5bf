// That something this agency has published no longer stands: a record by its id, or all that was made from one thing.
// Holds: only what this agency has taken in can be recalled here, and the recall lies in the cell of what it recalls; nothing
// is said of its marking, because it is known. Source: README.md#report

import type { ReadingContext, Withdrawal } from '../reading.ts';
import { isJsonObject, toText } from '../untrusted.ts';
import { openProperties, refuseReport, type Properties } from './properties.ts';
import { toRecordId } from './record-ref.ts';

/** Reads a recall; throws ReportRefused. */
export function readRecall(report: Properties, { policy }: ReadingContext): Withdrawal {
  report.requiredText('serial');
  const replaced = report.value('replacement');
  const why = {
    reason: report.requiredText('reason'),
    ...(replaced !== undefined && { replacement: toRecordId(replaced, report.pointerOf('replacement'), policy) }),
  };
  const [named, pointer] = [report.value('recalls'), report.pointerOf('recalls')];
  if (toText(named) !== undefined) return { ...why, recordId: toRecordId(named, pointer, policy) };
  if (!isJsonObject(named))
    return refuseReport(
      'MISSING_PROPERTY',
      pointer,
      'recalls is empty',
      'give the id of the record, or format and nativeId of what it was made from',
    );
  const thing = openProperties(named, pointer);
  const withdrawal = { ...why, format: thing.requiredText('format'), nativeId: thing.requiredText('nativeId') };
  thing.refuseUnread();
  return withdrawal;
}
