// Apache Kafka as a child process: one node, SCRAM and ACLs on from its first second, on loopback.
// Holds: the admin's password is random, made at the first start and kept 0600 in the data folder (never in a
// command line); a data folder is formatted whole or not at all; `start` resolves only after an authenticated request.
import { Admin } from '@platformatic/kafka';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { KAFKA_VERSION } from '../../setup/cache-folder.ts';
import { SetupError } from '../../setup/errors.ts';
import { withLock } from '../../setup/folder-lock.ts';
import type { Java } from '../../setup/java.ts';
import { startChild, untilReady, type Child } from './child-process.ts';
import { jvmFlags } from './jvm-flags.ts';
import { ADMIN_USER, kafkaProperties, type KafkaPorts, type TlsListener } from './kafka-properties.ts';

/** The one principal that may do everything; provisioning uses it, services never do. */
export interface BrokerAdmin {
  readonly user: string;
  readonly password: string;
}

/** What the broker is started from. */
export interface KafkaSpec {
  readonly dataDir: string;
  readonly ports: KafkaPorts;
  readonly java: Java;
  readonly kafkaJars: readonly string[];
  readonly cdsDir: string;
  /** A folder of `formattedTemplate`: copied instead of formatting. For tests only: its cluster id is not unique. */
  readonly templateDir?: string;
  /** See `KafkaSettings.listeners`: for tests. */
  readonly listeners?: readonly TlsListener[];
  /** As a broker in service runs: both compilers, and a heap of a gigabyte. For measuring. */
  readonly isForLoad?: boolean;
}

/** A broker that answers. */
export interface RunningKafka {
  readonly child: Child;
  readonly bootstrap: string;
  readonly admin: BrokerAdmin;
}

interface Secrets {
  readonly adminPassword: string;
  readonly internalPassword: string;
}

const READY_WITHIN_MS = 90_000; // a large log may have to be recovered after an unclean stop
const FORMAT_WITHIN_MS = 60_000;
const TEMPLATE_WITHIN_MS = 120_000;
const SECRET_BYTES = 24;
const run = promisify(execFile);

/**
 * Starts the broker on its data folder, formatting it the first time.
 * @throws SetupError FORMAT_FAILED; PROCESS_DIED; PROCESS_NOT_READY (retriable), with the last lines of the log
 */
export async function startKafka(spec: KafkaSpec): Promise<RunningKafka> {
  const home = join(spec.dataDir, 'kafka');
  const logDir = join(home, 'data');
  if (!(await exists(join(logDir, 'meta.properties')))) {
    await mkdir(home, { recursive: true, mode: 0o700 });
    if (spec.templateDir === undefined) await format(home, spec);
    else await copyTemplate(spec.templateDir, home);
  }
  const secrets = await readSecrets(home);
  const propertiesFile = join(home, 'server.properties');
  const { ports, listeners = [] } = spec;
  const text = kafkaProperties({ ports, logDir, internalPassword: secrets.internalPassword, listeners });
  await writeFile(propertiesFile, text, { mode: 0o600 });
  const child = await startChild({
    name: 'kafka',
    command: spec.java.binary,
    args: [
      ...(spec.isForLoad === true
        ? javaArgs('kafka-load', { minMb: 1_024, maxMb: 1_024 }, spec)
        : javaArgs('kafka', { minMb: 64, maxMb: 512 }, spec)),
      `-Dsitebus.data=${spec.dataDir}`,
      'kafka.Kafka',
      propertiesFile,
    ],
    env: {},
    dataDir: spec.dataDir,
  });
  const bootstrap = `127.0.0.1:${spec.ports.clients}`;
  const admin = { user: ADMIN_USER, password: secrets.adminPassword };
  try {
    await untilReady(child, READY_WITHIN_MS, () => answers(spec.ports.clients, admin));
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, bootstrap, admin };
}

/**
 * A formatted, never started data folder in the cache, made once: copying it saves tests a Java start each.
 * @returns its path, for `KafkaSpec.templateDir`
 */
export async function formattedTemplate(
  spec: Pick<KafkaSpec, 'java' | 'kafkaJars' | 'cdsDir'> & { readonly templatesDir: string },
): Promise<string> {
  const dir = join(spec.templatesDir, `kafka-${KAFKA_VERSION}`);
  if (await exists(dir)) return dir;
  return withLock(`${dir}.lock`, TEMPLATE_WITHIN_MS, async () => {
    if (await exists(dir)) return dir;
    const temporary = `${dir}.part`;
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true, mode: 0o700 });
    await format(temporary, spec);
    await rename(temporary, dir);
    return dir;
  });
}

