// Each rule with texts that it catches and texts that it lets pass, in both languages; and two laws over drawn texts.

import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from '@sitebus/marking';
import { loadPolicy } from '@sitebus/sdk';
import { hasLintErrors, lint } from './lint.ts';
import type { LintFacts, LintProduct } from './product.ts';

const policy = await loadPolicy(fileURLToPath(new URL('../../../../schemas/policy', import.meta.url)));
const rulesOf = (product: LintProduct): readonly string[] => [
  ...new Set(lint(product, policy).map(({ rule }) => rule)),
];
const en = (known: string, facts?: LintFacts): LintProduct => ({ kind: 'brief', en: { known }, ...(facts === undefined ? {} : { facts }) }); // prettier-ignore
const fr = (known: string): LintProduct => ({ kind: 'brief', fr: { known } });
const tearline = (text: string): LintProduct => ({ kind: 'tearline', en: { text } });
const both = (a: string, b: string): LintProduct => ({ kind: 'notice', en: { known: a, steps: ['Check.'] }, fr: { known: b, steps: ['Vérifiez.'] } }); // prettier-ignore

test.each<[string, string, LintProduct]>([
  ['L1', 'likelihood and confidence in one sentence', en('It is likely, with high confidence, that the page is copied.')],
  ['L1', 'the same in French', fr('Il est probable, avec une confiance élevée, que la page soit copiée.')],
  ['L2', 'two words for one row', en('It is likely. It is probable.')],
  ['L2', 'a row said in two ways', en('It is very likely. It is highly likely.')],
  ['L2', 'terms of two lexicons', { kind: 'brief', en: { known: 'It is likely.', text: 'There are chances about even.' } }],
  ['L3', 'a hedge as the only estimate', en('The page may be copied.')],
  ['L3', 'the same in French', fr('La page pourrait être copiée.')],
  ['L4', 'a state made an actor', en('Varkovia is behind the page.')],
  ['L4', 'the same in French', fr('La Varkovie est derrière la page.')],
  ['L5', 'a paragraph without mark', { kind: 'sitrep', portions: [{ text: 'Words.', lang: 'en' }] }],
  ['L5', 'a paragraph above the banner', { kind: 'sitrep', banner: parse('UNCLASSIFIED//TLP:AMBER', policy), portions: [{ text: 'Words.', lang: 'en', marking: parse('SECRET//CANADIAN EYES ONLY', policy) }] }],
  ['L6', 'no evidence, and no word of where one looked', en('There is no evidence of interference.')],
  ['L6', 'the same in French', fr('Il n’y a aucun indice d’ingérence.')],
  ['L7', 'another number', both('There were 1,200 posts.', 'Il y a eu 1 300 publications.')],
  ['L7', 'another month', both('On September 23, 2031.', 'Le 23 octobre 2031.')],
  ['L7', 'another time', both('At 2 pm.', 'À 15 h.')],
  ['L7', 'another link', both('See https://elections.example/a.', 'Voir https://elections.example/b.')],
  ['L7', 'another count of steps', { kind: 'notice', en: { steps: ['One.', 'Two.'] }, fr: { steps: ['Un.'] } }],
  ['L8', 'an agency', tearline('CSE saw it.')],
  ['L8', 'a collection verb', tearline('It was intercepted.')],
  ['L8', 'a numbered person', tearline('Canadian 1 was asked.')],
  ['L9', 'agreement that the roots do not have', en('Several sources say so.', { independentRoots: 1 })],
  ['L10', 'a private person behind a title', en('Ms. Ottilie Brandt was called.')],
  ['L10', 'staff of a campaign behind a title', en('Ms. Bryn Castell was called.')],
  ['L10', 'an address', en('They wrote to someone@private.example.')],
  ['L10', 'a telephone number', en('Call 555-555-0199.')],
  ['L10', 'a name that the records have', en('Ottilie Brandt was called.', { privateNames: ['Ottilie Brandt'] })],
])('%s catches %s', (rule, _what, product) => {
  expect(rulesOf(product)).toContain(rule);
}); // prettier-ignore

