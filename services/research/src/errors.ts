// Every way the research room refuses. `details` hold only what the caller sent, codes, dates of their own project and
// sizes of groups; never a value of a record. Source: README.md#failures

import { refusal } from '@sitebus/sdk';

/** Why a command was refused. */
export type RefusedCode =
  | 'ILLEGAL_TRANSITION'
  | 'INVALID_REQUEST'
  | 'OUTSIDE_WINDOW'
  | 'SIGNED_ALREADY'
  | 'NO_AGREEMENT'
  | 'NO_ETHICS_REFERENCE'
  | 'TEXT_NOT_AGREED'
  | 'EMBARGOED'
  | 'RECORDS_EXPIRED'
  | 'NOTHING_COLLECTED'
  | 'TOO_MANY_ROWS'
  | 'SPILLED'
  | 'K_UNREACHABLE';

/** One fault in what was sent: where (JSON pointer), which rule, what it says. */
export interface RequestFault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** The answer of a decider that says no. */
export interface Refused {
  readonly refused: RefusedCode;
  /** Commands that are possible now. */
  readonly possible: readonly string[];
  readonly faults?: readonly RequestFault[];
  /** Of an embargo: when it ends, RFC 3339. */
  readonly until?: string;
  /** Of groups that are too small: how many accounts or persons each has, ascending. */
  readonly sizes?: readonly number[];
}

/** A command that was judged and refused; `details` are those of Refused. */
export const commandRefused = refusal<{
  code: RefusedCode;
  possible: readonly string[];
  faults: readonly RequestFault[];
  until?: string;
  sizes?: readonly number[];
}>({ code: 'COMMAND_REFUSED', retriable: false });
/** Nothing of this kind has this id, or it is not this person's: one refusal for both. */
export const researchUnknown = refusal({ code: 'RESEARCH_UNKNOWN', retriable: false });
/** No copy of the registry that may be answered from. */
export const registryClosed = refusal<{ state: string }>({ code: 'REGISTRY_CLOSED', retriable: true });
/** The ledger takes no leaf: nothing is changed, shown or exported. */
export const ledgerClosed = refusal({ code: 'LEDGER_CLOSED', retriable: true });
/** The store does not answer, or is not as it must be. */
export const storeClosed = refusal({ code: 'STORE_CLOSED', retriable: true });
/** The records of a data set could not all be read: a part of them is no data set. */
export const recordsUnreadable = refusal({ code: 'RECORDS_UNREADABLE', retriable: true });
/** Events of the store are not the chain that was written: for persons to look at. */
export const chainBroken = refusal<{ id: string }>({ code: 'CHAIN_BROKEN', retriable: false });
