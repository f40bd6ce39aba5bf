// A place in a text that moves forward only: what makes every reader here linear.
// Holds: `at` never decreases; each step looks at a bounded number of characters. Source: README.md#text-form

/** The text, and the index of the next character to read. */
export interface Cursor {
  readonly text: string;
  at: number;
}

/** True, and moves past `literal`, when it stands next. */
export function accept(cursor: Cursor, literal: string): boolean {
  if (!stands(cursor, literal)) return false;
  cursor.at += literal.length;
  return true;
}

/** True when `literal` stands next; moves nothing. */
export const stands = (cursor: Cursor, literal: string): boolean => cursor.text.startsWith(literal, cursor.at);

/** True, and moves past it, when one `/` stands next that is not the first of `//`. */
export function acceptSlash(cursor: Cursor): boolean {
  return !stands(cursor, '//') && accept(cursor, '/');
}

/** The capitals and digits that stand next, `maxChars` at most; may be empty; moves past them. */
export function takeWord(cursor: Cursor, maxChars: number): string {
  const start = cursor.at;
  while (cursor.at - start < maxChars && isCapitalOrDigit(cursor.text.charCodeAt(cursor.at))) cursor.at += 1;
  return cursor.text.slice(start, cursor.at);
}

/** How many characters of `expected` stand next. */
export function matchedChars(cursor: Cursor, expected: string): number {
  let matched = 0;
  while (matched < expected.length && cursor.text[cursor.at + matched] === expected[matched]) matched += 1;
  return matched;
}

function isCapitalOrDigit(charCode: number): boolean {
  return (charCode >= 0x41 && charCode <= 0x5a) || (charCode >= 0x30 && charCode <= 0x39); // NaN past the end: false
}
