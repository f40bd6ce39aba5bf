// Every code with which a well-formed observation is refused, and what it means to the one who sent it.
// Holds: one literal a code, listed in README.md#what-an-observation-is-checked-for (a test compares); texts name no value.

import type { Fault } from '../fault.ts';

/** Code → what must be so. */
export const OBSERVATION_FAULTS = Object.freeze({
  ID_NOT_UUID: 'must be a UUID of version 4 or 5, in lower case',
  REFERS_TO_ITSELF: 'must name another record than this one',
  NAMED_TWICE: 'must not name the same record twice',
  UNKNOWN_AGENCY: 'must be an agency of policy',
  NOT_YOUR_AGENCY: 'must be the agency that publishes',
  NOT_ALLOWED: 'policy does not let this agency write that',
  NOT_YOUR_RECORD: 'must name a record of the same agency',
  RECALLS_REQUIRED: 'must name the observation that is withdrawn',
  RECALLS_NOT_ALLOWED: 'only a Recall recalls',
  OBSERVED_AFTER_RECORDED: 'must not be later than recordedAt',
  RECORDED_IN_FUTURE: 'must not be more than five minutes ahead',
  GRADE_OUT_OF_RANGE: 'must be 1 to 6',
  TOKEN_MALFORMED: 'must be a keyed token, never the origin itself',
  INVALID_MARKING: 'must be a marking that the kernel can make',
  MARKING_NOT_ALLOWED: 'a partner’s record is UNCLASSIFIED, releasable to all, without PROTECTED level or compartment',
  GROUP_REQUIRED: 'a partner’s record above TLP:CLEAR names a group that needs to know',
  UNKNOWN_GROUP: 'must be a need-to-know group of policy',
  MARKING_TOO_LOW: 'must protect at least what the portions protect',
  ORCON_WITHOUT_ORIGIN: 'ORCON needs an origin that can consent',
  NO_CELL: 'no cell’s ceiling covers this marking',
  BLANK: 'must not be blank',
  TOO_LONG: 'has too many characters',
  TOO_MANY: 'has too many items',
  TOO_FEW: 'has too few items',
  UNKNOWN_WORD: 'must be a word of its vocabulary',
  TTP_MALFORMED: 'must be a technique id of its framework',
  OUT_OF_RANGE: 'is outside its range',
  ENDS_BEFORE_BEGIN: 'must not be earlier than its begin',
  SO_WHAT_REQUIRED: 'must say why the reader should care, for a category of this impact',
  TEARLINE_REASON_REQUIRED: 'must say why there is no tearline',
  PERSON_NOT_TOKEN: 'must be a token prs_<hex> or a public id cand:, org: or party:, never a name',
  ATTRIBUTION_REQUIRED: 'an incident needs a credible public attribution, from a host that policy counts',
  NUL_CHARACTER: 'must not contain U+0000',
} as const);

/** A code of the catalogue. */
export type ObservationFault = keyof typeof OBSERVATION_FAULTS;

/** @returns a fault with the catalogue's text. */
export function fault(code: ObservationFault, pointer: string, hint?: string): Fault {
  return { pointer, code, detail: OBSERVATION_FAULTS[code], ...(hint === undefined ? {} : { hint }) };
}
