// The research room as a process: settings → parts → service → an honest exit code.
// Holds: it reads and writes on the credentials of its own principal and its own role, so that who runs it need run no other
// part of the system; gateways alone reach it, on its internal listener.

import { join } from 'node:path';
import { createLog, createRegistryCopy, researchRoutes, runCalledService, toBusConnection } from '@sitebus/kit';
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
await runCalledService({
  name: RESEARCH_PRINCIPAL, service: research, config, bus, log,
  routes: researchRoutes({ research, credential: config.credential }),
}); // prettier-ignore
