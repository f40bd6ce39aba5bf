// An order to erase records whose time is over: its text, for the signatures of two persons.
// Holds: pure; one text an order and one order a text; it names every record by its key, so that what is erased is what was
// signed. Source: README.md#purges; C2SP signed-note

import { isReason, isText, isWhole, orderTextOf } from '../order-text.ts';

/** What two persons sign. */
export interface PurgeOrder {
  /** Whose records they are; only its own service can erase them. */
  readonly agency: string;
  readonly cell: string;
  /** The election whose time of keeping is over. */
  readonly election: string;
  /** Keys of the records as they lie on `obs.<cell>.<agency>`: sorted, each once. */
  readonly keys: readonly string[];
  readonly reason: string;
  /** `Person.person` of the first of the two. */
  readonly by: string;
  /** UTC milliseconds. It is carried out before `until` (exclusive), or never. */
  readonly at: number;
  readonly until: number;
  readonly policyVersion: number;
}

/** Records of one order; more take another one. */
export const MOST_PURGED = 1_000;

const form = orderTextOf<PurgeOrder>('sitebus/purge', {
  agency: isText,
  cell: isText,
  election: isText,
  keys: (value) => Array.isArray(value) && value.length >= 1 && value.length <= MOST_PURGED && value.every(isText) && isSortedOnce(value),
  reason: isReason,
  by: isText,
  at: isWhole,
  until: isWhole,
  policyVersion: isWhole,
}); // prettier-ignore

/** @returns the text that is signed; ends with a line break. */
export const purgeText = form.textOf;

/** Reads a text. @returns undefined for anything that is not an order in exactly this form. */
export const parsePurgeText = form.parse;

function isSortedOnce(keys: readonly string[]): boolean {
  return keys.every((key, at) => at === 0 || keys[at - 1]! < key);
}
