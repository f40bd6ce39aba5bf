import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { ruleFor } from '@sitebus/imports';
import { createImportBench, importAll } from '@sitebus/imports/testing';
import { createGacService, GAC_DROPS } from './service.ts';

const samples = fileURLToPath(new URL('../samples/', import.meta.url));
const expected = JSON.parse(readFileSync(`${samples}expected.json`, 'utf8')) as Readonly<Record<string, unknown>>;
const files = readdirSync(samples).filter((name) => name !== 'expected.json');

test('every sample has its expected answers, and no expectation is orphaned', () => {
  expect(files.length).toBeGreaterThan(0);
  expect(Object.keys(expected).sort()).toEqual([...files].sort());
});

test.each(files)('sample %s is answered item by item as expected', async (file) => {
  const bench = await createImportBench();
  const service = createGacService(bench);
  await service.start();
  await importAll(service, 'accounts', 'gac-accounts', 'country,class,chirrup\nXVA,Media,@varkovia_today\n'); // posts need a listed account
  const before = bench.observations().length;
  const rule = ruleFor(`/inbox/${file}`, '/inbox', GAC_DROPS);
  const outcome = await importAll(service, rule?.format ?? '', rule?.source ?? '', readFileSync(`${samples}${file}`));
  expect({ ...outcome, written: bench.observations().length - before }).toEqual(expected[file]);
});
