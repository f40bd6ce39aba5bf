// What the rules of writing refuse in a brief, as faults by their place.
// Holds: pure; only rules that refuse; where a brief is marked below its case, also what a tearline may not say.
// Source: README.md#briefs

import { lint, type LintRule } from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import type { BriefInWords } from '../cases/commands.ts';
import type { DraftFault } from '../errors.ts';
import { lintTearline } from '../tearline-lint.ts';

/** L4 and L9 need claims and roots, which words alone do not have; L5 needs portions. */
const RULES: ReadonlySet<LintRule> = new Set(['L1', 'L2', 'L6', 'L7', 'L10']);

/** @returns what refuses the words; empty where they may go. */
export function briefFaults({ summary, gaps, fr }: BriefInWords, isLowered: boolean, policy: Policy): readonly DraftFault[] {
  const text = (words: BriefInWords) => ({ text: words.summary, steps: words.gaps });
  const product = { kind: 'brief' as const, en: text({ summary, gaps }), ...(fr === undefined ? {} : { fr: text(fr) }), facts: { statesCoverage: true, statesGaps: true } };
  const said = lint(product, policy).filter(({ rule, level }) => level === 'E' && RULES.has(rule));
  const texts = Object.fromEntries([
    ['summary', summary], ...gaps.map((gap, at) => [`gaps/${at}`, gap]),
    ...(fr === undefined ? [] : [['fr/summary', fr.summary], ...fr.gaps.map((gap, at) => [`fr/gaps/${at}`, gap])]),
  ]) as Readonly<Record<string, string>>;
  return [
    ...said.map(({ rule, pointer, detail }) => ({ pointer: placeOf(pointer), code: rule, detail: detail.en })),
    ...(isLowered ? lintTearline(texts, policy) : []),
  ];
} // prettier-ignore

/** As the command has its words. */
function placeOf(pointer: string): string {
  return pointer
    .replace(/^\/en(?=\/|$)/, '')
    .replace(/\/steps(?=\/|$)/, '/gaps')
    .replace(/\/text$/, '/summary');
}
