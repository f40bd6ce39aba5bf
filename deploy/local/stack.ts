// All services of sitebus in one process, on a broker and a registry that run already: the embedded default.
// Holds: the same factories as processes of their own use, each on the credentials of its own principal;
// nothing listens before provisioning has succeeded, and what was started is stopped in the opposite order.

import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  createAuthenticate,
  createFrontDoor,
  createLocalIssuer,
  createRegistryCommands,
  createRegistryReader,
  createRegistryWriter,
  isLoopback,
  loadExamples,
  type GatewayService,
  type RegistryWriter,
} from '@sitebus/gateway';
import type { AgencyService } from '@sitebus/imports';
import { createAdminServer, seedTenants, type Service } from '@sitebus/kit';
import {
  type BusTls, type Clock, type Log, type Policy, createCodec, createConfluentRegistry, gatewayPrincipal, groupOf, GUARD_PRINCIPAL,
  KEPT_POLICIES, loadSchemaLock, loadSignedPolicy, noticeVerifierKey, openPolicyArchive, REGISTRY_PRINCIPAL, RESEARCH_PRINCIPAL, systemClock, writerOf,
} from '@sitebus/sdk'; // prettier-ignore
import { type Counts, RESEARCH_STORE, type StoreUrls } from '../provision/index.ts';
import { createAgencies } from './agency-services.ts';
import { createAtRest, type AtRest } from './at-rest.ts';
import { createBuses, type Buses } from './buses.ts';
import { createLocalGuard } from './guard.ts';
import { issueKeys, type KeyOfPerson } from './keys-of-people.ts';
import { provisionedFor, storeUrlOf, type ProvisionedStack } from './provisioned.ts';
import { allReady, firstEnd } from './readiness.ts';
import { createLocalResearch } from './research.ts';
import { loadSecrets } from './secrets.ts';
import { loadSigningKeys, type SigningKeys, withSignatureKeys } from './signing-keys.ts';
import { type Rank, stopper } from './stopper.ts';
import { createFusions, createGateways, createLedgers } from './view-services.ts';

/** How a stack is to be started. */
export interface StackOptions {
  readonly bootstrap: string;
  /** TLS to the bus; default false: it is on loopback. */
  readonly tls?: BusTls;
  /** The registry's ccompat root. */
  readonly registryUrl: string;
  /** As whom to provision; not needed where `provisioned` says that it is done. */
  readonly admin?: { readonly user: string; readonly password: string };
  /** What provisioning left, where another process did it and this one may not. */
  readonly provisioned?: ProvisionedStack;
  /** As whom to make the database ready; not needed where `provisioned` says that it is. */
  readonly store?: { readonly ownerUrl: string };
  readonly dataDir: string;
  /** The folder with `avro/` and `policy/`. */
  readonly schemasDir: string;
  /** File drops, one folder an agency; absent: none. */
  readonly inboxDir?: string;
  readonly host: string;
  readonly gatewayPort: number;
  readonly healthPort: number;
  /** The time of day. */
  readonly clock?: Clock;
  /**
   * What time it is for the election: what protocol decides by, what fusion's cuts and receipts are stamped with, and what
   * agencies do by themselves waits for. Default: `clock`.
   */
  readonly electionClock?: Clock;
  readonly log: Log;
  /** Where the research room runs, if not here. */
  readonly researchAt?: { readonly url: string; readonly credential: string } | undefined;
  /** The signed policy as this stack alone has it, such as with another polling day. */
  readonly toLocal?: (policy: Policy) => Policy;
  /** From which delay of the event loop on the gateways refuse for load; 0 is never, for whoever shares the loop with them. */
  readonly maxEventLoopDelayMs?: number;
  /** Told as each phase ends. */
  readonly onProvisioned?: (counts: Counts) => void;
}

/** A running stack. */
export interface Stack {
  readonly policy: Policy;
  /** `http://host:port` of the front door. */
  readonly gateway: string;
  readonly health: string;
  /** A key a person, by the name the card prints: the role for the first person who has it, else the person's id. */
  readonly tokens: readonly KeyOfPerson[];
  readonly counts: Counts;
  /** How each view's gateway reaches its database. */
  readonly storeUrls: StoreUrls;
  readonly services: {
    readonly fusion: number;
    readonly gateways: number;
    readonly ledgers: number;
    readonly agencies: number;
  };
  /** Public halves of the keys that sign the ledgers: what a reader trusts. */
  readonly ledgerKeys: readonly string[];
  /** Person → seed: with what this stack's release authorities sign. */
  readonly signingKeys: SigningKeys;
  readonly agencies: ReadonlyMap<string, AgencyService>;
  readonly gateways: ReadonlyMap<string, GatewayService>;
  readonly registry: RegistryWriter;
  /** The bus as a principal of this stack sees it. */
  readonly busOf: Buses['as'];
  /** For whoever moves the election's clock. */
  readonly atRest: AtRest;
  /** Resolves (never rejects) when a service cannot go on, with its name and the cause. */
  readonly fatal: Promise<Error>;
  /** Resolves (never rejects) with what did not stop, and why. */
  stop(): Promise<readonly string[]>;
}

