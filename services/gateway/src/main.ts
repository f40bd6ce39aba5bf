// Runs one view's gateway as a process of its own, with its admin listener; given the registry's password, it is the
// administration gateway too. Ends on SIGTERM, or when it cannot go on.

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  createAdminServer,
  createLog,
  createProtocolClient,
  createResearchClient,
  readIntakes,
  runProcess,
  toBusConnection,
} from '@sitebus/kit';
import {
  createCodec,
  createConfluentRegistry,
  KEPT_POLICIES,
  loadSchemaLock,
  loadSignedPolicy,
  openPolicyArchive,
  policyRootsOf,
  REGISTRY_PRINCIPAL,
  systemClock,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { loadProcessConfig } from './config.ts';
import { loadExamples } from './asyncapi-examples.ts';
import { createAdministration } from './registry/administration.ts';
import { createRegistryClient } from './registry/commands-http.ts';
import { createGatewayService } from './service.ts';
import { createPostgresDesk } from './store/adapters/postgres-desk.ts';
import type { TrustedIssuer } from './issuer-keys.ts';

const {
  gateway: config,
  schemasDir,
  policyRoots,
  policyNote: notePath,
  policiesDir,
  schemaLock,
  registryUrl,
  kafka,
  storeUrl,
  issuersFile,
  intakesFile,
  protocolUrl,
  protocolCredential,
  researchUrl,
  researchCredential,
  peoplePassword,
  peopleHost,
  peoplePort,
  peopleUrl,
  peopleCredential,
} = loadProcessConfig(process.env);
const log = createLog({ name: `gateway.${config.view}` });
const connection = toBusConnection(kafka);
const bus = createKafkaBus({ ...connection, clientId: `gateway.${config.view}`, log });
const lock = await loadSchemaLock(schemaLock);
const roots = policyRootsOf(policyRoots);
const policy = await loadSignedPolicy(join(schemasDir, 'policy'), {
  roots,
  provisioned: lock.policyNote,
  ...(notePath && { notePath }),
});
const peopleBus = peoplePassword && createKafkaBus({ ...connection, sasl: { username: REGISTRY_PRINCIPAL, password: peoplePassword }, clientId: REGISTRY_PRINCIPAL, log }); // prettier-ignore
const administration = peopleBus
  ? createAdministration({
      bus: peopleBus, policy, log, clock: systemClock,
      ...(peoplePort !== undefined && peopleCredential && { listen: { host: peopleHost, port: peoplePort, tls: config.tls, credential: peopleCredential } }),
    }) // prettier-ignore
  : undefined;
const registryCommands =
  administration?.commands ??
  (peopleUrl && peopleCredential ? createRegistryClient({ url: peopleUrl, credential: peopleCredential }) : undefined);
const gateway = createGatewayService({
  config, bus, log, policy, clock: systemClock,
  policies: openPolicyArchive(policiesDir ?? join(dirname(schemaLock), KEPT_POLICIES), roots),
  codec: createCodec({ lock, registry: createConfluentRegistry({ url: registryUrl }) }),
  store: createPostgresDesk({ url: storeUrl, view: config.view, log }),
  issuerKeys: JSON.parse(await readFile(issuersFile, 'utf8')) as readonly TrustedIssuer[],
  intakes: intakesFile === undefined ? () => undefined : readIntakes(intakesFile),
  examples: await loadExamples(join(schemasDir, 'examples'), lock),
  ...(protocolUrl && protocolCredential && createProtocolClient({ url: protocolUrl, credential: protocolCredential })),
  ...(researchUrl && researchCredential && { research: createResearchClient({ url: researchUrl, credential: researchCredential }) }),
  ...(registryCommands && { registryCommands }),
}); // prettier-ignore
const services = [
  { name: 'gateway', ready: () => gateway.ready() },
  ...(administration ? [{ name: 'people', ready: () => administration.ready() }] : []),
];
const admin = config.admin && createAdminServer({ services, metrics: () => gateway.metrics(), listen: config.admin });

const start = async (): Promise<void> => {
  await administration?.start(); // first: readers of the registry answer nothing before its heartbeat
  await Promise.all([admin?.start(), gateway.start()]);
};
const stop = async (): Promise<void> => {
  await Promise.all([gateway.stop(), admin?.stop()]);
  await administration?.stop();
  await Promise.all([bus.close(), peopleBus ? peopleBus.close() : undefined]);
};
const fatal = Promise.race([gateway.fatal, ...(administration ? [administration.fatal] : [])]); // another writer has followed
await runProcess({ log, drainMs: config.drainMs, service: { fatal, start, stop } });
