// An agency's service as a process of its own: file drop, and intake for gateways and the guard, until SIGTERM.
// Holds: every agency starts and ends alike; what makes it this agency is its table.

import {
  createAdminServer,
  createInternalListener,
  createLog,
  createMetrics,
  intakeRoutes,
  runProcess,
  type Environment,
} from '@sitebus/kit';
import type { Policy } from '@sitebus/sdk';
import { loadAgencyConfig } from './agency-config.ts';
import { openAgencyParts } from './agency-parts.ts';
import type { AgencyService } from './agency-service.ts';
import { createTableService, type AgencyTable, type HostParts } from './agency-table.ts';

/**
 * Starts the service of an agency, which then runs until a signal or a fatal fault and sets the exit code.
 * Rejects before anything connects with INVALID_CONFIG, and with NOT_ALLOWED where a cell's credential is missing.
 */
export async function runAgencyProcess(table: AgencyTable, env: Environment): Promise<void> {
  await runWriterProcess({ agency: table.agency, create: (parts) => createTableService(table, parts) }, env);
}

/** What a process that writes topics of its own is made of: an agency, or the writer that all partners share. */
export interface WriterProcess {
  readonly agency: string;
  readonly create: (parts: HostParts) => AgencyService;
  /** The cells it writes; absent: those of the agency. */
  readonly cellsIn?: (policy: Policy) => readonly string[];
}

/** Starts it; ends and rejects as `runAgencyProcess`. */
export async function runWriterProcess({ agency, create, cellsIn }: WriterProcess, env: Environment): Promise<void> {
  const log = createLog({ name: `agency.${agency}` });
  const config = loadAgencyConfig(env);
  const open = await openAgencyParts(agency, config, log, cellsIn);
  const service = create(open.parts);
  const { intake } = config;
  const listener =
    intake &&
    createInternalListener({
      ...intake,
      routes: intakeRoutes({ intake: service, credential: intake.credential }),
      log,
    });
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
        await listener?.start();
      },
      async stop() {
        await listener?.stop();
        await service.stop();
        await admin.stop();
        await open.close();
      },
    },
  });
}
