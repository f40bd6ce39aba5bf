// An order to erase records whose time is over: its text, for the signatures of two persons.
// Holds: pure; one text an order and one order a text; it names every record by its key, so that what is erased is what was
// signed. Source: README.md#purges; C2SP signed-note

import { isJsonObject } from '@sitebus/sdk';

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

/** @returns the text that is signed; ends with a line break. */
export function purgeText(order: PurgeOrder): string {
  const sorted = Object.entries(order).sort(([a], [b]) => (a < b ? -1 : 1));
  return `sitebus/purge\n${JSON.stringify(Object.fromEntries(sorted))}\n`;
}

/** Reads a text. @returns undefined for anything that is not an order in exactly this form. */
export function parsePurgeText(text: string): PurgeOrder | undefined {
  const [, json = ''] = /^sitebus\/purge\n(\{.*\})\n$/.exec(text) ?? [];
  let order: unknown;
  try {
    order = JSON.parse(json);
  } catch {
    return undefined;
  }
  return isPurgeOrder(order) && purgeText(order) === text ? order : undefined;
}

const FIELDS: Readonly<Record<keyof PurgeOrder, (value: unknown) => boolean>> = {
  agency: isText,
  cell: isText,
  election: isText,
  keys: (value) => Array.isArray(value) && value.length >= 1 && value.length <= MOST_PURGED && value.every(isText) && isSortedOnce(value),
  reason: (value) => isText(value) && value.length <= 1_000,
  by: isText,
  at: isWhole,
  until: isWhole,
  policyVersion: isWhole,
}; // prettier-ignore

function isPurgeOrder(value: unknown): value is PurgeOrder {
  if (!isJsonObject(value)) return false;
  const names = Object.keys(FIELDS) as (keyof PurgeOrder)[];
  return Object.keys(value).length === names.length && names.every((name) => FIELDS[name](value[name]));
}

function isSortedOnce(keys: readonly string[]): boolean {
  return keys.every((key, at) => at === 0 || keys[at - 1]! < key);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
