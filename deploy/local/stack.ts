// All services of sitebus in one process, on a broker and a registry that run already: the embedded default.
// Holds: the same factories as processes of their own use, each on the credentials of its own principal;
// nothing listens before provisioning has succeeded, and what was started is stopped in the opposite order.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createFusionService, loadCommonValues } from '@sitebus/fusion';
import {
  createAuthenticate, createFrontDoor, createGatewayService, createLocalIssuer, isLoopback, loadExamples, createRegistryCommands, createRegistryReader, createRegistryWriter,
  parseConfig,
  type GatewayService, type RegistryWriter,
} from '@sitebus/gateway'; // prettier-ignore
import { createPostgresDesk } from '@sitebus/gateway/store';
import { createLedgerService, verifierKeysOf } from '@sitebus/ledger';
import type { AgencyService } from '@sitebus/imports';
import { createPartnersService } from '@sitebus/partners';
import { createAdminServer, createSupervised, createTenantDirectory, seedTenants, type Service } from '@sitebus/kit';
import {
  type BusPort, type Clock, type Codec, type Log, type Person, type Policy, agencyPrincipal, createCodec,
  createConfluentRegistry, fusionPrincipal, gatewayPrincipal, groupOf, GUARD_PRINCIPAL, ledgerPrincipal, loadPolicy, loadSchemaLock, loadSignedPolicy, noticeVerifierKey, REGISTRY_PRINCIPAL, RESEARCH_PRINCIPAL,
  systemClock, writerOf,
} from '@sitebus/sdk'; // prettier-ignore
import { createKafkaBus } from '@sitebus/sdk/kafka';
import {
  type Counts,
  provision,
  provisionDesk,
  type Provisioned,
  RESEARCH_STORE,
  type StoreUrls,
} from '../provision/index.ts';
import { createServiceOf, hasInbox } from './agencies.ts';
import { createLocalGuard } from './guard.ts';
import { createLocalResearch } from './research.ts';
import { loadSecrets, saveSecrets, type Secrets } from './secrets.ts';
import { loadSigningKeys, type SigningKeys, withSignatureKeys } from './signing-keys.ts';

export interface StackOptions {
  readonly bootstrap: string;
  /** The registry's ccompat root. */
  readonly registryUrl: string;
  /** As whom to provision; not needed where `provisioned` says that it is done. */
  readonly admin?: { readonly user: string; readonly password: string };
  /** What provisioning left, where another process did it and this one may not. */
  readonly provisioned?: Pick<Provisioned, 'credentials' | 'lockPath' | 'counts' | 'policyTrust'> & {
    readonly storeUrls: StoreUrls;
  };
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
  readonly clock?: Clock;
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
  readonly tokens: readonly { readonly role: string; readonly person: Person; readonly token: string }[];
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
  /** Resolves (never rejects) when a service cannot go on, with its name and the cause. */
  readonly fatal: Promise<Error>;
  stop(): Promise<void>;
}

