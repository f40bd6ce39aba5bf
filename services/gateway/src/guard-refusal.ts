// What the guard refuses, as the problem a reader gets.
// Holds: pure; each code of the guard has one problem; what a reader may not know is the one `not-found`; a defect is
// nobody's refusal. Source: README.md#disclosures; services/protocol README.md#failures

import { isRefusal } from '@sitebus/sdk';
import { evidenceChanged, failClosed, illegalTransition, invalidBody, lintFailed, markingNotAllowed, notFound, notYours, roleNotAllowed, unexpandableGroup } from './errors.ts'; // prettier-ignore
import type { FaultAt } from './errors.ts';

interface RefusedDetails {
  readonly code: string;
  readonly possible: readonly string[];
  readonly faults: readonly FaultAt[];
  readonly current?: string;
}

/** @returns what to answer for whatever a call of the guard rejected with; anything else than a refusal is thrown on. */
export function problemOfGuard(cause: unknown): Error {
  if (!isRefusal(cause)) throw cause;
  if (cause.code === 'COMMAND_REFUSED') return problemOfCommand(cause.details as unknown as RefusedDetails, cause);
  if (cause.code === 'DISCLOSURE_UNKNOWN' || cause.code === 'MATTER_UNKNOWN') return notFound({});
  const part = PARTS[cause.code];
  if (part === undefined) throw cause;
  return failClosed({ part }, cause);
}

/** What cannot be asked just now. */
const PARTS: Readonly<Record<string, 'guard' | 'registry' | 'ledger' | 'intake'>> = {
  RECORD_NOT_READ: 'guard',
  COMMIT_UNKNOWN: 'guard',
  GUARD_FENCED: 'guard',
  UNREACHABLE: 'guard',
  NOT_AUTHENTICATED: 'guard', // the credential of this gateway, not of any reader
  REGISTRY_CLOSED: 'registry',
  LEDGER_CLOSED: 'ledger',
  AGENCY_UNREACHABLE: 'intake',
};

function problemOfCommand({ code, possible, faults, current = '' }: RefusedDetails, cause: unknown): Error {
  const errors = faults.length > 0 ? faults : [{ pointer: '', code, detail: TEXTS[code] ?? 'is refused' }];
  switch (code) {
    case 'READER_NOT_CLEARED':
    case 'NOT_A_SEAT':
      return notFound({});
    case 'EVIDENCE_CHANGED':
      return evidenceChanged({ evidenceHash: current }, cause);
    case 'ROLE_NOT_ALLOWED':
      return roleNotAllowed({}, cause);
    case 'NOT_AN_ORIGIN':
    case 'NOT_THE_HOLDER':
    case 'NOT_THE_REQUESTER':
    case 'OWN_DRAFT':
    case 'NOT_A_MEMBER_AGENCY':
    case 'NOT_ASKED':
    case 'NOT_AN_ISSUER':
    case 'OWN_REQUEST':
      return notYours({}, cause);
    case 'TARGET_NOT_BELOW':
    case 'NO_CELL':
    case 'NOT_RELEASABLE':
      return markingNotAllowed({ errors });
    case 'UNEXPANDABLE_GROUP':
      return unexpandableGroup({ errors });
    case 'LINT_FAILED':
      return lintFailed({ errors });
    case 'INVALID_DRAFT':
    case 'DEFINITION_REQUIRED':
    case 'GAPS_REQUIRED':
    case 'NOTICE_INCOMPLETE':
    case 'NOTHING_CITED':
    case 'NO_SUCH_DRAFT':
    case 'ONE_BRIEF':
    case 'RATINGS_INCOMPLETE':
    case 'REVIEW_TOO_FAR':
    case 'REASON_REQUIRED':
    case 'EXPIRY_IN_PAST':
    case 'NO_SUCH_SUPPRESSION':
    case 'SIGNATURE_INVALID':
    case 'SIGNER_UNKNOWN':
      return invalidBody({ errors });
    default:
      return illegalTransition({ possible, errors });
  }
}

/** Where a code alone would leave its reader guessing; none of them tells anything of a record. */
const TEXTS: Readonly<Record<string, string>> = {
  REASON_REQUIRED: 'a reason is required',
  EXPIRY_IN_PAST: 'ends before it could be used',
  NO_SUCH_SUPPRESSION: 'the product suppresses no such name',
  SIGNATURE_INVALID: 'is not your signature on the text of toSign',
  SIGNED_TWICE: 'has your word already',
  CONTENT_CHANGED: 'is not what was consented to',
  SOURCE_GONE: 'the record is gone',
  SOURCE_RECALLED: 'the record was recalled',
  GRANT_REPLAYED: 'was applied already; a grant makes one record',
  GRANT_EXPIRED: 'has expired',
  TOO_FEW_SIGNERS: 'needs two persons',
  ORIGIN_MISSING: 'needs every originating agency',
  SIGNER_NOT_AUTHORISED: 'a signer is no release authority of their agency any more',
  SIGNER_NOT_CLEARED: 'a signer may not read the record any more',
  JUSTIFICATION_LATE: 'was to be justified within five days',
  NOT_RELEASABLE: 'records of this type speak of others and are never lowered',
  TARGET_NOT_BELOW: 'is not below the marking of the record',
  NOTHING_CITED: 'names an assessment that does not stand',
  NO_SUCH_DRAFT: 'there is no such draft or document',
  REVIEW_TOO_FAR: 'is longer than a matter may be kept from the panel',
  ANSWERS_OUTSTANDING: 'agencies that were asked have time left to answer',
  RATINGS_MISSING: 'every seat rates the evidence as it stands before anything is proposed',
  MOTION_OPEN: 'a motion is open',
  NO_MOTION: 'no motion is open',
  VOTED_ALREADY: 'your seat has voted on this motion',
  NOT_AGREED: 'five seats have not agreed on this, on the evidence as it stands',
  NO_CARETAKER_PERIOD: 'is for the caretaker period alone',
  TOO_EARLY: 'the time of the announcement has not come',
  AGENCY_REFUSED: 'the service of the originator refused the record',
};
