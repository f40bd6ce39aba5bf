// What the research room refuses, as the problem a reader gets.
// Holds: pure; each code of the room has one problem; what a reader may not know is the one `not-found`; of groups that are
// too small their sizes are said and nothing else. Source: services/research README.md#failures

import { isRefusal } from '@sitebus/sdk';
import { embargoed, failClosed, illegalTransition, invalidBody, notFound } from './errors.ts';
import type { Dependency, FaultAt } from './errors.ts';

interface RefusedDetails {
  readonly code: string;
  readonly possible: readonly string[];
  readonly faults: readonly FaultAt[];
  readonly until?: string;
  readonly sizes?: readonly number[];
}

/** @returns what to answer for whatever a call of the room rejected with; anything else than a refusal is thrown on. */
export function problemOfResearch(cause: unknown): Error {
  if (!isRefusal(cause)) throw cause;
  if (cause.code === 'RESEARCH_UNKNOWN') return notFound({});
  if (cause.code === 'COMMAND_REFUSED') return problemOfCommand(cause.details as unknown as RefusedDetails, cause);
  const part = PARTS[cause.code];
  if (part === undefined) throw cause;
  return failClosed({ part }, cause);
}

/** What cannot be asked just now. */
const PARTS: Readonly<Record<string, Dependency>> = {
  REGISTRY_CLOSED: 'registry',
  LEDGER_CLOSED: 'ledger',
  STORE_CLOSED: 'research',
  RECORDS_UNREADABLE: 'research',
  UNREACHABLE: 'research',
  NOT_AUTHENTICATED: 'research', // the credential of this gateway, not of any reader
};

function problemOfCommand({ code, possible, faults, until, sizes }: RefusedDetails, cause: unknown): Error {
  if (code === 'EMBARGOED') return embargoed({ until: until ?? '' }, cause);
  if (code === 'INVALID_REQUEST') return invalidBody({ errors: faults });
  const detail =
    sizes === undefined ? (TEXTS[code] ?? 'is refused') : `groups that are too small have ${sizes.join(', ')}`;
  return illegalTransition({ possible, errors: [{ pointer: '', code, detail }] });
}

/** Where a code alone would leave its reader guessing. */
const TEXTS: Readonly<Record<string, string>> = {
  OUTSIDE_WINDOW: 'the project is to collect inside its window',
  SIGNED_ALREADY: 'the agreement is signed',
  NO_AGREEMENT: 'the project has no signed agreement',
  NO_ETHICS_REFERENCE: 'the project has no ethics reference',
  TEXT_NOT_AGREED: 'the agreement does not allow texts',
  RECORDS_EXPIRED: 'the bus no longer keeps all of the window',
  NOTHING_COLLECTED: 'nothing was collected',
  SPILLED:
    'a record that it was made from must not be read any more: collect anew inside the window, or retract it, so that whoever has a file is told',
  TOO_MANY_ROWS: 'more rows than a data set may have: name fewer types, or a shorter window',
};
