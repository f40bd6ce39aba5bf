// Where the scenario's people work, in memory: the registry, the guard with protocol's machines, the research room, and one
// gateway a view, on the play's own bus and clock.
// Holds: every part is the product's own; only bus, clock, desk and store are those of tests; what is due has been done, and
// what is issued has been carried, when `settled` resolves.

import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createGatewayService, createRegistryCommands, createRegistryWriter, parseConfig, type GatewayService, type RegistryWriter } from '@sitebus/gateway'; // prettier-ignore
import { createRegistryCopy, seedTenants, type AgencyIntake } from '@sitebus/kit';
import { createGuardService, type GuardService } from '@sitebus/protocol';
import { createResearchService } from '@sitebus/research';
import { signatureKeyOf, signStatement, writerOf, type Clock, type Codec, type Log, type Policy } from '@sitebus/sdk';
import type { TestBus } from '@sitebus/sdk/testing';
import { createInMemoryDesk } from '../../../../services/gateway/src/store/in-memory.ts';
import { machinesOfProtocol } from '../../../../services/protocol/src/machines.ts';
import type { AnyMachine } from '../../../../services/protocol/src/protocol-machine.ts';
import { identifierKeyOf } from '../../../../services/protocol/src/targets/identifiers.ts';
import { createInMemoryStore, createStoreMemory } from '../../../../services/research/src/store/in-memory.ts';
import type { Answered, Asked } from '../acts/perform.ts';

/** Keys of this play; of nothing else. */
const SALT = Buffer.alloc(32, 9).toString('base64url');
const TICK_MS = 25;
const SETTLED_WITHIN_MS = 60_000;

