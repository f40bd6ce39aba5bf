// Runs a service that gateways call as a process of its own: its work, its internal listener, its admin listener.
// Holds: it is called only once it has started, and no longer once it stops. Source: README.md#lifecycle

import type { FastifyPluginAsync } from 'fastify';
import type { BusPort, Log } from '@sitebus/sdk';
import { createAdminServer } from './admin-server.ts';
import { createInternalListener } from './internal-listener.ts';
import type { TlsFiles } from './listener-tls.ts';
import { createMetrics } from './metrics.ts';
import { runProcess } from './run-process.ts';
import type { Service } from './service.ts';

/** What is run, and where it is called and asked. */
export interface CalledServiceParts {
  /** Its principal. */
  readonly name: string;
  readonly service: Service;
  readonly routes: FastifyPluginAsync;
  readonly config: {
    readonly host: string;
    readonly port: number;
    readonly tls?: TlsFiles;
    readonly adminHost: string;
    readonly adminPort: number;
  };
  /** Closed when the service has stopped. */
  readonly bus: Pick<BusPort, 'close'>;
  readonly log: Log;
}

/** Starts all of it and stays until the process ends; resolves when the service can be called. */
export async function runCalledService({ name, service, routes, config, bus, log }: CalledServiceParts): Promise<void> {
  const { host, port, tls, adminHost, adminPort } = config;
  const listener = createInternalListener({ routes, host, port, tls, log });
  const metrics = createMetrics(name);
  const admin = createAdminServer({
    services: [{ name, ready: () => service.ready() }],
    metrics: () => metrics.text(),
    listen: { host: adminHost, port: adminPort },
  });
  await runProcess({
    log,
    service: {
      fatal: service.fatal,
      async start() {
        await Promise.all([admin.start(), service.start()]);
        await listener.start();
      },
      async stop() {
        await listener.stop();
        await Promise.all([service.stop(), admin.stop()]);
        await bus.close();
      },
    },
  });
}
