// Tradecraft, as far as a machine can read it: ten rules over the texts of a product, in English and French.
// Holds: pure; the same product gives the same findings, sorted by place; a finding names a place and a rule, never the words.
// Source: README.md#tradecraft

import { isAtLeast } from '@sitebus/marking';
import type { Policy } from '@sitebus/sdk';
import { finding, type LintFinding } from './finding.ts';
import { lintLanguages } from './languages-rule.ts';
import { lintSentences, lintTerms } from './likelihood-rules.ts';
import { textsOf, type LintProduct, type PlacedText } from './product.ts';
import { lintOrigin } from './tearline-rule.ts';
import { findWords, sentencesOf } from './words.ts';

/** @returns what the rules say of a product; E refuses it, W needs a reason. */
export function lint(product: LintProduct, policy: Policy): readonly LintFinding[] {
  const texts = textsOf(product);
  const found = [
    ...texts.flatMap((text) => [
      ...lintSentences(text, policy),
      ...lintStates(text, product, policy),
      ...lintAgreement(text, product, policy),
      ...lintPersons(text, product, policy),
      ...(product.kind === 'tearline' ? lintOrigin(text, policy) : []),
    ]),
    ...lintTerms(texts, policy),
    ...lintMarks(product),
    ...lintAbsence(texts, product, policy),
    ...lintLanguages(product),
  ];
  return found.sort((a, b) => compare(a.pointer, b.pointer) || (a.place?.start ?? 0) - (b.place?.start ?? 0) || compare(a.rule, b.rule)); // prettier-ignore
}

/** @returns true where something refuses the product. */
export function hasLintErrors(findings: readonly LintFinding[]): boolean {
  return findings.some(({ level }) => level === 'E');
}

/** L4: a state, in a sentence that makes it an actor, without a claim. */
function lintStates({ pointer, lang, text }: PlacedText, { facts }: LintProduct, { lintWords }: Policy): readonly LintFinding[] {
  const unclaimed = lintWords.states.filter(({ id }) => facts?.actorClaims?.includes(id) !== true);
  return sentencesOf(text).flatMap((sentence) => {
    if (findWords(sentence.text, lintWords.actorWords[lang]).length === 0) return [];
    return unclaimed
      .flatMap((state) => findWords(sentence.text, state[lang]).slice(0, 1))
      .map(({ start, end }) => finding('L4', pointer, { start: sentence.start + start, end: sentence.start + end }));
  });
} // prettier-ignore

/** L5: a paragraph without mark, or above the banner. */
function lintMarks({ portions = [], banner }: LintProduct): readonly LintFinding[] {
  return portions.flatMap(({ marking }, at) => {
    const isAbove = marking !== undefined && banner !== undefined && !isAtLeast(banner, marking);
    return marking === undefined || isAbove ? [finding('L5', `/portions/${at}/marking`)] : [];
  });
}

/** L6: nothing found, without where one looked and what one could not see; one language of a product speaks for itself. */
function lintAbsence(texts: readonly PlacedText[], { facts }: LintProduct, { lintWords }: Policy): readonly LintFinding[] {
  return (['en', 'fr'] as const).flatMap((lang) => {
    const own = texts.filter((each) => each.lang === lang);
    const says = (words: readonly string[]): boolean => own.some(({ text }) => findWords(text, words).length > 0);
    const hasCoverage = facts?.statesCoverage === true || says(lintWords.coverage[lang]);
    const hasGaps = facts?.statesGaps === true || says(lintWords.gaps[lang]);
    if (hasCoverage && hasGaps) return [];
    return own.flatMap(({ pointer, text }) =>
      findWords(text, lintWords.noEvidence[lang]).map((place) => finding('L6', pointer, place)),
    );
  });
} // prettier-ignore

/** L9: agreement claimed where the roots, as computed, are fewer than two. */
function lintAgreement({ pointer, lang, text }: PlacedText, { facts }: LintProduct, { lintWords }: Policy): readonly LintFinding[] {
  if (facts?.independentRoots === undefined || facts.independentRoots >= 2) return [];
  return findWords(text, lintWords.manySources[lang]).map((place) => finding('L9', pointer, place));
} // prettier-ignore

/** The one rule on people: who stands for election or heads the government appears by name, and nobody else. */
function publicFigures({ people }: Pick<Policy, 'people'>): readonly string[] {
  const isPublic = ({ party, roles }: Policy['people'][number]): boolean => party?.startsWith('cand:') === true || roles.includes('minister');
  return people.flatMap((person) => (isPublic(person) ? [person.name] : []));
} // prettier-ignore

const MAIL_OR_PHONE = /[\p{L}\d._%+-]+@[\p{L}\d.-]+\.\p{L}{2,}|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/gu;

/** L10: an address, a telephone number, a name behind a title, or a name that the records have for a private person. */
function lintPersons({ pointer, lang, text }: PlacedText, { facts }: LintProduct, policy: Policy): readonly LintFinding[] {
  const { lintWords } = policy;
  const known = findWords(text, facts?.privateNames ?? []);
  const contacts = [...text.matchAll(MAIL_OR_PHONE)].map(({ 0: all, index }) => ({ start: index, end: index + all.length }));
  const titled = lintWords.titles[lang].flatMap((title) => namesBehind(text, title));
  const isPublic = ({ start, end }: { start: number; end: number }): boolean =>
    [...(facts?.publicNames ?? []), ...publicFigures(policy)].some((name) => findWords(text, [name]).some((place) => place.start < end && start < place.end));
  return [...known, ...contacts, ...titled.filter((place) => !isPublic(place))].map((place) => finding('L10', pointer, place));
} // prettier-ignore

function namesBehind(text: string, title: string): readonly { readonly start: number; readonly end: number }[] {
  const escaped = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const name = new RegExp(`(?<![\\p{L}\\d])${escaped}\\s+(\\p{Lu}[\\p{L}’'-]+(?:\\s+\\p{Lu}[\\p{L}’'-]+)*)`, 'gu');
  return [...text.matchAll(name)].map(({ 0: all, index }) => ({ start: index, end: index + all.length }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
