// A text as it is compared: without case, accents, invisible characters and runs of blanks; with the place each part came from.
// Holds: pure; linear; every folded character knows its place in the text, so that what is found can be taken out there.
// Source: Unicode Standard Annex 15 (NFKD); README.md#texts

/** A folded text. `at[i]` is the index in the original of the character that made `folded[i]`; one more entry for the end. */
export interface Folded {
  readonly folded: string;
  readonly at: readonly number[];
}

/** Folds a text, code point by code point. */
export function fold(text: string): Folded {
  const parts: string[] = [];
  const at: number[] = [];
  let index = 0;
  let isBlank = false;
  for (const character of text) {
    const plain = plainOf(character);
    const isSecondBlank = plain === ' ' && isBlank;
    if (!isSecondBlank) {
      parts.push(plain);
      if (plain !== '') isBlank = plain.endsWith(' ');
      for (let i = 0; i < plain.length; i += 1) at.push(index);
    }
    index += character.length;
  }
  at.push(index);
  return { folded: parts.join(''), at };
}

/** @returns the folded text alone, trimmed: how identifiers are kept. */
export function foldedText(text: string): string {
  return fold(text).folded.trim();
}

function plainOf(character: string): string {
  const known = KNOWN.get(character);
  if (known !== undefined) return known;
  const plain = character
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}]/gu, '') // accents, and what nobody sees
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[\s\p{Z}\p{Cc}]+/gu, ' ');
  if (KNOWN.size < 10_000) KNOWN.set(character, plain);
  return plain;
}

/** Few characters are in use. */
const KNOWN = new Map<string, string>();
