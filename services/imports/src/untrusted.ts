// Reads JSON whose shape nobody has promised: every accessor answers with a value of the stated type or nothing.
// Holds: no accessor throws, coerces a wrong type, or follows a prototype.

import { isJsonObject, type JsonObject } from '@sitebus/sdk';

export { isJsonObject, type JsonObject };

/** JSON may hold half a surrogate pair, which UTF-8 may not, and U+0000, which no store behind us can hold. */

const UNSTORABLE = /\u0000|\p{Surrogate}/gu;

/** The own property `key`; undefined when absent or when `value` is no object. */
export function at(value: unknown, key: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The property as trimmed, NFC-normalised text; undefined when it is no string or blank. */
export function textAt(value: unknown, key: string): string | undefined {
  return toText(at(value, key));
}

/** The property as an object. */
export function objectAt(value: unknown, key: string): JsonObject | undefined {
  const found = at(value, key);
  return isJsonObject(found) ? found : undefined;
}

/** The property as a list; empty when it is no list. */
export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}

/** The texts in a list; what is no text, or blank, is left out. */
export function textsAt(value: unknown, key: string): readonly string[] {
  return listAt(value, key).flatMap((item) => toText(item) ?? []);
}

/** A value as trimmed, NFC-normalised text; undefined when it is no string or blank. Lone surrogates and U+0000 become U+FFFD. */
export function toText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.replace(UNSTORABLE, '\ufffd').normalize('NFC').trim();
  return text === '' ? undefined : text;
}

/** A value as text where producers also write numbers and booleans (MISP timestamps, flags). */
export function toScalarText(value: unknown): string | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : toText(value);
}

/** True for the ways in which producers write "yes": true, 1, "1", "true". */
export function isYes(value: unknown): boolean {
  return value === true || value === 1 || value === '1' || value === 'true';
}

/** True for the ways in which producers write "no": false, 0, "0", "false". Absence is neither. */
export function isNo(value: unknown): boolean {
  return value === false || value === 0 || value === '0' || value === 'false';
}

/** Yes or no as people write it in tables and front matter; undefined for anything else. */
export function toFlag(value: unknown): boolean | undefined {
  const text = toScalarText(value)?.toLowerCase() ?? '';
  return ['true', 'yes', '1'].includes(text) || (['false', 'no', '0'].includes(text) ? false : undefined);
}

/** JSON with the keys of every object sorted: one text for one value, to be hashed. */
export function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    isJsonObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
