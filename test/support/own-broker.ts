// A broker on free ports and a fresh folder, thrown away when stopped, with a registry of its own unless one is named.
// Holds: the folder comes from a formatted template, so it starts as fast as the broker does.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formattedTemplate, type KafkaSpec, startKafka } from '../../deploy/local/processes/kafka-process.ts';
import type { TlsListener } from '../../deploy/local/processes/kafka-properties.ts';
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
  /** Addresses of the further listeners, by name. */
  readonly listeners: Readonly<Record<string, string>>;
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
  /** Beside those that every broker has. */
  readonly listeners?: readonly Omit<TlsListener, 'port'>[];
}

/** What is up. */
type Started = Omit<OwnBroker, 'dataDir' | 'listeners'>;

const PORT_RACES = 3;

/** Starts one; @throws SetupError as `startProcesses` does */
export async function startOwnBroker({
  isForLoad = false,
  registryUrl,
  listeners: wished = [],
}: OwnBrokerWish = {}): Promise<OwnBroker> {
  const folders = cacheFolders();
  const [java, parts] = await Promise.all([ensureJava({ folders }), ensureJvmParts({ folders })]);
  const jvm = { java, kafkaJars: parts.kafkaJars, cdsDir: folders.cds };
  const templateDir = await formattedTemplate({ ...jvm, templatesDir: folders.templates });
  const dataDir = await mkdtemp(join(tmpdir(), 'sitebus-test-'));
  const started = await onFreePorts(wished.length, async (ports, more) => {
    const listeners = wished.map((each, at) => ({ ...each, port: more[at] ?? 0 }));
    const spec = { dataDir, templateDir, isForLoad, listeners };
    const up = await (registryUrl === undefined
      ? startBoth({ ...spec, ports })
      : startBroker({ ...jvm, ...spec, ports: kafkaPortsOf(ports) }, registryUrl));
    return { ...up, listeners: Object.fromEntries(listeners.map(({ name, port }) => [name, `127.0.0.1:${port}`])) };
  });
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
async function onFreePorts<T>(
  furtherPorts: number,
  start: (ports: BrokerPorts, further: readonly number[]) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const ports = await freePorts(4 + furtherPorts);
    const [registry = 0, kafkaInternal = 0, kafkaController = 0, kafkaClients = 0, ...further] = ports;
    try {
      return await start({ registry, kafkaInternal, kafkaController, kafkaClients }, further);
    } catch (error) {
      const inUse =
        error instanceof SetupError && error.lines.some((line) => /address already in use|BindException/i.test(line));
      if (!inUse || attempt === PORT_RACES) throw error;
    }
  }
}
