// The guard and the machines as a process: settings → parts → service → an honest exit code.
// Holds: one that is fenced, or whose commit has an unknown outcome, ends; whoever runs it starts it again, and it reads
// everything anew.

import { join } from 'node:path';
import {
  createLog,
  createRegistryCopy,
  protocolRoutes,
  readIntakes,
  runCalledService,
  toBusConnection,
} from '@sitebus/kit';
import {
  createCodec,
  createConfluentRegistry,
  groupOf,
  GUARD_PRINCIPAL,
  loadSchemaLock,
  loadSignedPolicy,
  policyRootsOf,
  systemClock as clock,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadProtocolConfig } from './config.ts';
import { createGuardService } from './service.ts';

const config = loadProtocolConfig(process.env);
const { policyNote: notePath } = config;
const lock = await loadSchemaLock(config.schemaLock);
const log = createLog({ name: GUARD_PRINCIPAL });
const bus = createKafkaBus({ ...toBusConnection(config.kafka), clientId: GUARD_PRINCIPAL, log });
const guard = createGuardService({
  config, bus, clock, log,
  policy: await loadSignedPolicy(join(config.schemasDir, 'policy'), { roots: policyRootsOf(config.policyRoots), provisioned: lock.policyNote, ...(notePath && { notePath }) }),
  codec: createCodec({ lock, registry: createConfluentRegistry({ url: config.registryUrl }) }),
  registry: createRegistryCopy({ bus, clock, log, groupId: groupOf(GUARD_PRINCIPAL, 'people') }),
  intakes: readIntakes(config.intakesFile),
}); // prettier-ignore
await runCalledService({
  name: GUARD_PRINCIPAL, service: guard, config, bus, log,
  routes: protocolRoutes({ guard, protocol: guard.protocol, credential: config.credential }),
}); // prettier-ignore
