// Looks into a value that may not have the shape of its schema: what is not there is absent, and the codec says so.
// Holds: nothing throws, nothing is coerced.

/** An object of unknown shape. */
export type Fields = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one where it is none. */
export function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;
}

/** The value as a list; empty where it is none. */
export function toItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a number; undefined where it is none. */
export function toNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The value as a string; undefined where it is none. */
export function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const NO_FIELDS: Fields = Object.freeze({});
