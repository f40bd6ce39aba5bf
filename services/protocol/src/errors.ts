// Every way the guard refuses, one literal a code. README.md has a table of them.
// Holds: `details` name states, commands, agencies and places in what the caller sent; never a value of a record.

import { refusal } from '@sitebus/sdk';
import type { CaseRefusedCode } from './cases/refused-code.ts';

/** Why a command is refused; each goes onto the ledger, with the person who gave it. */
export type RefusedCode =
  | 'ILLEGAL_TRANSITION'
  | 'ROLE_NOT_ALLOWED'
  | 'NOT_AN_ORIGIN'
  | 'NOT_THE_HOLDER'
  | 'NOT_THE_REQUESTER'
  | 'OWN_DRAFT'
  | 'OWN_REQUEST'
  | 'READER_NOT_CLEARED'
  | 'REASON_REQUIRED'
  | 'TARGET_NOT_BELOW'
  | 'NO_CELL'
  | 'NOT_RELEASABLE'
  | 'EXPIRY_IN_PAST'
  | 'CONTENT_CHANGED'
  | 'SOURCE_GONE'
  | 'SOURCE_RECALLED'
  | 'GRANT_REPLAYED'
  | 'GRANT_EXPIRED'
  | 'TOO_FEW_SIGNERS'
  | 'SIGNED_TWICE'
  | 'ORIGIN_MISSING'
  | 'SIGNER_UNKNOWN'
  | 'SIGNER_NOT_AUTHORISED'
  | 'SIGNER_NOT_CLEARED'
  | 'SIGNATURE_INVALID'
  | 'JUSTIFICATION_LATE'
  | 'NO_SUCH_SUPPRESSION'
  | 'INVALID_DRAFT'
  | 'LINT_FAILED'
  | 'AGENCY_REFUSED'
  | 'EVIDENCE_CHANGED'
  | CaseRefusedCode
  | 'UNEXPANDABLE_GROUP';

/** One fault in what was sent: where (JSON pointer), which rule, what it says. */
export interface DraftFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** The answer of a decider that says no. */
export interface Refused {
  readonly refused: RefusedCode;
  /** Commands that are possible now. */
  readonly possible: readonly string[];
  readonly faults?: readonly DraftFault[];
  /** What holds now instead of what the command named, such as the hash of the evidence. */
  readonly current?: string;
}

/** A command that was judged and refused; `code` is one of RefusedCode, and `possible` says what is possible now. */
export const commandRefused = refusal<{
  code: RefusedCode;
  possible: readonly string[];
  faults: readonly DraftFault[];
  current?: string;
}>({ code: 'COMMAND_REFUSED', retriable: false });
/** Nothing of this kind has this id, in the view named. */
export const disclosureUnknown = refusal({ code: 'DISCLOSURE_UNKNOWN', retriable: false });
/** Nothing of this kind has this id, in the view named; or nobody decides on such a kind here. */
export const matterUnknown = refusal({ code: 'MATTER_UNKNOWN', retriable: false });
/** The record has not been read here yet, or is not on the bus. */
export const recordNotRead = refusal({ code: 'RECORD_NOT_READ', retriable: true });
/** No copy of the registry that may be answered from. */
export const registryClosed = refusal<{ state: string }>({ code: 'REGISTRY_CLOSED', retriable: true });
/** The ledger takes no leaf: nothing is handed down. */
export const ledgerClosed = refusal({ code: 'LEDGER_CLOSED', retriable: true });
/** The originator's service could not be asked; the command may be given again. */
export const agencyUnreachable = refusal<{ agency: string }>({ code: 'AGENCY_UNREACHABLE', retriable: true });
/** An event may or may not have been written: a fresh start finds out. */
export const commitUnknown = refusal({ code: 'COMMIT_UNKNOWN', retriable: true });
/** Another guard has taken over. */
export const guardFenced = refusal({ code: 'GUARD_FENCED', retriable: true });
/** Events on `case.<view>` are not the chain that was written: for persons to look at. */
export const chainBroken = refusal<{ topic: string; offset: string }>({ code: 'CHAIN_BROKEN', retriable: false });
