import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected } from '@sitebus/imports/testing/samples';
import { createCseService, CSE_DROPS } from './service.ts';

samplesAnswerAsExpected({
  folder: fileURLToPath(new URL('../samples/', import.meta.url)),
  create: createCseService,
  drops: CSE_DROPS,
});
