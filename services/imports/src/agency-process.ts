// An agency's service as a process of its own: file drop and imports of its formats, until SIGTERM.
// Holds: every agency starts and ends alike; what makes it this agency is its table.

import { createAdminServer, createLog, createMetrics, runProcess, type Environment } from '@sitebus/kit';
import { loadAgencyConfig } from './agency-config.ts';
import { openAgencyParts } from './agency-parts.ts';
import { createTableService, type AgencyTable } from './agency-table.ts';

/**
 * Starts the service of an agency, which then runs until a signal or a fatal fault and sets the exit code.
 * Rejects before anything connects with INVALID_CONFIG, and with NOT_ALLOWED where a cell's credential is missing.
 */
export async function runAgencyProcess(table: AgencyTable, env: Environment): Promise<void> {
  const { agency } = table;
  const log = createLog({ name: `agency.${agency}` });
  const config = loadAgencyConfig(env);
  const open = await openAgencyParts(agency, config, log);
  const service = createTableService(table, open.parts);
  const metrics = createMetrics(`agency-${agency}`);
  const admin = createAdminServer({
    services: [{ name: agency, ready: () => service.ready() }],
    metrics: () => metrics.text(),
    listen: { host: config.adminHost, port: config.adminPort },
  });
  await runProcess({
    log,
    service: {
      fatal: service.fatal,
      async start() {
        await admin.start();
        await service.start();
      },
      async stop() {
        await service.stop();
        await admin.stop();
        await open.close();
      },
    },
  });
}
