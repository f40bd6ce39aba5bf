// The gateway of one view as a service: wires the parts, decides nothing.

import type { FastifyInstance } from 'fastify';
import type { AgencyIntake, GuardPort, ProtocolPort, ResearchPort, Readiness, Service, SetTimer } from '@sitebus/kit';
import { createListenerTls, createSpillCopy, honourSpills } from '@sitebus/kit';
import { cellsOf } from '@sitebus/marking';
import { alertTopic, assessTopic, gatewayPrincipal, groupOf, NO_ARCHIVE } from '@sitebus/sdk';
import type { BusPort, Clock, Codec, Log, Policy, PolicyArchive } from '@sitebus/sdk';
import type { LedgerTree } from '@sitebus/sdk/merkle';
import { randomUUID } from 'node:crypto';
import { createApp } from './app.ts';
import { createAuthenticate } from './authenticate.ts';
import type { Authenticate } from './authenticate.ts';
import { notingUses } from './key-uses.ts';
import { createToJson } from './avro-json.ts';
import { cursorKeysOf, ledgerKeysOf } from './config.ts';
import type { GatewayConfig } from './config.ts';
import { hurryClosing } from './closing.ts';
import { createCursors } from './cursor.ts';
import { failClosed } from './errors.ts';
import { createFetchWebhook } from './deliveries/adapters/fetch-webhook.ts';
import type { WebhookPort } from './deliveries/webhook-port.ts';
import { createMailer } from './deliveries/adapters/nodemailer-mailer.ts';
import { createDeliveries } from './deliveries/deliveries.ts';
import { createIdempotencyStore } from './idempotency.ts';
import { createBusLedger, ledgerOfTrees } from './ledger.ts';
import { createLedgerCopy } from './ledger-copy.ts';
import type { LocalIssuer } from './local-issuer.ts';
import { createMeter } from './meter.ts';
import { createPolicyAge, tellPolicyAge, whilePolicyStands } from './policy-age.ts';
import { createAdmission } from './read-model/admission.ts';
import { createInMemoryReadModel } from './read-model/in-memory.ts';
import { createLatePlaces } from './read-model/late-places.ts';
import type { ReadModel } from './read-model/model.ts';
import { createRebuild } from './read-model/rebuild.ts';
import { createVersionReader } from './read-model/version-reader.ts';
import { createNotificationStreams } from './receipts/notification-stream.ts';
import { createProtocolIssues } from './receipts/protocol-issues.ts';
import { createReceipts } from './receipts/receipts.ts';
import { tellReceipts } from './receipts/what-was-read.ts';
import type { RegistryCommands } from './registry/commands.ts';
import { createRegistryReader } from './registry/reader.ts';
import { createMonitor } from './release.ts';
import { createStreams } from './stream.ts';
import { proxiesAt } from './shown-certificate.ts';
import type { DeskStore } from './store/desk.ts';
import { createRereadModel, withoutSpilled } from './spills/reread-model.ts';
import { createSpilledProducts } from './spills/spilled-products.ts';
import type { SpilledProducts } from './spills/spilled-products.ts';
import { createSubjects, publicClearance } from './subject.ts';
import { isAuthority, type TrustedIssuer } from './issuer-keys.ts';
import { createUploadSlots } from './upload-slots.ts';

/** A gateway: its service face, its application, and its check of credentials for the front door. */
export interface GatewayService extends Service {
  readonly view: string;
  readonly app: FastifyInstance;
  readonly authenticate: Authenticate;
  /** Where it listens, once started with a listener of its own. */
  address(): string | undefined;
  /** Ends every open stream; a front door calls it before it waits for its connections. */
  endStreams(): Promise<void>;
  /** Metrics in Prometheus' text form. */
  metrics(): Promise<string>;
}

