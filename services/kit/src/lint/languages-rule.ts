// L7: whether English and French say the same numbers, dates, times, links and steps.
// Holds: pure; compared are values, not spellings: `1,200` is `1 200`, `2.5` is `2,5`, `September` is `septembre`, `2 pm` is `14 h`.
// Source: README.md#tradecraft

import { finding, type LintFinding } from './finding.ts';
import type { LintProduct, LintText } from './product.ts';

/** @returns a finding where the two texts differ; none while one of them is not there. */
export function lintLanguages({ en, fr }: LintProduct): readonly LintFinding[] {
  if (en === undefined || fr === undefined) return [];
  const found: LintFinding[] = [];
  if ((en.steps?.length ?? 0) !== (fr.steps?.length ?? 0)) found.push(finding('L7', '/fr/steps'));
  for (const part of ['title', 'known', 'text'] as const)
    if (valuesOf(en[part], 'en') !== valuesOf(fr[part], 'fr')) found.push(finding('L7', `/fr/${part}`));
  for (const at of stepsOf(en, fr))
    if (valuesOf(en.steps?.[at], 'en') !== valuesOf(fr.steps?.[at], 'fr')) found.push(finding('L7', `/fr/steps/${at}`));
  return found;
}

function stepsOf(en: LintText, fr: LintText): readonly number[] {
  return Array.from({ length: Math.min(en.steps?.length ?? 0, fr.steps?.length ?? 0) }, (_, at) => at);
}

const MONTHS: Readonly<Record<'en' | 'fr', readonly string[]>> = {
  en: ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'],
  fr: ['janvier', 'février', 'mars', 'avril', 'mai', 'juin', 'juillet', 'août', 'septembre', 'octobre', 'novembre', 'décembre'],
}; // prettier-ignore
const URL_OR_HOST = /https?:\/\/\S+/gu;

/** Everything that must be the same, sorted. A month counts where a number stands beside it: `may` is also a verb. */
function valuesOf(text = '', lang: 'en' | 'fr'): string {
  const links = [...text.matchAll(URL_OR_HOST)].map(([link]) => link.replace(/[.,;:)»]+$/u, ''));
  let rest = text.replace(URL_OR_HOST, ' ').normalize('NFC');
  const values = [...links];
  for (const { groups = {} } of rest.matchAll(TIMES[lang])) values.push(timeOf(groups));
  rest = rest.replace(TIMES[lang], ' ');
  const month = new RegExp(`(?<=\\d\\s*(?:er|st|nd|rd|th)?\\s+)(${MONTHS[lang].join('|')})|(${MONTHS[lang].join('|')})(?=\\s+\\d)`, 'giu'); // prettier-ignore
  for (const match of rest.matchAll(month)) values.push(`m${MONTHS[lang].indexOf(match[0].toLowerCase()) + 1}`);
  const number = lang === 'en' ? /\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?/gu : /\d{1,3}(?:[\u00a0\u202f ]\d{3})+(?:,\d+)?|\d+(?:,\d+)?/gu; // prettier-ignore
  for (const [digits] of rest.matchAll(number)) values.push(lang === 'en' ? digits.replaceAll(',', '') : digits.replace(/[\u00a0\u202f ]/gu, '').replace(',', '.')); // prettier-ignore
  return values.sort().join('\n');
}

const TIMES: Readonly<Record<'en' | 'fr', RegExp>> = {
  en: /\b(?<h>\d{1,2})(?::(?<m>\d{2}))?\s?(?<half>[ap])\.?m\b\.?|\b(?<h24>\d{1,2}):(?<m24>\d{2})\b/giu,
  fr: /\b(?<h24>\d{1,2})(?:[\u00a0\u202f ]?h\b(?:[\u00a0\u202f ]?(?<m24>\d{2})\b)?|:(?<mColon>\d{2})\b)/giu,
};

function timeOf(groups: Readonly<Record<string, string | undefined>>): string {
  const { h, m, half, h24, m24, mColon } = groups;
  if (h24 !== undefined) return `t${Number(h24)}:${m24 ?? mColon ?? '00'}`;
  return `t${(Number(h) % 12) + (half?.toLowerCase() === 'p' ? 12 : 0)}:${m ?? '00'}`;
}
