// The last broker of the order: Kafka and the registry as containers, where Java or the parts cannot be had.
// Holds: the same listeners, SCRAM admin and rules as the child processes, so no test can tell the difference.
import { randomBytes } from 'node:crypto';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { APICURIO_VERSION, KAFKA_VERSION } from '../../deploy/setup/cache-folder.ts';
import { freePorts } from '../../deploy/local/processes/ports.ts';
import { ADMIN_USER, kafkaProperties } from '../../deploy/local/processes/kafka-properties.ts';

/** Addresses and credentials of the two containers. */
export interface BrokerInContainers {
  readonly bootstrap: string;
  readonly registryUrl: string;
  readonly user: string;
  readonly password: string;
  stop(): Promise<unknown>;
}

const STARTED_WITHIN_MS = 180_000; // the images may have to be pulled
const REGISTRY_PORT = 8080;

/**
 * Starts both containers; the images are those of BUS_KAFKA_IMAGE and BUS_REGISTRY_IMAGE, or the public ones.
 * @throws when no container engine answers or an image cannot be had
 */
export async function startInContainers(): Promise<BrokerInContainers> {
  const [clients = 0] = await freePorts(1); // the advertised port must be known before the start
  const password = randomBytes(24).toString('base64url');
  const started: StartedTestContainer[] = [];
  const stop = (): Promise<unknown> => Promise.all(started.map((container) => container.stop()));
  try {
    started.push(await kafkaContainer(clients, password));
    const registry = await registryContainer();
    started.push(registry);
    const registryUrl = `http://${registry.getHost()}:${registry.getMappedPort(REGISTRY_PORT)}/apis/ccompat/v7`;
    return { bootstrap: `127.0.0.1:${clients}`, registryUrl, user: ADMIN_USER, password, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function kafkaContainer(clients: number, password: string): Promise<StartedTestContainer> {
  const properties = kafkaProperties({
    ports: { clients, internal: 19092, controller: 19093 },
    logDir: '/tmp/kafka-data',
    internalPassword: randomBytes(24).toString('base64url'),
  }).replace(`CLI://127.0.0.1:${clients},CONTROLLER`, `CLI://0.0.0.0:${clients},CONTROLLER`); // published by the engine
  const bin = '/opt/kafka/bin';
  const scram = `SCRAM-SHA-512=[name=${ADMIN_USER},password=${password}]`;
  const script = [
    `${bin}/kafka-storage.sh format -t $(${bin}/kafka-storage.sh random-uuid) -c /tmp/server.properties -S '${scram}'`,
    `exec ${bin}/kafka-server-start.sh /tmp/server.properties`,
  ].join(' && ');
  return new GenericContainer(process.env['BUS_KAFKA_IMAGE'] ?? `apache/kafka:${KAFKA_VERSION}`)
    .withCopyContentToContainer([{ content: properties, target: '/tmp/server.properties' }])
    .withExposedPorts({ container: clients, host: clients })
    .withEntrypoint(['/bin/sh', '-c'])
    .withCommand([script])
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(STARTED_WITHIN_MS)
    .start();
}

function registryContainer(): Promise<StartedTestContainer> {
  return new GenericContainer(process.env['BUS_REGISTRY_IMAGE'] ?? `apicurio/apicurio-registry:${APICURIO_VERSION}`)
    .withEnvironment({
      APICURIO_STORAGE_KIND: 'sql',
      APICURIO_STORAGE_SQL_KIND: 'h2',
      APICURIO_RULES_GLOBAL_COMPATIBILITY: 'FULL_TRANSITIVE',
      APICURIO_RULES_GLOBAL_VALIDITY: 'FULL',
    })
    .withExposedPorts(REGISTRY_PORT)
    .withWaitStrategy(Wait.forHttp('/apis/ccompat/v7/config', REGISTRY_PORT))
    .withStartupTimeout(STARTED_WITHIN_MS)
    .start();
}