/** What one view's gateway is made of; whoever made a part ends it. */
export interface GatewayServiceParts {
  readonly config: GatewayConfig;
  readonly policy: Policy;
  /** Every policy that was provisioned; absent: nobody is shown another than the one in force, nor its note. */
  readonly policies?: PolicyArchive;
  readonly codec: Codec;
  /** As this view's gateway principal sees it. */
  readonly bus: BusPort;
  /** The service of an agency, where it can be reached. */
  readonly intakes: (agency: string) => AgencyIntake | undefined;
  /** The guard, where it can be reached. */
  readonly guard?: GuardPort;
  /** Protocol's machines, where they can be reached. */
  readonly protocol?: ProtocolPort;
  /** The research room, where it can be reached. */
  readonly research?: ResearchPort;
  /** The commands of the registry's writer, where it can be reached. */
  readonly registryCommands?: RegistryCommands;
  readonly issuerKeys: readonly TrustedIssuer[];
  readonly localIssuer?: LocalIssuer;
  /** How posts of subscriptions go; default over HTTP. */
  readonly webhook?: WebhookPort;
  /** Example records by subject, for the description of the bus; absent: it has none. */
  readonly examples?: ReadonlyMap<string, unknown>;
  /** The view's desk; started and stopped with the gateway. */
  readonly store: DeskStore;
  readonly clock: Clock;
  /** What receipts are stamped with and deadlines run by, where that is not the time of day; default: `clock`. */
  readonly receiptsClock?: Clock;
  /** For the wait for a late heartbeat of the registry; default: the machine's. */
  readonly setTimer?: SetTimer;
  readonly log: Log;
}

