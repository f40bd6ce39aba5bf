// An agency's service as a process of its own: file drop and imports of its formats, until SIGTERM.
// Holds: every agency starts and ends alike; what makes it this agency comes as `create`.

import { createAdminServer, createLog, createMetrics, runProcess, type Environment } from '@sitebus/kit';
import { loadAgencyConfig } from './agency-config.ts';
import { openAgencyParts, type OpenParts } from './agency-parts.ts';
import type { AgencyService } from './agency-service.ts';

/**
 * Starts the service of `agency`, which then runs until a signal or a fatal fault and sets the exit code.
 * Rejects before anything connects with INVALID_CONFIG, and with NOT_ALLOWED where a cell's credential is missing.
 */
export async function runAgencyProcess(
  agency: string,
  create: (parts: OpenParts['parts']) => AgencyService,
  env: Environment,
): Promise<void> {
  const log = createLog({ name: `agency.${agency}` });
  const config = loadAgencyConfig(env);
  const open = await openAgencyParts(agency, config, log);
  const service = create(open.parts);
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