/** The offices of a play. */
export interface Offices {
  readonly guard: GuardService;
  ask(asked: Asked): Promise<Answered>;
  sign(person: string, text: string): string;
  /** To be called after the clock was moved: everybody's copy of the registry is fresh again. */
  beat(): Promise<void>;
  /** What lies on the bus has been read, what is due is done, and what is issued has its receipts. */
  settled(): Promise<void>;
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

/** Opens them; every gateway is ready when this resolves. */
export async function openOffices(parts: {
  readonly bus: TestBus;
  readonly policy: Policy;
  readonly codec: Codec;
  readonly clock: Clock;
  readonly log: Log;
  readonly views: readonly string[];
  readonly intakes: (agency: string) => AgencyIntake | undefined;
}): Promise<Offices> {
  const { policy, codec, clock, log } = parts;
  const port = parts.bus.connect.bus;
  const common = { policy, codec, clock, log, bus: port };
  const writer = createRegistryWriter({
    bus: port, clock, log, heartbeatMs: 2 ** 30, tenants: seedTenants(policy), policyVersion: policy.version,
    people: policy.people.map((row) => ({ ...row, signatureKeys: [signatureKeyOf(seedOf(row.person))] })),
  }); // prettier-ignore
  await writer.start();
  const looks = { begun: 0 };
  const copyOf = (groupId: string) => createRegistryCopy({ bus: port, clock, log, groupId });
  const guard = createGuardService({
    ...common,
    intakes: parts.intakes,
    config: { ledgerSalt: SALT, tickMs: TICK_MS },
    registry: copyOf('guard.people'),
    machines: [witness(looks), ...machinesOfProtocol({ identifierKey: identifierKeyOf(SALT) })],
  });
  const research = createResearchService({
    ...common,
    config: { ledgerSalt: SALT },
    registry: copyOf('research.people'),
    store: createInMemoryStore(createStoreMemory()),
  });
  await Promise.all([guard.start(), research.start()]);
  const registryCommands = createRegistryCommands({ writer, policy, clock });
  const gateways = new Map<string, GatewayService>();
  for (const view of parts.views)
    gateways.set(
      view,
      createGatewayService({
        ...common,
        config: parseConfig({ view, cursorKeys: `1:${Buffer.alloc(32, 7).toString('base64url')}`, ledgerSalt: SALT, maxEventLoopDelayMs: 0, drainMs: 500, requestsPerMinute: 1_000_000, receiptsTickMs: TICK_MS }),
        intakes: (agency) => parts.intakes(agency) ?? parts.intakes(writerOf(agency)),
        guard, protocol: guard.protocol, research, registryCommands,
        issuerKeys: [],
        store: createInMemoryDesk(),
      }),
    ); // prettier-ignore
  await Promise.all([...gateways.values()].map((gateway) => gateway.start()));
  const keys = await keysOf(writer, policy);
  const beat = async (): Promise<void> => {
    await writer.beat();
    await parts.bus.settled();
  };
  const twoLooks = async (): Promise<void> => {
    const from = looks.begun;
    await until(() => looks.begun >= from + 2, 'protocol has looked at what is due');
  };
  const carried = async (): Promise<boolean> => {
    for (const view of parts.views) {
      const missing = new Set((await guard.protocol.issues(view)).filter(({ isRecalled, to }) => !isRecalled && to.length > 0).map(({ id, version }) => `${id}/${version}`)); // prettier-ignore
      for (const { value } of parts.bus.records(`receipt.${view}`)) {
        const { type, value: fact } = codec.decode(value!);
        const { productId, productVersion } = fact as { readonly productId?: string; readonly productVersion?: number };
        if (type === 'Distribution') missing.delete(`${productId}/${productVersion}`);
      }
      if (missing.size > 0) return false;
    }
    return true;
  };
  await beat();
  return {
    guard,
    beat,
    sign: (person, text) => signStatement(text, seedOf(person)),
    async ask({ by, view, method, path, body, headers = {} }) {
      const gateway = gateways.get(view);
      if (gateway === undefined) throw new Error(`no gateway of view ${view} is open`);
      const own = by === undefined ? {} : { authorization: `Bearer ${keys.get(by) ?? 'nobody'}` };
      const url = `${path}${path.includes('?') ? '&' : '?'}view=${view}`;
      const answer = await gateway.app.inject({
        method, url,
        headers: { ...own, ...headers },
        ...(body === undefined ? {} : { payload: body as object }),
      }); // prettier-ignore
      const isJson = /json(;|$)/.test(String(answer.headers['content-type'])) && answer.body !== '';
      const etag = answer.headers['etag'];
      return {
        status: answer.statusCode,
        body: isJson ? answer.json<unknown>() : undefined,
        text: answer.body,
        ...(etag === undefined ? {} : { etag }),
      };
    },
    async settled() {
      await parts.bus.settled();
      await twoLooks();
      await parts.bus.settled();
      await until(carried, 'what protocol issued has its receipts');
      await parts.bus.settled();
    },
    metrics: async () => (await Promise.all([...gateways.values()].map((gateway) => gateway.metrics()))).join('\n'),
    async stop() {
      for (const gateway of gateways.values()) await gateway.stop();
      await Promise.allSettled([guard.stop(), research.stop()]);
      await writer.stop();
    },
  };
}

/** A machine that nothing ever follows; it sees each look of the clock at what is due begin. */
function witness(looks: { begun: number }): AnyMachine {
  const refused = { refused: 'ILLEGAL_TRANSITION', possible: [] } as const;
  return {
    kind: 'witness', subject: 'ca.sitebus.protocol.Witness', empty: {}, start: {}, commands: {},
    openedAs: () => {
      throw new Error('nobody opens a witness');
    },
    decide: () => refused,
    evolve: (state: unknown) => state,
    arising: ({ view }: { readonly view: string }) => {
      if (view === 'public') looks.begun += 1;
      return [];
    },
    shown: () => {
      throw new Error('nobody is shown a witness');
    },
  }; // as much of a machine as a look needs
} // prettier-ignore

async function keysOf(writer: RegistryWriter, { people }: Policy): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const { person } of people) keys.set(person, await writer.issueKey({ name: person, person }));
  return keys;
}

/** Keys of test persons: from their names. */
const seedOf = (person: string): string => createHash('sha256').update(person).digest('base64url');

async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = Date.now() + SETTLED_WITHIN_MS;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`not within ${SETTLED_WITHIN_MS / 1000} s: ${what}`);
    await pause(2);
  }
}