/** Makes the gateway of `config.view`. */
export function createGatewayService(parts: GatewayServiceParts): GatewayService {
  const { config, policy, codec, bus, store, clock, log } = parts;
  const view = policy.views.find(({ id }) => id === config.view);
  if (view === undefined) throw new Error(`policy has no view ${config.view}`);
  const instance = randomUUID().slice(0, 8);
  const group = (purpose: string): string => groupOf(gatewayPrincipal(view.id), `${purpose}.${instance}`);

  const registry = createRegistryReader({ bus, clock, log, groupId: group('people'), ...(parts.setTimer && { setTimer: parts.setTimer }) }); // prettier-ignore
  const subjects = createSubjects({ registry, view, open: publicClearance(policy), clock });
  const ledgerSalt = Buffer.from(config.ledgerSalt, 'base64url');
  const treeOf = (tree: LedgerTree) => {
    const copy = createLedgerCopy({
      bus, log, tree, view: view.id, groupId: group(tree), keys: ledgerKeysOf(config.ledgerKeys),
    }); // prettier-ignore
    const ledger = createBusLedger({
      bus, copy, tree, view: view.id, clock, policyVersion: policy.version, salt: ledgerSalt,
    }); // prettier-ignore
    const state = (): string => (ledger.state() === 'ok' ? copy.state() : ledger.state());
    return { copy, ledger, state };
  };
  const releases = treeOf('releases');
  const denials = treeOf('denials');
  const spills = createSpillCopy({
    bus, log, cells: cellsOf(view.clearance, policy.cells).map(({ id }) => id), keys: policy.signers ?? [], groupId: group('spills'),
  }); // prettier-ignore
  const latePlaces = createLatePlaces({ kept: store.latePlaces, log });
  const policyAge = createPolicyAge(policy.version);
  registry.onPolicyVersion(policyAge.saw);
  const receipts = createReceipts({
    bus, view, policy, codec, clock: parts.receiptsClock ?? clock, log, registry, groupId: group('receipts'), tickMs: config.receiptsTickMs,
    readModel: modelNow(() => reading.current().model), isModelRead: () => reading.isRead(), isSpilled: (version) => products.isSpilled(version),
  }); // prettier-ignore
  const issues =
    parts.protocol === undefined
      ? undefined
      : createProtocolIssues({
          protocol: parts.protocol, receipts, view, log, tickMs: config.receiptsTickMs,
          isRegistryFresh: () => registry.state() === 'fresh',
        }); // prettier-ignore
  const reading = createRereadModel({
    spills, log,
    before: () => void Promise.all([streams.close(), notificationStreams.close()]),
    make(now) {
      const readVersion = createVersionReader({
        bus, codec, topic: assessTopic(view.id), groupId: () => group(`version.${randomUUID().slice(0, 8)}`),
      });
      const endOnBus = async (): Promise<bigint> => {
        const ends = await bus.inspect.ends(alertTopic(view.id)).catch((cause: unknown) => Promise.reject(failClosed({ part: 'store' }, cause))); // prettier-ignore
        return ends[0]?.next ?? 0n;
      };
      const model = createInMemoryReadModel({ viewClearance: view.clearance, clock, latePlaces, readVersion, endOnBus });
      const products = createSpilledProducts(now, (version) => {
        model.passOver(version);
        receipts.shelf.drop(version);
        receipts.lookAgain();
      });
      const rebuild = createRebuild({
        bus: honourSpills(bus, spills), view, policy, codec, products, clock, log, admit: createAdmission(codec, policy),
        model: tellPolicyAge(policyAge, tellReceipts(receipts, model)), groupId: group(`read-model.${randomUUID().slice(0, 8)}`),
      });
      return { model, rebuild, products };
    },
  }); // prettier-ignore
  const products: Pick<SpilledProducts, 'isSpilled' | 'isGone' | 'spansOf'> = {
    isSpilled: (version) => reading.current().products.isSpilled(version),
    isGone: (record) => reading.current().products.isGone(record),
    spansOf: (entry) => reading.current().products.spansOf(entry),
  };
  const meter = createMeter(view.id);
  const checked = createAuthenticate({ registry, issuers: parts.issuerKeys, clock });
  const { authenticate, keyUses } = notingUses(checked, { now: () => clock.now(), kept: store.keyUses, log });

  const states = (): Readiness['parts'] => ({
    policy: policyAge.state(),
    registry: registry.state() === 'fresh' ? 'ok' : registry.state(),
    store: store.state() === 'ok' ? reading.state() : store.state(),
    spills: spills.state(),
    receipts: receipts.state(),
    ledger: releases.state(),
    denials: denials.state(),
  });
  const degraded = (): readonly string[] =>
    Object.entries(states()).flatMap(([part, state]) => (state === 'ok' ? [] : [part]));

  const monitor = withoutSpilled(
    whilePolicyStands(
      policyAge,
      createMonitor({
        subjects,
        ledger: ledgerOfTrees({ releases: releases.ledger, denials: denials.ledger }),
        policy,
        clock,
        toJson: createToJson(codec.lock, policy.homeNation),
      }),
    ),
    { state: () => spills.state(), isRead: () => reading.isRead(), isGone: (record) => products.isGone(record) },
  );
  const cursors = createCursors(cursorKeysOf(config.cursorKeys));
  const readModel = whenRead(
    modelNow(() => reading.current().model),
    reading.isRead,
  );
  const streams = createStreams({
    view, clock, log, registry, subjects, monitor, cursors, readModel, streamLimits: config.stream,
  }); // prettier-ignore
  const { smtpUrl, outboxDir, mailDomain } = config;
  const deliveries = createDeliveries({
    view, policy, clock, log, monitor, subjects, desk: store, readModel, isModelRead: reading.isRead, key: ledgerSalt,
    port: parts.webhook ?? createFetchWebhook(), webhookOrigins: config.webhookOrigins, tickMs: config.deliveriesTickMs,
    mailer: createMailer({ mailDomain, ...(smtpUrl && { smtpUrl }), ...(outboxDir && { outboxDir }) }),
  }); // prettier-ignore
  const notificationStreams = createNotificationStreams({
    clock, receipts, monitor, subjects, streamLimits: config.stream,
  }); // prettier-ignore
  const authorities = parts.issuerKeys.filter(isAuthority).map(({ authority }) => authority);
  const tls = config.tls && createListenerTls({ files: config.tls, clients: { authorities }, log, ...(parts.setTimer && { setTimer: parts.setTimer }) }); // prettier-ignore
  const app = createApp({
    isProxy: proxiesAt(config.proxies), ...(tls && { tls }),
    receipts, notificationStreams,
    view, policy, policies: parts.policies ?? NO_ARCHIVE, policyAge, codec, clock, log, registry, subjects, authenticate, keyUses, meter, degraded, monitor, cursors, readModel, streams,
    ledger: releases.copy, denials: denials.copy, ledgerSalt,
    desk: store, spills, spilledProducts: products, bus,
    deliveries,
    idempotency: createIdempotencyStore({ answers: store.answers, clock, log }),
    uploads: createUploadSlots(),
    examples: parts.examples ?? new Map(),
    intakes: parts.intakes,
    ...(parts.guard === undefined ? {} : { guard: parts.guard }),
    ...(parts.protocol === undefined ? {} : { protocol: parts.protocol }),
    ...(parts.research === undefined ? {} : { research: parts.research }),
    ...(parts.registryCommands === undefined ? {} : { registryCommands: parts.registryCommands }),
    streamLimits: config.stream,
    requestsPerMinute: config.requestsPerMinute,
    besideViews: config.besideViews,
    ...(config.publicOrigin === undefined ? {} : { publicOrigin: config.publicOrigin }),
    maxEventLoopDelayMs: config.maxEventLoopDelayMs,
    ...(parts.localIssuer === undefined ? {} : { localIssuer: parts.localIssuer }),
  }); // prettier-ignore

  let address: string | undefined;
  let unfollow: (() => void) | undefined;
  return {
    view: view.id,
    app,
    authenticate,
    address: () => address,
    endStreams: async () => {
      await Promise.all([streams.close(), notificationStreams.close()]);
    },
    metrics: () => meter.metrics.metrics(),
    fatal: Promise.race([registry.fatal, reading.fatal, releases.copy.fatal, denials.copy.fatal, receipts.fatal]),
    async start() {
      await receipts.start(); // first: what was issued says which versions are kept of what is read
      await Promise.all([
        registry.start(),
        store.start().then(() => latePlaces.start()),
        ...[releases, denials].flatMap(({ copy, ledger }) => [ledger.start(), copy.start()]),
        reading.start(),
        app.ready(),
      ]);
      issues?.start();
      deliveries.start();
      if (config.listen !== undefined) address = await app.listen(config.listen);
      unfollow = tls?.follow(app.server);
    },
    async stop() {
      unfollow?.();
      await Promise.all([streams.close(), notificationStreams.close()]);
      const closed = hurryClosing(app.server, config.drainMs);
      await app.close();
      closed();
      await deliveries.stop();
      latePlaces.stop();
      await issues?.stop();
      await receipts.stop(); // what went is written down
      const trees = [releases, denials].flatMap(({ copy, ledger }) => [ledger.stop(), copy.stop()]);
      await Promise.allSettled([registry.stop(), reading.stop(), ...trees, store.stop()]);
    },
    ready() {
      const all = states();
      return { ready: Object.values(all).every((state) => state === 'ok'), parts: all };
    },
  };
}

/** The model, closed until it has been read once: half a store answers some questions wrongly. */
function whenRead(model: ReadModel, isRead: () => boolean): ReadModel {
  return new Proxy(model, {
    get(target, name, receiver) {
      if (!isRead()) throw failClosed({ part: 'store' });
      return Reflect.get(target, name, receiver) as unknown;
    },
  });
}

/** Whichever model is the one now. */
function modelNow(now: () => ReadModel): ReadModel {
  return new Proxy({} as ReadModel, { get: (_target, name) => Reflect.get(now(), name) as unknown });
}
