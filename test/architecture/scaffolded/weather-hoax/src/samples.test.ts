import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected, type Policy } from '@sitebus/imports/testing/samples';
import { WEATHER_HOAX } from './table.ts';

const mapping = JSON.parse(
  readFileSync(new URL('../policy/import-mapping.json', import.meta.url), 'utf8'),
) as Policy['importMappings'][number];

samplesAnswerAsExpected({
  folder: fileURLToPath(new URL('../samples/', import.meta.url)),
  table: WEATHER_HOAX,
  policyFor: (shipped) => ({ ...shipped, importMappings: [...shipped.importMappings, mapping] }),
});
