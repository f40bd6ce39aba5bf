// Why a version that was issued counts no longer: an observation it rests on was recalled, or it ended or was merged.
// Holds: nothing that the view's own clearance does not dominate is a cause, or a recall would tell of it.
// Source: README.md#receipts

import { dominates } from '@sitebus/marking';
import type { Clearance } from '@sitebus/marking';
import type { RecallCause } from '@sitebus/sdk';
import type { ReadModel, StoredAssessment } from '../read-model/model.ts';

/** @returns the first cause there is; undefined while the version counts. */
export async function recallCauseOf(
  version: StoredAssessment,
  readModel: Pick<ReadModel, 'observation' | 'assessment'>,
  viewClearance: Clearance,
): Promise<RecallCause | undefined> {
  for (const { id, agency } of version.value.members) {
    const records = await readModel.observation(id); // another agency's record may bear the id of a member
    const recalls = records.filter((record) => record.agency === agency).flatMap(({ recalledBy }) => recalledBy);
    if (recalls.some(({ marking }) => dominates(viewClearance, marking, 0))) return 'MEMBER_RECALLED';
  }
  const newest = await readModel.assessment(version.id);
  if (newest?.value.status === 'REDIRECTED') return 'PRODUCT_REDIRECTED';
  return newest?.value.status === 'CLOSED' ? 'PRODUCT_CLOSED' : undefined;
}
