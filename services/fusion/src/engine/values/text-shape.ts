// A text as it is compared: what people change when they pass a text on (case, accents, punctuation, links) is gone.
// Holds: pure; comparing twice changes nothing; letters and digits of every script stay, in their order.
// Source: Unicode Standard Annex 15 (NFKC); README.md#texts

/**
 * The comparable form of a text in English, French or any script. Accents are folded: a French text loses them as it is
 * typed in capitals or without its keyboard, and words that differ by an accent alone are too few to keep texts apart.
 */
export function toComparableText(text: string): string {
  if (isComparable(text)) return text;
  const comparable = text
    .replace(LINK, ' ')
    .replace(MENTION, '$1 ')
    .replace(INVISIBLE, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKD')
    .replace(ACCENTS, '')
    .normalize('NFKC')
    .replace(FOLDED, (letter) => FOLDS[letter]!)
    .replace(NOT_WORD, ' ')
    .trim();
  return comparable.length <= MAX_COMPARABLE_CHARS ? comparable : cut(comparable);
}

/** What is beyond is not compared: a ligature of one character may stand for eighteen. */
const MAX_COMPARABLE_CHARS = 65_536;

/** Not through the middle of a pair of surrogates. */
function cut(comparable: string): string {
  return comparable
    .slice(0, MAX_COMPARABLE_CHARS)
    .replace(/[\ud800-\udbff]$/, '')
    .trim();
}

/** True where a comparable text has fewer letters and digits than say anything. */
export function isTooShort(comparable: string, minChars: number): boolean {
  if (comparable.length < minChars) return true;
  let found = 0;
  for (const char of comparable) if (char !== ' ') found += 1;
  return found < minChars;
}

/** Text that has been through here before, or looks as if it had: most of what a restored state brings. */
const isComparable = (text: string): boolean => /^[a-z0-9]+(?: [a-z0-9]+)*$/.test(text);

/** Written with a scheme, defanged or not, or `www.`; no blank is in a link. */
const LINK = /\b(?:h(?:tt|xx|\*\*)ps?\s?\[?:|www\.|pic\.twitter\.com|t\.co\/)\S*/giu;
/** A name on a platform; the sign of a hashtag goes as punctuation, its word stays. */
const MENTION = /(^|[^\p{L}\p{N}@])@[\p{L}\p{N}_.-]+(?:@[\p{L}\p{N}.-]+)?/gu;
/** Marks that sit on Latin, Greek and Cyrillic letters; vowel signs of other scripts are none of them. */
const ACCENTS = /[\u0300-\u036f]+/g;
/** Soft hyphens, joiners, selectors: put between letters, they make one word look like another. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}+/gu;
const NOT_WORD = /[^\p{L}\p{N}\p{M}]+/gu;
const FOLDS: Readonly<Record<string, string>> = { œ: 'oe', æ: 'ae', ß: 'ss', ø: 'o' };
const FOLDED = /[œæßø]/g;
