// L1 to L3: how likelihood is said.
// Holds: pure. Source: README.md#tradecraft; ICD 203 (words of estimative probability)

import type { Policy } from '@sitebus/sdk';
import { finding, type LintFinding } from './finding.ts';
import type { PlacedText } from './product.ts';
import { findWords, sentencesOf, type FoundWord } from './words.ts';

/** L1: a likelihood and a confidence in one sentence; L3: a hedge as the only estimate of a sentence. */
export function lintSentences({ pointer, lang, text }: PlacedText, policy: Policy): readonly LintFinding[] {
  const { confidence, hedges } = policy.lintWords;
  return sentencesOf(text).flatMap((sentence) => {
    const terms = termsIn(sentence.text, lang, policy);
    const [sure] = findWords(sentence.text, confidence[lang]);
    const [hedge] = findWords(sentence.text, hedges[lang]);
    const at = ({ start, end }: FoundWord) => ({ start: sentence.start + start, end: sentence.start + end });
    return [
      ...(terms.length > 0 && sure !== undefined ? [finding('L1', pointer, at(sure))] : []),
      ...(terms.length === 0 && hedge !== undefined ? [finding('L3', pointer, at(hedge))] : []),
    ];
  });
}

/** L2: two words for one row, or words that no one lexicon has, in all texts of one language. */
export function lintTerms(texts: readonly PlacedText[], policy: Policy): readonly LintFinding[] {
  return (['en', 'fr'] as const).flatMap((lang) => {
    const used = texts
      .filter((each) => each.lang === lang)
      .flatMap(({ pointer, text }) => termsIn(text, lang, policy).map((found) => ({ pointer, found })));
    const wordOfRow = new Map<number, string>();
    let lexicons = policy.lexicons.map(({ id }) => id);
    return used.flatMap(({ pointer, found }) => {
      const row = rowOf(found.word, lang, policy);
      const before = wordOfRow.get(row);
      wordOfRow.set(row, before ?? found.word);
      const having = policy.lexicons
        .filter(({ bands }) => bands.some(({ term }) => term[lang].toLowerCase() === found.word.toLowerCase()))
        .map(({ id }) => id);
      const left = having.length === 0 ? lexicons : lexicons.filter((id) => having.includes(id));
      const isMixed = left.length === 0;
      if (!isMixed) lexicons = left;
      return isMixed || (before !== undefined && before !== found.word) ? [finding('L2', pointer, found)] : [];
    });
  });
}

/** @returns words of likelihood in a text, the longest first where they overlap. */
export function termsIn(text: string, lang: 'en' | 'fr', policy: Policy): readonly FoundWord[] {
  return findWords(text, allTerms(policy, lang));
}

const lists = new WeakMap<Policy, Readonly<Record<'en' | 'fr', readonly string[]>>>();

function allTerms(policy: Policy, lang: 'en' | 'fr'): readonly string[] {
  let list = lists.get(policy);
  if (list === undefined) {
    const of = (each: 'en' | 'fr'): readonly string[] => [
      ...new Set([
        ...policy.lexicons.flatMap(({ bands }) => bands.map(({ term }) => term[each])),
        ...policy.lintWords.synonyms.flatMap((row) => row[each]),
      ]),
    ];
    list = { en: of('en'), fr: of('fr') };
    lists.set(policy, list);
  }
  return list[lang];
}

function rowOf(word: string, lang: 'en' | 'fr', { lexicons, lintWords }: Policy): number {
  const isIt = (each: string): boolean => each.toLowerCase() === word.toLowerCase();
  const listed = lintWords.synonyms.find((row) => row[lang].some(isIt))?.row;
  return listed ?? lexicons.flatMap(({ bands }) => bands).find(({ term }) => isIt(term[lang]))?.row ?? 0;
}
