// Lint L8: what a tearline's text may not say of where it comes from.
// Holds: pure; each finding names a place and a rule, never the words. Source: README.md#lint-l8

import type { Policy } from '@sitebus/sdk';
import type { DraftFault } from './errors.ts';

/** Words of collecting, in both languages; stems, because endings vary. */
const COLLECTION_STEMS: readonly string[] = [
  'intercept', 'wiretap', 'eavesdrop', 'surveil', 'tapped', 'collected', 'informant', 'human source', 'implant',
  'écoute', 'informateur', 'source humaine', 'mis sur écoute', 'collecté',
]; // prettier-ignore
const OBSERVATION_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const NUMBERED_PERSON = /\b(?:Canadian|Canadien|Canadienne)\s+\d+\b/i;
/** An agency's id is an acronym where it is short; longer ones are words of the language. */
const MAX_ACRONYM_CHARS = 5;

/** @returns what breaks the rule, by field. */
export function lintTearline(texts: Readonly<Record<string, string>>, policy: Policy): readonly DraftFault[] {
  const forbidden = patternsOf(policy);
  return Object.entries(texts).flatMap(([field, text]) =>
    forbidden
      .filter(({ pattern }) => pattern.test(text.normalize('NFC')))
      .map(({ what }) => ({ pointer: `/${field}`, code: 'L8', detail: `a tearline has no ${what}` })),
  );
}

function patternsOf({
  agencies,
  vocabulary,
  cells,
}: Policy): readonly { readonly pattern: RegExp; readonly what: string }[] {
  const acronyms = agencies.map(({ id }) => id).filter((id) => id.length <= MAX_ACRONYM_CHARS);
  const names = agencies.flatMap(({ name }) => [name.en, name.fr]);
  const compartments = cells.flatMap(({ ceiling }) => ceiling.compartments);
  const kinds = (vocabulary['SourceKind'] ?? []).filter((word) => !word.includes('_'));
  return [
    { pattern: whole(acronyms.map((id) => id.toUpperCase()), ''), what: 'agency names' },
    { pattern: whole(names, 'i'), what: 'agency names' },
    { pattern: whole(compartments, ''), what: 'code names' },
    { pattern: whole(kinds, ''), what: 'source kinds' },
    { pattern: new RegExp(`(?<!\\p{L})(?:${COLLECTION_STEMS.join('|')})`, 'iu'), what: 'collection verbs' },
    { pattern: OBSERVATION_ID, what: 'observation ids' },
    { pattern: NUMBERED_PERSON, what: 'numbered persons' },
  ]; // prettier-ignore
}

/** Whole words alone; without words, what matches nothing. */
function whole(words: readonly string[], flags: string): RegExp {
  const escaped = [...new Set(words)].map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(
    escaped.length === 0 ? '(?!)' : `(?<![\\p{L}\\d])(?:${escaped.join('|')})(?![\\p{L}\\d])`,
    `${flags}u`,
  );
}
