// The service of gac as a process of its own: file drop and imports of its formats, until SIGTERM.

import { openAgencyParts } from '@sitebus/imports';
import { createAdminServer, createLog, createMetrics, runProcess } from '@sitebus/kit';
import { loadGacConfig } from './config.ts';
import { createGacService } from './service.ts';

const log = createLog({ name: 'agency.gac' });
const config = loadGacConfig(process.env);
const open = await openAgencyParts('gac', config, log);
const service = createGacService(open.parts);
const metrics = createMetrics('agency-gac');
const admin = createAdminServer({
  services: [{ name: 'gac', ready: () => service.ready() }],
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
