// jest globalSetup of every level that needs a real broker: one broker and one registry a jest run.
// Holds: the order of the README (configured address, local child process, containers, loud failure), never a
// silent skip; data is fresh and thrown away; the test workers find the addresses in their environment.
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../../deploy/setup/errors.ts';
import { startInContainers, type BrokerInContainers } from './broker-in-containers.ts';
import { startOwnBroker } from './own-broker.ts';

/** What is left for broker-down.ts to stop; undefined when the addresses were configured. */
export interface BrokerOfThisRun {
  stop(): Promise<unknown>;
}

declare global {
  var brokerOfThisRun: BrokerOfThisRun | undefined;
}

/** Brings the broker up, unless this run (or the caller) already has one, and exports its addresses. */
export default async function brokerUp(): Promise<void> {
  try {
    if (process.env['BUS_BOOTSTRAP']) requireTheRest();
    else await startLocally().catch(startInContainersAfter);
  } catch (error) {
    process.stderr.write(`\n${error instanceof SetupError ? error.lines.join('\n') : String(error)}\n`);
    // jest reports nothing when its setup fails, and whoever reads the last line must not find an older one.
    // Not stdout.write: on its way out jest has already closed that.
    process.once('exit', () => writeSync(1, '0 passed, 1 failed\n'));
    throw error;
  }
}

function requireTheRest(): void {
  const missing = ['BUS_REGISTRY', 'BUS_ADMIN_USER', 'BUS_ADMIN_PASSWORD'].filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`BUS_BOOTSTRAP is set, so these must be, too: ${missing.join(', ')}`);
}

async function startLocally(): Promise<void> {
  const broker = await startOwnBroker();
  process.env['BUS_SHARED_REGISTRY'] = broker.registryUrl; // for shared-registry.ts
  process.env['BUS_DATA'] ??= join(broker.dataDir, 'provisioned'); // passwords and schema lock of provisioned-stack.ts
  globalThis.brokerOfThisRun = broker;
  exportAddresses({ ...broker, ...broker.admin });
}

/** Only what a container engine can make good leads to it: a broker that broke must be seen, not replaced. */
async function startInContainersAfter(error: unknown): Promise<void> {
  const replaceable = error instanceof SetupError && ['JAVA_NOT_FOUND', 'NETWORK_OFF'].includes(error.code);
  if (!replaceable) throw error;
  let broker: BrokerInContainers;
  try {
    broker = await startInContainers();
  } catch (containerError) {
    throw new SetupError(
      error.code,
      [
        ...error.lines,
        `No container engine helped either: ${(containerError as Error).message}`,
        'Or name a broker: BUS_BOOTSTRAP, BUS_REGISTRY, BUS_ADMIN_USER, BUS_ADMIN_PASSWORD.',
      ],
      error,
    );
  }
  globalThis.brokerOfThisRun = broker;
  exportAddresses(broker);
}

function exportAddresses(at: { bootstrap: string; registryUrl: string; user: string; password: string }): void {
  process.env['BUS_BOOTSTRAP'] = at.bootstrap;
  process.env['BUS_REGISTRY'] = at.registryUrl;
  process.env['BUS_ADMIN_USER'] = at.user;
  process.env['BUS_ADMIN_PASSWORD'] = at.password;
}
