// The id of a brief: one product a case and view, whatever its versions. Holds: nobody traces it back to the case.

import { uuidOf } from '../cases/uuid-of.ts';

/** @returns the id of a case's brief in a view; `capacity`: of those who have words of their own. */
export function briefId(caseId: string, view: string, capacity: string): string {
  return uuidOf(caseId, 'brief', view, capacity);
}
