import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected } from '@sitebus/imports/testing/samples';
import { createGacService, GAC_DROPS } from './service.ts';

samplesAnswerAsExpected({
  folder: fileURLToPath(new URL('../samples/', import.meta.url)),
  create: createGacService,
  drops: GAC_DROPS,
  // Posts need a listed account.
  before: {
    format: 'accounts',
    source: 'gac-accounts',
    content: 'country,class,chirrup\nXVA,Media,@varkovia_today\n',
  },
});
