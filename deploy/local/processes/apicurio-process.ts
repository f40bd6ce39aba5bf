// Apicurio Registry as a child process: schemas by id, on loopback, kept in a file of the data folder.
// Holds: FULL_TRANSITIVE is asserted before it counts as started; what it has answered is on disk (each commit is
// written before the answer), so ids survive a stop and a kill. Independent of the broker: both start at once.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../../setup/errors.ts';
import type { Java } from '../../setup/java.ts';
import { startChild, untilReady, type Child } from './child-process.ts';
import { jvmFlags } from './jvm-flags.ts';

/** What the registry is started from. */
export interface ApicurioSpec {
  readonly dataDir: string;
  readonly port: number;
  readonly java: Java;
  readonly apicurioDir: string;
  readonly cdsDir: string;
}

/** A registry that answers, under the address that Confluent clients take. */
export interface RunningApicurio {
  readonly child: Child;
  readonly registryUrl: string;
}

const READY_WITHIN_MS = 90_000;
const REQUEST_WITHIN_MS = 5_000;

/**
 * Starts the registry on its data folder.
 * @throws SetupError PROCESS_DIED; PROCESS_NOT_READY (retriable); REGISTRY_RULES_MISSING when it would accept an
 *   incompatible schema
 */
export async function startApicurio(spec: ApicurioSpec): Promise<RunningApicurio> {
  const home = join(spec.dataDir, 'apicurio');
  await mkdir(home, { recursive: true, mode: 0o700 });
  const registryUrl = `http://127.0.0.1:${spec.port}/apis/ccompat/v7`;
  const child = await startChild({
    name: 'apicurio',
    command: spec.java.binary,
    args: [
      ...jvmFlags('apicurio', { minMb: 64, maxMb: 384 }, spec.java, spec.cdsDir),
      `-Dsitebus.data=${spec.dataDir}`,
      ...['-jar', join(spec.apicurioDir, 'quarkus-run.jar')],
    ],
    env: environment(home, spec.port),
    dataDir: spec.dataDir,
  });
  try {
    let level: string | undefined;
    await untilReady(child, READY_WITHIN_MS, async () => (level = await compatibilityLevel(registryUrl)) !== undefined);
    if (level !== 'FULL_TRANSITIVE') throw rulesMissing(registryUrl, level);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return { child, registryUrl };
}

function environment(home: string, port: number): Record<string, string> {
  return {
    QUARKUS_HTTP_HOST: '127.0.0.1',
    QUARKUS_HTTP_PORT: String(port),
    // It always opens a management port and nobody asks it anything: any free one on loopback.
    QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
    QUARKUS_MANAGEMENT_PORT: '0',
    QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
    QUARKUS_LOG_LEVEL: 'WARN',
    APICURIO_STORAGE_KIND: 'sql',
    APICURIO_STORAGE_SQL_KIND: 'h2',
    // By default H2 writes half a second after it has answered; a killed registry would then forget ids it gave out.
    APICURIO_DATASOURCE_URL: `jdbc:h2:file:${join(home, 'registry').replaceAll('\\', '/')};WRITE_DELAY=0`,
    APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MIN_SIZE: '2',
    APICURIO_RULES_GLOBAL_COMPATIBILITY: 'FULL_TRANSITIVE',
    APICURIO_RULES_GLOBAL_VALIDITY: 'FULL',
  };
}

/** @returns what the registry demands of every new schema version; undefined while it does not answer */
async function compatibilityLevel(registryUrl: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${registryUrl}/config`, { signal: AbortSignal.timeout(REQUEST_WITHIN_MS) });
    if (!answer.ok) return undefined;
    return ((await answer.json()) as { compatibilityLevel?: string }).compatibilityLevel ?? 'NONE';
  } catch {
    return undefined; // not yet; when it stays so, the deadline shows the registry's own log
  }
}

function rulesMissing(registryUrl: string, level: string | undefined): SetupError {
  return new SetupError('REGISTRY_RULES_MISSING', [
    `the schema registry at ${registryUrl} demands ${level}, not FULL_TRANSITIVE: it would accept a breaking schema`,
    'Its settings are in deploy/local/processes/apicurio-process.ts.',
  ]);
}
