// The partners' service as a process of its own: file drops of every tenant, until SIGTERM.

import { dirname } from 'node:path';
import { runWriterProcess } from '@sitebus/imports';
import { createTenantDirectory } from '@sitebus/kit';
import { agencyPrincipal, groupOf } from '@sitebus/sdk';
import { createPartnersService } from './service.ts';

await runWriterProcess(
  {
    agency: 'partners',
    cellsIn: ({ partners }) => partners.everyTenant.cells,
    create: ({ journalPath, ...parts }) => {
      const [cell = ''] = parts.policy.partners.everyTenant.cells;
      const groupId = groupOf(agencyPrincipal('partners', cell), 'people');
      return createPartnersService({
        ...parts,
        tenants: createTenantDirectory({
          bus: parts.connect(cell),
          clock: parts.clock,
          groupId,
          policyVersion: parts.policy.version,
        }),
        ...(journalPath !== undefined && { journalDir: dirname(journalPath) }),
      });
    },
  },
  process.env,
);
