// A text without anybody in it: identifiers that the set knows, and whatever looks like one, are taken out.
// Holds: pure; no identifier of the set stands in what is returned, in whatever case, accents or invisible characters it was
// written: where that cannot be reached, there is no text. Source: README.md#texts

import { addressesIn, namesIn, type Found, type Placeholder } from './addresses.ts';
import { fold, type Folded } from './fold.ts';
import type { Matcher, Span } from './matcher.ts';

/** A text that may leave, or null where none may; and how much was taken out. */
export interface Scrubbed {
  readonly text: string | null;
  readonly removed: number;
}

/** Taking one thing out can bring two others together. */
const ROUNDS = 3;

/** `matcher`: of every identifier of the whole set, folded. */
export function scrub(text: string, matcher: Matcher): Scrubbed {
  let left = text;
  let removed = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const folded = fold(left);
    const spans = merged([
      ...namesIn(left),
      ...addressesIn(folded.folded).map((span) => toOriginal(span, folded, span.as)),
      ...matcher.spansIn(folded.folded).map((span) => toOriginal(span, folded, '[name]')),
    ]);
    if (spans.length === 0) return { text: tidied(left), removed };
    removed += spans.length;
    left = replaced(left, spans);
    if (!matcher.isIn(fold(left).folded)) return { text: tidied(left), removed };
  }
  return { text: null, removed };
}

function toOriginal({ from, to }: Span, { at }: Folded, as: Placeholder): Found {
  return { from: at[from] ?? 0, to: at[to] ?? at.at(-1) ?? 0, as };
}

/** In order, without overlaps; of those that overlap the first says what is written. */
function merged(spans: readonly Found[]): readonly Found[] {
  const result: Found[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from || b.to - a.to)) {
    const last = result.at(-1);
    if (last !== undefined && span.from < last.to) {
      if (span.to > last.to) result[result.length - 1] = { ...last, to: span.to };
    } else if (span.to > span.from) result.push(span);
  }
  return result;
}

function replaced(text: string, spans: readonly Found[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, as } of spans) {
    result += text.slice(at, from) + as;
    at = to;
  }
  return result + text.slice(at);
}

/** Invisible characters and runs of blanks can say who wrote it; a leading sign can be taken for a formula. */
function tidied(text: string): string | null {
  const tidy = text
    .replace(/[\p{Cf}\p{Cc}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  if (tidy === '') return null;
  return /^[=+\-@]/.test(tidy) ? `'${tidy}` : tidy;
}
