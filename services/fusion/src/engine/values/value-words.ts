// A stated value in a row of words: its text, how many values follow from it, and their texts.
// Holds: a function of the value and the rules; what reads it needs no rules. Source: README.md#packed-records

import type { PlainFeature } from '@sitebus/sdk';
import type { Rules } from '../rules.ts';
import { endOfText, type WordRow } from './text-words.ts';

type ValueRules = Pick<Rules, 'derivations' | 'derivationRules' | 'lifetimeDays'>;

/**
 * Writes a value and, behind it, how many follow from it, and those. @returns the days for which the longest-lived of
 * them links.
 */
export function writeValue(row: WordRow, rules: ValueRules, kind: number, value: string): number {
  row.addText(kind, value);
  return rules.derivations[kind] === undefined ? writeAlone(row, rules, kind) : writeDerived(row, rules, kind, value);
}

/** The same of a feature that lies in a record's bytes: a text is made of it where something may follow. */
export function writePlainValue(row: WordRow, rules: ValueRules, kind: number, feature: PlainFeature): number {
  row.addBytes(kind, feature.bytes, feature.from, feature.to);
  return rules.derivations[kind] === undefined
    ? writeAlone(row, rules, kind)
    : writeDerived(row, rules, kind, feature.value);
}

function writeAlone(row: WordRow, rules: ValueRules, kind: number): number {
  row.add(0);
  return rules.lifetimeDays[kind]!;
}

function writeDerived(row: WordRow, rules: ValueRules, kind: number, value: string): number {
  const derivation = rules.derivations[kind]!;
  const follow = derivation.derive(value, rules.derivationRules);
  row.add(follow.length);
  for (const each of follow) row.addText(derivation.kind, each);
  const lifetimeDays = rules.lifetimeDays[kind]!;
  return follow.length === 0 ? lifetimeDays : Math.max(lifetimeDays, rules.lifetimeDays[derivation.kind]!);
}

/** Where the value that begins at `at` ends, with all that follows from it. */
export function endOfValue(words: Int32Array, at: number): number {
  let end = endOfText(words, at);
  let left = words[end]!;
  for (end += 1; left > 0; left -= 1) end = endOfText(words, end);
  return end;
}