/** Provisions and starts everything; rejects with the first failure after stopping what had started. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dataDir, schemasDir, registryUrl, log, host, clock = systemClock } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const provisioned = await provisionedFor(options);
  options.onProvisioned?.(provisioned.counts);
  const { policyTrust } = provisioned;
  if (policyTrust === undefined) throw new Error('whoever provisioned did not say whose signatures a policy needs');
  const lock = await loadSchemaLock(provisioned.lockPath);
  const trust = { ...policyTrust, atLeast: lock.policyVersion };
  const [policy, secrets] = await Promise.all([
    loadSignedPolicy(join(schemasDir, 'policy'), trust).then(options.toLocal ?? ((signed) => signed)),
    loadSecrets(dataDir),
  ]);
  const codec = createCodec({ lock, registry: createConfluentRegistry({ url: registryUrl }) });
  const buses = createBuses(options, provisioned.credentials);
  const parts = { policy, codec, clock, log };
  const examples = await loadExamples(join(schemasDir, 'examples'), lock);

  const signingKeys = await loadSigningKeys(policy.people, dataDir);
  const people = withSignatureKeys(policy.people, signingKeys);
  const registry = createRegistryWriter({
    bus: buses.as(REGISTRY_PRINCIPAL),
    people,
    tenants: seedTenants(policy),
    clock,
    log,
  });
  const registryCommands = createRegistryCommands({
    writer: registry,
    policy,
    clock,
    bus: buses.as(REGISTRY_PRINCIPAL),
  });
  const agencies = createAgencies(options, parts, buses, secrets);
  const guard = createLocalGuard({
    ...parts,
    bus: buses.as(GUARD_PRINCIPAL),
    intakes: (agency) => agencies.get(writerOf(agency)),
    ledgerSalt: secrets.ledgerSalt,
    noticeKey: secrets.noticeKey,
  });
  const research = createLocalResearch({
    ...parts,
    bus: buses.as(RESEARCH_PRINCIPAL),
    storeUrl: storeUrlOf(provisioned.storeUrls, RESEARCH_STORE),
    at: options.researchAt,
    ledgerSalt: secrets.ledgerSalt,
  });
  const commonValues = await loadCommonValues(join(schemasDir, 'policy', 'common-values'));
  const fusions = policy.views.map((view) =>
    createSupervised({
      name: fusionPrincipal(view.id),
      log,
      create: () =>
        createFusionService({
          ...parts,
          config: { view: view.id, snapshotDir: join(dataDir, 'snapshots') },
          bus: buses.as(fusionPrincipal(view.id)),
          commonValues,
        }),
    }),
  );
  // Where others can reach a listener there is no local issuer: people then sign in with keys alone.
  const issuer = isLoopback(host)
    ? await createLocalIssuer({ listeners: [host], keyFile: join(dataDir, 'issuer.json'), clock })
    : undefined;
  const issuers = issuer === undefined ? [] : [issuer.trusted];
  const ledgers = policy.views.map((view) =>
    createLedgerService({
      ...parts,
      config: { view: view.id, keys: secrets.ledgerKeys },
      bus: buses.as(ledgerPrincipal(view.id)),
    }),
  );
  const gateways = new Map(
    policy.views.map((view) => [
      view.id,
      createGatewayService({
        ...parts,
        examples,
        config: parseConfig({
          view: view.id,
          besideViews: policy.views.map(({ id }) => id),
          webhookOrigins: ['loopback'], // for trying: a listener of one's own on this machine
          outboxDir: join(dataDir, 'outbox', view.id),
          cursorKeys: secrets.cursorKeys,
          ledgerSalt: secrets.ledgerSalt,
          ledgerKeys: verifierKeysOf(view.id, secrets.ledgerKeys),
          ...(options.maxEventLoopDelayMs !== undefined && { maxEventLoopDelayMs: options.maxEventLoopDelayMs }),
        }),
        bus: buses.as(gatewayPrincipal(view.id)),
        intakes: (agency) => agencies.get(writerOf(agency)),
        registryCommands,
        guard: guard.port,
        protocol: guard.protocol,
        research,
        issuerKeys: issuers,
        store: createPostgresDesk({ url: storeUrlOf(provisioned.storeUrls, view.id), view: view.id, log }),
        ...(issuer === undefined ? {} : { localIssuer: issuer }),
      }),
    ]),
  );
  const doorBus = buses.as(gatewayPrincipal('public'));
  const doorRegistry = createRegistryReader({
    bus: doorBus,
    clock,
    log,
    groupId: groupOf(gatewayPrincipal('public'), 'front-door'),
  });
  const door = createFrontDoor({
    gateways, policy, clock,
    registry: doorRegistry,
    authenticate: createAuthenticate({ registry: doorRegistry, issuers, clock }),
    listen: { host, port: options.gatewayPort },
  }); // prettier-ignore

  const named: readonly (readonly [string, Pick<Service, 'start' | 'stop' | 'fatal'> & Partial<Service>])[] = [
    ['registry', registry],
    ...[...agencies].map(([id, service]) => [`agency ${id}`, service] as const),
    ['guard', guard.service],
    ['research', research],
    ...fusions.map((service, i) => [`fusion ${policy.views[i]?.id ?? ''}`, service] as const),
    ...ledgers.map((service, i) => [`ledger ${policy.views[i]?.id ?? ''}`, service] as const),
    ...[...gateways].map(([view, service]) => [`gateway ${view}`, service] as const),
    ['front door registry', doorRegistry],
  ];
  const admin = createAdminServer({
    services: named.flatMap(([name, service]) => (service.ready ? [{ name, ready: () => service.ready!() }] : [])),
    metrics: async () => (await Promise.all([...gateways.values()].map((g) => g.metrics()))).join('\n'),
    listen: { host, port: options.healthPort },
  });
  const stop = stopper(
    [
      [registry, admin],
      [...agencies.values()],
      [guard.service, research, ...fusions, ...ledgers],
      [...gateways.values(), doorRegistry],
      [door],
    ],
    buses,
  );
  try {
    await registry.start(); // first: readers of the registry answer nothing before its heartbeat
    await Promise.all([...named.slice(1).map(([, service]) => service.start()), admin.start()]);
    await door.start();
    const tokens = await issueKeys(registry, policy.people, secrets, dataDir);
    await allReady(named);
    return {
      policy, tokens, agencies, gateways, registry, signingKeys, stop,
      gateway: door.address() ?? '',
      health: `http://${host}:${options.healthPort}`,
      counts: provisioned.counts,
      storeUrls: provisioned.storeUrls,
      ledgerKeys: [...ledgers.flatMap(({ verifierKeys }) => verifierKeys), noticeVerifierKey(secrets.noticeKey)],
      services: { fusion: fusions.length, gateways: gateways.size, ledgers: ledgers.length, agencies: agencies.size },
      fatal: Promise.race(named.map(([name, service]) => service.fatal.then((cause) => new Error(`${name} ended: ${cause.message}`, { cause })))),
    }; // prettier-ignore
  } catch (error) {
    await stop();
    throw error;
  }
}

async function provisionedFor({
  provisioned,
  admin,
  store,
  ...rest
}: StackOptions): Promise<NonNullable<StackOptions['provisioned']>> {
  if (provisioned !== undefined) return provisioned;
  if (admin === undefined || store === undefined)
    throw new Error('nobody has provisioned, and no administrator of bus or database is named');
  const { views } = await loadPolicy(join(rest.schemasDir, 'policy'));
  const [onBus, storeUrls] = await Promise.all([
    provision({ ...rest, admin }),
    provisionDesk({ ownerUrl: store.ownerUrl, views: views.map(({ id }) => id), dataDir: rest.dataDir }),
  ]);
  return { ...onBus, storeUrls };
}

function storeUrlOf(urls: StoreUrls, view: string): string {
  const url = urls[view];
  if (url === undefined) throw new Error(`the database has no role for view ${view}`);
  return url;
}

interface Buses {
  as(principal: string): BusPort;
  close(): Promise<void>;
}

/** One port a principal, made when first asked for. */
function createBuses(
  { bootstrap, log }: StackOptions,
  credentials: Readonly<Record<string, { readonly username: string; readonly password: string }>>,
): Buses {
  const made = new Map<string, BusPort>();
  return {
    as(principal) {
      const sasl = credentials[principal];
      if (sasl === undefined) throw new Error(`policy gives no principal ${principal}`);
      const bus =
        made.get(principal) ?? createKafkaBus({ brokers: bootstrap.split(','), sasl, clientId: principal, log });
      made.set(principal, bus);
      return bus;
    },
    async close() {
      await Promise.allSettled([...made.values()].map((bus) => bus.close()));
    },
  };
}

