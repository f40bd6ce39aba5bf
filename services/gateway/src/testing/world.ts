// A small world for the gateway's tests: the committed policy and schemas, an in-memory bus, a registry with its writer,
// one gateway of a view, keys for its readers. Nothing is mocked; the clock stands until a test moves it.

import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedTenants } from '@sitebus/kit';
import type { AgencyIntake, GuardPort, ProtocolPort, ResearchPort, SetTimer } from '@sitebus/kit';
import {
  alertTopic,
  assessTopic,
  denialTopic,
  createCodec,
  ledgerTopic,
  loadPolicy,
  loadSchemaSet,
  obsTopic,
  observationSubject,
  silentLog,
  toSchemaLock,
} from '@sitebus/sdk';
import type { Alert, Assessment, BusPort, Codec, Log, Policy, PolicyArchive, SchemaLock } from '@sitebus/sdk';
import { createTestBus, createTestClock } from '@sitebus/sdk/testing';
import type { TestBus, TestClock } from '@sitebus/sdk/testing';
import type { WebhookPort } from '../deliveries/webhook-port.ts';
import { parseConfig } from '../config.ts';
import { createRegistryCommands } from '../registry/commands.ts';
import { createRegistryWriter } from '../registry/writer.ts';
import type { RegistryWriter } from '../registry/writer.ts';
import type { PersonRow } from '@sitebus/kit';
import { createGatewayService } from '../service.ts';
import { createDeskMemory, createInMemoryDesk } from '../store/in-memory.ts';
import type { DeskMemory } from '../store/in-memory.ts';
import type { DeskStore } from '../store/desk.ts';
import type { GatewayService } from '../service.ts';
import type { TrustedIssuer } from '../issuer-keys.ts';
import { NOW_MS } from './records.ts';

const SCHEMAS = join(dirname(fileURLToPath(import.meta.url)), '../../../../schemas');
const policyOnce = loadPolicy(join(SCHEMAS, 'policy'));
const lockOnce = loadSchemaSet(join(SCHEMAS, 'avro')).then((set) => toSchemaLock(set));
/** It holds nothing but compiled schemas, and compiling them is a third of what a world costs. */
const codecOnce = lockOnce.then((lock) => createCodec({ lock }));

/** The committed policy, for tests that need no world. */
export const thePolicy = (): Promise<Policy> => policyOnce;

/** The schemas as provisioning would lock them, for tests that need no world. */
export const theLock = (): Promise<SchemaLock> => lockOnce;

/** Timers that pass when the test says so; `armed` has what ends each that is waited for. */
export function heldTimers(): { readonly armed: Set<() => void>; readonly setTimer: SetTimer } {
  const armed = new Set<() => void>();
  return { armed, setTimer: (run) => (armed.add(run), () => void armed.delete(run)) };
}

/** Settings of a gateway under test. */
export const testConfig = (view: string, over: Record<string, unknown> = {}) =>
  parseConfig({
    view,
    cursorKeys: `1:${Buffer.alloc(32, 7).toString('base64url')}`,
    ledgerSalt: Buffer.alloc(32, 9).toString('base64url'),
    maxEventLoopDelayMs: 0,
    drainMs: 500,
    requestsPerMinute: 10_000,
    ...over,
  });

