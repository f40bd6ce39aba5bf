// What a packed record states as numbers of the index: the values by which it can link, and what follows from them.
// Holds: distinct numbers, ascending, a function of record and rules. Source: README.md#features

import type { FeatureIndex } from '../linking/feature-index.ts';
import type { PackedObservations } from '../packed-observations.ts';
import { endOfValue } from './value-words.ts';

/**
 * Interns so many values from `at` on, into `numbers`, which is written over. @returns where the values end.
 * Cost: the values.
 */
export function linkingValues(
  index: FeatureIndex,
  { words, seed }: Pick<PackedObservations, 'words' | 'seed'>,
  at: number,
  count: number,
  numbers: number[],
): number {
  numbers.length = 0;
  let place = at;
  for (let left = count; left > 0; left -= 1) {
    const feature = index.internWords(words, place, seed);
    numbers.push(feature);
    const derived = index.derivedEnd(feature);
    for (let each = index.derivedStart(feature); each < derived; each += 1) numbers.push(index.derivedAt(each));
    place = endOfValue(words, place);
  }
  inOrder(numbers);
  return place;
}

/** Ascending, each once, in the list given. Few numbers are in order sooner than a sort has begun. */
function inOrder(numbers: number[]): void {
  if (numbers.length > FEW) numbers.sort((a, b) => a - b);
  let count = 0;
  for (let from = 0; from < numbers.length; from += 1) {
    const number = numbers[from]!;
    let place = count;
    while (place > 0 && numbers[place - 1]! > number) place -= 1;
    if (place > 0 && numbers[place - 1] === number) continue;
    for (let at = count; at > place; at -= 1) numbers[at] = numbers[at - 1]!;
    numbers[place] = number;
    count += 1;
  }
  numbers.length = count;
}

const FEW = 32;
