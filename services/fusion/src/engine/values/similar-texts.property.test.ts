// Near-duplicates kept up to date are those worked out from the texts that are there, whatever came and went before.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { areNearDuplicates, bandKeysOf } from './minhash.ts';
import { SimilarTexts } from './similar-texts.ts';

const RULES = { bucketCap: 3, similarMinChars: 40, similarityMin: 0.69 };
const STEMS = ['ballots from the harbour were counted twice', 'the old bridge is closed on polling day for repairs'];
/** Variants that collide in some bands and not in others. */
const TEXTS = STEMS.flatMap((stem) => [
  stem,
  ...['again', 'now', 'here', 'they say', 'once more', 'and nobody was told'].map((tail) => `${stem} ${tail}`),
  stem.slice(6),
  stem.replaceAll('e', 'a'),
]);
const textOf = (text: number) => TEXTS[text - 1]!;
const moves = fc.array(fc.integer({ min: 1, max: TEXTS.length }), { maxLength: 60 });

test('after any comings and goings the pairs are those of the texts that are there', () => {
  let pairs = 0;
  fc.assert(
    fc.property(moves, (drawn) => {
      const similar = new SimilarTexts(RULES, textOf);
      const here = new Set<number>();
      const told = new Set<string>();
      for (const text of drawn) {
        if (here.delete(text)) similar.leave(text);
        else {
          here.add(text);
          similar.enter(text);
        }
        const expected = naivePairs([...here]);
        expect(pairsOf(similar, here)).toEqual(expected);
        const { gained, lost } = similar.takeChanges();
        for (const [a, b] of lost) told.delete(nameOf(a, b));
        for (const [a, b] of gained) told.add(nameOf(a, b));
        expect([...told].sort()).toEqual(expected);
        pairs += expected.length;
      }
    }),
    { numRuns: 60 },
  );
  expect(pairs).toBeGreaterThan(50);
});

test('a bucket with one text too many compares nobody, and compares again when that text is gone', () => {
  const similar = new SimilarTexts(
    { bucketCap: 2, similarMinChars: 24, similarityMin: 0.69 },
    (text) => `${STEMS[0]!}${' x'.repeat(text)}`,
  );
  for (const text of [1, 2]) similar.enter(text);
  expect(similar.alikeOf(1)).toEqual([2]);
  for (const text of [3, 4, 5, 6, 7, 8]) similar.enter(text);
  expect(similar.alikeOf(1)).toEqual([]);
  for (const text of [3, 4, 5, 6, 7, 8]) similar.leave(text);
  expect(similar.alikeOf(1)).toEqual([2]);
});

const nameOf = (a: number, b: number) => `${Math.min(a, b)} ${Math.max(a, b)}`;

function pairsOf(similar: SimilarTexts, here: ReadonlySet<number>): string[] {
  return [...here]
    .flatMap((a) =>
      similar
        .alikeOf(a)
        .filter((b) => a < b)
        .map((b) => nameOf(a, b)),
    )
    .sort();
}

function naivePairs(here: readonly number[]): string[] {
  const compared = here.filter((text) => textOf(text).replaceAll(' ', '').length >= RULES.similarMinChars);
  const keys = new Map(compared.map((text) => [text, new Set(bandKeysOf(textOf(text)))]));
  const fill = (key: number) => compared.filter((text) => keys.get(text)!.has(key)).length;
  return compared
    .flatMap((a) => compared.filter((b) => a < b).map((b) => [a, b] as const))
    .filter(([a, b]) => [...keys.get(a)!].some((key) => keys.get(b)!.has(key) && fill(key) <= RULES.bucketCap))
    .filter(([a, b]) => areNearDuplicates(textOf(a), textOf(b), 690_000))
    .map(([a, b]) => nameOf(a, b))
    .sort();
}
