// What lint says of a place: rule, how grave, what is wrong, and what to do about it, in both languages.
// Source: README.md#tradecraft

import type { Bilingual } from '@sitebus/sdk';
import type { Place } from './words.ts';

/** The rules. */
export type LintRule = 'L1' | 'L2' | 'L3' | 'L4' | 'L5' | 'L6' | 'L7' | 'L8' | 'L9' | 'L10';

/** One finding. It names a place and a rule, never the words. */
export interface LintFinding {
  readonly rule: LintRule;
  /** E refuses; W needs a reason. */
  readonly level: 'E' | 'W';
  /** JSON pointer into what was sent. */
  readonly pointer: string;
  /** UTF-16 offsets in the text at the pointer; absent where it is about all of it. */
  readonly place?: Place;
  readonly detail: Bilingual;
  readonly fix: Bilingual;
}

/** @returns a finding of a rule at a place. */
export function finding(rule: LintRule, pointer: string, place?: Place): LintFinding {
  const { level, detail, fix } = RULES[rule];
  return { rule, level, pointer, ...(place === undefined ? {} : { place: { start: place.start, end: place.end } }), detail, fix };
} // prettier-ignore

type Rule = Pick<LintFinding, 'level' | 'detail' | 'fix'>;
const rule = (level: Rule['level'], detail: Bilingual, fix: Bilingual): Rule => ({ level, detail, fix });

const RULES: Readonly<Record<LintRule, Rule>> = Object.freeze({
  L1: rule('E',
    { en: 'likelihood and confidence stand in one sentence', fr: 'probabilité et confiance sont dans une même phrase' },
    { en: 'say them in two sentences', fr: 'séparez-les en deux phrases' }),
  L2: rule('E',
    { en: 'likelihood is said in two ways', fr: 'la probabilité est dite de deux façons' },
    { en: 'use one term a row, all of one lexicon', fr: 'employez un seul terme par degré, d’un seul lexique' }),
  L3: rule('W',
    { en: 'the only estimate of the sentence estimates nothing', fr: 'la seule estimation de la phrase n’estime rien' },
    { en: 'say how likely it is', fr: 'dites à quel point c’est probable' }),
  L4: rule('E',
    { en: 'a state is named as an actor without a claim that says so', fr: 'un État est nommé comme auteur sans qu’une attribution le dise' },
    { en: 'cite the claim, or name no state', fr: 'citez l’attribution, ou ne nommez aucun État' }),
  L5: rule('E',
    { en: 'a paragraph has no mark, or one above the banner', fr: 'un paragraphe est sans cote, ou sa cote dépasse le bandeau' },
    { en: 'mark it, or raise the banner', fr: 'cotez-le, ou relevez le bandeau' }),
  L6: rule('E',
    { en: 'that nothing was found is said without saying where one looked and what one could not see', fr: 'on dit n’avoir rien trouvé sans dire où l’on a cherché ni ce qu’on ne pouvait voir' },
    { en: 'state coverage and gaps', fr: 'indiquez la couverture et les lacunes' }),
  L7: rule('E',
    { en: 'English and French differ in numbers, dates, links or steps', fr: 'l’anglais et le français diffèrent par leurs nombres, dates, liens ou étapes' },
    { en: 'make them agree', fr: 'faites-les concorder' }),
  L8: rule('E',
    { en: 'it says where the information comes from', fr: 'on y lit d’où vient l’information' },
    { en: 'leave out agencies, code names, kinds of source, collecting, ids and numbered persons', fr: 'ôtez organismes, noms de code, genres de sources, collecte, identifiants et personnes numérotées' }),
  L9: rule('W',
    { en: 'more agreement of sources is claimed than there is', fr: 'on prétend à plus de concordance des sources qu’il n’y en a' },
    { en: 'say how many independent sources there are', fr: 'dites combien de sources indépendantes il y a' }),
  L10: rule('E',
    { en: 'a private person can be recognised', fr: 'une personne privée peut être reconnue' },
    { en: 'use a label in place of the name or address', fr: 'remplacez le nom ou l’adresse par une désignation' }),
}); // prettier-ignore
