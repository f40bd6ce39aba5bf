// Many short texts, and whether a value contains one of them.
// Holds: a look-up reads the value once and compares only parts that begin alike; thousands of parts cost as few do.

/** Length of the beginning by which parts are found. */
const BEGINNING = 4;

/** Whether the value contains one of the parts. Both are compared as they stand. */
export function toContainsPart(parts: readonly string[]): (value: string) => boolean {
  const short = parts.filter(({ length }) => length < BEGINNING);
  const byBeginning = new Map<string, string[]>();
  for (const part of parts) {
    if (part.length < BEGINNING) continue;
    const alike = byBeginning.get(part.slice(0, BEGINNING)) ?? [];
    byBeginning.set(part.slice(0, BEGINNING), alike);
    alike.push(part);
  }
  return (value) => {
    for (let at = 0; at + BEGINNING <= value.length && byBeginning.size > 0; at += 1) {
      const alike = byBeginning.get(value.slice(at, at + BEGINNING));
      if (alike?.some((part) => value.startsWith(part, at)) === true) return true;
    }
    return short.some((part) => value.includes(part));
  };
}
