import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected } from '@sitebus/imports/testing/samples';
import { GAC } from './table.ts';

samplesAnswerAsExpected({
  folder: fileURLToPath(new URL('../samples/', import.meta.url)),
  table: GAC,
  // Posts need a listed account.
  before: {
    format: 'accounts',
    source: 'gac-accounts',
    content: 'country,class,chirrup\nXVA,Media,@varkovia_today\n',
  },
});
