// A broker and a registry on free ports and a fresh folder, thrown away when stopped.
// Holds: the folder comes from a formatted template, so it starts as fast as the broker does.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formattedTemplate } from '../../deploy/local/processes/kafka-process.ts';
import { freePorts, type Processes, startProcesses } from '../../deploy/local/processes/index.ts';
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

const PORT_RACES = 3;

/** Starts one; `isForLoad` as one in service, for measuring. @throws SetupError as `startProcesses` does */
export async function startOwnBroker({ isForLoad = false } = {}): Promise<OwnBroker> {
  const folders = cacheFolders();
  const [java, parts] = await Promise.all([ensureJava({ folders }), ensureJvmParts({ folders })]);
  const templateDir = await formattedTemplate({
    java,
    kafkaJars: parts.kafkaJars,
    cdsDir: folders.cds,
    templatesDir: folders.templates,
  });
  const dataDir = await mkdtemp(join(tmpdir(), 'sitebus-test-'));
  const processes = await onFreePorts(dataDir, templateDir, isForLoad);
  const { bootstrap, registryUrl, admin } = processes;
  return {
    bootstrap,
    registryUrl,
    admin,
    dataDir,
    pid: processes.pids.kafka,
    async stop() {
      await processes.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A port that was free a moment ago can be gone when Java opens it; another set then is tried. */
async function onFreePorts(dataDir: string, templateDir: string, isForLoad: boolean): Promise<Processes> {
  for (let attempt = 1; ; attempt++) {
    const [registry = 0, kafkaInternal = 0, kafkaController = 0, kafkaClients = 0] = await freePorts(4);
    try {
      return await startProcesses({
        dataDir,
        templateDir,
        isForLoad,
        ports: { registry, kafkaInternal, kafkaController, kafkaClients },
      });
    } catch (error) {
      const inUse =
        error instanceof SetupError && error.lines.some((line) => /address already in use|BindException/i.test(line));
      if (!inUse || attempt === PORT_RACES) throw error;
    }
  }
}
