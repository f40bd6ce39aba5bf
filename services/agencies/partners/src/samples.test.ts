import { fileURLToPath } from 'node:url';
import { samplesAnswerAsExpected } from '@sitebus/imports/testing/samples';
import { seedTenants, withTenants } from '@sitebus/kit';
import { tenantTable } from './table.ts';

samplesAnswerAsExpected({
  folder: fileURLToPath(new URL('../samples/', import.meta.url)),
  table: tenantTable('partner-chirrup'),
  policyFor: (policy) => withTenants(policy, seedTenants(policy)),
});