function createAgencies(
  { dataDir, inboxDir }: StackOptions,
  parts: { readonly policy: Policy; readonly codec: Codec; readonly clock: Clock; readonly log: Log },
  buses: Buses,
  secrets: Secrets,
): ReadonlyMap<string, AgencyService> {
  const signerKey = Buffer.from(secrets.signerKey, 'base64url');
  const own = parts.policy.agencies
    .filter(({ kind }) => kind !== 'partner')
    .map(
      (agency) =>
        [
          agency.id,
          createServiceOf(agency, {
            ...parts,
            connect: (cell) => buses.as(agencyPrincipal(agency.id, cell)),
            signerKey,
            journalPath: join(dataDir, 'journal', `${agency.id}.jsonl`),
            ...(inboxDir !== undefined && hasInbox(agency.id) ? { inboxDir: join(inboxDir, agency.id) } : {}),
          }),
        ] as const,
    );
  const [cell = ''] = parts.policy.partners.everyTenant.cells;
  const reader = agencyPrincipal(PARTNERS, cell);
  const partners = createPartnersService({
    ...parts,
    connect: (each) => buses.as(agencyPrincipal(PARTNERS, each)),
    signerKey,
    tenants: createTenantDirectory({
      bus: buses.as(reader),
      clock: parts.clock,
      groupId: groupOf(reader, 'people'),
    }),
    journalDir: join(dataDir, 'journal'),
    ...(inboxDir !== undefined && { inboxDir }),
  });
  return new Map<string, AgencyService>([...own, [PARTNERS, partners]]);
}

/** The writer that all partners share. */
const PARTNERS = writerOf('partner-');

/** One key a person, made once: the registry keeps its hash, the data folder the key. */
async function issueKeys(
  registry: RegistryWriter,
  people: readonly Person[],
  secrets: Secrets,
  dataDir: string,
): Promise<Stack['tokens']> {
  const apiKeys: Record<string, string> = { ...secrets.apiKeys };
  const taken = new Set<string>();
  const tokens: { role: string; person: Person; token: string }[] = [];
  for (const person of people) {
    const role = person.roles.find((held) => !taken.has(held));
    const name = role ?? person.person;
    if (role !== undefined) taken.add(role);
    apiKeys[name] ??= await registry.issueKey({ name, person: person.person });
    tokens.push({ role: name, person, token: apiKeys[name] });
  }
  await saveSecrets(dataDir, { ...secrets, apiKeys });
  return tokens;
}

const READY_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 20;

/** Resolves when every service says that it is ready; rejects with the ones that are not, and why. */
async function allReady(named: readonly (readonly [string, Partial<Pick<Service, 'ready'>>])[]): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const waiting = named.flatMap(([name, service]) => {
      const state = service.ready?.();
      return state === undefined || state.ready
        ? []
        : [
            `${name}: ${Object.values(state.parts)
              .filter((part) => part !== 'ok')
              .join(', ')}`,
          ];
    });
    if (waiting.length === 0) return;
    if (Date.now() > giveUpAt) throw new Error(`not ready after ${READY_WITHIN_MS / 1000} s: ${waiting.join('; ')}`);
    await pause(LOOK_AGAIN_MS);
  }
}

/** Stops rank by rank, the last first, each rank at once; what fails to stop does not keep the rest running. */
function stopper(ranks: readonly (readonly Pick<Service, 'stop'>[])[], buses: Buses): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stopAll = async (): Promise<void> => {
    for (const rank of [...ranks].reverse()) await Promise.allSettled(rank.map((service) => service.stop()));
    await buses.close();
  };
  return () => (stopped ??= stopAll());
}
