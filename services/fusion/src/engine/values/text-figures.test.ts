// How well near-duplicates of texts are told from texts that merely look alike, on published sentences and claims.
// The figures are printed; the thresholds of policy stand on them. Read from shared data, skipped loudly without it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { sharedData } from '../../../../../test/support/shared-data.ts';
import { areNearDuplicates, bandKeysOf } from './minhash.ts';
import { isTooShort, toComparableText } from './text-shape.ts';

const dir = sharedData(join('data', 'eval', 'text-dev'));
const onData = dir === undefined ? test.skip : test;
const policy = await loadPolicy(fileURLToPath(new URL('../../../../../schemas/policy', import.meta.url)));
const { similarMinChars, similarityMin, bucketCap } = policy.detection.texts;

/** Judged from 0 (nothing in common) to 5 (the same meaning). */
onData.each(['en', 'fr'])(
  'sentence pairs (%s): of ten that are taken for alike, eight and more mean nearly the same',
  (lang) => {
    const pairs = tableOf(`stsb-${lang}-dev.csv`, ',').map(
      ([a, b, score]) => [toComparableText(a!), toComparableText(b!), Number(score)] as const,
    );
    expect(pairs).toHaveLength(1_500);
    const alike = pairs.filter(([a, b]) => areAlike(a, b));
    const [same, related, unlike] = [4, 3, 2].map((least) => alike.filter(([, , score]) => score >= least).length);
    const comparable = pairs.filter(([a, b, score]) => score >= 4 && isLong(a) && isLong(b)).length;
    console.info(
      `sts-b ${lang}: ${alike.length} alike; score >= 4 ${percent(same!, alike.length)}, >= 3 ${percent(related!, alike.length)}, ` +
        `< 2 ${alike.length - unlike!}; recall of score >= 4 ${percent(same!, comparable)}`,
    );
    expect(alike.length).toBeGreaterThan(20);
    expect(related! / alike.length).toBeGreaterThanOrEqual(0.85);
  },
);

onData('three thousand claims, each its own: hardly any two are taken for alike, and no bucket is overfull', () => {
  const texts = new Set(
    tableOf(join('checkthat2020-t2', 'verified_claims.docs.tsv'), '\t')
      .slice(1)
      .map(([, claim]) => toComparableText(claim ?? '')),
  );
  const claims = [...texts].filter(isLong).slice(0, 3_000);
  const buckets = new Map<number, number[]>();
  for (const [at, claim] of claims.entries())
    for (const key of new Set(bandKeysOf(claim))) buckets.set(key, [...(buckets.get(key) ?? []), at]);
  const fullest = [...buckets.values()].reduce((most, { length }) => Math.max(most, length), 0);
  const alike = new Set<string>();
  for (const bucket of buckets.values())
    for (const [at, a] of bucket.entries())
      for (const b of bucket.slice(at + 1))
        if (areNearDuplicates(claims[a]!, claims[b]!, similarityMin * 1e6)) alike.add(`${a} ${b}`);
  console.info(`claims: ${claims.length} texts, ${alike.size} pairs alike, fullest bucket ${fullest}`);
  expect(claims).toHaveLength(3_000);
  expect(alike.size).toBeLessThan(30);
  expect(fullest).toBeLessThanOrEqual(bucketCap);
});

const isLong = (text: string) => !isTooShort(text, similarMinChars);
const percent = (part: number, of: number) => `${Math.round((part * 100) / of)} %`;

function areAlike(a: string, b: string): boolean {
  if (!isLong(a) || !isLong(b)) return false;
  const keys = bandKeysOf(b);
  return bandKeysOf(a).some((key) => keys.includes(key)) && areNearDuplicates(a, b, similarityMin * 1e6);
}

/** Rows of quoted columns; a quoted one may hold line breaks. */
function tableOf(file: string, separator: string): string[][] {
  const rows: string[][] = [[]];
  let quoted = false;
  let column = '';
  const text = readFileSync(join(dir!, file), 'utf8').replaceAll('""', '\u0000');
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    else if (quoted || (char !== separator && char !== '\n')) column += char === '\u0000' ? '"' : char;
    else {
      rows[rows.length - 1]!.push(column);
      column = '';
      if (char === '\n') rows.push([]);
    }
  }
  return rows.filter(({ length }) => length > 1);
}
