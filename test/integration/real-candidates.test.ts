// The real list of candidates as reference data: every row accounted for, every id a public id.
// Holds: nothing of the file is committed; without the shared data the suite says so loudly and tests nothing.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ELECTIONS } from '@sitebus/elections';
import { createTableService } from '@sitebus/imports';
import { createImportBench, importAll } from '@sitebus/imports/testing';

const file = join(
  process.env['SITEBUS_SHARED'] ?? fileURLToPath(new URL('../../../shared', import.meta.url)),
  'data/feeds/elections/general_election_2025-04-28.csv',
);

const PUBLIC_ID = /^reference data, kept as cand:ge-past\/[a-z0-9-]+\/[a-z0-9-]+$/;

if (!existsSync(file)) {
  console.warn(
    `SKIPPED: the real list of candidates was not tested, because ${file} does not exist; set SITEBUS_SHARED`,
  );
  test.skip('the real list of candidates is kept as reference data with every row accounted for', () => undefined);
} else {
  test('the real list of candidates is kept as reference data with every row accounted for', async () => {
    const bench = await createImportBench();
    const [election] = bench.policy.elections;
    if (election === undefined) throw new Error('policy has no election');
    const past = { ...election, id: 'ge-past', pollingDay: '2025-04-28' };
    const policy = { ...bench.policy, elections: [...bench.policy.elections, past] };
    const service = createTableService(ELECTIONS, { ...bench, policy });
    await service.start();
    const { answers, summary } = await importAll(service, 'candidates', 'open-candidates', readFileSync(file));
    const rows =
      readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '').length - 1;
    expect(summary.items).toBe(rows);
    expect(summary.accepted + summary.refused + summary.skipped).toBe(rows);
    const kept = answers.flatMap((answer) => (answer.status === 'skipped' ? [answer.reason] : []));
    expect(kept.length).toBeGreaterThan(rows * 0.99);
    expect(kept.filter((reason) => !PUBLIC_ID.test(reason))).toEqual([]);
    expect(new Set(kept).size).toBe(kept.length);
    expect(bench.observations()).toEqual([]); // who stands for election is nothing that was observed
    await service.stop();
  });
}
