// Tells a JSON object from null, a list and a scalar: the first question to JSON whose shape nobody has promised.

/** A JSON object, as parsed. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object; false for null, lists and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
