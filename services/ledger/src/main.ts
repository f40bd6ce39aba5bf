// The ledger of one view as a process: settings → parts → service → an honest exit code.

import { createAdminServer, createLog, createMetrics, runProcess, toBusConnection } from '@sitebus/kit';
import { systemClock as clock } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadLedgerConfig } from './config.ts';
import { createLedgerService } from './service.ts';

const config = loadLedgerConfig(process.env);
const { view } = config;
const log = createLog({ name: `ledger.${view}` });
const bus = createKafkaBus({ ...toBusConnection(config.kafka), clientId: `ledger.${view}`, log });
const ledger = createLedgerService({ config, bus, clock, log });
const metrics = createMetrics('ledger');
const admin = createAdminServer({
  services: [{ name: 'ledger', ready: () => ledger.ready() }],
  metrics: () => metrics.text(),
  listen: { host: config.adminHost, port: config.adminPort },
});
log.info({ keys: ledger.verifierKeys }, 'signs with');

await runProcess({
  log,
  service: {
    fatal: ledger.fatal,
    async start() {
      await Promise.all([admin.start(), ledger.start()]);
    },
    async stop() {
      await Promise.all([ledger.stop(), admin.stop()]);
      await bus.close();
    },
  },
});
