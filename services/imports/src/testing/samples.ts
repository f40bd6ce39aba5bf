// An agency folder's samples against their expected answers: each file of `samples/` and its entry in `expected.json`.
// Holds: no sample without expectation, no expectation without sample; what is compared is every answer and what was written.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import type { Policy } from '@sitebus/sdk';
import { createTableService, type AgencyTable } from '../agency-table.ts';
import { ruleFor } from '../inbox.ts';
import { createImportBench, importAll } from './index.ts';

export type { Policy };

/** What is special to a folder. */
export interface SamplesOf {
  /** Folder of the samples, with a trailing slash. */
  readonly folder: string;
  readonly table: AgencyTable;
  /** Policy for the folder, where it is not the shipped one as it stands. */
  readonly policyFor?: (shipped: Policy) => Policy;
  /** Imported before each sample, for formats that need reference data. */
  readonly before?: { readonly format: string; readonly source: string; readonly content: string };
}

/** Defines the tests; call it once, at the top level of a test file. */
export function samplesAnswerAsExpected({ folder, table, policyFor = (policy) => policy, before }: SamplesOf): void {
  const expected = JSON.parse(readFileSync(`${folder}expected.json`, 'utf8')) as Readonly<Record<string, unknown>>;
  const files = readdirSync(folder).filter((name) => name !== 'expected.json');

  test('every sample has its expected answers, and no expectation is orphaned', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(Object.keys(expected).sort()).toEqual([...files].sort());
  });

  test.each(files)('sample %s is answered item by item as expected', async (file) => {
    const bench = await createImportBench();
    const service = createTableService(table, { ...bench, policy: policyFor(bench.policy) });
    await service.start();
    if (before !== undefined) await importAll(service, before.format, before.source, before.content);
    const written = bench.observations().length;
    const rule = ruleFor(`/inbox/${file}`, '/inbox', table.drops);
    const outcome = await importAll(service, rule?.format ?? '', rule?.source ?? '', readFileSync(`${folder}${file}`));
    expect({ ...outcome, written: bench.observations().length - written }).toEqual(expected[file]);
  });
}
