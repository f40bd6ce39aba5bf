// A stated value in a row of words: its text, how many values follow from it, and their texts.
// Holds: a function of the value and the rules; what reads it needs no rules. Source: README.md#packed-records

import type { Rules } from '../rules.ts';
import { endOfText, type WordRow } from './text-words.ts';

/**
 * Writes a value and, behind it, how many follow from it, and those. @returns the days for which the longest-lived of
 * them links.
 */
export function writeValue(
  row: WordRow,
  rules: Pick<Rules, 'derivations' | 'derivationRules' | 'lifetimeDays'>,
  kind: number,
  value: string,
): number {
  row.addText(kind, value);
  const derivation = rules.derivations[kind];
  const lifetimeDays = rules.lifetimeDays[kind]!;
  if (derivation === undefined) {
    row.add(0);
    return lifetimeDays;
  }
  const follow = derivation.derive(value, rules.derivationRules);
  row.add(follow.length);
  for (const each of follow) row.addText(derivation.kind, each);
  return follow.length === 0 ? lifetimeDays : Math.max(lifetimeDays, rules.lifetimeDays[derivation.kind]!);
}

/** Where the value that begins at `at` ends, with all that follows from it. */
export function endOfValue(words: Int32Array, at: number): number {
  let end = endOfText(words, at);
  let left = words[end]!;
  for (end += 1; left > 0; left -= 1) end = endOfText(words, end);
  return end;
}
