// What an affected party is told in the words of a tearline: its approved text, and the same in the other language.
// Holds: pure; the tearline is in force and of an observation that the matter rests on; its own language is verbatim what each
// originator approved; the other says the same numbers, dates and links, and nothing that a tearline may not say.
// Source: README.md#affected-parties

import { lint } from '@sitebus/kit';
import type { ReleasableText } from '@sitebus/sdk';
import { standing } from '../cases/standing.ts';
import type { DraftFault, RefusedCode } from '../errors.ts';
import type { Facts } from '../protocol-machine.ts';
import { lintTearline } from '../tearline-lint.ts';
import type { AffectedParty } from './affected-party.ts';

/** What was sent. */
export interface TearlineWordsArgs {
  readonly tearline: string;
  readonly en?: string;
  readonly fr?: string;
}

/** @returns the words with their marking, or what is wrong with what was sent. */
export function wordsOfTearline(
  { about }: Pick<AffectedParty, 'about'>,
  { tearline, ...given }: TearlineWordsArgs,
  facts: Pick<Facts, 'policy' | 'release' | 'assessment'>,
): ReleasableText | { readonly code: RefusedCode; readonly faults: readonly DraftFault[] } {
  const release = facts.release(tearline);
  const members = standing(facts, about)?.members ?? [];
  const words = release?.words;
  if (release === undefined || words === undefined || !members.some(({ id }) => id === release.source))
    return unfit('/tearline', 'NOT_RELEASED', 'is no published tearline of what this rests on');
  const { lang, text } = words;
  const other = lang === 'en' ? 'fr' : 'en';
  if (given[lang] !== undefined && given[lang] !== text)
    return unfit(`/${lang}`, 'NOT_APPROVED', 'is not the text that its originators approved');
  const translated = given[other];
  if (translated === undefined) return unfit(`/${other}`, 'BOTH_LANGUAGES', 'exists together with the other language or not at all');
  const both = lang === 'en' ? { en: text, fr: translated } : { en: translated, fr: text };
  const differing = lint({ kind: 'tearline', en: { text: both.en }, fr: { text: both.fr } }, facts.policy)
    .filter(({ rule, level }) => rule === 'L7' && level === 'E')
    .map(({ rule, detail }): DraftFault => ({ pointer: `/${other}`, code: rule, detail: detail.en }));
  const faults = [...differing, ...lintTearline({ [other]: translated }, facts.policy)];
  if (faults.length > 0) return { code: 'LINT_FAILED', faults };
  return { basis: 'TEARLINE', ...both, marking: release.marking, template: null, tearline };
} // prettier-ignore

function unfit(pointer: string, code: string, detail: string) {
  return { code: 'INVALID_DRAFT' as const, faults: [{ pointer, code, detail }] };
}
