// A pasted text as the draft of an observation: what values are recognised in it, each in the list of its kind.
// Holds: pure; linear in the text; a value counts when the contract's own normaliser takes it, after the ways in which people defang
// are undone; no marking is guessed. Source: README.md#publishing

import { normalise, refang } from '@sitebus/sdk';
import type { ObservationInput } from './publishing.ts';

/** The longest text that is looked through. */
export const MAX_PASTED_CHARS = 100_000;
/** Values of one report. */
const MAX_VALUES = 1_000;

/** Lists of an IndicatorReport, the more particular kinds first: a URL holds a host, and an address a domain. */
const LISTS = [
  ['urls', 'url', /^https?:\/\/\S+$/i],
  ['emails', 'email', /^[^@\s]+@[^@\s]+\.[^@\s]+$/],
  ['ips', 'ip', /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]+)$/i],
  ['hashes', 'hash', /^[0-9a-f]{32,128}$/i],
  ['domains', 'domain', /^[^\s/@:]+\.[^\s/@:.]{2,}$/],
] as const;

/** @returns the draft; a text without any value has empty lists. */
export function draftOfText(text: string): ObservationInput {
  const found = new Map<string, Set<string>>(LISTS.map(([list]) => [list, new Set()]));
  let count = 0;
  for (const word of text.slice(0, MAX_PASTED_CHARS).split(/[\s,;|"'<>`]+/)) {
    const value = valueIn(word);
    if (value === undefined || count >= MAX_VALUES || found.get(value.list)?.has(value.value) === true) continue;
    found.get(value.list)?.add(value.value);
    count += 1;
  }
  return {
    type: 'IndicatorReport',
    envelope: {},
    ...Object.fromEntries([...found].map(([list, values]) => [list, [...values]])),
  };
}

function valueIn(word: string): { readonly list: string; readonly value: string } | undefined {
  const bare = refang(word)
    .replace(/^[([{]+/, '')
    .replace(/[.,:!?)\]}]{1,8}$/, '');
  for (const [list, kind, shape] of LISTS) {
    const value = shape.test(bare) ? normalise(kind, bare) : undefined;
    if (value !== undefined) return { list, value };
  }
  return undefined;
}
