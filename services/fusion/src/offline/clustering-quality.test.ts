// B-cubed, pairs and largest group: by hand, and equal to the scorer that judges, where that is there.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sharedData } from '../../../../test/support/shared-data.ts';
import { clusteringQuality } from './clustering-quality.ts';

test('a hand-worked example: one group takes a stranger in, one campaign falls apart', () => {
  const quality = clusteringQuality(['a', 'a', 'a', 'b', 'b'], ['1', '1', '2', '2', '3']);
  expect(quality.bCubed.precision).toBeCloseTo((1 + 1 + 0.5 + 0.5 + 1) / 5, 12);
  expect(quality.bCubed.recall).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 0.5 + 0.5) / 5, 12);
  expect(quality.pairwise).toMatchObject({ precision: 0.5, recall: 0.25 });
  expect(quality).toMatchObject({ observations: 5, groups: 3, labels: 2, largest: { size: 2, labels: 1 } });
});

test('nothing put together is right as far as it goes, and finds nothing', () => {
  const { bCubed, pairwise } = clusteringQuality(['a', 'a'], ['1', '2']);
  expect([bCubed.precision, bCubed.recall, pairwise.precision, pairwise.recall, pairwise.f1]).toEqual([
    1, 0.5, 1, 0, 0,
  ]);
});

test('it equals the shared scorer on any grouping', async () => {
  const dir = sharedData('data/eval');
  if (dir === undefined) return;
  const { metrics } = (await import(pathToFileURL(join(dir, 'score.mjs')).href)) as {
    readonly metrics: (truth: readonly string[], answer: readonly string[]) => Scored;
  };
  const names = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom('1', '2', '3', '4', '5')), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(names, (drawn) => {
      const [truth, answer] = [drawn.map(([label]) => label), drawn.map(([, group]) => group)];
      const ours = clusteringQuality(truth, answer);
      const theirs = metrics(truth, answer);
      const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
      expect(
        [ours.bCubed, ours.pairwise].map(({ precision, recall, f1 }) => [precision, recall, f1].map(rounded)),
      ).toEqual([theirs.b3, theirs.pairwise].map(({ p, r, f1 }) => [p, r, f1]));
      expect([ours.largest.size, ours.largest.labels]).toEqual([
        theirs.largestCluster.size,
        theirs.largestCluster.campaigns,
      ]);
    }),
  );
});

interface Scored {
  readonly b3: { readonly p: number; readonly r: number; readonly f1: number };
  readonly pairwise: { readonly p: number; readonly r: number; readonly f1: number };
  readonly largestCluster: { readonly size: number; readonly campaigns: number };
}
