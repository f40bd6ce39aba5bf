// Tradecraft of what a member contributes, as faults by their place.
// Holds: pure; only rules that refuse, and that paragraphs can be held against without the records behind them.
// Source: README.md#situation-reports

import { lint, type LintRule } from '@sitebus/kit';
import type { SitrepPortion } from '@sitebus/sdk';
import type { DraftFault } from '../errors.ts';
import type { Facts } from '../protocol-machine.ts';
import { GAPS, markingOfPortion } from './portions.ts';

/** L4 and L9 need claims and roots, which a paragraph does not have. */
const RULES: ReadonlySet<LintRule> = new Set(['L1', 'L2', 'L6', 'L10']);

/** @returns what refuses the paragraphs; `at`: where they stand in what was sent. */
export function lintFaults(portions: readonly SitrepPortion[], { policy }: Facts, at: string): readonly DraftFault[] {
  const product = {
    kind: 'sitrep' as const,
    portions: portions.map((portion) => ({
      text: portion.text,
      lang: portion.lang === 'fr' ? ('fr' as const) : ('en' as const),
      marking: markingOfPortion(portion),
    })),
    facts: { statesGaps: portions.some(({ section }) => section === GAPS) },
  };
  return lint(product, policy)
    .filter(({ rule, level }) => level === 'E' && RULES.has(rule))
    .map(({ rule, pointer, detail }) => ({ pointer: pointer.replace('/portions', at), code: rule, detail: detail.en }));
}
