// Broker, registry and database of the local stack, started together: the part of `npm start` that is not TypeScript.
// Holds: all answer when `startProcesses` resolves, or none is left running; what an earlier, killed run left
// behind is ended first.
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { cacheFolders, type CacheFolders } from '../../setup/cache-folder.ts';
import { SetupError } from '../../setup/errors.ts';
import { ensureJava, type Java } from '../../setup/java.ts';
import { ensureJvmParts, type DownloadProgress } from '../../setup/jvm-parts.ts';
import { startApicurio } from './apicurio-process.ts';
import { endStale, wasStoppedUncleanly, type Child, type StaleProcess } from './child-process.ts';
import { startKafka, type BrokerAdmin, type KafkaSpec } from './kafka-process.ts';
import { startPostgres } from './postgres-process.ts';
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
  | { readonly step: ChildName; readonly upInMs: number };

/** What is started. */
export type ChildName = 'kafka' | 'apicurio' | 'postgres';

/** What is started; `ports` come from `choosePorts`. */
export interface StartOptions {
  /** Kept between starts; made when missing. */
  readonly dataDir: string;
  readonly ports: Pick<Ports, 'registry' | 'kafkaInternal' | 'kafkaController' | 'kafkaClients'> & {
    /** Absent: no database is started, because another one is named. */
    readonly postgres?: number;
  };
  readonly onProgress?: (progress: StartProgress) => void;
  readonly folders?: CacheFolders;
  /** See `KafkaSpec.templateDir`: for tests. */
  readonly templateDir?: string;
  /** See `KafkaSpec.isForLoad`: for measuring. */
  readonly isForLoad?: boolean;
  /** See `KafkaSpec.listeners`: for tests. */
  readonly listeners?: KafkaSpec['listeners'];
  /** See `PostgresSpec.isDisposable`: for tests. */
  readonly isDisposable?: boolean;
}

/** The processes, up. */
export interface Processes {
  /** `host:port` of the SCRAM listener. */
  readonly bootstrap: string;
  /** The registry's address for Confluent clients. */
  readonly registryUrl: string;
  readonly admin: BrokerAdmin;
  readonly java: Java;
  /** The database, where one was started. */
  readonly store?: { readonly ownerUrl: string; readonly adminUrl: string; readonly upInMs: number };
  readonly pids: Readonly<Record<'kafka' | 'apicurio', number> & { postgres?: number }>;
  /** The earlier run on this data folder was killed: the broker has just recovered its logs. */
  readonly recovered: boolean;
  /** Resolves (never rejects) with the cause when one of them ends without having been asked to. */
  readonly fatal: Promise<Error>;
  /** Ends all at once (none needs another); resolves when they are gone, naming those that had to be killed. */
  stop(withinMs?: number): Promise<readonly string[]>;
}

/**
 * Starts broker, registry and database on a data folder, fetching Java and parts when they are missing.
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
  const timed = async <T>(step: ChildName, start: Promise<T>): Promise<T & { upInMs: number }> => {
    const result = await start;
    const upInMs = Date.now() - startedAt;
    tell({ step, upInMs });
    return { ...result, upInMs };
  };
  const { ports, templateDir, isForLoad = false, listeners = [], isDisposable = false } = options;
  const { postgres: postgresPort } = ports;
  const [kafka, apicurio, postgres] = await Promise.allSettled([
    timed(
      'kafka',
      startKafka({
        dataDir,
        java,
        kafkaJars: parts.kafkaJars,
        cdsDir: folders.cds,
        ports: { clients: ports.kafkaClients, internal: ports.kafkaInternal, controller: ports.kafkaController },
        ...(templateDir === undefined ? {} : { templateDir }),
        isForLoad,
        listeners,
      }),
    ),
    timed(
      'apicurio',
      startApicurio({ dataDir, java, apicurioDir: parts.apicurioDir, cdsDir: folders.cds, port: ports.registry }),
    ),
    postgresPort === undefined
      ? Promise.resolve(undefined)
      : timed('postgres', startPostgres({ dataDir, port: postgresPort, isDisposable })),
  ]);
  if (kafka.status === 'rejected' || apicurio.status === 'rejected' || postgres.status === 'rejected') {
    const all = [kafka, apicurio, postgres];
    await Promise.all(all.map(async (one) => (one.status === 'fulfilled' ? one.value?.child.stop() : undefined)));
    throw all.find((one) => one.status === 'rejected')?.reason;
  }
  const store = postgres.value;
  const children = [apicurio.value.child, kafka.value.child, ...(store === undefined ? [] : [store.child])];
  return {
    bootstrap: kafka.value.bootstrap,
    registryUrl: apicurio.value.registryUrl,
    admin: kafka.value.admin,
    java,
    ...(store === undefined
      ? {}
      : { store: { ownerUrl: store.ownerUrl, adminUrl: store.adminUrl, upInMs: store.upInMs } }),
    pids: {
      kafka: kafka.value.child.pid,
      apicurio: apicurio.value.child.pid,
      ...(store === undefined ? {} : { postgres: store.child.pid }),
    },
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
