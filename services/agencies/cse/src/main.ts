// The service of cse as a process of its own: file drop and imports of its formats, until SIGTERM.

import { openAgencyParts } from '@sitebus/imports';
import { createAdminServer, createLog, createMetrics, runProcess } from '@sitebus/kit';
import { loadCseConfig } from './config.ts';
import { createCseService } from './service.ts';

const log = createLog({ name: 'agency.cse' });
const config = loadCseConfig(process.env);
const open = await openAgencyParts('cse', config, log);
const service = createCseService(open.parts);
const metrics = createMetrics('agency-cse');
const admin = createAdminServer({
  services: [{ name: 'cse', ready: () => service.ready() }],
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
