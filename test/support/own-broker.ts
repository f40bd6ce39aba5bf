// A broker on free ports and a fresh folder, thrown away when stopped, with a registry of its own unless one is named.
// Holds: the folder comes from a formatted template, so it starts as fast as the broker does.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formattedTemplate, type KafkaSpec, startKafka } from '../../deploy/local/processes/kafka-process.ts';
import { freePorts, type Ports, startProcesses } from '../../deploy/local/processes/index.ts';
import { cacheFolders } from '../../deploy/setup/cache-folder.ts';
import { SetupError } from '../../deploy/setup/errors.ts';
import { ensureJava } from '../../deploy/setup/java.ts';
import { ensureJvmParts } from '../../deploy/setup/jvm-parts.ts';

/** What a client needs, and how to end it. */
export interface OwnBroker {
  readonly bootstrap: string;
  readonly registryUrl: string;
  readonly admin: { readonly user: string; readonly password: string };
  /** Goes with the broker: for whatever belongs to it. */
  readonly dataDir: string;
  /** The broker's process. */
  readonly pid: number;
  stop(): Promise<void>;
}

/** What is asked for. */
export interface OwnBrokerWish {
  /** A broker as one in service, for measuring. */
  readonly isForLoad?: boolean;
  /** Of a registry that is up (`sharedRegistry`). */
  readonly registryUrl?: string | undefined;
}

/** What is up. */
type Started = Omit<OwnBroker, 'dataDir'>;

const PORT_RACES = 3;

/** Starts one; @throws SetupError as `startProcesses` does */
export async function startOwnBroker({ isForLoad = false, registryUrl }: OwnBrokerWish = {}): Promise<OwnBroker> {
  const folders = cacheFolders();
  const [java, parts] = await Promise.all([ensureJava({ folders }), ensureJvmParts({ folders })]);
  const jvm = { java, kafkaJars: parts.kafkaJars, cdsDir: folders.cds };
  const templateDir = await formattedTemplate({ ...jvm, templatesDir: folders.templates });
  const dataDir = await mkdtemp(join(tmpdir(), 'sitebus-test-'));
  const started = await onFreePorts((ports) =>
    registryUrl === undefined
      ? startBoth({ dataDir, templateDir, isForLoad, ports })
      : startBroker({ ...jvm, dataDir, templateDir, isForLoad, ports: kafkaPortsOf(ports) }, registryUrl),
  );
  return {
    ...started,
    dataDir,
    async stop() {
      await started.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function startBoth(options: Parameters<typeof startProcesses>[0]): Promise<Started> {
  const processes = await startProcesses(options);
  const { bootstrap, registryUrl, admin, pids } = processes;
  return {
    bootstrap,
    registryUrl,
    admin,
    pid: pids.kafka,
    async stop() {
      await processes.stop();
    },
  };
}

async function startBroker(spec: KafkaSpec, registryUrl: string): Promise<Started> {
  const { child, bootstrap, admin } = await startKafka(spec);
  return {
    bootstrap,
    registryUrl,
    admin,
    pid: child.pid,
    async stop() {
      await child.stop();
    },
  };
}

type BrokerPorts = Pick<Ports, 'registry' | 'kafkaInternal' | 'kafkaController' | 'kafkaClients'>;

function kafkaPortsOf({ kafkaInternal, kafkaController, kafkaClients }: BrokerPorts): KafkaSpec['ports'] {
  return { clients: kafkaClients, internal: kafkaInternal, controller: kafkaController };
}

/** A port that was free a moment ago can be gone when Java opens it; another set then is tried. */
async function onFreePorts(start: (ports: BrokerPorts) => Promise<Started>): Promise<Started> {
  for (let attempt = 1; ; attempt++) {
    const [registry = 0, kafkaInternal = 0, kafkaController = 0, kafkaClients = 0] = await freePorts(4);
    try {
      return await start({ registry, kafkaInternal, kafkaController, kafkaClients });
    } catch (error) {
      const inUse =
        error instanceof SetupError && error.lines.some((line) => /address already in use|BindException/i.test(line));
      if (!inUse || attempt === PORT_RACES) throw error;
    }
  }
}
