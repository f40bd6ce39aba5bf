// One view's gateway as a process on a broker of its own, with the registry that lets people in: less than a world, and it can
// be killed. Holds: two share nothing; whoever starts one closes it, and nothing is left on disk.

import { type ChildProcess, spawn } from 'node:child_process';
import { seedTenants } from '@sitebus/kit';
import { gatewayPrincipal, loadPolicy, REGISTRY_PRINCIPAL, silentLog, systemClock } from '@sitebus/sdk';
import type { BusPort, Policy } from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { provision } from '../../deploy/provision/index.ts';
import { createRegistryWriter } from '../../services/gateway/src/registry/writer.ts';
import { eventually } from './eventually.ts';
import type { GatewayProcessSettings } from './gateway-process.ts';
import { startOwnBroker } from './own-broker.ts';
import { sharedRegistry } from './shared-registry.ts';

export interface OwnGateway {
  readonly policy: Policy;
  readonly lockPath: string;
  /** The bus as a principal of policy; closed with the rest. */
  busAs(principal: string): BusPort;
  /** Asks as one of `people`. */
  ask(person: string, path: string, init?: RequestInit): Promise<Response>;
  /** SIGKILL, and another one: nothing of the first gets to say goodbye. */
  killAndStart(): Promise<void>;
  close(): Promise<void>;
}

/** Starts broker, registry and gateway; resolves when it is ready. */
export async function startOwnGateway(wish: {
  readonly view: string;
  readonly people: readonly string[];
  readonly ledgerKeys?: readonly string[];
}): Promise<OwnGateway> {
  const broker = await startOwnBroker({ registryUrl: await sharedRegistry() });
  const { bootstrap, registryUrl, admin, dataDir } = broker;
  const { credentials, lockPath } = await provision({ bootstrap, registryUrl, admin, dataDir, schemasDir: 'schemas' });
  const policy = await loadPolicy('schemas/policy');
  const buses: BusPort[] = [];
  const saslOf = (principal: string): { username: string; password: string } => {
    const { username = '', password = '' } = credentials[principal] ?? {};
    return { username, password };
  };
  const busAs = (principal: string): BusPort => {
    const bus = createKafkaBus({ brokers: [bootstrap], sasl: saslOf(principal), clientId: principal, log: silentLog });
    buses.push(bus);
    return bus;
  };
  const registry = createRegistryWriter({ bus: busAs(REGISTRY_PRINCIPAL), people: policy.people, tenants: seedTenants(policy), policyVersion: policy.version, clock: systemClock, log: silentLog }); // prettier-ignore
  await registry.start();
  const keys = new Map<string, string>();
  for (const person of wish.people) keys.set(person, await registry.issueKey({ name: person, person }));
  const settings: GatewayProcessSettings = {
    view: wish.view, brokers: [bootstrap], sasl: saslOf(gatewayPrincipal(wish.view)), registryUrl, lockPath, ledgerKeys: wish.ledgerKeys ?? [],
  }; // prettier-ignore
  let gateway = await started(settings);
  const kill = async (): Promise<void> => {
    const gone = new Promise((resolve) => gateway.child.once('exit', resolve));
    gateway.child.kill('SIGKILL');
    await gone;
  };
  return {
    policy,
    lockPath,
    busAs,
    ask: (person, path, init = {}) =>
      fetch(`${gateway.address}${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${keys.get(person)}`,
          ...(init.body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
    async killAndStart() {
      await kill();
      gateway = await started(settings);
    },
    async close() {
      await kill();
      await registry.stop();
      for (const bus of buses) await bus.close();
      await broker.stop();
    },
  };
}

async function started(
  settings: GatewayProcessSettings,
): Promise<{ readonly child: ChildProcess; readonly address: string }> {
  const args = ['--conditions=source', '--import', 'tsx', 'test/support/gateway-process.ts', JSON.stringify(settings)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => (text += more));
  const isThere = (): boolean => text.includes('\n') || child.exitCode !== null;
  await eventually(isThere, { withinMs: 120_000, what: 'the gateway is ready' });
  if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}`);
  return { child, address: text.split('\n')[0] ?? '' };
}
