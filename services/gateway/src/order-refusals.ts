// What a signed order is refused with, whatever it orders. Source: services/kit/README.md#spills

import { illegalTransition, invalidBody } from './errors.ts';

/** The note is no such order, or not by whom it should be. @returns 422 `invalid-body` at `/note` */
export function noteRefused(code: string, detail: string) {
  return invalidBody({ errors: [{ pointer: '/note', code, detail }] });
}

/** One person alone has signed it. @returns 409 `illegal-transition` */
export function secondPersonNeeded(detail: string) {
  return illegalTransition({ possible: [], errors: [{ pointer: '', code: 'SECOND_PERSON_NEEDED', detail }] });
}
