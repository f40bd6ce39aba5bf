// L8: what a tearline's text may not say of where it comes from.
// Holds: pure; each finding names a place and a rule, never the words. Source: README.md#tradecraft

import type { Policy } from '@sitebus/sdk';
import { finding, type LintFinding } from './finding.ts';
import type { PlacedText } from './product.ts';

/** One thing that a text may not have. */
export interface Forbidden {
  readonly what: string;
  readonly pattern: RegExp;
}

const OBSERVATION_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const NUMBERED_PERSON = /\b(?:Canadian|Canadien|Canadienne)\s+\d+\b/i;
/** An agency's id is an acronym where it is short; longer ones are words of the language. */
const MAX_ACRONYM_CHARS = 5;

/** @returns a finding for each thing that the text may not have. */
export function lintOrigin({ pointer, text }: PlacedText, policy: Policy): readonly LintFinding[] {
  const normal = text.normalize('NFC');
  return forbiddenIn(policy).flatMap(({ pattern }) => {
    const match = pattern.exec(normal);
    return match === null ? [] : [finding('L8', pointer, { start: match.index, end: match.index + match[0].length })];
  });
}

/** @returns what no tearline may have, by policy. */
export function forbiddenIn({ agencies, vocabulary, cells, lintWords }: Policy): readonly Forbidden[] {
  const acronyms = agencies.map(({ id }) => id).filter((id) => id.length <= MAX_ACRONYM_CHARS);
  const names = agencies.flatMap(({ name }) => [name.en, name.fr]);
  const compartments = cells.flatMap(({ ceiling }) => ceiling.compartments);
  const kinds = (vocabulary['SourceKind'] ?? []).filter((word) => !word.includes('_'));
  return [
    { pattern: whole(acronyms.map((id) => id.toUpperCase()), ''), what: 'agency names' },
    { pattern: whole(names, 'i'), what: 'agency names' },
    { pattern: whole(compartments, ''), what: 'code names' },
    { pattern: whole(kinds, ''), what: 'source kinds' },
    { pattern: new RegExp(`(?<!\\p{L})(?:${lintWords.collectionStems.map(escaped).join('|') || '(?!)'})`, 'iu'), what: 'collection verbs' },
    { pattern: OBSERVATION_ID, what: 'observation ids' },
    { pattern: NUMBERED_PERSON, what: 'numbered persons' },
  ]; // prettier-ignore
}

/** Whole words alone; without words, what matches nothing. */
function whole(words: readonly string[], flags: string): RegExp {
  const list = [...new Set(words)].map(escaped);
  return new RegExp(list.length === 0 ? '(?!)' : `(?<![\\p{L}\\d])(?:${list.join('|')})(?![\\p{L}\\d])`, `${flags}u`);
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
