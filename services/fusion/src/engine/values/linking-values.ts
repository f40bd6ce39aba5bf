// What a record states as numbers of the index: the values by which it can link, and what follows from them.
// Holds: distinct numbers, ascending, a function of record and rules; what says too little to link by is context, with its reason.
// Source: README.md#features

import type { FeatureIndex } from '../linking/feature-index.ts';
import { isVaguePlaceTime } from './derived-values.ts';
import type { CommonValue, LinkingValue } from '../observation.ts';
import type { LinkingNumbers } from '../records/records.ts';
import type { Rules } from '../rules.ts';
import { isTooShort, toComparableText } from './text-shape.ts';

/** A record's linking values, and what of its features is context by these rules. */
export interface TakenIn extends LinkingNumbers {
  readonly vague: readonly CommonValue[];
}

const NOTHING_VAGUE: readonly CommonValue[] = Object.freeze([]);

/** Interns what the features say; kinds that policy does not weigh are passed over. Cost: the features. */
export function linkingValues(rules: Rules, index: FeatureIndex, features: readonly LinkingValue[]): TakenIn {
  const numbers: number[] = [];
  let lifetimeDays = 0;
  let vague: CommonValue[] | undefined;
  for (const { kind, value } of features) {
    const number = rules.kindNumbers.get(kind);
    if (number === undefined) continue;
    const spelled = number === rules.textKind ? toComparableText(value) : value;
    if (isVague(rules, number, spelled)) {
      (vague ??= []).push({ kind, value, why: 'VAGUE' });
      continue;
    }
    const feature = index.intern(number, spelled);
    numbers.push(feature);
    lifetimeDays = Math.max(lifetimeDays, rules.lifetimeDays[number]!);
    const derived = index.derivedEnd(feature);
    for (let at = index.derivedStart(feature); at < derived; at += 1) {
      const follows = index.derivedAt(at);
      numbers.push(follows);
      lifetimeDays = Math.max(lifetimeDays, rules.lifetimeDays[index.values.kindOf(follows)]!);
    }
  }
  return {
    features: inOrder(numbers),
    lifetimeDays: lifetimeDays === 0 ? rules.defaultLifetimeDays : lifetimeDays,
    vague: vague ?? NOTHING_VAGUE,
  };
}

/** Ascending, each once, in the list given. Few numbers are in order sooner than a sort has begun. */
function inOrder(numbers: number[]): number[] {
  if (numbers.length > FEW) numbers.sort((a, b) => a - b);
  let count = 0;
  for (const number of numbers) {
    let place = count;
    while (place > 0 && numbers[place - 1]! > number) place -= 1;
    if (place > 0 && numbers[place - 1] === number) continue;
    for (let at = count; at > place; at -= 1) numbers[at] = numbers[at - 1]!;
    numbers[place] = number;
    count += 1;
  }
  numbers.length = count;
  return numbers;
}

const FEW = 32;

function isVague(rules: Rules, kind: number, value: string): boolean {
  if (kind === rules.textKind) return isTooShort(value, rules.texts.minChars);
  return kind === rules.placeTimeKind && isVaguePlaceTime(value, rules.derivationRules);
}