/** Provisions and starts everything; rejects with the first failure after stopping what had started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, schemasDir, registryUrl, log, host, clock = systemClock, electionClock = clock } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const provisioned = await provisionedFor(options);
  options.onProvisioned?.(provisioned.counts);
  const { policyTrust, storeUrls } = provisioned;
  if (policyTrust === undefined) throw new Error('whoever provisioned did not say whose signatures a policy needs');
  const lock = await loadSchemaLock(provisioned.lockPath);
  const trust = { ...policyTrust, provisioned: lock.policyNote };
  const [policy, secrets] = await Promise.all([
    loadSignedPolicy(join(schemasDir, 'policy'), trust).then(options.toLocal ?? ((signed) => signed)),
    loadSecrets(dataDir),
  ]);
  const codec = createCodec({ lock, registry: createConfluentRegistry({ url: registryUrl }) });
  const buses = createBuses(options, provisioned.credentials);
  const parts = { policy, codec, clock, log };
  const examples = await loadExamples(join(schemasDir, 'examples'), lock);
  const { ledgerSalt, noticeKey } = secrets;

  const signingKeys = await loadSigningKeys(policy.people, dataDir);
  const ofRegistry = { bus: buses.as(REGISTRY_PRINCIPAL), clock };
  const people = withSignatureKeys(policy.people, signingKeys);
  const registry = createRegistryWriter({
    ...ofRegistry,
    people,
    tenants: seedTenants(policy),
    policyVersion: policy.version,
    log,
  });
  const agencies = createAgencies({ ...options, electionClock }, parts, buses, secrets);
  const intakes = (agency: string): AgencyService | undefined => agencies.get(writerOf(agency));
  const guard = createLocalGuard({
    ...parts,
    electionClock,
    bus: buses.as(GUARD_PRINCIPAL),
    intakes,
    ledgerSalt,
    noticeKey,
  });
  const research = createLocalResearch({
    ...parts,
    bus: buses.as(RESEARCH_PRINCIPAL),
    storeUrl: storeUrlOf(storeUrls, RESEARCH_STORE),
    at: options.researchAt,
    ledgerSalt,
  });
  const fusions = await createFusions({ ...parts, clock: electionClock }, options, buses);
  // Where others can reach a listener there is no local issuer: people then sign in with keys alone.
  const issuer = isLoopback(host)
    ? await createLocalIssuer({ listeners: [host], keyFile: join(dataDir, 'issuer.json'), clock })
    : undefined;
  const issuers = issuer === undefined ? [] : [issuer.trusted];
  const ledgers = createLedgers(parts, secrets, buses);
  const gateways = createGateways(
    {
      ...parts,
      policies: openPolicyArchive(join(dirname(provisioned.lockPath), KEPT_POLICIES), policyTrust.roots),
      examples,
      receiptsClock: electionClock,
      intakes,
      registryCommands: createRegistryCommands({ ...ofRegistry, writer: registry, policy }),
      guard: guard.port,
      protocol: guard.protocol,
      research,
      issuerKeys: issuers,
      ...(issuer === undefined ? {} : { localIssuer: issuer }),
    },
    { secrets, storeUrls, dataDir, maxEventLoopDelayMs: options.maxEventLoopDelayMs },
    buses,
  );
  const doorBus = buses.as(gatewayPrincipal('public'));
  const doorGroup = groupOf(gatewayPrincipal('public'), 'front-door');
  const doorRegistry = createRegistryReader({ bus: doorBus, clock, log, groupId: doorGroup });
  const door = createFrontDoor({
    gateways, policy, clock,
    registry: doorRegistry,
    authenticate: createAuthenticate({ registry: doorRegistry, issuers, clock }),
    listen: { host, port: options.gatewayPort },
  }); // prettier-ignore
  const atRest = createAtRest({ policy, codec, busOf: (principal) => buses.as(principal), guard, agencies });

  const viewNamed = (kind: string, at: number): string => `${kind} ${policy.views[at]?.id ?? ''}`;
  const intake = [...agencies].map(([id, service]) => [`agency ${id}`, service] as const);
  const middle = [
    ['guard', guard.service] as const,
    ['research', research] as const,
    ...fusions.map((service, at) => [viewNamed('fusion', at), service] as const),
    ...ledgers.map((service, at) => [viewNamed('ledger', at), service] as const),
  ];
  const exits = [
    ...[...gateways].map(([view, service]) => [`gateway ${view}`, service] as const),
    ['front door registry', doorRegistry] as const,
  ];
  const named: readonly (readonly [string, Pick<Service, 'start' | 'stop' | 'fatal'> & Partial<Service>])[] = [
    ['registry', registry],
    ...intake,
    ...middle,
    ...exits,
  ];
  const admin = createAdminServer({
    services: named.flatMap(([name, service]) => (service.ready ? [{ name, ready: () => service.ready!() }] : [])),
    metrics: async () => (await Promise.all([...gateways.values()].map((g) => g.metrics()))).join('\n'),
    listen: { host, port: options.healthPort },
  });
  const ranks: readonly Rank[] = [
    [['registry', registry], ['health page', admin]], intake, middle, exits,
    [['front door', door], ['watch of the lanes', atRest]],
  ]; // prettier-ignore
  const stop = stopper(ranks, buses);
  try {
    await registry.start(); // first: readers of the registry answer nothing before its heartbeat
    await Promise.all([...named.slice(1).map(([, service]) => service.start()), admin.start()]);
    await door.start();
    const tokens = await issueKeys(registry, policy.people, secrets, dataDir);
    await allReady(named);
    return {
      policy, tokens, agencies, gateways, registry, signingKeys, atRest, stop,
      busOf: (principal) => buses.as(principal),
      gateway: door.address() ?? '',
      health: `http://${host}:${options.healthPort}`,
      counts: provisioned.counts,
      storeUrls,
      ledgerKeys: [...ledgers.flatMap(({ verifierKeys }) => verifierKeys), noticeVerifierKey(noticeKey)],
      services: { fusion: fusions.length, gateways: gateways.size, ledgers: ledgers.length, agencies: agencies.size },
      fatal: firstEnd(named),
    }; // prettier-ignore
  } catch (error) {
    await stop();
    throw error;
  }
}