/** @returns whether the SCRAM listener answers an authenticated request and the one broker is in its answer */
export async function answers(port: number, admin: BrokerAdmin): Promise<boolean> {
  if (!(await accepts(port))) return false; // spares a client for each look before the port is open
  const client = new Admin({
    clientId: 'sitebus-ready',
    bootstrapBrokers: [`127.0.0.1:${port}`],
    sasl: { mechanism: 'SCRAM-SHA-512', username: admin.user, password: admin.password },
    connectTimeout: 2_000,
    timeout: 5_000,
    retries: false,
  });
  try {
    const { brokers } = await client.metadata({ topics: [] });
    return brokers.size > 0;
  } catch {
    return false; // not yet; when it stays so, the deadline shows the broker's own log
  } finally {
    await client.close().catch(() => undefined); // closing a connection that failed: nothing is left to release
  }
}

/** Formats into a folder beside and renames: a killed format leaves nothing that looks formatted. */
async function format(home: string, spec: Pick<KafkaSpec, 'java' | 'kafkaJars' | 'cdsDir'>): Promise<void> {
  const secrets: Secrets = { adminPassword: secret(), internalPassword: secret() };
  const temporary = join(home, 'data.part');
  await rm(temporary, { recursive: true, force: true });
  const properties = join(home, 'format.properties');
  const noPorts = { clients: 19094, internal: 19092, controller: 19093 }; // parsed, never opened
  await writeFile(
    properties,
    kafkaProperties({ ports: noPorts, logDir: temporary, internalPassword: secrets.internalPassword }),
    { mode: 0o600 },
  );
  // Everybody on the machine may read a command line, so the password goes in an argument file.
  const argsFile = join(home, 'format.args');
  const scram = `SCRAM-SHA-512=[name=${ADMIN_USER},password=${secrets.adminPassword}]`;
  const args = [
    ...javaArgs('kafka-format', { minMb: 64, maxMb: 256 }, spec),
    ...['kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', properties, '-S', scram],
  ];
  await writeFile(argsFile, args.map((arg) => `"${arg.replaceAll('\\', '\\\\')}"`).join('\n'), { mode: 0o600 });
  try {
    await run(spec.java.binary, [`@${argsFile}`], { timeout: FORMAT_WITHIN_MS });
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    const words = `${stdout}\n${stderr}`.replaceAll(secrets.adminPassword, '…').trim().split('\n').slice(-20);
    throw new SetupError('FORMAT_FAILED', [
      `the broker's data folder ${home} could not be formatted:`,
      ...words.map((w) => `  ${w}`),
    ]);
  } finally {
    await Promise.all([argsFile, properties].map((file) => rm(file, { force: true })));
  }
  await writeFile(join(home, 'secrets.json'), `${JSON.stringify(secrets)}\n`, { mode: 0o600 });
  await rename(temporary, join(home, 'data'));
}

async function copyTemplate(template: string, home: string): Promise<void> {
  await cp(join(template, 'secrets.json'), join(home, 'secrets.json'));
  await cp(join(template, 'data'), join(home, 'data'), { recursive: true });
}

async function readSecrets(home: string): Promise<Secrets> {
  return JSON.parse(await readFile(join(home, 'secrets.json'), 'utf8')) as Secrets;
}

function javaArgs(
  part: string,
  heap: { minMb: number; maxMb: number },
  spec: Pick<KafkaSpec, 'java' | 'kafkaJars' | 'cdsDir' | 'isForLoad'>,
): string[] {
  return [
    ...jvmFlags(part, heap, spec.java, spec.cdsDir, spec.isForLoad),
    '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
    '-Dorg.slf4j.simpleLogger.showDateTime=true',
    '-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS',
    // Listed, not a wildcard: the archive is bound to the class path's exact order.
    ...['-cp', spec.kafkaJars.join(delimiter)],
  ];
}

/** 16 random bytes in base64url, as Kafka writes them; a leading dash would be read as an option. */
function clusterId(): string {
  const id = randomBytes(16).toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (open: boolean) => (): void => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', settle(true)).once('error', settle(false)).setTimeout(1_000, settle(false));
  });
}

const secret = (): string => randomBytes(SECRET_BYTES).toString('base64url');
const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
