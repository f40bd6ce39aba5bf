// One gateway and one ledger a view, each a process of its own by its own main.ts; the registry's writer is in the bench.
// Holds: each process has the credentials of its own principal alone, and the settings a deployment would give it; what takes
// no part in a delivery is not started (fusion, whose alerts the bench's writer raises, agencies, protocol, research).

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createRegistryWriter } from '@sitebus/gateway';
import { seedTenants } from '@sitebus/kit';
import { verifierKeysOf } from '@sitebus/ledger';
import {
  gatewayPrincipal,
  ledgerPrincipal,
  loadPolicy,
  REGISTRY_PRINCIPAL,
  silentLog,
  systemClock,
} from '@sitebus/sdk';
import { createKafkaBus } from '@sitebus/sdk/kafka';
import { renderVerifierKey } from '@sitebus/sdk/merkle';
import { provision, provisionDesk } from '../../deploy/provision/index.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnBroker } from '../support/own-broker.ts';
import { startOwnStore } from '../support/own-store.ts';
import { servicePorts } from '../support/service-process.ts';
import { builtMain, buildProgram, buildRooms, IMAGE_FLAGS } from './built-rooms.ts';
import { startChild, type Child } from './readers-child.ts';
import { READ_VIEWS } from './readers-draws.ts';
import type { LoopDelay, Memory } from './readers-look.ts';
import type { ProbeAnswer, ProbeQuestion } from './readers-probe.ts';
import type { ReadersStack } from './readers-stack.ts';

