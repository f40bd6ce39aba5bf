// Everything in a record that says who or what it is about: what must stand in no exported byte.
// Holds: pure; every text of a record counts as an identifier unless its field is known to hold words of a vocabulary or
// free text: a field that comes later is safe before anybody has heard of it. Source: README.md#texts

import type { Feature } from '@sitebus/sdk';
import { foldedText } from './text/fold.ts';
import type { Pattern } from './text/matcher.ts';

/** Fields whose words are of vocabularies or are common, and fields of free text, in which identifiers are looked for. */
const PLAIN_FIELDS: ReadonlySet<string> = new Set([
  ...['marking', 'lang', 'languages', 'country', 'countries', 'category', 'tools', 'topics', 'hashtags', 'labels'],
  ...[
    'platform',
    'platformId',
    'platforms',
    'platformActions',
    'ridings',
    'riding',
    'kind',
    'class',
    'typology',
    'stance',
    'phase',
  ],
  ...['sourceKind', 'sourceGrade', 'mandateBasis', 'releasePlan', 'noTearlineReason', 'electionId', 'definitionId'],
  ...['narrativeTypes', 'channelTypes', 'eventTypes', 'attributionBasis', 'principalCountry', 'process', 'framework'],
  ...['confidence', 'basis', 'precision', 'metric', 'language', 'buyerKind', 'flags', 'dateText', 'finding'],
  ...['texts', 'text', 'title', 'soWhat', 'portions', 'context', 'abcde', 'summary', 'description', 'activities'],
  'agency', // of government, or a partner whose records readers see signed
]);
/** A text of more characters is a text, whatever its field is called. */
const MAX_IDENTIFIER_CHARS = 400;
/** Shorter ones count as whole words alone, or every text would be in pieces. */
const MIN_ANYWHERE_CHARS = 4;
/** Words of a name that alone name somebody. */
const MIN_NAME_WORD_CHARS = 4;
const MAX_NAME_WORDS = 6;

/** @returns what to find, folded; `features`: of the same record. */
export function identifiersOf(value: unknown, features: readonly Feature[]): readonly Pattern[] {
  const raw: string[] = [];
  collectTexts(value, raw);
  for (const { kind, value: feature } of features)
    if (kind !== 'text') raw.push(...(kind === 'co-share' || kind === 'place-time' ? feature.split(' ') : [feature]));
  const patterns = raw.flatMap((text) => patternsOf(text));
  return [...new Map(patterns.map((pattern) => [`${pattern.wholeWord} ${pattern.text}`, pattern])).values()];
}

function collectTexts(value: unknown, into: string[]): void {
  if (typeof value === 'string') {
    if (value.length <= MAX_IDENTIFIER_CHARS) into.push(value);
  } else if (Array.isArray(value)) {
    for (const each of value) collectTexts(each, into);
  } else if (typeof value === 'object' && value !== null) {
    for (const [field, inner] of Object.entries(value)) if (!PLAIN_FIELDS.has(field)) collectTexts(inner, into);
  }
}

/** The whole, what stands behind its scheme, and the words of a name. */
function patternsOf(text: string): readonly Pattern[] {
  const folded = foldedText(text);
  const handle = /^[a-z0-9][a-z0-9._-]*:@?([^/\s].*)$/.exec(folded)?.[1];
  const named = /^(?:cand|org|prs|person):?(?:.*[/:])?([^/:]+)$/.exec(folded)?.[1]?.replace(/[-_]+/g, ' ');
  const host = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/:?#]+)/.exec(folded)?.[1];
  return [folded, handle, named, host].flatMap((each) => (each === undefined ? [] : withWords(each.trim())));
}

function withWords(folded: string): readonly Pattern[] {
  if (folded.length < 2) return [];
  const whole = { text: folded, wholeWord: folded.length < MIN_ANYWHERE_CHARS };
  const words = folded.split(' ');
  if (words.length < 2 || words.length > MAX_NAME_WORDS) return [whole];
  const names = words.filter((word) => word.length >= MIN_NAME_WORD_CHARS && /^[\p{L}'’.-]+$/u.test(word));
  return [whole, ...names.map((text) => ({ text, wholeWord: true }))];
}