export interface World {
  readonly policy: Policy;
  readonly codec: Codec;
  readonly bus: TestBus;
  readonly clock: TestClock;
  readonly writer: RegistryWriter;
  /** What the gateways of a view share. */
  desk(view: string): DeskMemory;
  /** A bearer key of the person, by its id in policy/people.json or in `people`. */
  keyOf(person: string): Promise<string>;
  /** Headers of a request by the person. */
  as(person: string): Promise<{ authorization: string }>;
  /** Starts the gateway of a view; it is ready when this resolves. `isAlone`: it reaches no writer of the registry. */
  gateway(
    view: string,
    over?: Record<string, unknown>,
    log?: Log,
    reach?: { readonly isAlone?: boolean },
  ): Promise<GatewayService>;
  /** The registry's writer, made anew on the same topic; the one before has stopped. */
  restarted(): Promise<RegistryWriter & AsyncDisposable>;
  /** Writes an observation onto the topic of its cell and agency. */
  observe(type: string, cell: string, value: { envelope: { agency: string; id: string } }): Promise<void>;
  assess(value: Assessment): Promise<void>;
  alert(value: Alert): Promise<void>;
  /** Leaves of what was released in the view, parsed. */
  leaves(view: string): readonly Record<string, unknown>[];
  /** Leaves of what was asked for in vain. */
  denials(view: string): readonly Record<string, unknown>[];
  /** Moves the clock and writes a heartbeat at the new time. */
  pass(ms: number): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a world. Dispose of it, or `await using` it. */
export async function aWorld(
  wish: {
    readonly people?: readonly PersonRow[];
    readonly issuers?: readonly TrustedIssuer[];
    readonly intakes?: (agency: string) => AgencyIntake | undefined;
    readonly guard?: GuardPort;
    readonly protocol?: ProtocolPort;
    readonly research?: ResearchPort;
    readonly webhook?: WebhookPort;
    /** Whose signatures count. */
    readonly signers?: Policy['signers'];
    /** What was provisioned before, and as which version the shipped policy is in force. */
    readonly policies?: PolicyArchive;
    readonly policyVersion?: number;
    readonly examples?: (lock: SchemaLock) => Promise<ReadonlyMap<string, unknown>>;
    /** Another store than one in memory, by view. */
    readonly store?: (view: string) => DeskStore;
    /** Arms the timers of waits for a late heartbeat. */
    readonly setTimer?: SetTimer;
    /** The bus as gateways have it; default: as it is. */
    readonly bus?: (bus: BusPort) => BusPort;
  } = {},
): Promise<World> {
  const [shipped, lock, codec] = await Promise.all([policyOnce, lockOnce, codecOnce]);
  const { signers, policyVersion } = wish;
  const policy = { ...shipped, ...(signers && { signers }), ...(policyVersion && { version: policyVersion }) };
  const clock = createTestClock(NOW_MS);
  const bus = createTestBus({ clock });
  const { bus: port } = bus.connect;
  const people = wish.people ?? policy.people;
  // Only tests beat: a heartbeat of its own would have to be waited for.
  const writer = createRegistryWriter({
    bus: port,
    people,
    tenants: seedTenants(policy),
    policyVersion: policy.version,
    clock,
    log: silentLog,
    heartbeatMs: 2 ** 30,
  });
  await writer.start();
  const registryCommands = createRegistryCommands({ writer, policy, clock });
  const producer = await port.createProducer();
  const gateways: GatewayService[] = [];
  const keys = new Map<string, Promise<string>>();
  const desks = new Map<string, DeskMemory>();

  const world: World = {
    policy, codec, bus, clock, writer,
    keyOf(person) {
      const key = keys.get(person) ?? writer.issueKey({ name: person, person }).then(async (made) => (await writer.beat(), await bus.settled(), made));
      keys.set(person, key);
      return key;
    },
    desk(view) {
      const desk = desks.get(view) ?? createDeskMemory();
      desks.set(view, desk);
      return desk;
    },
    as: async (person) => ({ authorization: `Bearer ${await world.keyOf(person)}` }),
    async restarted() {
      await writer.stop();
      const made = createRegistryWriter({ bus: port, people, tenants: seedTenants(policy), policyVersion: policy.version, clock, log: silentLog, heartbeatMs: 2 ** 30 });
      await made.start();
      return { ...made, [Symbol.asyncDispose]: () => made.stop() };
    },
    async gateway(view, over = {}, log = silentLog, { isAlone = false } = {}) {
      const gateway = createGatewayService({
        config: testConfig(view, over), policy, codec, bus: wish.bus?.(port) ?? port, clock, log,
        ...(wish.policies && { policies: wish.policies }), ...(wish.webhook && { webhook: wish.webhook }), ...(wish.examples && { examples: await wish.examples(lock) }),
        store: wish.store?.(view) ?? createInMemoryDesk(world.desk(view)),
        ...(!isAlone && { registryCommands }), intakes: wish.intakes ?? (() => undefined), ...(wish.guard && { guard: wish.guard }), ...(wish.protocol && { protocol: wish.protocol }), ...(wish.research && { research: wish.research }), issuerKeys: wish.issuers ?? [],
        ...(wish.setTimer && { setTimer: wish.setTimer }),
      });
      gateways.push(gateway);
      await gateway.start();
      await bus.settled();
      if (!gateway.ready().ready) throw new Error(`not ready: ${JSON.stringify(gateway.ready().parts)}`);
      return gateway;
    },
    async observe(type, cell, value) {
      await producer.send({ topic: obsTopic(cell, value.envelope.agency), key: value.envelope.id, value: codec.encode(observationSubject(type), value) });
      await bus.settled();
    },
    async assess(value) {
      await producer.send({ topic: assessTopic(value.view), key: value.id, value: codec.encode('ca.sitebus.fusion.Assessment', value) });
      await bus.settled();
    },
    async alert(value) {
      await producer.send({ topic: alertTopic(value.view), key: value.assessmentId, value: codec.encode('ca.sitebus.fusion.Alert', value) });
      await bus.settled();
    },
    leaves: (view) => bus.records(ledgerTopic(view)).map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>),
    denials: (view) => bus.records(denialTopic(view)).map(({ value }) => JSON.parse(String(value)) as Record<string, unknown>),
    async pass(ms) {
      clock.advance(ms);
      await writer.beat();
      await bus.settled();
    },
    async [Symbol.asyncDispose]() {
      for (const gateway of gateways) await gateway.stop();
      await writer.stop();
      await bus.close();
    },
  }; // prettier-ignore
  return world;
}
