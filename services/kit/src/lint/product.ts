// What is linted: the texts of a product in its languages, its paragraphs, and what is known about it beside its words.
// Source: README.md#tradecraft

import type { Marking } from '@sitebus/marking';

/** A text in one language; every part is optional, as while typing. */
export interface LintText {
  readonly title?: string;
  readonly known?: string;
  readonly text?: string;
  readonly steps?: readonly string[];
}

/** A paragraph; `marking` undefined: it has no mark. */
export interface LintPortion {
  readonly text: string;
  readonly lang: 'en' | 'fr';
  readonly marking?: Marking;
}

/** What the words do not say themselves. */
export interface LintFacts {
  /** States that a claim of the product names as actors, by id of policy. */
  readonly actorClaims?: readonly string[];
  readonly statesCoverage?: boolean;
  readonly statesGaps?: boolean;
  /** Independent roots as computed; absent: not known, and nothing is said. */
  readonly independentRoots?: number;
  /** Names of private persons that the records behind it have. */
  readonly privateNames?: readonly string[];
  /** Public figures, who may be named. */
  readonly publicNames?: readonly string[];
}

/** A product. */
export interface LintProduct {
  readonly kind: 'tearline' | 'notice' | 'sitrep' | 'brief' | 'assessment';
  readonly en?: LintText;
  readonly fr?: LintText;
  readonly portions?: readonly LintPortion[];
  readonly banner?: Marking;
  readonly facts?: LintFacts;
}

/** A text of a product with its place. */
export interface PlacedText {
  readonly pointer: string;
  readonly lang: 'en' | 'fr';
  readonly text: string;
}

/** @returns every text of a product, by place. */
export function textsOf({ en, fr, portions = [] }: LintProduct): readonly PlacedText[] {
  return [
    ...ofLanguage('en', en),
    ...ofLanguage('fr', fr),
    ...portions.map(({ text, lang }, at) => ({ pointer: `/portions/${at}/text`, lang, text })),
  ];
}

function ofLanguage(lang: 'en' | 'fr', { title, known, text, steps = [] }: LintText = {}): readonly PlacedText[] {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['title', title],
    ['known', known],
    ['text', text],
    ...steps.map((step, at) => [`steps/${at}`, step] as const),
  ];
  return parts.flatMap(([at, words]) =>
    words === undefined ? [] : [{ pointer: `/${lang}/${at}`, lang, text: words }],
  );
}
