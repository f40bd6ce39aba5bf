// Fusion of one view as a process: settings → parts → service → an honest exit code.

import { join } from 'node:path';
import { createAdminServer, createLog, createMetrics, runProcess, toBusConnection } from '@sitebus/kit';
import {
  createCodec,
  createConfluentRegistry,
  loadSchemaLock,
  loadSignedPolicy,
  policyRootsOf,
  systemClock as clock,
} from '@sitebus/sdk';
import { createThreadedKafkaBus } from '@sitebus/sdk/kafka';
import { loadCommonValues } from './common-values.ts';
import { loadFusionConfig } from './config.ts';
import { createFusionService } from './service.ts';
import { createThreadedAdmission } from './threaded-admission.ts';

const config = loadFusionConfig(process.env);
const { view, policyNote: notePath } = config;
const log = createLog({ name: `fusion.${view}` });
const bus = createThreadedKafkaBus({ ...toBusConnection(config.kafka), clientId: `fusion.${view}`, log });
const lock = await loadSchemaLock(config.schemaLock);
const policy = await loadSignedPolicy(config.policyDir, {
  roots: policyRootsOf(config.policyRoots),
  provisioned: lock.policyNote,
  ...(notePath && { notePath }),
});
const commonValues = await loadCommonValues(join(config.policyDir, 'common-values'));
const registry = createConfluentRegistry({ url: config.registry });
const admitting = createThreadedAdmission({ view, policy, lock, commonValues, registry });
const codec = createCodec({ lock, registry });
const fusion = createFusionService({ config, policy, codec, bus, clock, log, commonValues, admitting });
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
      await Promise.all([bus.close(), admitting.close()]);
    },
  },
});
