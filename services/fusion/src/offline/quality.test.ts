// The goals of linking, held on real published campaigns dealt out to five agencies, with the shipped policy alone.
// Holds: the files say who belongs together; the engine never sees that. Figures and baselines: `npm run eval`.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadPolicy } from '@sitebus/sdk';
import { sharedData } from '../../../../test/support/shared-data.ts';
import { loadListsForFile } from './common-lists.ts';
import { fuseFile, type FuseSummary } from './fuse-file.ts';

const policyDir = fileURLToPath(new URL('../../../../schemas/policy', import.meta.url));
const evaluation = sharedData('data/eval');
const withData = evaluation === undefined ? test.skip : test;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'quality-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function fuse(name: string): Promise<FuseSummary> {
  const input = join(evaluation!, `${name}.jsonl`);
  const output = join(dir, `${name}.out`);
  const truth = name.startsWith('coord') ? {} : { truth: input };
  const policy = await loadPolicy(policyDir);
  const commonValues = await loadListsForFile(policyDir, undefined);
  return fuseFile({ input, output, refused: `${output}.refused`, ...truth, policy, commonValues }, () => undefined);
}

withData(
  'reports dealt out to five agencies come together: B-cubed F1 of .86 at a pairwise precision of .90',
  async () => {
    const runs = [await fuse('p2-dev-7'), await fuse('p2-dev-8'), await fuse('p2-dev-9')];
    const mean = (of: (quality: NonNullable<FuseSummary['quality']>) => number) =>
      runs.reduce((sum, { quality }) => sum + of(quality!), 0) / runs.length;
    expect(runs.map(({ accepted, refused }) => [accepted, refused])).toEqual(runs.map(() => [737, 0]));
    expect(mean(({ bCubed }) => bCubed.f1)).toBeGreaterThanOrEqual(0.86);
    expect(mean(({ pairwise }) => pairwise.precision)).toBeGreaterThanOrEqual(0.9);
  },
);

withData('whole reports find their like: pairwise F1 of .70 at a precision of .90', async () => {
  const { accepted, quality } = await fuse('p1-dev');
  expect(accepted).toBe(124);
  expect(quality!.pairwise.f1).toBeGreaterThanOrEqual(0.7);
  expect(quality!.pairwise.precision).toBeGreaterThanOrEqual(0.9);
});

withData('coordinated sharing is found row by row: the counts of the published method', async () => {
  expect((await fuse('coord-dev')).shares).toEqual([
    { kind: 'image', shares: 16_934, rows: 2_131, accountPairs: 337 },
    { kind: 'url', shares: 41_100, rows: 5_658, accountPairs: 1_453 },
  ]);
});
