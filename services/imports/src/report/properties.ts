// Reads the properties of one report in the shape each should have, and knows which of them nobody has read.
// Holds: a property of another shape refuses the report by its pointer, and so does one that no rule reads; numbers and yes
// or no may be written as text, because front matter knows text alone. Source: README.md#report

import type { NotCarriedReason } from '../tally.ts';
import { toDayMs, toInstantMs } from '../instants.ts';
import { at, isJsonObject, toFlag, toScalarText, toText, type JsonObject } from '../untrusted.ts';

/** Refuses the report that is being read: thrown inside this folder, and an answer outside it. */
export class ReportRefused extends Error {
  readonly why: NotCarriedReason & { readonly pointer: string };

  constructor(why: NotCarriedReason & { readonly pointer: string }) {
    super(why.code);
    this.why = why;
  }
}

/** One object of a report; every accessor throws ReportRefused where the value has another shape. */
export interface Properties {
  /** JSON pointer of the object, from the report's root. */
  readonly pointer: string;
  pointerOf(key: string): string;
  text(key: string): string | undefined;
  requiredText(key: string): string;
  /** A list of texts; a single text is a list of one. Empty where absent. */
  texts(key: string): readonly string[];
  /** A whole number, not negative. */
  count(key: string): number | undefined;
  flag(key: string): boolean | undefined;
  /** An instant with its offset, or a day, which is its first instant in UTC. UTC milliseconds. */
  instant(key: string): number | undefined;
  requiredInstant(key: string): number;
  /** One of these words, exactly. */
  word<W extends string>(key: string, words: readonly W[]): W | undefined;
  object(key: string): Properties | undefined;
  objects(key: string): readonly Properties[];
  /** The value as it stands; undefined where absent or blank. */
  value(key: string): unknown;
  /** The items of a list as they stand; empty where absent. */
  items(key: string): readonly unknown[];
  /** Throws where a property of this object, or of one read from it, was read by nobody. */
  refuseUnread(): void;
}

/** Throws what refuses the report. */
export function refuseReport(code: string, pointer: string, reason: string, fix: string): never {
  throw new ReportRefused({ code, pointer, reason, fix });
}

/** Opens an object for reading. */
export function openProperties(value: JsonObject, pointer = ''): Properties {
  const read = new Set<string>();
  const inner: Properties[] = [];
  const pointerOf = (key: string): string => `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const take = (key: string): unknown => {
    read.add(key);
    const found = at(value, key);
    return found === null || (typeof found === 'string' && found.trim() === '') ? undefined : found;
  };
  const bad = (key: string, shape: string): never =>
    refuseReport('BAD_VALUE', pointerOf(key), `${key} is ${shape}`, 'correct the value');
  const open = (found: unknown, where: string): Properties => {
    if (!isJsonObject(found))
      return refuseReport('BAD_VALUE', where, 'an object with named values is expected here', 'correct the value');
    const opened = openProperties(found, where);
    inner.push(opened);
    return opened;
  };
  const items = (key: string): readonly unknown[] => {
    const found = take(key);
    if (found === undefined) return [];
    return Array.isArray(found) ? (found as readonly unknown[]) : bad(key, 'a list');
  };
  const properties: Properties = {
    pointer,
    pointerOf,
    text(key) {
      const found = take(key);
      return found === undefined ? undefined : (toScalarText(found) ?? bad(key, 'a text'));
    },
    requiredText: (key) => properties.text(key) ?? missing(key, pointerOf(key)),
    texts(key) {
      const found = take(key);
      if (found === undefined) return [];
      return (Array.isArray(found) ? (found as readonly unknown[]) : [found]).map(
        (each, index) =>
          toText(each) ??
          refuseReport('BAD_VALUE', `${pointerOf(key)}/${index}`, 'a text is expected here', 'correct the value'),
      );
    },
    count(key) {
      const text = properties.text(key);
      if (text === undefined) return undefined;
      return /^\d{1,15}$/.test(text) ? Number(text) : bad(key, 'a whole number, not negative');
    },
    flag(key) {
      const found = take(key);
      return found === undefined ? undefined : (toFlag(found) ?? bad(key, 'true or false'));
    },
    instant(key) {
      const text = properties.text(key);
      if (text === undefined) return undefined;
      return (
        toInstantMs(text) ??
        toDayMs(text, 'yyyy-mm-dd') ??
        refuseReport(
          'BAD_INSTANT',
          pointerOf(key),
          `${key} is an instant with an offset, or a day`,
          'write it as 2031-10-02T14:05:15Z, or as 2031-10-02',
        )
      );
    },
    requiredInstant: (key) => properties.instant(key) ?? missing(key, pointerOf(key)),
    word(key, words) {
      const text = properties.text(key);
      if (text === undefined) return undefined;
      return words.find((word) => word === text) ?? bad(key, `one of ${words.join(', ')}`);
    },
    object(key) {
      const found = take(key);
      return found === undefined ? undefined : open(found, pointerOf(key));
    },
    objects: (key) => items(key).map((each, index) => open(each, `${pointerOf(key)}/${index}`)),
    value: take,
    items,
    refuseUnread() {
      const unread = Object.keys(value).find((key) => !read.has(key));
      if (unread !== undefined)
        refuseReport(
          'UNKNOWN_PROPERTY',
          pointerOf(unread),
          'no rule reads this property in a report of this kind',
          'remove it, or check its spelling',
        );
      for (const each of inner) each.refuseUnread();
    },
  };
  return properties;
}

function missing(key: string, pointer: string): never {
  return refuseReport('MISSING_PROPERTY', pointer, `${key} is empty`, `give ${key}`);
}
