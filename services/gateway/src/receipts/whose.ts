// Whose product it is: an agency's own are those that rest on what it reported.

import type { StoredAssessment } from '../read-model/model.ts';

/** True for a product with a member of this agency; nothing is an agency's own without one. */
export function isOfAgency({ value }: Pick<StoredAssessment, 'value'>, agency: string | undefined): boolean {
  return agency !== undefined && value.members.some((member) => member.agency === agency);
}
