// The research room as a process: settings → parts → service → an honest exit code.
// Holds: it reads and writes on the credentials of its own principal and its own role, so that who runs it need run no other
// part of the system; gateways alone reach it, on its internal listener.

import { join } from 'node:path';
import {
  createAdminServer,
  createLog,
  createMetrics,
  createRegistryCopy,
  researchRoutes,
  runProcess,
  toBusConnection,
} from '@sitebus/kit';
import {
  createCodec,
  createConfluentRegistry,
  groupOf,
  loadSchemaLock,
  loadSignedPolicy,
  policyRootsOf,
  RESEARCH_PRINCIPAL,
  systemClock as clock,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import fastify from 'fastify';
import { loadResearchConfig } from './config.ts';
import { createResearchService } from './service.ts';
import { createPostgresStore } from './store/adapters/postgres-store.ts';

const config = loadResearchConfig(process.env);
const { policyNote: notePath } = config;
const lock = await loadSchemaLock(config.schemaLock);
const log = createLog({ name: RESEARCH_PRINCIPAL });
const bus = createKafkaBus({ ...toBusConnection(config.kafka), clientId: RESEARCH_PRINCIPAL, log });
const research = createResearchService({
  config, bus, clock, log,
  policy: await loadSignedPolicy(join(config.schemasDir, 'policy'), { roots: policyRootsOf(config.policyRoots), provisioned: lock.policyNote, ...(notePath && { notePath }) }),
  codec: createCodec({ lock, registry: createConfluentRegistry({ url: config.registryUrl }) }),
  registry: createRegistryCopy({ bus, clock, log, groupId: groupOf(RESEARCH_PRINCIPAL, 'people') }),
  store: createPostgresStore({ url: config.storeUrl, log }),
}); // prettier-ignore
const app = fastify();
await app.register(researchRoutes({ research, credential: config.credential }));
const metrics = createMetrics(RESEARCH_PRINCIPAL);
const admin = createAdminServer({
  services: [{ name: RESEARCH_PRINCIPAL, ready: () => research.ready() }],
  metrics: () => metrics.text(),
  listen: { host: config.adminHost, port: config.adminPort },
});

await runProcess({
  log,
  service: {
    fatal: research.fatal,
    async start() {
      await Promise.all([admin.start(), research.start()]);
      await app.listen({ host: config.host, port: config.port });
    },
    async stop() {
      await app.close();
      await Promise.all([research.stop(), admin.stop()]);
      await bus.close();
    },
  },
});
