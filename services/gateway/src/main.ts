// Runs one view's gateway as a process of its own, with its admin listener. Ends on SIGTERM, or when it cannot go on.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAdminServer, createLog, runProcess } from '@sitebus/kit';
import { createCodec, createConfluentRegistry, loadPolicy, loadSchemaLock, systemClock } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadProcessConfig } from './config.ts';
import { createGatewayService } from './service.ts';
import type { TrustedIssuer } from './tokens.ts';

const { gateway: config, schemasDir, schemaLock, registryUrl, kafka, issuersFile } = loadProcessConfig(process.env);
const clock = systemClock;
const log = createLog({ name: `gateway.${config.view}` });
const { brokers, ...sasl } = kafka;
const bus = createKafkaBus({ brokers, sasl, clientId: `gateway.${config.view}`, log });
const gateway = createGatewayService({
  config, bus, clock, log,
  policy: await loadPolicy(join(schemasDir, 'policy')),
  codec: createCodec({ lock: await loadSchemaLock(schemaLock), registry: createConfluentRegistry({ url: registryUrl }) }),
  issuerKeys: JSON.parse(await readFile(issuersFile, 'utf8')) as readonly TrustedIssuer[],
  intakes: () => undefined, // over HTTP between containers: not built; publishing answers 503 not-durable
}); // prettier-ignore
const admin =
  config.admin &&
  createAdminServer({
    services: [{ name: 'gateway', ready: gateway.ready }],
    metrics: gateway.metrics,
    listen: config.admin,
  });

await runProcess({
  log,
  drainMs: config.drainMs,
  service: {
    fatal: gateway.fatal,
    start: async () => void (await Promise.all([admin?.start(), gateway.start()])),
    stop: async () => void (await Promise.all([gateway.stop(), admin?.stop()]).then(() => bus.close())),
  },
});
