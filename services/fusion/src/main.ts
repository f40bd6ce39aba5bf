// Fusion of one view as a process: settings → parts → service → an honest exit code.

import { join } from 'node:path';
import { createAdminServer, createLog, createMetrics, runProcess } from '@sitebus/kit';
import { createCodec, createConfluentRegistry, loadPolicy, loadSchemaLock, systemClock as clock } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadCommonValues } from './common-values.ts';
import { loadFusionConfig } from './config.ts';
import { createFusionService } from './service.ts';

const config = loadFusionConfig(process.env);
const { brokers, username, password, view } = config;
const log = createLog({ name: `fusion.${view}` });
const bus = createKafkaBus({ brokers, sasl: { username, password }, clientId: `fusion.${view}`, log });
const lock = await loadSchemaLock(config.schemaLock);
const fusion = createFusionService({
  config,
  policy: await loadPolicy(config.policyDir),
  codec: createCodec({ lock, registry: createConfluentRegistry({ url: config.registry }) }),
  bus,
  clock,
  log,
  commonValues: await loadCommonValues(join(config.policyDir, 'common-values')),
});
const metrics = createMetrics('fusion');
const admin = createAdminServer({
  services: [{ name: 'fusion', ready: () => fusion.ready() }],
  metrics: () => metrics.text(),
  listen: { host: config.adminHost, port: config.adminPort },
});

await runProcess({
  log,
  service: {
    fatal: fusion.fatal,
    async start() {
      await Promise.all([admin.start(), fusion.start()]);
    },
    async stop() {
      await Promise.all([fusion.stop(), admin.stop()]);
      await bus.close();
    },
  },
});
