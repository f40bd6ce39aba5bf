// A small world for the research room's tests: the committed policy and schemas, an in-memory bus, people, a clock.
// Nothing is mocked: the room is the service, over a store in memory or one that a test names.

import { join } from 'node:path';
import { HEARTBEAT_KEY } from '@sitebus/kit';
import { createMarking } from '@sitebus/marking';
import {
  createCodec, denialTopic, ledgerTopic, loadSchemaSet, obsTopic, observationSubject, PEOPLE_TOPIC, silentLog, toSchemaLock, toWire,
  type Codec, type Observation, type Person, type Policy,
} from '@sitebus/sdk'; // prettier-ignore
import { createTestBus, createTestClock, loadExample, type TestBus, type TestClock } from '@sitebus/sdk/testing';
import { createResearchService, type ResearchService } from '../service.ts';
import { createInMemoryStore, createStoreMemory, type StoreMemory } from '../store/in-memory.ts';
import type { ResearchStore } from '../store/store.ts';
import { SCHEMAS, thePolicyForResearch } from './policy.ts';
import { NOW_MS } from './records.ts';

const codecOnce = loadSchemaSet(join(SCHEMAS, 'avro')).then((set) => createCodec({ lock: toSchemaLock(set) }));

/** What a post says, and of whom. */
export interface PostWish {
  readonly id: string;
  readonly account: string;
  readonly text?: string;
  readonly urls?: readonly string[];
  readonly observedAt?: number;
  /** Default: the open cell. */
  readonly cell?: 'open' | 'partner';
  readonly groups?: readonly string[];
  readonly orcon?: boolean;
  readonly recalls?: string;
}

/** The world. */
export interface ResearchWorld {
  readonly policy: Policy;
  readonly bus: TestBus;
  readonly clock: TestClock;
  readonly memory: StoreMemory;
  readonly people: Map<string, Person>;
  /** A room on the same bus and store. */
  room(store?: ResearchStore): Promise<ResearchService>;
  /** Puts an influence activity of one account onto the bus. */
  post(wish: PostWish): Promise<void>;
  /** The registry's writer judges by this version of policy from now on; it says so on the bus, and to whoever runs. */
  policyInForce(version: number): Promise<void>;
  /** Leaves of the view, parsed. */
  leaves(view: string): readonly Readonly<Record<string, unknown>>[];
  denials(view: string): readonly Readonly<Record<string, unknown>>[];
}

/** Makes a world in which nothing has happened. `signers`: whose orders to skip a record count; default: nobody's. */
export async function aResearchWorld({ signers }: Pick<Policy, 'signers'> = {}): Promise<ResearchWorld> {
  const policy = { ...(await thePolicyForResearch()), ...(signers && { signers }) };
  const codec: Codec = await codecOnce;
  const clock = createTestClock(NOW_MS);
  const bus = createTestBus({ clock });
  const { bus: port } = bus.connect;
  const memory = createStoreMemory();
  const people = new Map(policy.people.map((person) => [person.person, person]));
  const example = (await loadExample('InfluenceActivity')) as unknown as Observation<'InfluenceActivity'>;
  const policyListeners: ((version: number) => void)[] = [];
  const producer = await port.createProducer();
  const parsed = (topic: string): readonly Readonly<Record<string, unknown>>[] =>
    bus.records(topic).map(({ value }) => JSON.parse(value?.toString() ?? '{}') as Record<string, unknown>);
  return {
    policy,
    bus,
    clock,
    memory,
    people,
    async room(store = createInMemoryStore(memory)) {
      const room = createResearchService({
        config: { ledgerSalt: Buffer.alloc(32, 9).toString('base64url') },
        registry: {
          personNamed: (person) => people.get(person),
          state: () => 'fresh',
          onPolicyVersion: (listener) => void policyListeners.push(listener),
          start: async () => {},
          stop: async () => {},
          fatal: new Promise(() => {}),
        },
        ...{ policy, codec, bus: port, store, clock, log: silentLog },
      });
      await room.start();
      return room;
    },
    async policyInForce(policyVersion) {
      const value = Buffer.from(JSON.stringify({ at: clock.now(), rows: 0, policyVersion }));
      await producer.send({ topic: PEOPLE_TOPIC, key: HEARTBEAT_KEY, value });
      for (const listener of policyListeners) listener(policyVersion);
    },
    async post(wish) {
      const { cell = 'open' } = wish;
      const agency = 'gac';
      const subject = observationSubject('InfluenceActivity');
      const value = codec.encode(subject, anActivity(example, wish, agency));
      await producer.send({ topic: obsTopic(cell, agency), key: `${wish.id}:0`, value });
    },
    leaves: (view) => parsed(ledgerTopic(view)),
    denials: (view) => parsed(denialTopic(view)),
  };
}

/** An example of the contract, with what the wish says in place of it. */
function anActivity(example: Observation<'InfluenceActivity'>, wish: PostWish, agency: string): object {
  const { id, account, text = 'the harbour was sold', urls = [], observedAt = NOW_MS } = wish;
  const { cell = 'open', groups = [], orcon = false, recalls } = wish;
  const marking = createMarking({
    classified: 'UNCLASSIFIED',
    tlp: cell === 'open' ? 'CLEAR' : 'AMBER',
    orcon,
    origins: [agency],
    needToKnow: groups.length === 0 ? [] : [[...groups]],
  });
  const wire = toWire(marking);
  return {
    ...example,
    envelope: {
      ...example.envelope, id, agency, observedAt, recordedAt: observedAt, marking: wire,
      lineage: { derivedFrom: [], sourceToken: null }, supersedes: null, recalls: recalls ?? null,
    },
    report: { ...example.report, portions: [{ ...example.report.portions[0], marking: wire }], targets: [], ridings: [], platforms: [] },
    texts: [{ text, lang: 'en' }],
    ...{ accounts: [account], urls, domains: [], media: [], operation: null },
  };
} // prettier-ignore
