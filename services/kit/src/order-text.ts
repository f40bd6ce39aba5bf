// Texts of orders that persons sign: a first line that says of what kind, then one line of JSON.
// Holds: pure; one text an order and one order a text (RFC 8785: every field is text, a whole number or a list of texts).
// Source: RFC 8785; C2SP signed-note

import { isJsonObject } from '@sitebus/sdk';

/** Writes and reads the texts of one kind of order. */
export interface OrderText<T extends object> {
  /** @returns the text that is signed; ends with a line break. */
  readonly textOf: (order: T) => string;
  /** Reads a text. @returns undefined for anything that is not an order in exactly this form. */
  readonly parse: (text: string) => T | undefined;
}

/** What each field of an order must be; an order has all of them and no other. */
export type OrderFields<T> = Readonly<Record<keyof T & string, (value: unknown) => boolean>>;

/** The texts of the kind that `origin` names in their first line. */
export function orderTextOf<T extends object>(origin: string, fields: OrderFields<T>): OrderText<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  const [before, after] = [`${origin}\n`, '\n'];
  const isOrder = (value: unknown): value is T =>
    isJsonObject(value) &&
    Object.keys(value).length === names.length &&
    names.every((name) => fields[name](value[name]));
  const textOf = (order: T): string => {
    const sorted = Object.entries(order).sort(([a], [b]) => (a < b ? -1 : 1));
    return `${before}${JSON.stringify(Object.fromEntries(sorted))}${after}`;
  };
  return {
    textOf,
    parse(text) {
      if (!text.startsWith(before) || !text.endsWith(after)) return undefined;
      let order: unknown;
      try {
        order = JSON.parse(text.slice(before.length, -after.length));
      } catch {
        return undefined;
      }
      return isOrder(order) && textOf(order) === text ? order : undefined;
    },
  };
}

/** A text that says something. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0;
}

/** A whole number from 0 that nothing rounds. */
export function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** Why: what fits a form and a log line. */
export function isReason(value: unknown): value is string {
  return isText(value) && value.length <= MAX_REASON_CHARS;
}

const MAX_REASON_CHARS = 1_000;
