// Coordinated sharing: the published counts on real data, and incremental rows against those of the whole set.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accountPairOf, coShareRows, type Share } from './co-share-rows.ts';
import { CoShares } from './co-shares.ts';
import { sharedData } from '../../../../../test/support/shared-data.ts';

const RULES = { windowSeconds: 30, minParticipation: 2, crowdCap: 5 };

const drawnShare = fc.record({
  object: fc.constantFrom('https://a.example/', 'https://b.example/'),
  account: fc.constantFrom('chirrup:a', 'chirrup:b', 'chirrup:c', 'chirrup:d'),
  at: fc.constantFrom(0, 20_000, 29_000, 30_000, 31_000, 59_000, 60_000, 61_000, 90_000, 200_000),
});

test('rows kept up to date are those of the shares that are there, crowds included', () => {
  let rows = 0;
  fc.assert(
    fc.property(fc.array(drawnShare, { maxLength: 60 }), (drawn) => {
      const texts: string[] = [''];
      const numberOf = (text: string) => (texts.includes(text) ? texts.indexOf(text) : texts.push(text) - 1);
      const incremental = new CoShares(RULES, (share) => texts[share]!);
      const here = new Map<number, Share>();
      const told = new Map<number, string>();
      for (const { object, account, at } of drawn) {
        const share = numberOf(`${object} ${account} ${at}`);
        if (here.delete(share)) incremental.leave(share);
        else {
          here.set(share, { object, account, content: String(share), at: at / 1_000 });
          incremental.enter(share);
        }
        const expected = naivePairs(here);
        expect(pairsOf(incremental, here.keys())).toEqual(expected);
        for (const changed of incremental.takeChanged()) told.set(changed, pairsText(incremental, changed));
        for (const each of here.keys()) expect(told.get(each) ?? '').toBe(pairsText(incremental, each));
        rows += expected.size;
      }
    }),
    { numRuns: 150 },
  );
  expect(rows).toBeGreaterThan(50);
});

test('one account that shares twice beside another that shares once more elsewhere is a pair; two who meet once are not', () => {
  const share = (account: string, object: string, at: number): Share => ({
    account,
    object,
    at,
    content: `${account}${at}`,
  });
  const met = [share('a', 'x', 0), share('b', 'x', 10), share('a', 'y', 500), share('b', 'z', 900)];
  expect(coShareRows(met, RULES)).toEqual([]);
  expect(coShareRows([...met, share('b', 'y', 510)], RULES)).toHaveLength(2);
});

const dir = sharedData(join('data', 'eval'));

(dir !== undefined && existsSync(join(dir, 'coord-dev.jsonl')) ? test : test.skip)(
  'the shares of a real election give the published rows and pairs',
  () => {
    const lines = readFileSync(join(dir!, 'coord-dev.jsonl'), 'utf8').trim().split('\n');
    const all = lines.map(
      (line) => JSON.parse(line) as Omit<Share, 'at'> & { readonly kind: string; readonly t: number },
    );
    const found = ['url', 'image'].map((kind) => {
      const shares = all.filter((each) => each.kind === kind).map((each) => ({ ...each, at: each.t }));
      const rows = coShareRows(shares, { windowSeconds: 30, minParticipation: 2 });
      return [kind, rows.length, new Set(rows.map(({ a, b }) => accountPairOf(a.account, b.account))).size];
    });
    expect(found).toEqual([
      ['url', 5_658, 1_453],
      ['image', 2_131, 337],
    ]);
  },
);

function pairsText(incremental: CoShares, share: number): string {
  return [...incremental.pairsOf(share)].sort().join();
}

function pairsOf(incremental: CoShares, shares: Iterable<number>): Map<number, string> {
  return new Map(
    [...shares]
      .sort((a, b) => a - b)
      .map((share) => [share, pairsText(incremental, share)] as const)
      .filter(([, pairs]) => pairs !== ''),
  );
}

function naivePairs(here: ReadonlyMap<number, Share>): Map<number, string> {
  const rows = coShareRows([...here.values()], RULES);
  const pairs = [...here]
    .sort(([a], [b]) => a - b)
    .map(([share, { content }]) => {
      const own = rows.filter(({ a, b }) => a.content === content || b.content === content);
      return [share, [...new Set(own.map(({ a, b }) => accountPairOf(a.account, b.account)))].sort().join()] as const;
    });
  return new Map(pairs.filter(([, text]) => text !== ''));
}
