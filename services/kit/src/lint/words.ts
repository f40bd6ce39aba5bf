// Words in a text: sentences, and where whole words of a list stand in them.
// Holds: pure; linear in the text; the longest word wins, so that `very likely` is not also `likely`.
// Source: README.md#tradecraft

/** Where something stands: UTF-16 offsets, `end` exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/** A word of a list, as the list has it. */
export interface FoundWord extends Place {
  readonly word: string;
}

/** @returns whole words of the list in a text, in order, without overlaps; whatever their case. */
export function findWords(text: string, words: readonly string[]): readonly FoundWord[] {
  const pattern = patternOf(words);
  const known = new Map(words.map((word) => [word.toLowerCase(), word]));
  return [...text.matchAll(pattern)].map((match) => ({
    word: known.get(match[0].toLowerCase()) ?? match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** @returns the sentences of a text with their places. */
export function sentencesOf(text: string): readonly (Place & { readonly text: string })[] {
  return [...text.matchAll(/[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]?/gu)].map((match) => ({
    text: match[0],
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** Patterns by list: policy's lists are the same objects as long as the process lives. */
const patterns = new WeakMap<readonly string[], RegExp>();

function patternOf(words: readonly string[]): RegExp {
  let pattern = patterns.get(words);
  if (pattern === undefined) {
    const longestFirst = [...words].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
    const escaped = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    pattern =
      words.length === 0 ? /(?!)/gu : new RegExp(`(?<![\\p{L}\\d])(?:${escaped.join('|')})(?![\\p{L}\\d])`, 'giu');
    patterns.set(words, pattern);
  }
  return pattern;
}