test.each<[string, LintProduct]>([
  ['likelihood and confidence in two sentences', en('It is likely that the page is copied. We have high confidence in the records.')],
  ['one term twice', en('It is likely. It is likely here too.')],
  ['a longer term that holds a shorter one', en('It is very likely.')],
  ['a hedge beside an estimate', en('It is likely that it may return.')],
  ['a state that is named and does nothing', en('The page mentions Varkovia.')],
  ['a state that a claim names', en('Varkovia is behind the page.', { actorClaims: ['XVA'] })],
  ['no evidence, with coverage and gaps', en('There is no evidence of it. Coverage: two platforms. Gaps: VidNook.')],
  ['no evidence, with both stated elsewhere', en('There is no evidence of it.', { statesCoverage: true, statesGaps: true })],
  ['a candidate behind a title, who is a public figure', en('Ms. Maren Oakhollow was told.')],
  ['numbers, dates and times in each language’s way', both('On September 23, 2031 at 2:30 pm, 1,200 posts (2.5%) appeared.', 'Le 23 septembre 2031 à 14 h 30, 1 200 publications (2,5 %) ont paru.')],
  ['noon written with minutes', both('At 12:00.', 'À 12 h.')],
  ['agreement that the roots have', en('Several sources say so.', { independentRoots: 2 })],
  ['a public figure behind a title', en('Ms. Maren Oakhollow was threatened.', { publicNames: ['Maren Oakhollow'] })],
  ['an agency in what is no tearline', en('The CSE report is out.')],
  ['a tearline that says what to do', tearline('A site that copies a sign-in page is in use.')],
])('%s is let pass', (_what, product) => {
  expect(rulesOf(product)).toEqual([]);
}); // prettier-ignore

test('each finding has its place, what is wrong and what to do, in both languages, and none of the words', () => {
  const known = 'Fine. It is likely, with high confidence, that Ottilie saw it.';
  const [found] = lint(en(known), policy);
  expect(found).toMatchObject({ rule: 'L1', level: 'E', pointer: '/en/known' });
  expect(known.slice(found?.place?.start, found?.place?.end)).toBe('high confidence');
  expect(found?.detail.fr).not.toBe('');
  expect(JSON.stringify(found)).not.toContain('Ottilie');
});

test('failure 11: a brief that says that nothing was found, and not what could not be seen, is refused', () => {
  expect(hasLintErrors(lint(en('There is no evidence of interference. Coverage: two platforms.'), policy))).toBe(true);
  expect(hasLintErrors(lint(en('There is no evidence of interference.', { statesCoverage: true, statesGaps: true }), policy))).toBe(false); // prettier-ignore
});

const WORDS = ['likely', 'probable', 'high confidence', 'may', 'Varkovia', 'is behind', 'no evidence of', 'coverage', 'gaps', 'several sources', '12', '.', 'page', 'Ms. Brandt']; // prettier-ignore
const someText = (): fc.Arbitrary<string> => fc.array(fc.constantFrom(...WORDS), { maxLength: 12 }).map((words) => words.join(' ')); // prettier-ignore

test('findings are the same whenever they are asked for, in order of place, and within the text', () => {
  fc.assert(
    fc.property(someText(), someText(), (known, text) => {
      const product: LintProduct = { kind: 'brief', en: { known, text } };
      const found = lint(product, policy);
      expect(lint(structuredClone(product), policy)).toEqual(found);
      for (const { pointer, place } of found) {
        const own = pointer === '/en/known' ? known : text;
        if (place !== undefined) expect([place.start >= 0, place.end <= own.length, place.start < place.end]).toEqual([true, true, true]); // prettier-ignore
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a text and itself in the other language agree, whatever numbers it has', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(999), { maxLength: 6 }), (numbers) => {
      const words = numbers.join(' et ');
      expect(rulesOf(both(words, words))).not.toContain('L7');
      expect(rulesOf(both(words, `${words} et 7`))).toContain('L7');
    }),
    { numRuns: 500 },
  );
});