/** Starts broker, database, registry, ledgers and gateways; whoever does closes them. */
export async function startApart(): Promise<ReadersStack> {
  await buildRooms(['gateway', 'ledger']);
  // The probe collects garbage. It is built, too: a loader of sources looks at what the driver requires anew for each request.
  const probed = [...IMAGE_FLAGS, '--expose-gc', '--import', await buildProgram('test/bench/readers-probe.ts')];
  const [broker, store] = await Promise.all([startOwnBroker({ isForLoad: true }), startOwnStore()]);
  const { bootstrap, registryUrl, admin, dataDir } = broker;
  const policy = await loadPolicy('schemas/policy');
  const [provisioned, storeUrls] = await Promise.all([
    provision({ bootstrap, registryUrl, admin, dataDir, schemasDir: 'schemas' }),
    provisionDesk({ ownerUrl: store.ownerUrl, views: policy.views.map(({ id }) => id), dataDir }),
  ]);
  const { credentials, lockPath, policyTrust } = provisioned;
  const issuersFile = join(dataDir, 'issuers.json'); // readers have keys
  await writeFile(issuersFile, '[]');
  const [ledgerKeys, cursorKeys, ledgerSalt] = [`1:${secret()}`, `1:${secret()}`, secret()];
  const signedIn = (principal: string): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    SITEBUS_BROKERS: bootstrap,
    SITEBUS_BUS_USERNAME: principal,
    SITEBUS_BUS_PASSWORD: credentials[principal]?.password ?? '',
    SITEBUS_ADMIN_HOST: '127.0.0.1',
  });
  const gatewayOf = (view: string, port: number, adminPort: number): Record<string, string> => ({
    ...signedIn(gatewayPrincipal(view)),
    SITEBUS_ADMIN_PORT: String(adminPort),
    SITEBUS_VIEW: view,
    SITEBUS_GATEWAY_HOST: '127.0.0.1',
    SITEBUS_GATEWAY_PORT: String(port),
    SITEBUS_CURSOR_KEYS: cursorKeys,
    SITEBUS_LEDGER_SALT: ledgerSalt,
    SITEBUS_LEDGER_VERIFIER_KEYS: verifierKeysOf(view, ledgerKeys).join(),
    SITEBUS_STORE_URL: storeUrls[view] ?? '',
    SITEBUS_ISSUERS_FILE: issuersFile,
    SITEBUS_REGISTRY_URL: registryUrl,
    SITEBUS_SCHEMA_LOCK: lockPath,
    SITEBUS_POLICY_ROOTS: (policyTrust?.roots ?? []).map((root) => renderVerifierKey(root.name, root.publicKey)).join(),
    SITEBUS_POLICY_NOTE: policyTrust?.notePath ?? '',
  });
  const bus = createKafkaBus({ brokers: [bootstrap], sasl: credentials[REGISTRY_PRINCIPAL] ?? { username: '', password: '' }, clientId: REGISTRY_PRINCIPAL, log: silentLog }); // prettier-ignore
  const registry = createRegistryWriter({ bus, people: policy.people, tenants: seedTenants(policy), policyVersion: policy.version, clock: systemClock, log: silentLog }); // prettier-ignore
  const [gateways, ledgers] = [new Map<string, Child>(), new Map<string, Child>()];
  const addresses = new Map<string, string>();
  const close = async (): Promise<void> => {
    await Promise.all([...gateways.values(), ...ledgers.values()].map((child) => child.end()));
    await registry.stop();
    await bus.close();
    await Promise.all([broker.stop(), store.stop()]);
  };
  try {
    await registry.start(); // first: gateways answer nothing before its heartbeat
    const ports = await servicePorts(READ_VIEWS.length * 3);
    for (const [at, view] of READ_VIEWS.entries()) {
      const [port = 0, adminPort = 0, ledgerPort = 0] = ports.slice(at * 3);
      const ofLedger = { ...signedIn(ledgerPrincipal(view)), SITEBUS_VIEW: view, SITEBUS_LEDGER_KEYS: ledgerKeys, SITEBUS_ADMIN_PORT: String(ledgerPort) }; // prettier-ignore
      const ledger = startChild(builtMain('ledger'), { flags: IMAGE_FLAGS, env: ofLedger });
      const gateway = startChild(builtMain('gateway'), { flags: probed, env: gatewayOf(view, port, adminPort) });
      ledgers.set(view, ledger);
      gateways.set(view, gateway);
      addresses.set(view, `http://127.0.0.1:${port}`);
      await Promise.all([ready(gateway, adminPort), ready(ledger, ledgerPort)]); // one view after the other: starting takes all of a core
    }
  } catch (cause) {
    await close();
    throw cause;
  }
  const askAll = (question: ProbeQuestion): Promise<readonly ProbeAnswer[]> =>
    Promise.all([...gateways.values()].map((child) => child.ask<ProbeAnswer>(question)));
  return {
    policy, bootstrap, admin, registry, close,
    lockFile: lockPath,
    brokerPid: broker.pid,
    addressOf: (view) => addresses.get(view) ?? '',
    named: Object.fromEntries([
      [process.pid, 'bench'],
      ...[...gateways].map(([view, { pid }]) => [pid, `gateway ${view}`] as const),
      ...[...ledgers.values()].map(({ pid }) => [pid, 'ledgers'] as const),
    ]),
    isService: (part) => part.startsWith('gateway ') || part === 'ledgers',
    async memory() {
      const all = (await askAll({ memory: true })).map(({ memory }) => memory as Memory);
      const sum = (of: keyof Memory): number => all.reduce((total, each) => total + each[of], 0);
      return { heap: sum('heap'), resident: sum('resident') };
    },
    async watch(profile) {
      await Promise.all(
        [...gateways].map(([view, child]) =>
          child.ask({ watch: true, ...(profile && { profile: `${resolve(profile)}.${view}` }) } satisfies ProbeQuestion),
        ),
      );
      return async () => {
        const all = (await askAll({ watched: true })).map(({ loop }) => loop as LoopDelay);
        const worst = (of: keyof LoopDelay): number => Math.max(...all.map((each) => each[of]));
        return { p99Ms: worst('p99Ms'), maxMs: worst('maxMs') };
      };
    },
  }; // prettier-ignore
}

const secret = (): string => randomBytes(32).toString('base64url');

async function ready({ gone }: Child, adminPort: number): Promise<void> {
  const isReady = async (): Promise<boolean> => (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status === 200;
  await Promise.race([gone, eventually(isReady, { withinMs: 120_000, what: `readiness at ${adminPort}` })]);
}
