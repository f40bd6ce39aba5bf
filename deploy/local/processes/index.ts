// Broker and registry of the local stack, started together: the part of `npm start` that is not TypeScript.
// Holds: both answer when `startProcesses` resolves, or neither is left running; what an earlier, killed run left
// behind is ended first.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cacheFolders, type CacheFolders } from '../../setup/cache-folder.ts';
import { SetupError } from '../../setup/errors.ts';
import { ensureJava, type Java } from '../../setup/java.ts';
import { ensureJvmParts, type DownloadProgress } from '../../setup/jvm-parts.ts';
import { startApicurio } from './apicurio-process.ts';
import { endStale, wasStoppedUncleanly, type Child, type StaleProcess } from './child-process.ts';
import { startKafka, type BrokerAdmin } from './kafka-process.ts';
import type { Ports } from './ports.ts';

export { choosePorts, freePorts, holderOf, wantedPorts } from './ports.ts';
export type { MovedPort, PortHolder, PortName, Ports } from './ports.ts';
export type { BrokerAdmin } from './kafka-process.ts';
export type { StaleProcess } from './child-process.ts';

/** One thing that happened on the way up, for the six lines of `npm start`. */
export type StartProgress =
  | { readonly step: 'java'; readonly words: string }
  | { readonly step: 'downloads'; readonly progress: DownloadProgress }
  | { readonly step: 'stale'; readonly ended: readonly StaleProcess[] }
  | { readonly step: 'kafka' | 'apicurio'; readonly upInMs: number };

/** What is started; `ports` come from `choosePorts`. */
export interface StartOptions {
  /** Kept between starts; made when missing. */
  readonly dataDir: string;
  readonly ports: Pick<Ports, 'registry' | 'kafkaInternal' | 'kafkaController' | 'kafkaClients'>;
  readonly onProgress?: (progress: StartProgress) => void;
  readonly folders?: CacheFolders;
  /** See `KafkaSpec.templateDir`: for tests. */
  readonly templateDir?: string;
}

/** Both processes, up. */
export interface Processes {
  /** `host:port` of the SCRAM listener. */
  readonly bootstrap: string;
  /** The registry's address for Confluent clients. */
  readonly registryUrl: string;
  readonly admin: BrokerAdmin;
  readonly java: Java;
  readonly pids: Readonly<Record<'kafka' | 'apicurio', number>>;
  /** The earlier run on this data folder was killed: the broker has just recovered its logs. */
  readonly recovered: boolean;
  /** Resolves (never rejects) with the cause when one of them ends without having been asked to. */
  readonly fatal: Promise<Error>;
  /** Ends both at once (neither needs the other); resolves when they are gone, naming those that had to be killed. */
  stop(withinMs?: number): Promise<readonly string[]>;
}

/**
 * Starts broker and registry on a data folder, fetching Java and parts when they are missing.
 * @throws SetupError with words to print: NETWORK_OFF, CHECKSUM_MISMATCH, JAVA_NOT_FOUND, DATA_DIR_IN_USE,
 *   PROCESS_DIED, PROCESS_NOT_READY …; nothing is left running then
 */
export async function startProcesses(options: StartOptions): Promise<Processes> {
  const dataDir = resolve(options.dataDir);
  const folders = options.folders ?? cacheFolders();
  const tell = options.onProgress ?? (() => undefined);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const recovered = await wasStoppedUncleanly(dataDir);
  const ended = await endStale(dataDir);
  if (ended.length > 0) tell({ step: 'stale', ended });
  const [java, parts] = await Promise.all([
    ensureJava({ folders, onProgress: (words) => tell({ step: 'java', words }) }),
    ensureJvmParts({ folders, onProgress: (progress) => tell({ step: 'downloads', progress }) }),
  ]);
  const startedAt = Date.now();
  const timed = async <T>(step: 'kafka' | 'apicurio', start: Promise<T>): Promise<T> => {
    const result = await start;
    tell({ step, upInMs: Date.now() - startedAt });
    return result;
  };
  const { ports, templateDir } = options;
  const [kafka, apicurio] = await Promise.allSettled([
    timed(
      'kafka',
      startKafka({
        dataDir,
        java,
        kafkaJars: parts.kafkaJars,
        cdsDir: folders.cds,
        ports: { clients: ports.kafkaClients, internal: ports.kafkaInternal, controller: ports.kafkaController },
        ...(templateDir === undefined ? {} : { templateDir }),
      }),
    ),
    timed(
      'apicurio',
      startApicurio({ dataDir, java, apicurioDir: parts.apicurioDir, cdsDir: folders.cds, port: ports.registry }),
    ),
  ]);
  if (kafka.status === 'rejected' || apicurio.status === 'rejected') {
    const half = [kafka, apicurio].filter((one) => one.status === 'fulfilled');
    await Promise.all(half.map((one) => one.value.child.stop()));
    throw kafka.status === 'rejected' ? kafka.reason : (apicurio as PromiseRejectedResult).reason;
  }
  const children = [apicurio.value.child, kafka.value.child];
  return {
    bootstrap: kafka.value.bootstrap,
    registryUrl: apicurio.value.registryUrl,
    admin: kafka.value.admin,
    java,
    pids: { kafka: kafka.value.child.pid, apicurio: apicurio.value.child.pid },
    recovered,
    ...watch(children),
  };
}

/** Tells an end that was asked for from one that was not. */
function watch(children: readonly Child[]): Pick<Processes, 'fatal' | 'stop'> {
  let stopping = false;
  const fatal = new Promise<Error>((resolveFatal) => {
    for (const child of children) {
      void child.exited.then(({ code, signal }) => {
        if (stopping) return;
        resolveFatal(
          new SetupError('PROCESS_DIED', [
            `${child.name} ended by itself (${signal ?? code}); its log: ${child.logFile}`,
          ]),
        );
      });
    }
  });
  const stop = async (withinMs?: number): Promise<readonly string[]> => {
    stopping = true;
    const ends = await Promise.all(
      children.map(async (child) => ({ name: child.name, how: await child.stop(withinMs) })),
    );
    return ends.filter(({ how }) => how === 'killed').map(({ name }) => name);
  };
  return { fatal, stop };
}
